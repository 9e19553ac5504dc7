"""What quarantine has on the wall: rooms by what they are now, and who is on the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.desk.wall_panels import panel
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.housekeeping import ROOM_NOW
from yanmen.subsystems.quarantine.queries.wall import rooms_by_state, transfers_by_state

ORDER = ("free", "given", "staying", "leaving", "cleaning", "closed")
STEPS = {
    "requested": {"zh": "待交出", "en": "to be released"},
    "released": {"zh": "待接收", "en": "to be accepted"},
    "approved": {"zh": "待派车", "en": "without a vehicle"},
    "planned": {"zh": "待出发", "en": "planned"},
    "picked_up": {"zh": "在途", "en": "on the way"},
}


@panel(
    name="rooms", zh="隔离房间", en="Quarantine rooms", order=60, width=4, role=(COMMAND, INSPECTOR), rest=10,
    page="quarantine.sites", source=("隔离点登记的房间与在住", "rooms and stays as the sites record them"),
    nothing=("本辖区没有启用的隔离点。", "No quarantine site of this area is open."),
)  # fmt: skip
def rooms(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """Rooms free and taken, as one bar."""
    sites, found = rooms_by_state(scope, now=now)
    every = sum(row["rooms"] for row in found.values())
    if not every:
        return None
    parts, at = [], 0.0
    for state in (each for each in ORDER if each in found):
        wide = 100 * found[state]["rooms"] / every
        parts.append({"state": state, "title": ROOM_NOW[state], "rooms": found[state]["rooms"], "at": at, "wide": wide})
        at += wide
    free = found.get("free", {"rooms": 0, "beds": 0})
    return {
        "sites": sites, "rooms": every, "free": free["rooms"], "beds": free["beds"], "parts": parts,
        "people": sum(row["people"] for row in found.values()),
    }  # fmt: skip


@panel(
    name="transfers", zh="转运", en="Transfers", order=65, width=3, role=(COMMAND, INSPECTOR), rest=10,
    page="quarantine.transfers", source=("转运单", "transfers of either end"),
    nothing=("没有待办或在途的转运，今天也没有人送达。", "Nobody is to be taken anywhere, and nobody arrived today."),
)  # fmt: skip
def transfers(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """People to be taken somewhere, step by step; who is late, who arrived."""
    found = transfers_by_state(scope, now=now)
    if not found["open"] and not found["arrived"]:
        return None
    steps = [{"title": STEPS[state], "people": people} for state, people in found["open"].items()]
    return {"steps": steps, "all": sum(step["people"] for step in steps), **found}
