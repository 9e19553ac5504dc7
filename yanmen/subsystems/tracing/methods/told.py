"""What is said of somebody on a vehicle or in a group: checked, and worded without anything that names anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yanmen.base.refusals import Refusal
from yanmen.subsystems.tracing.methods.seats import Seat
from yanmen.subsystems.tracing.methods.settings import LAYOUTS, SETTINGS, TOLD


def setting_detail(setting: str, name: str, seat: Seat, until: datetime | None, seat_label: str = "") -> dict[str, Any]:
    """What the fact says: nothing that names anybody."""
    detail = {
        "setting": setting,
        "name": name.strip(),
        "unit": seat.unit.strip() or None,
        "row": seat.row,
        "seat": seat_label.strip() or None,
        "staff": seat.staff or None,
        "layout": seat.layout or None,
        "until": until.isoformat() if until else None,
    }
    return {key: value for key, value in detail.items() if value is not None}


def check_setting(
    *, setting: str, name: str, at: datetime, until: datetime | None, layout: str, now: datetime, kept_days: int
) -> None:
    """Refuse a setting that nobody knows, has no name, lies ahead or is older than trails are kept."""
    if setting not in TOLD:
        raise unknown("setting", setting, {key: SETTINGS[key] for key in TOLD})
    if layout and layout not in LAYOUTS:
        raise unknown("layout", layout, LAYOUTS)
    if not name.strip():
        raise Refusal(
            "请填写车次、班级、病区等名称。", "Give the number of the journey or the name of the group.", field="name"
        )
    if at > now:
        raise Refusal(
            "时间在将来，请核对。", "The time lies ahead. Check it.", field="at", value=f"{at:%Y-%m-%d %H:%M}"
        )
    if now - at > timedelta(days=kept_days):
        raise Refusal(
            f"已过去{kept_days}天以上，按规定不再保存。",
            f"Where people were is kept for {kept_days} days; this is older.",
            field="at",
            value=f"{at:%Y-%m-%d %H:%M}",
        )
    if until and until <= at:
        raise Refusal(
            "结束时间应晚于开始时间。",
            "The end comes after the beginning.",
            field="until",
            value=f"{until:%Y-%m-%d %H:%M}",
        )


def unknown(field: str, value: str, known: Any) -> Refusal:
    """A word that is none of those known."""
    zh = "、".join(f"{key}（{titles['zh']}）" for key, titles in known.items())
    return Refusal(f"请从中选择：{zh}。", f"Choose one of: {', '.join(known)}.", field=field, value=value)
