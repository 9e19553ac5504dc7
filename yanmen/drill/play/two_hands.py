"""In each county two grid workers who were apart say different things of one household; whoever leads them decides the next day."""

from __future__ import annotations

from random import Random

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
    acts = _settle(town)
    with town.acting(WORKER):
        doors = list(Door.objects.order_by("pk").values_list("area", "pk"))
    for county in town.scenario.areas:
        here = [door for area, door in doors if area.startswith(county)]
        if here:
            acts += _count_twice(town, here, town.chance("two hands", int(county)))
    return acts


def _count_twice(town: Town, doors: list[int], drawn: Random) -> int:
    door, many = drawn.choice(doors), drawn.randint(2, 5)
    for number, said in ((1, many), (2, many + 1)):
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
