"""The kernel's own words: withdrawing a fact, approving a proposed measure."""

from yanmen.loop.kinds import BulkKind, FactKind, MeasureKind, Role, TaskKind

WITHDRAWN = FactKind(
    name="fact.withdrawn",
    zh="事实已撤回",
    en="A fact was withdrawn",
    retention_days=3650,
    detail={"reason": "text"},
)
SCANNED = BulkKind(
    name="presence.scanned",
    zh="扫码到访",
    en="Checked in at a place",
    retention_days=30,
    presence=True,
    detail={"claimed": "boolean", "via": "text", "device": "bigint"},
    matters=("person", "place", "area"),
)
APPROVED = FactKind(
    name="measure.approved",
    zh="措施已批准",
    en="A proposed measure was approved",
    retention_days=3650,
    detail={"rule": "text", "reason": "text", "unit": "text"},
)
ORDERED = FactKind(
    name="measure.ordered",
    zh="指挥部作出个案决定",
    en="A commander ordered a measure",
    retention_days=3650,
    detail={"order": "text", "document": "text", "clause": "text", "ends_on": "date", "unit": "text"},
)
BY_ORDER = MeasureKind(
    name="by_order",
    zh="个案管控决定",
    en="Measure by order",
    basis_zh="《中华人民共和国传染病防治法》第四十二条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 42",
)
COMMAND = Role(name="command.staff", zh="指挥部工作人员", en="Command-centre staff")
INSPECTOR = Role(name="inspector", zh="督查员", en="Inspector")
POLICY_AUTHOR = Role(name="policy.author", zh="政策编制人员", en="Policy author")
RELEASE_REVIEW = TaskKind(
    name="release_review",
    zh="核实超期未解除",
    en="Review an overdue release",
    role="command.staff",
)
