"""Plans of runs that were kept, on which state they were made, and which areas need a new one."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.models import Run, RunPlan
from yanmen.subsystems.quarantine.queries import transfers as queries

NORM = "quarantine.replanning"
WHO = (
    "pk",
    "party",
    "group",
    "from_longitude",
    "from_latitude",
    "to_longitude",
    "to_latitude",
    "needs",
    "ready_at",
    "due_at",
)


@dataclass(frozen=True)
class Basis:
    """On what a plan stands: digests of everything it was made from, and of the vehicles alone."""

    whole: str
    fleet: str


@dataclass(frozen=True)
class Offer:
    """A plan that nobody adopted, whether it can still be adopted."""

    plan: RunPlan
    fresh: bool


@dataclass(frozen=True)
class Due:
    """An area in which people wait for a run that no plan gives them: how many, and since when."""

    area: str
    people: int
    since: datetime


def basis(scope: Scope, *, kept: Collection[int]) -> Basis:
    """The state a plan would be made on now: who may be planned, which vehicles there are and which are out."""
    who = queries.to_plan(scope, kept=kept).order_by("pk").values_list(*WHO)
    fleet = [(each.pk, each.seats, each.kind, each.longitude, each.latitude) for each in queries.vehicles(scope)]
    away = (
        scope.within(Run.objects, "area")
        .filter(state__in=("out", "disinfecting"))
        .order_by("pk")
        .values_list("pk", "state")
    )
    vehicles = _digest([*fleet, *away])
    return Basis(_digest([*who, vehicles, sorted(kept)]), vehicles)


def policy(scope: Scope, now: datetime) -> dict[str, Any]:
    """The norm's numbers on planning by itself; empty where it says nothing."""
    del scope
    return dict(numbers(NORM, local_date(now)))


def run_plan(scope: Scope, number: int, *, lock: bool = False) -> RunPlan | None:
    """One plan of the asker's areas."""
    rows = scope.within(RunPlan.objects.select_for_update() if lock else RunPlan.objects, "area")
    found: RunPlan | None = rows.filter(pk=number).first()
    return found


def latest(scope: Scope) -> RunPlan | None:
    """The plan made last for the asker's area."""
    found: RunPlan | None = RunPlan.objects.filter(area=scope.area).order_by("-made_at", "-pk").first()
    return found


def offers(scope: Scope, *, now: datetime, most: int = 20) -> list[Offer]:
    """Plans of the asker's areas that wait for somebody to adopt them, the newest of each area."""
    rows = (
        scope.within(RunPlan.objects, "area").filter(adopted_at=None, ended_at=None).order_by("area", "-made_at", "-pk")
    )
    return [Offer(each, fresh(scope, each, now=now)) for each in rows.distinct("area")[:most]]


def fresh(scope: Scope, plan: RunPlan, *, now: datetime) -> bool:
    """Whether a plan may still be adopted: nothing it stands on has changed, and it is not too old."""
    minutes = policy(scope, now).get("offer_minutes", 0)
    if now - plan.made_at > timedelta(minutes=minutes):
        return False
    return basis(scope.narrowed(plan.area), kept=plan.kept).whole == plan.basis


def due(scope: Scope, *, now: datetime) -> list[Due]:
    """Areas of the level that policy plans as one where enough people wait for a run, or one has waited for long.

    Whom the newest plan told that no vehicle can take is not waited for again until the vehicles change; whom an offer that
    still holds gives a run waits for somebody to adopt it.
    """
    norm = policy(scope, now)
    if not norm:
        return []
    digits = int(norm["area_digits"])
    found = []
    for area in sorted({code[:digits] for code in queries.without_run(scope).values_list("area", flat=True)}):
        own = scope.narrowed(area)
        if not queries.vehicles(own):
            continue
        waiting = queries.without_run(own).exclude(pk__in=_answered(own, now))
        told = waiting.order_by().aggregate(people=Count("pk"), since=Min("approved_at"))
        if not told["people"]:
            continue
        long = now - told["since"] >= timedelta(minutes=norm["waiting_minutes"])
        if long or told["people"] >= norm["waiting_people"]:
            found.append(Due(area, told["people"], told["since"]))
    return found


def _answered(scope: Scope, now: datetime) -> list[int]:
    """Transfers to which the newest plan of the area has said something that still holds."""
    plan = latest(scope)
    if plan is None:
        return []
    found = list(plan.left) if basis(scope, kept=plan.kept).fleet == plan.fleet else []
    if plan.adopted_at is None and plan.ended_at is None and fresh(scope, plan, now=now):
        found += [number for row in plan.rows for stop in row["stops"] for number in stop["transfers"]]
    return found


def _digest(rows: Iterable[Any]) -> str:
    return hashlib.sha256("\n".join(repr(row) for row in rows).encode()).hexdigest()
