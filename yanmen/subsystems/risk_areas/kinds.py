"""The words that risk areas add: zones over areas, what is found in them, and the tier they fold into."""

from yanmen.loop.kinds import FactKind, MeasureKind, Role, Status, TaskKind
from yanmen.loop.own_kinds import COMMAND

YEARS_10 = 3650

WIDE_SPREAD_FOUND = FactKind(
    name="risk_areas.wide_spread_found",
    zh="判定传播范围广",
    en="Wide spread found",
    subject="area",
    retention_days=YEARS_10,
    detail={"document": "text", "note": "text"},
)
SPREAD_REPORTED = FactKind(
    name="risk_areas.spread_reported",
    zh="获悉社区传播",
    en="Community spread reported",
    subject="area",
    retention_days=YEARS_10,
    detail={"last_case_on": "date", "source": "text"},
)
DRAWN = FactKind(
    name="risk_areas.drawn",
    zh="风险区边界已划定",
    en="Boundary of a zone drawn",
    subject="area",
    retention_days=YEARS_10,
    detail={"boundary": "text", "document": "text", "residents": "integer"},
)
FULL_TEST_COMPLETED = FactKind(
    name="risk_areas.full_test_completed",
    zh="区域全员核酸已完成",
    en="Everyone in the area tested",
    subject="area",
    retention_days=YEARS_10,
    detail={"persons": "integer", "positives": "integer", "pending": "integer"},
)

ZONE = MeasureKind(
    name="zone",
    zh="风险区",
    en="Risk zone",
    subject="area",
    basis_zh="《中华人民共和国传染病防治法》第四十二条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 42",
)

DRAW_ZONE = TaskKind(
    name="draw_zone",
    zh="划定风险区边界",
    en="Draw the boundary of the zone",
    role=COMMAND.name,
    done_by=("risk_areas.drawn",),
)
AREA_FULL_TEST = TaskKind(
    name="area_full_test",
    zh="区域全员核酸",
    en="Test everyone in the area",
    role="sampling",
    done_by=("risk_areas.full_test_completed",),
)

RISK_TIER = Status(
    name="risk_tier",
    zh="风险等级",
    en="Risk tier",
    subject="area",
    mark="tier",
    order=("none", "low", "medium", "high"),
    default="none",
)

RECEIVER = Role(name="risk_areas.receiver", zh="重点地区清单接收人", en="Receiver of the key-area list")
