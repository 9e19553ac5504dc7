"""What inspection does: count at the door, say what became of a note."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.venues.kinds import SPOT_CHECKED
from yanmen.subsystems.venues.models import Note
from yanmen.subsystems.venues.queries import notes, register


def spot_check(
    *, scope: Scope, place: int, entered: int, checked_in: int, by: str, now: datetime, note: str = ""
) -> UUID:
    """Record how many people went in and how many of them checked in while somebody stood at the door."""
    venue = register.venue(scope, place)
    if venue is None:
        raise Refusal(
            "您的辖区内没有这个场所。", "There is no such venue in your area.", field="place", value=str(place)
        )
    if not 0 <= checked_in <= entered or not 1 <= entered <= 100_000:
        raise Refusal(
            "扫码人数不能超过进入人数，进入人数至少1人。",
            "No more can check in than go in, and at least one goes in.",
            field="checked_in",
            value=f"{checked_in}/{entered}",
        )
    detail = {"entered": entered, "checked_in": checked_in, "note": note.strip()}
    said = {name: value for name, value in detail.items() if value != ""}
    return facts.record(SPOT_CHECKED.name, place=place, area=venue.area, occurred_at=now, by=by, now=now, detail=said)


def see_note(*, scope: Scope, note: int, finding: str, by: str, now: datetime) -> Note:
    """Somebody looked into a note and says what they found. What it counts stays."""
    found = notes.note(scope, note)
    if found is None:
        raise Refusal("您的辖区内没有这条提示。", "There is no such note in your area.", field="note", value=str(note))
    if not finding.strip():
        raise Refusal("请写明核实结果。", "Say what you found.", field="finding")
    found.seen_at, found.seen_by, found.finding = now, by, finding.strip()[:500]
    found.save(update_fields=["seen_at", "seen_by", "finding"])
    return found
