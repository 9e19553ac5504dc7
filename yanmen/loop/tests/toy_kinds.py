from yanmen.loop.kinds import FactKind, MeasureKind, Role, Status, TaskKind

OUTBREAK = FactKind(name="toy.outbreak", zh="玩具疫情", en="Toy outbreak", subject="area", retention_days=30)
EXPOSED = FactKind(name="toy.exposed", zh="玩具暴露", en="Toy exposure", retention_days=30, detail={"where": "area"})
TESTED = FactKind(name="toy.tested", zh="玩具检测", en="Toy test", retention_days=30, detail={"result": "text"})
HELD = MeasureKind(name="toy_hold", zh="玩具管控", en="Toy hold")
MARKED = MeasureKind(name="toy_mark", zh="玩具区域", en="Toy zone", subject="area")
TESTER = Role(name="toy.tester", zh="玩具采样员", en="Toy tester")
TEST = TaskKind(name="toy_test", zh="玩具采样", en="Toy test", role="toy.tester", done_by=("toy.tested",))
CODE = Status(
    name="toy_code", zh="玩具码", en="Toy code", mark="shade", order=("clear", "amber", "ruby"), default="clear"
)
