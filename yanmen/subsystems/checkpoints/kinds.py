"""The words that checkpoints add: who passed a post, who was handed over to whom, who stands there."""

from yanmen.loop.kinds import BulkKind, FactKind, MeasureKind, Role, TaskKind

TRAIL_DAYS = 30
CARE_DAYS = 180

PASSED = BulkKind(
    name="checkpoints.passed",
    zh="通过卡口",
    en="Passed a checkpoint",
    retention_days=TRAIL_DAYS,
    presence=True,
    detail={
        "direction": "text",
        "lane": "smallint",
        "shown": "text",
        "reason": "text",
        "knowledge_minutes": "integer",
        "vehicle": "text",
        "group_id": "uuid",
        "device": "bigint",
    },
)

HANDING = {"hand_over": "text", "note": "text"}
HAND_OVER_OPENED = FactKind(
    name="checkpoints.hand_over_opened",
    zh="首站管控：开始移交",
    en="Hand-over opened at the first stop",
    retention_days=CARE_DAYS,
    detail=HANDING | {"owed": "text", "from_area": "text", "to_area": "text", "pass_id": "uuid"},
)
HANDED_OVER = FactKind(
    name="checkpoints.handed_over",
    zh="已点对点送出",
    en="Handed over point to point",
    retention_days=CARE_DAYS,
    detail=HANDING | {"to_area": "text", "vehicle": "text", "escort": "text"},
)
RECEIVED = FactKind(
    name="checkpoints.received",
    zh="接收地已接收",
    en="Received at the other point",
    retention_days=CARE_DAYS,
    detail=HANDING | {"from_area": "text"},
)
REFUSED = FactKind(
    name="checkpoints.refused",
    zh="移交未被接受",
    en="Hand-over refused",
    retention_days=CARE_DAYS,
    detail=HANDING | {"reason": "text"},
)
RODE_WITH_CASE = FactKind(
    name="checkpoints.rode_with_case",
    zh="与病例同车过卡口",
    en="Passed a checkpoint in one vehicle with a case",
    retention_days=CARE_DAYS,
    detail={"case_fact": "uuid", "group": "uuid", "passed_on": "date"},
)

POINT_TO_POINT = MeasureKind(
    name="point_to_point",
    zh="首站管控、点对点移交",
    en="First stop, handed over point to point",
    basis_zh="《中华人民共和国传染病防治法》第四十二条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 42",
)
COMPANION_CHECK = MeasureKind(
    name="companion_check",
    zh="同车人员待判定",
    en="Companions of a case to be judged",
    basis_zh="《中华人民共和国传染病防治法》第四十条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 40",
)

HAND_OVER = TaskKind(
    name="hand_over",
    zh="首站移交",
    en="Hand over from the first stop",
    role="checkpoints.officer",
    done_by=("checkpoints.handed_over", "checkpoints.refused"),
)
RECEIVE_PERSON = TaskKind(
    name="receive_person",
    zh="接收点对点移交人员",
    en="Receive the person handed over",
    role="checkpoints.receiver",
    done_by=("checkpoints.received", "checkpoints.refused"),
)
JUDGE_COMPANION = TaskKind(
    name="judge_companion",
    zh="判定同车人员",
    en="Judge whether a companion is a contact",
    role="tracing.tracer",
    done_by=("tracing.contact_found", "tracing.general_contact_found"),
)

POSTS = ("checkpoints_post",)
OFFICER = Role(name="checkpoints.officer", zh="卡口值守人员", en="Checkpoint officer", stands_at=POSTS)
MANAGER = Role(name="checkpoints.manager", zh="卡口管理员", en="Checkpoint manager", stands_at=POSTS)
RECEIVER = Role(name="checkpoints.receiver", zh="移交接收人员", en="Receiver of people handed over")
