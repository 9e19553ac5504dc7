"""Open sites of the asker's areas, their free rooms, and who is there already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from yanmen.base.rows import records
from yanmen.loop.models import Measure
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.courses import STAYING
from yanmen.subsystems.quarantine.methods.rooms import FreeRoom, OpenSite
from yanmen.subsystems.quarantine.models import Room, Site, Stay
from yanmen.subsystems.quarantine.queries import owed
from yanmen.subsystems.quarantine.queries.statements import statement


def free_rooms(scope: Scope, *, at: datetime, site: int | None = None) -> list[FreeRoom]:
    """Rooms that nobody holds from this moment on, by site, floor and position."""
    with connection.cursor() as cursor:
        cursor.execute(statement("rooms_free"), {"area": scope.area, "at": at, "site": site})
        rows = records(cursor)
    return [
        FreeRoom(
            row["room"], row["site"], row["floor"], row["level"], row["position"], row["beds"], frozenset(row["features"])
        )
        for row in rows
    ]  # fmt: skip


def open_sites(scope: Scope) -> list[OpenSite]:
    """Sites that take people, with what they offer and which group is there."""
    rows = scope.within(Site.objects, "area").filter(state="open").select_related("place").order_by("pk")
    stays = Stay.objects.filter(state__in=STAYING).values_list("site", "group").distinct()
    groups = dict(stays.order_by("site", "group"))
    middles = owed.points(scope)
    found = []
    for each in rows:
        has = {f"language:{language.lower()}" for language in each.languages} | (
            {"dialysis"} if each.dialysis else set()
        )
        x, y = each.place.longitude, each.place.latitude
        if x is None or y is None:
            x, y = owed.point_of(each.area, middles) or (0.0, 0.0)
        found.append(OpenSite(each.pk, each.kind, x, y, frozenset(has), groups.get(each.pk, "")))
    return found


def sources_there(scope: Scope) -> dict[int, frozenset[str]]:
    """The sources of those who stay, by floor: the reason for which each is there."""
    rows = scope.within(Stay.objects, "area").filter(state__in=STAYING).values_list("room__floor", "measure")
    floors = [(floor, measure) for floor, measure in rows if measure is not None]
    known = Measure.objects.filter(pk__in={measure for _, measure in floors})
    reasons = dict(known.values_list("pk", "reason"))
    found: dict[int, set[str]] = defaultdict(set)
    for floor, measure in floors:
        found[floor].add(reasons.get(measure, ""))
    return {floor: frozenset(names) for floor, names in found.items()}


def named(scope: Scope, rooms: Sequence[int]) -> list[tuple[int, str]]:
    """These rooms as people choose them: site, number, beds."""
    rows = scope.within(Room.objects, "area").filter(pk__in=rooms).select_related("site__place")
    rows = rows.order_by("site", "floor__level", "position")
    return [(each.pk, f"{each.site} {each.number} ({each.beds})") for each in rows]
