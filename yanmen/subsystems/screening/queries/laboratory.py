"""Every read of a laboratory: tubes that wait, runs and their plates, what holds a run, and the values of controls in time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.reading import Reading
from yanmen.subsystems.screening.models import ControlLot, Finding, Laboratory, Run, Tube, Violation, Well

READING, CONTROLS = "screening.reading", "screening.controls"
CHARTED = ("positive", "weak_positive")
"""Controls with a Ct of their own; a negative control has none."""

READ = ("measured", "accepted", "released")
POINTS = 200
PAGE = 200


@dataclass(frozen=True)
class Value:
    """The Ct of one target of one control well, and the mean and deviation that held then (none when nobody gave them)."""

    run: Run
    position: str
    control: str
    lot: str
    target: str
    ct: float
    stated: ControlLot | None

    @property
    def z(self) -> float | None:
        """Standard deviations from the mean."""
        return (self.ct - self.stated.mean) / self.stated.deviation if self.stated else None


@dataclass(frozen=True)
class Bench:
    """A laboratory's figures now."""

    waiting: int
    on_machine: int
    to_review: int
    released: int
    held: int
    oldest: datetime | None


def laboratories(scope: Scope) -> QuerySet[Laboratory]:
    """Laboratories of the asker's areas, by area and number."""
    found: QuerySet[Laboratory] = scope.within(Laboratory.objects.select_related("place"), "area")
    return found.order_by("area", "pk")


def at(scope: Scope, laboratory: int) -> Laboratory:
    """One laboratory. Refused outside the asker's areas."""
    found = laboratories(scope).filter(pk=laboratory).first()
    if found is None:
        raise Refusal(
            "在您的辖区内没有这一检测机构。", "There is no such laboratory in your areas.", field="laboratory", value=str(laboratory)
        )  # fmt: skip
    return found


def waiting(scope: Scope, laboratory: int) -> QuerySet[Tube]:
    """Tubes that were received there and are on no machine, longest first."""
    found: QuerySet[Tube] = scope.within(Tube.objects, "lab_area").filter(
        laboratory=laboratory, run=None, released_at=None, void_at=None, received_at__isnull=False
    )
    return found.exclude(condition="missing").order_by("received_at", "code")


def bench(scope: Scope, laboratory: int, *, now: datetime) -> Bench:
    """How many tubes are where at this laboratory, and how many runs a broken rule or an open question holds."""
    queue = waiting(scope, laboratory)
    first = queue.values_list("received_at", flat=True).first()
    tubes = scope.within(Tube.objects, "lab_area").filter(laboratory=laboratory, void_at=None)
    counted = tubes.filter(Q(released_at=None) | Q(released_at__gte=now - timedelta(days=1))).aggregate(
        on_machine=Count("pk", filter=Q(released_at=None, logged_at__isnull=False, measured_at=None)),
        to_review=Count("pk", filter=Q(released_at=None, measured_at__isnull=False)),
        released=Count("pk", filter=Q(released_at__isnull=False)),
    )
    held = open_violations(scope).filter(run__laboratory=laboratory).values("run").distinct().count()
    return Bench(waiting=queue.count(), held=held, oldest=first, **counted)


def runs(scope: Scope, laboratory: int) -> QuerySet[Run]:
    """Runs of a laboratory, latest first, with how many tubes and open violations each has."""
    found: QuerySet[Run] = scope.within(Run.objects, "area").filter(laboratory=laboratory)
    return found.annotate(
        tubes_on=Count("plate", filter=~Q(plate__tube=""), distinct=True),
        open_rules=Count("violations", filter=Q(violations__resolved_at=None), distinct=True),
    ).order_by("-loaded_at", "-pk")


def run(scope: Scope, number: int) -> Run | None:
    """One run with its laboratory."""
    found: Run | None = scope.within(Run.objects.select_related("laboratory__place"), "area").filter(pk=number).first()
    return found


def open_violations(scope: Scope) -> QuerySet[Violation]:
    """Broken control rules that nobody has settled."""
    found: QuerySet[Violation] = scope.within(Violation.objects, "area")
    return found.filter(resolved_at=None)


def mismatches(scope: Scope, number: int) -> QuerySet[Finding]:
    """Where the instrument's file and the plate map of a run differ, settled or not."""
    found: QuerySet[Finding] = scope.within(Finding.objects, "area")
    return found.filter(kind="well_mismatch", key__startswith=f"{number}:").order_by("pk")


def reading(now: datetime) -> Reading:
    """The policy's numbers on reading wells. Refused on a day for which there are none."""
    return Reading.of(_needed(READING, now))


def control_numbers(now: datetime) -> Mapping[str, Any]:
    """The policy's numbers on controls."""
    return _needed(CONTROLS, now)


def _needed(name: str, now: datetime) -> Mapping[str, Any]:
    found = numbers(name, local_date(now))
    if not found:
        raise Refusal(
            f"政策参数{name}在当日无效。",
            f"The policy has no numbers of {name} on this day.",
            field="policy",
            value=name,
        )
    return found


def lots(scope: Scope, laboratory: int) -> QuerySet[ControlLot]:
    """Means and deviations of a laboratory's control lots, the latest of each first."""
    found: QuerySet[ControlLot] = scope.within(ControlLot.objects, "area")
    return found.filter(laboratory=laboratory).order_by("control", "lot", "target", "-valid_from")


def charted(scope: Scope, laboratory: int) -> list[tuple[str, str]]:
    """Control and lot of every material that was measured there, the latest in use first."""
    found = (
        scope.within(Well.objects, "run__area")
        .filter(run__laboratory=laboratory, run__state__in=READ, control__in=CHARTED)
        .order_by("-run__measured_at")
        .values_list("control", "control_lot")[: POINTS * 8]
    )
    return list(dict.fromkeys(found))


def values(scope: Scope, laboratory: int, materials: Sequence[tuple[str, str]]) -> list[Value]:
    """The latest values of these controls and lots, oldest first, from every run that was measured and not discarded."""
    if not materials:
        return []
    wanted = Q()
    for control, lot in materials:
        wanted |= Q(control=control, control_lot=lot)
    wells = scope.within(Well.objects.select_related("run"), "run__area").filter(
        wanted, run__laboratory=laboratory, run__state__in=READ
    )
    latest = list(wells.order_by("-run__measured_at", "-run", "-position")[:POINTS])
    stated = list(lots(scope, laboratory).filter(lot__in=[lot for _, lot in materials]))
    return [
        Value(well.run, well.position, well.control, well.control_lot, target, ct, _stated(stated, well, target))
        for well in reversed(latest)
        for target, ct in well.targets.items()
        if ct is not None
    ]


def _stated(stated: Sequence[ControlLot], well: Well, target: str) -> ControlLot | None:
    """What held for this well: the latest statement that was valid when it was measured."""
    key = (well.control, well.control_lot, target)
    valid = [
        each
        for each in stated
        if (each.control, each.lot, each.target) == key
        and well.run.measured_at
        and each.valid_from <= well.run.measured_at
    ]
    return max(valid, key=lambda each: each.valid_from, default=None)


def read_before(scope: Scope, tubes: Sequence[str], but: int, results: Sequence[str]) -> set[str]:
    """Which of these tubes showed one of these results on another run that was accepted."""
    wells = scope.within(Well.objects, "run__area").filter(
        tube__in=list(tubes), result__in=list(results), run__state__in=("accepted", "released")
    )
    return set(wells.exclude(run=but).values_list("tube", flat=True))


def broken(scope: Scope, runs: Collection[int], material: tuple[str, str]) -> dict[tuple[int, str], tuple[str, ...]]:
    """The rules that a control broke, warnings too, by run and target."""
    control, lot = material
    found: dict[tuple[int, str], tuple[str, ...]] = {}
    violations = scope.within(Violation.objects, "area").filter(run__in=runs, control=control, lot=lot)
    for run, target, rule in violations.order_by("pk").values_list("run", "target", "rule"):
        found[run, target] = (*found.get((run, target), ()), rule)
    wells = scope.within(Well.objects, "run__area").filter(run__in=runs, control=control, control_lot=lot)
    for run, doubts in wells.exclude(doubts=[]).values_list("run", "doubts"):
        for each in doubts:
            if each["rule"] not in found.get((run, each["target"]), ()):
                found[run, each["target"]] = (*found.get((run, each["target"]), ()), each["rule"])
    return found
