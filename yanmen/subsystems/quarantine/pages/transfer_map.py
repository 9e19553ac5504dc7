"""Transfers on the house's map: how many people wait where, where they are brought, the vehicles, and the runs. Nobody is named."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.desk import boundaries
from yanmen.desk.map_frame import Box, Ruler, around, counties_in, plane, ruler_of
from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.courses import OPEN_TRANSFER
from yanmen.subsystems.quarantine.models import Transfer
from yanmen.subsystems.quarantine.pages.transfers import SEES
from yanmen.subsystems.quarantine.queries import transfers as queries

Spot = tuple[float, float]
MOST = 3_000
RINGS = {"wait": ("requested", "released", "approved"), "planned": ("planned",), "aboard": ("picked_up",)}


@dataclass
class Crowd:
    """People at one spot: how many, how many of them late, and in which states."""

    x: float
    y: float
    people: int = 0
    late: int = 0
    waiting: int = 0
    radius: float = 0.0
    letters: float = 0.0
    areas: set[str] = field(default_factory=set)

    @property
    def base(self) -> float:
        """Where the letters stand."""
        return self.y + 0.36 * self.letters


@dataclass(frozen=True)
class Way:
    """The way of a run, by its number."""

    run: int
    group: str
    state: str
    line: str


@dataclass(frozen=True)
class Goal:
    """Where people are brought: its name, and how many are still to come."""

    box: Box
    text: str
    people: int


@dataclass(frozen=True)
class Drawn:
    """All of a map."""

    frame: str
    units: list[dict[str, object]]
    crowds: list[Crowd]
    goals: list[Goal]
    stands: list[Box]
    ways: list[Way]
    letters: float
    ruler: Ruler
    source: dict[str, str]

    @property
    def halo(self) -> float:
        """How wide the light edge around a name is."""
        return self.letters / 4


@page("transfers/map/", role=SEES, name="quarantine.transfer_map", zh="转运地图", en="Map of transfers", icon="map", order=62)  # fmt: skip
def transfer_map(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Where people wait, where they go, which vehicle goes there."""
    drawn = _drawn(scope, request)
    return render(request, "quarantine/transfer_map.html", {"map": drawn, "now": request.now})


def _drawn(scope: Scope, request: HttpRequest) -> Drawn | None:
    rows = list(queries.at_either_end(scope).filter(state__in=OPEN_TRANSFER).order_by("run", "position", "pk")[:MOST])
    cars = queries.vehicles(scope)
    crowds: dict[Spot, Crowd] = {}
    goals: dict[Spot, list[str]] = {}
    visited: set[str] = set()
    for row in rows:
        goals.setdefault(plane(row.to_longitude, row.to_latitude), []).append(row.to_text)
        visited |= {row.area[:6], row.to_area[:6]}
        if row.state == "picked_up":
            continue
        spot = plane(row.from_longitude, row.from_latitude)
        crowd = crowds.setdefault(spot, Crowd(*spot))
        crowd.people += 1
        crowd.late += row.due_at < request.now
        crowd.waiting += row.state in RINGS["wait"]
        crowd.areas.add(row.area)
    stands: dict[Spot, list[int]] = {}
    for number, car in enumerate(cars, 1):
        stands.setdefault(plane(car.longitude, car.latitude), []).append(number)
    points = [*crowds, *goals, *stands]
    if not points:
        return None
    frame = around(points)
    most = max((each.people for each in crowds.values()), default=1)
    for each in crowds.values():
        each.radius = frame.half * (0.7 + 1.4 * math.sqrt(each.people / most))
        each.letters = 1.1 * frame.half
    return Drawn(
        frame.box, counties_in(frame, boundaries.counties(scope.area[:2]), visited) if boundaries.installed() else [],
        sorted(crowds.values(), key=lambda one: -one.radius),
        [Goal(Box((len(texts),), *spot, frame.half), texts[0], len(texts)) for spot, texts in goals.items()],
        [Box(tuple(found), x, y + 2.4 * frame.half, frame.half) for (x, y), found in stands.items()],
        _ways(rows), 0.9 * frame.half, ruler_of(frame), boundaries.SOURCE if boundaries.installed() else {},
    )  # fmt: skip


def _ways(rows: list[Transfer]) -> list[Way]:
    """From the stand by the doors to the goal, a line a run."""
    runs: dict[int, list[Transfer]] = {}
    for row in rows:
        if row.run is not None:
            runs.setdefault(row.run.pk, []).append(row)
    found = []
    for number, riding in runs.items():
        run, last = riding[0].run, riding[-1]
        if run is None:
            continue
        spots = [plane(run.vehicle.longitude, run.vehicle.latitude)]
        spots += [plane(row.from_longitude, row.from_latitude) for row in riding]
        spots.append(plane(last.to_longitude, last.to_latitude))
        found.append(Way(number, run.group, run.state, " ".join(f"{x:.3f},{y:.3f}" for x, y in spots)))
    return found
