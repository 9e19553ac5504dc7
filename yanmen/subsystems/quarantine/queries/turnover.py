"""Rooms between two stays, with their clock; and the steps that a room went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.models import Account
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.courses import ROOM
from yanmen.subsystems.quarantine.models import Room, RoomStep, Site

NORM = "quarantine.rooms_between"


@dataclass(frozen=True)
class Turn:
    """A room that is being made ready: since when, due by when, and what comes next."""

    room: Room
    due: datetime | None
    late: bool

    @property
    def acts(self) -> list[str]:
        """What may be done next."""
        return list(ROOM.steps[self.room.state])


def turns(scope: Scope, *, now: datetime, site: Site | None = None, limit: int = 500) -> list[Turn]:
    """Rooms that are not clean, longest waiting first."""
    hours = numbers(NORM, local_date(now)).get("turnover_hours")
    rows = scope.within(Room.objects.select_related("floor", "site__place"), "area").exclude(state="clean")
    rows = rows.filter(site=site) if site else rows
    return [_turn(room, hours, now) for room in rows.order_by("vacated_at", "pk")[:limit]]


def late_turns(scope: Scope, *, now: datetime) -> list[Turn]:
    """Rooms that should have been ready by now."""
    return [turn for turn in turns(scope, now=now) if turn.late]


def steps(scope: Scope, room: Room, *, limit: int = 20) -> list[RoomStep]:
    """What was done to a room, newest first."""
    return list(scope.within(RoomStep.objects, "area").filter(room=room).order_by("-at", "-pk")[:limit])


def signatures(scope: Scope, signed: Iterable[str]) -> dict[str, str]:
    """Names of the accounts that signed."""
    numbers = {int(each.partition(":")[2]) for each in signed if each.startswith("account:")}
    return {f"account:{pk}": name for pk, name in Account.objects.filter(pk__in=numbers).values_list("pk", "name")}


def _turn(room: Room, hours: int | None, now: datetime) -> Turn:
    due = room.vacated_at + timedelta(hours=hours) if room.vacated_at and hours else None
    return Turn(room, due, due is not None and due < now)
