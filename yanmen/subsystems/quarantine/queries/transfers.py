"""Every read of transfers, vehicles and runs. Both ends of a transfer see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.courses import OPEN_TRANSFER
from yanmen.subsystems.quarantine.models import Run, Transfer, Vehicle
from yanmen.subsystems.quarantine.queries.riders import Rider, riders

UNDER_WAY = ("planned", "out", "disinfecting")
MOST = 300


@dataclass(frozen=True)
class Carried:
    """A transfer with who it is about."""

    transfer: Transfer
    rider: Rider | None

    @property
    def name(self) -> str:
        """The name, or the number of somebody whose name is not for the asker any more."""
        return self.rider.name if self.rider else f"#{self.transfer.person_id}"


@dataclass(frozen=True)
class Halt:
    """A door or a goal of a run: when, where, who."""

    number: int
    at: datetime | None
    text: str
    people: list[Carried] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether somebody here is still to be picked up."""
        return any(each.transfer.state == "planned" for each in self.people)


@dataclass(frozen=True)
class Column:
    """A state of the board: how many people, and the first of them."""

    state: str
    count: int
    late: int
    rows: list[Carried]


def at_either_end(scope: Scope) -> QuerySet[Transfer]:
    """Transfers that begin or end in the asker's areas, or ride in their vehicles."""
    low, high = scope.area, scope.area + "~"
    ends = (
        Q(area__gte=low, area__lt=high)
        | Q(to_area__gte=low, to_area__lt=high)
        | Q(run__in=scope.within(Run.objects, "area").values("pk"))
    )
    return Transfer.objects.filter(ends).select_related("run__vehicle", "to_place")


def transfer(scope: Scope, number: int) -> Transfer | None:
    """One transfer of either end."""
    return at_either_end(scope).filter(pk=number).first()


def with_names(scope: Scope, transfers: Iterable[Transfer]) -> list[Carried]:
    """Transfers with the people behind them."""
    rows = list(transfers)
    known = riders(scope, [each.person_id for each in rows])
    return [Carried(each, known.get(each.person_id)) for each in rows]


def board(scope: Scope, *, now: datetime, most: int = 40) -> list[Column]:
    """Open transfers by state, the soonest due first."""
    rows = at_either_end(scope)
    counted = rows.filter(state__in=OPEN_TRANSFER).values("state")
    counts: dict[str, tuple[int, int]] = {
        row["state"]: (row["n"], row["late"])
        for row in counted.annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    }
    shown: list[Transfer] = []
    for state in OPEN_TRANSFER:
        shown += rows.filter(state=state).order_by("due_at", "party", "pk")[:most]
    named = with_names(scope, shown)
    return [
        Column(state, *counts.get(state, (0, 0)), [each for each in named if each.transfer.state == state])
        for state in OPEN_TRANSFER
    ]  # fmt: skip


def ended(scope: Scope, *, since: datetime, most: int = 40) -> list[Carried]:
    """Transfers that ended since a moment, the last first."""
    return with_names(scope, at_either_end(scope).filter(ended_at__gte=since).order_by("-ended_at", "pk")[:most])


def to_plan(scope: Scope, *, kept: Collection[int] = ()) -> QuerySet[Transfer]:
    """Approved transfers that begin in the asker's areas, and those on runs that the asker may plan anew; runs `kept` stay."""
    may_ride = Q(state="approved") | Q(state="planned", run__state="planned")
    rows: QuerySet[Transfer] = scope.within(Transfer.objects, "area").filter(may_ride)
    return rows.exclude(run__in=fixed_runs(scope) | set(kept)).order_by("due_at", "party", "pk")


def leaving_soon(scope: Scope, *, now: datetime, minutes: int) -> list[int]:
    """Runs that leave within so many minutes, or should have left as long ago: nobody changes them any more."""
    span = timedelta(minutes=minutes)
    rows = scope.within(Run.objects, "area").filter(
        state="planned", departs_at__gt=now - span, departs_at__lt=now + span
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def without_run(scope: Scope) -> QuerySet[Transfer]:
    """Approved by both sides, and no run takes them."""
    rows: QuerySet[Transfer] = scope.within(Transfer.objects, "area").filter(state="approved")
    return rows.order_by("approved_at", "pk")


def fixed_runs(scope: Scope) -> set[int]:
    """Runs not departed that somebody with a wider area planned: our vehicle with others' people, or ours in others' vehicle."""
    low, high = scope.area, scope.area + "~"
    vehicle, people = Q(run__area__gte=low, run__area__lt=high), Q(area__gte=low, area__lt=high)
    mixed = (vehicle & ~people) | (people & ~vehicle)
    rows = Transfer.objects.filter(mixed, state="planned", run__state="planned")
    return set(rows.values_list("run", flat=True))


def vehicles(scope: Scope) -> list[Vehicle]:
    """Vehicles of the asker's areas that are in use."""
    return list(scope.within(Vehicle.objects, "area").filter(closed_at=None).order_by("area", "plate"))


def runs(scope: Scope, *, states: Iterable[str] = UNDER_WAY) -> QuerySet[Run]:
    """Runs of the asker's own vehicles, and those that bring them somebody or take somebody of theirs."""
    riding = Transfer.objects.filter(run=OuterRef("pk")).order_by().values("run").annotate(n=Count("pk")).values("n")
    rows = Run.objects.filter(state__in=tuple(states)).select_related("vehicle")
    return rows.annotate(people=Coalesce(Subquery(riding), 0)).order_by("departs_at", "pk")


def run(scope: Scope, number: int) -> Run | None:
    """One run."""
    riding = Prefetch("transfers", Transfer.objects.select_related("to_place").order_by("position", "pk"))
    rows = Run.objects.filter(pk=number).select_related("vehicle").prefetch_related(riding)
    return rows.first()


def halts(scope: Scope, one: Run) -> tuple[list[Halt], list[Halt]]:
    """The doors of a run in order, and where it brings people."""
    named = with_names(scope, one.transfers.all())
    doors: dict[int, Halt] = {}
    goals: dict[str, Halt] = {}
    for each in named:
        row = each.transfer
        position = row.position or 0
        doors.setdefault(position, Halt(position, row.pick_up_at, row.from_text)).people.append(each)
        goals.setdefault(row.to_text, Halt(len(goals) + 1, row.arrive_at, row.to_text)).people.append(each)
    return [doors[key] for key in sorted(doors)], list(goals.values())
