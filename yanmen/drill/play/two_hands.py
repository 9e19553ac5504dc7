"""In each county two grid workers who were apart say different things of one household; whoever leads them decides the next day."""

from __future__ import annotations

from yanmen.base.ids import uuid7, uuid7s
from yanmen.drill.play.town import Town
from yanmen.subsystems.grid.actions.editing import Change, take_edits
from yanmen.subsystems.grid.actions.settling import settle_conflict
from yanmen.subsystems.grid.models import Door
from yanmen.subsystems.grid.queries.conflicts import OTHER, own_conflicts

WORKER, MANAGER = "grid_officer", "grid.manager"
FIELD = "people_at_home"


def edit_apart(town: Town) -> int:
    """What was in conflict before is decided; households are counted by two who do not see each other. Returns how many acts."""
    return _settle(town) + sum(_count_twice(town, county) for county in town.scenario.areas)


def _count_twice(town: Town, county: str) -> int:
    """One door of a county. Returns how many edits: none where nobody keeps a grid yet."""
    drawn = town.chance("two hands", int(county))
    with town.acting(WORKER) as who:
        doors = who["scope"].narrowed(county).within(Door.objects, "area").order_by("pk").values_list("pk", flat=True)
        if not (many := doors.count()):
            return 0
        door = doors[drawn.randrange(many)]
    people = drawn.randint(2, 5)
    for number, said in ((1, people), (2, people + 1)):
        with town.acting(WORKER, number) as who:
            take_edits(said=[Change(uuid7(town.now), door, None, FIELD, str(said), "", town.now)], **who)
    return 2


def _settle(town: Town) -> int:
    """The later count is kept: somebody went there again."""
    with town.acting(MANAGER) as who:
        waiting = [each for each in own_conflicts(who["scope"], now=town.now) if each.open]
        for each, key in zip(waiting, uuid7s(town.now, len(waiting)), strict=True):
            settle_conflict(conflict_id=each.id, keep=OTHER, id=key, **who)
    return len(waiting)
