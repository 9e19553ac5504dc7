"""The times that a record kept by a device may carry: its id names the day, and neither lies too far from now."""

from uuid import UUID

from yanmen.base.refusals import Refusal

DAY = 86_400_000
BEIJING = 8 * 3_600_000
"""Ids carry UTC, days are those of Shanxi."""

PAST_DAYS = 14
"""How old a record may be that a device delivers."""

FUTURE_MINUTES = 10
"""How far a device's clock may be ahead."""


class RecordWindow:
    """The window at one moment; milliseconds since 1970."""

    __slots__ = ("earliest", "first_day", "last_day", "latest", "now")

    def __init__(self, now: int, *, past_days: int = PAST_DAYS, future_minutes: int = FUTURE_MINUTES) -> None:
        self.now = now
        self.earliest = now - past_days * DAY
        self.latest = now + future_minutes * 60_000
        today = (now + BEIJING) // DAY
        self.first_day, self.last_day = today - past_days, today + 1

    def day(self, identifier: UUID, at: int) -> int:
        """The day that a record's id carries, in days since 1970; a refusal unless it is a UUID version 7 of these days,
        and the record's moment lies in the window.
        """
        number = identifier.int
        if number >> 76 & 0xF != 7 or number >> 62 & 3 != 2:
            raise Refusal(
                "记录编号须为 UUID 第 7 版，请更新客户端。",
                "The id of a record is a UUID version 7. Update the client.",
                field="id",
                value=str(identifier),
            )
        day = ((number >> 80) + BEIJING) // DAY
        if not self.first_day <= day <= self.last_day:
            raise Refusal(
                "记录编号所含日期超出可接收范围。请校准设备时间；过早的记录请报管理员补录。",
                "The day in this id is not taken any more, or not yet. Set the device's clock; hand in old records on paper.",
                field="id",
                value=str(identifier),
            )
        if not self.earliest <= at <= self.latest:
            raise Refusal(
                "记录时间超出可接收范围，请校准设备时间。",
                "This time is too long ago or still to come. Set the device's clock.",
                field="at",
                value=str(at),
            )
        return day
