"""What rooms there are, what can be opened by when, against what the norms ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count

from yanmen.base.clock import local_date
from yanmen.loop.policies import norm_in_force, shelf
from yanmen.registry import areas
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.models import Room, Site
from yanmen.subsystems.quarantine.queries import sites as houses

ROOMS, STEPS = "quarantine.rooms", "quarantine.activation"
HOURS = (24, 48, 72)
MOST_SITES = 20_000


@dataclass
class Line:
    """An area: rooms by when they can take people, and what is asked. None where the population is not known or no norm holds."""

    area: str
    name_zh: str
    name_en: str
    population: int | None
    sites: int = 0
    rooms: int = 0
    free: int = 0
    open: int = 0
    by_hours: dict[int, int] = field(default_factory=lambda: dict.fromkeys(HOURS, 0))
    largest: int = 0
    asked: int | None = None
    steps: dict[int, int | None] = field(default_factory=lambda: dict.fromkeys(HOURS))
    asked_largest: int | None = None

    @property
    def short(self) -> dict[int, int]:
        """Rooms that are lacking at each step; nothing is lacking where nothing is asked."""
        return {hours: max(0, (self.steps[hours] or 0) - count) for hours, count in self.by_hours.items()}

    @property
    def meets(self) -> bool:
        """Whether every step is met, and one site is large enough where one must be."""
        return not any(self.short.values()) and self.largest >= (self.asked_largest or 0)

    @property
    def stages(self) -> list[tuple[int, int, int | None, int]]:
        """Hours, rooms that are open by then, rooms asked, rooms lacking."""
        short = self.short
        return [(hours, count, self.steps[hours], short[hours]) for hours, count in self.by_hours.items()]


def activation(scope: Scope, *, now: datetime) -> list[Line]:
    """The asker's area and each one directly below it."""
    own = Area.objects.filter(code=scope.area, valid_to=None).first()
    below = list(areas.children(scope.area)) if own else []
    lines = [_line(area) for area in ([own, *below] if own else [])]
    rows = list(scope.within(Site.objects, "area").exclude(state="closed")[:MOST_SITES])
    counted = houses.capacities(scope, [site.pk for site in rows], now=now)
    usable = _usable(scope, [site.pk for site in rows])
    for site in rows:
        for line in lines:
            if site.area.startswith(line.area):
                _add(line, site, counted[site.pk], usable.get(site.pk, 0))
    for line in lines:
        _ask(line, now)
    return lines


def in_force(scope: Scope, *, now: datetime) -> list[Any]:
    """The norms behind the numbers, for their source and grade."""
    return [found for name in (ROOMS, STEPS) if (found := norm_in_force(name, local_date(now))) is not None]


def _line(area: Area) -> Line:
    return Line(area.code, area.name_zh, area.name_en, area.population or _of_counties(area.code))


def _of_counties(code: str) -> int | None:
    figures = Area.objects.filter(code__startswith=code, level="county", valid_to=None).values_list(
        "population", flat=True
    )
    known = [figure for figure in figures if figure]
    return sum(known) or None


def _usable(scope: Scope, sites: Iterable[int]) -> dict[int, int]:
    """Rooms of each site that are not closed, whether or not the site is open."""
    rows = scope.within(Room.objects, "area").filter(site__in=list(sites), closed_why="", floor__zone="observation")
    return dict(rows.order_by().values_list("site").annotate(n=Count("pk")))


def _add(line: Line, site: Site, capacity: houses.Capacity, usable: int) -> None:
    line.sites += 1
    line.rooms += usable
    line.largest = max(line.largest, usable)
    if site.state == "open":
        line.open += usable
        line.free += capacity.rooms["free"]
    for hours in HOURS:
        if site.state == "open" or (site.state == "ready" and site.ready_hours <= hours):
            line.by_hours[hours] += usable


def _ask(line: Line, now: datetime) -> None:
    norms, day = shelf.norms(), local_date(now)
    if (rooms := norms.get(ROOMS)) is not None and line.population:
        line.asked = rooms.need(day, {"people": line.population}).get("rooms")
    if (steps := norms.get(STEPS)) is None:
        return
    if line.asked is not None:
        needed = steps.need(day, {"rooms": line.asked})
        line.steps = {hours: needed.get(f"in_{hours}_hours") for hours in HOURS}
    dated = steps.at(day)
    if dated is not None and len(line.area) == 4:
        line.asked_largest = dated.parts.get("largest_site_rooms")
