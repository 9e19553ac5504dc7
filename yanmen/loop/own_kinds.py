"""The kernel's own words: withdrawing a fact, approving a proposed measure, the mode of an area."""

from yanmen.loop.kinds import BulkKind, FactKind, MeasureKind, Role, Status, TaskKind

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
MODE_PROPOSED = FactKind(
    name="mode.proposed",
    zh="提出平时转应急",
    en="Switch to emergency proposed",
    subject="area",
    retention_days=3650,
    detail={
        "desk": "text",
        "disease": "text",
        "document": "text",
        "clause": "text",
        "starts_on": "date",
        "ends_on": "date",
        "unit": "text",
        "switch": "uuid",
        "renews": "uuid",
        "unready": "text",
        "unready_reason": "text",
    },
)
MODE_UNDONE = FactKind(
    name="mode.undone",
    zh="撤销或结束应急",
    en="Emergency undone or ended",
    subject="area",
    retention_days=3650,
    detail={"proposal": "uuid", "switch": "uuid", "document": "text", "reason": "text", "unit": "text"},
)
MODE_STAGED = MeasureKind(
    name="mode_staged",
    zh="待转应急",
    en="Switches to emergency on its day",
    subject="area",
    basis_zh="《突发公共卫生事件应急条例》第二十六条、第二十七条",
    basis_en="Regulation on public health emergencies, arts. 26 and 27",
)
MODE_ENDING = MeasureKind(
    name="mode_ending",
    zh="应急状态将到期",
    en="Emergency is about to end",
    subject="area",
    basis_zh="《突发公共卫生事件应急条例》第二十六条、第二十七条",
    basis_en="Regulation on public health emergencies, arts. 26 and 27",
)
EMERGENCY_MODE = MeasureKind(
    name="emergency_mode",
    zh="应急状态",
    en="Emergency mode",
    subject="area",
    basis_zh="《突发公共卫生事件应急条例》第二十六条、第二十七条",
    basis_en="Regulation on public health emergencies, arts. 26 and 27",
)
DECIDE_MODE = TaskKind(
    name="decide_mode",
    zh="决定续期或恢复平时",
    en="Renew the emergency or prepare for peace",
    role="command.staff",
    done_by=("mode.proposed", "mode.undone"),
)
MODE = Status(
    name="mode",
    zh="平战状态",
    en="Mode",
    subject="area",
    mark="mode",
    order=("peace", "emergency"),
    default="peace",
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
