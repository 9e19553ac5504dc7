"""The words that checkpoints add: who passed a post, who was handed over to whom, who stands there."""

from yanmen.loop.kinds import BulkKind, Role

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

OFFICER = Role(name="checkpoints.officer", zh="卡口值守人员", en="Checkpoint officer")
MANAGER = Role(name="checkpoints.manager", zh="卡口管理员", en="Checkpoint manager")
