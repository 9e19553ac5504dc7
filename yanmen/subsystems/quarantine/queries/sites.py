"""Reading sites: which there are, what their rooms are now, and what a site's rooms add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.housekeeping import ROOM_NOW
from yanmen.subsystems.quarantine.models import Floor, Room, Site
from yanmen.subsystems.quarantine.queries.statements import statement

PAGE = 50


@dataclass
class Capacity:
    """Rooms of a site by what they are now; beds in the free ones; people who have a room."""

    rooms: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROOM_NOW, 0))
    free_beds: int = 0
    people: int = 0

    @property
    def total(self) -> int:
        """Every room."""
        return sum(self.rooms.values())

    @property
    def taken(self) -> int:
        """Rooms that somebody has or will have."""
        return self.rooms["given"] + self.rooms["staying"] + self.rooms["leaving"]

    @property
    def bar(self) -> list[tuple[str, int, str, str]]:
        """What is, how many, and from where how wide in hundredths of the whole: what a bar shows."""
        shown, start = [], 0.0
        for name, count in self.rooms.items():
            wide = 100 * count / (self.total or 1)
            if count:
                shown.append((name, count, f"{start:.2f}", f"{wide:.2f}"))
            start += wide
        return shown


def site(scope: Scope, number: int) -> Site | None:
    """One site of the asker's areas."""
    found: Site | None = scope.within(Site.objects.select_related("place"), "area").filter(pk=number).first()
    return found


def sites(
    scope: Scope, *, text: str = "", kind: str = "", state: str = "", closed: bool = False, after: int = 0, limit: int = PAGE
) -> list[Site]:  # fmt: skip
    """Sites of the asker's areas in the order of their numbers; those given up or closed for good only when asked."""
    rows = scope.within(Site.objects.select_related("place"), "area").filter(pk__gt=after).order_by("pk")
    rows = rows.filter(state="closed") if closed else rows.exclude(state="closed")
    rows = rows.filter(**({"kind": kind} if kind else {}), **({"state": state} if state else {}))
    if text:
        rows = rows.filter(Q(place__name_zh__icontains=text) | Q(place__address__icontains=text))
    return list(rows[:limit])


def rooms_now(scope: Scope, sites: Iterable[int], *, now: datetime) -> list[dict[str, Any]]:
    """Every room of these sites with what it is now, in the order of floors."""
    return _asked(scope, sites, now, statement("rooms_now"))


def capacities(scope: Scope, sites: Iterable[int], *, now: datetime) -> dict[int, Capacity]:
    """What the rooms of each site add up to."""
    wanted = list(sites)
    found = {number: Capacity() for number in wanted}
    summed = "SELECT site, now, count(*) AS rooms, sum(beds) AS beds, sum(staying) AS people FROM ({}) AS r GROUP BY site, now"
    for row in _asked(scope, wanted, now, summed.format(statement("rooms_now"))):
        one = found[row["site"]]
        one.rooms[row["now"]] = row["rooms"]
        one.people += int(row["people"])
        one.free_beds += row["beds"] if row["now"] == "free" else 0
    return found


def free_rooms(
    scope: Scope, *, now: datetime, kind: str = "", features: Iterable[str] = (), limit: int = 500
) -> list[dict[str, Any]]:
    """Rooms of open sites that somebody can be put into now."""
    rows = scope.within(Site.objects, "area").filter(state="open", **({"kind": kind} if kind else {}))
    fit = "SELECT * FROM ({}) AS r WHERE now = 'free' AND features @> %(features)s::varchar[] ORDER BY site, number LIMIT %(limit)s"
    about = {"features": sorted(set(features)), "limit": limit}
    return _asked(scope, rows.values_list("pk", flat=True), now, fit.format(statement("rooms_now")), **about)


def _asked(scope: Scope, sites: Iterable[int], now: datetime, sql: str, **more: Any) -> list[dict[str, Any]]:
    mine = list(scope.within(Site.objects, "area").filter(pk__in=list(sites)).values_list("pk", flat=True))
    about: dict[str, Any] = {"sites": mine, "now": now, "tomorrow": local_date(now) + timedelta(days=1)}
    with connection.cursor() as cursor:
        cursor.execute(sql, about | more)
        return records(cursor)


def has_rooms(scope: Scope, site: Site) -> bool:
    """Whether there is a room that may be given."""
    return bool(scope.within(Room.objects, "area").filter(site=site, closed_why="").exists())


def floors(scope: Scope, site: Site) -> list[Floor]:
    """Floors from the top."""
    return list(scope.within(Floor.objects, "area").filter(site=site).order_by("-level"))


def room(scope: Scope, site: Site, number: int) -> Room | None:
    """One room of a site."""
    rows = scope.within(Room.objects.select_related("floor"), "area")
    found: Room | None = rows.filter(site=site, pk=number).first()
    return found


def arrivals_due(scope: Scope, site: Site, *, now: datetime, most: int = 200) -> list[dict[str, Any]]:
    """Who is to come and has not, soonest first, with their names."""
    scope.require(site.area)
    with connection.cursor() as cursor:
        cursor.execute(statement("arrivals_due"), {"site": site.pk, "now": now, "most": most})
        rows = records(cursor)
    names = names_of(scope, [row["person"] for row in rows])
    return [row | {"name": names.get(row["person"], ""), "late": row["at"] < now} for row in rows]


def guests(scope: Scope, room: Room, *, now: datetime) -> list[dict[str, Any]]:
    """Who has a room or had it lately, last first."""
    scope.require(room.area)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, person_id AS person, state, lower(during) AS starts, upper(during) AS until, ended_at, why"
            " FROM quarantine_stay WHERE room_id = %s AND state <> 'cancelled' ORDER BY lower(during) DESC, id LIMIT 20",
            [room.pk],
        )
        rows = records(cursor)
    names = names_of(scope, [row["person"] for row in rows])
    return [row | {"name": names.get(row["person"], "")} for row in rows]


def names_of(scope: Scope, people: Iterable[int]) -> dict[int, str]:
    """Names of guests, for as long as they are guests."""
    wanted = sorted(set(people))
    if not wanted or not scope.sees_people:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM quarantine_people(%s)", [wanted])
        return dict(cursor.fetchall())
