"""The words of the health code: a colour that is folded, never set, and the appeal against what it rests on."""

from yanmen.loop.kinds import FactKind, MeasureKind, Role, Status, TaskKind

HEALTH_CODE = Status(
    name="health_code",
    zh="健康码",
    en="Health code",
    mark="colour",
    order=("green", "yellow", "red"),
    default="green",
)

CONTESTED = FactKind(
    name="health_code.contested",
    zh="提出异议",
    en="Contested",
    retention_days=1095,
    detail={"appeal": "text", "fact_id": "uuid", "field": "text", "reason": "text", "recorded_by": "text"},
)
UPHELD = FactKind(
    name="health_code.upheld",
    zh="异议成立",
    en="Appeal upheld",
    retention_days=1095,
    detail={"appeal": "text", "fact_id": "uuid", "note": "text", "repaired": "integer", "people": "integer"},
)
REJECTED = FactKind(
    name="health_code.rejected",
    zh="异议不成立",
    en="Appeal rejected",
    retention_days=1095,
    detail={"appeal": "text", "fact_id": "uuid", "note": "text"},
)
TOLD = FactKind(
    name="health_code.told",
    zh="已告知本人",
    en="Told the person",
    retention_days=1095,
    detail={"appeal": "text", "fact_id": "uuid", "zh": "text", "en": "text"},
)

APPEAL = MeasureKind(
    name="appeal",
    zh="异议待处理",
    en="Appeal to be decided",
    basis_zh="《中华人民共和国个人信息保护法》第四十六条",
    basis_en="Personal Information Protection Law, art. 46",
)
DECIDE_APPEAL = TaskKind(
    name="decide_appeal",
    zh="处理异议",
    en="Decide the appeal",
    role="health_code.decider",
    done_by=("health_code.upheld", "health_code.rejected"),
)

DECIDER = Role(name="health_code.decider", zh="健康码异议处理员", en="Appeals officer")
READER = Role(name="health_code.reader", zh="健康码查询员", en="Health code reader")
KEEPER = Role(name="health_code.keeper", zh="健康码服务员", en="Health code desk")
