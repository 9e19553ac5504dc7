"""Controls of a laboratory: what the rules say about a run, and the mean and deviation that they are measured against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.levey_jennings import statistics
from yanmen.subsystems.screening.methods.reading import Reading, control_fault, detected
from yanmen.subsystems.screening.methods.westgard import Judged, Point, judge
from yanmen.subsystems.screening.methods.words import CONTROLS
from yanmen.subsystems.screening.models import ControlLot, Run, Violation, Well
from yanmen.subsystems.screening.queries import laboratory as queries

REEVALUATED = "按时间顺序重新评估后不再成立 / No longer broken once evaluated in order of time"
UNSTATED = "unstated"


@dataclass(frozen=True)
class Controlled:
    """What the controls of a run say: rules broken (they hold it), warnings, and rules that could not be asked."""

    broken: tuple[str, ...]
    warned: tuple[str, ...]
    skipped: tuple[dict[str, object], ...]


def evaluate(*, scope: Scope, run: Run, by: str, now: datetime) -> Controlled:
    """Ask every control rule about a run, and about later runs of the same lots when this one came out of time."""
    found, judged, values = _evaluated(scope, run, by=by, now=now)
    for later in _later(run, values):
        _evaluated(scope, later, by=by, now=now)
    warned = [broken.rule for broken in judged.broken if broken.rule not in judged.rejecting]
    return Controlled(_once(each.rule for each in found), _once(warned), judged.skipped)


def _evaluated(
    scope: Scope, run: Run, *, by: str, now: datetime
) -> tuple[list[_Broken], _Verdict, list[queries.Value]]:
    """One run by itself: what its controls show, and what the rules say of their values up to it."""
    wells = list(run.plate.exclude(control=""))
    materials = sorted({(well.control, well.control_lot) for well in wells if well.control in queries.CHARTED})
    values = queries.values(scope, run.laboratory_id, materials)
    judged = _judged(run, values, now)
    found = [
        *_faults(wells, queries.reading(run.measured_at or now)),
        *(one for one in judged.broken if one.rule in judged.rejecting),
    ]
    _keep(run, found, by=by, now=now)
    _warn(wells, judged)
    return found, judged, values


@transaction.atomic
def state_lot(
    *, scope: Scope, laboratory: int, lot: str, control: str, target: str, mean: float, deviation: float, by: str,
    now: datetime, how: str = "assigned",
) -> ControlLot:  # fmt: skip
    """State mean and standard deviation of a control's Ct, valid from now on."""
    bench = queries.at(scope, laboratory)
    if control not in queries.CHARTED:
        names = ", ".join(CONTROLS[name]["en"] for name in queries.CHARTED)
        raise Refusal(
            "只有阳性和弱阳性质控有Ct值。", f"Only these have a Ct: {names}.", field="control", value=control[:20]
        )
    if not lot.strip() or not target.strip():
        raise Refusal(
            "请填写批号和靶标。", "Give the lot and the target.", field="lot" if not lot.strip() else "target"
        )
    if not (isfinite(mean) and 0 < mean <= 60 and isfinite(deviation) and 0 < deviation <= 20):
        raise Refusal("均值应在0到60之间，标准差应大于0。", "The mean lies below 60, the deviation above 0.", field="deviation", value=str(deviation))  # fmt: skip
    key: dict[str, Any] = {
        "laboratory": bench,
        "lot": lot.strip(),
        "control": control,
        "target": target.strip(),
        "valid_from": now,
    }
    about: dict[str, Any] = {"area": bench.area, "mean": mean, "deviation": deviation, "how": how, "created_by": by}
    stated, _ = ControlLot.objects.update_or_create(defaults=about, **key)
    return stated


@transaction.atomic
def observe_lot(
    *, scope: Scope, laboratory: int, lot: str, control: str, target: str, by: str, now: datetime
) -> ControlLot:
    """Take mean and deviation from the values of the lot so far; the policy says how many there must be."""
    seen = _seen(scope, laboratory, lot, control, target, int(queries.control_numbers(now)["observed_points"]))
    mean, deviation = statistics(seen)
    about: dict[str, Any] = {"laboratory": laboratory, "lot": lot, "control": control, "target": target}
    return state_lot(scope=scope, mean=mean, deviation=deviation, how="observed", by=by, now=now, **about)


@transaction.atomic
def transfer_lot(
    *, scope: Scope, laboratory: int, lot: str, former: str, control: str, target: str, by: str, now: datetime
) -> ControlLot:
    """Begin a lot with a mean of its own first values and the former lot's coefficient of variation."""
    seen = _seen(scope, laboratory, lot, control, target, int(queries.control_numbers(now)["transferred_points"]))
    before = queries.lots(scope, laboratory).filter(lot=former, control=control, target=target).first()
    if before is None:
        raise Refusal(
            "原批号没有均值和标准差。", "The former lot has no mean and deviation.", field="former", value=former[:40]
        )
    mean = sum(seen) / len(seen)
    about: dict[str, Any] = {"laboratory": laboratory, "lot": lot, "control": control, "target": target}
    deviation = before.deviation / before.mean * mean
    return state_lot(scope=scope, mean=mean, deviation=deviation, how="transferred", by=by, now=now, **about)


def _seen(scope: Scope, laboratory: int, lot: str, control: str, target: str, least: int) -> list[float]:
    values = queries.values(scope, laboratory, [(control, lot)])
    seen = [value.ct for value in values if value.target == target]
    if len(seen) < least:
        raise Refusal(
            f"该批号目前只有{len(seen)}个数据，至少需要{least}个。", f"There are {len(seen)} values of this lot; {least} are needed.",
            field="lot", value=lot[:40],
        )  # fmt: skip
    if max(seen) == min(seen):
        raise Refusal(
            "所有数据相同，无法计算标准差。",
            "All values are the same: there is no deviation.",
            field="lot",
            value=lot[:40],
        )
    return seen


@dataclass(frozen=True)
class _Broken:
    """A rule broken by one control and target of a run."""

    rule: str
    control: str
    target: str
    lot: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class _Verdict:
    broken: tuple[_Broken, ...]
    skipped: tuple[dict[str, object], ...]
    rejecting: tuple[str, ...]


def _faults(wells: Sequence[Well], policy: Reading) -> Iterator[_Broken]:
    """Controls that show a curve where none may be, or none where one must be."""
    for control in CONTROLS:
        wrong = [well for well in wells if well.control == control and control_fault(control, well.targets, policy)]
        for rule in sorted({control_fault(control, well.targets, policy) for well in wrong}):
            these = [well for well in wrong if control_fault(control, well.targets, policy) == rule]
            cts = [
                ct
                for well in these
                for name in detected(well.targets, policy)
                if (ct := well.targets[name]) is not None
            ]
            yield _Broken(rule, control, "", these[0].control_lot, tuple(cts))


def _judged(run: Run, values: Sequence[queries.Value], now: datetime) -> _Verdict:
    """What the rules say about one run, from the values of its lots up to it."""
    numbers = queries.control_numbers(now)
    broken: list[_Broken] = []
    skipped: list[dict[str, object]] = []
    own = [value for value in values if value.run.pk == run.pk]
    own_lots = {(value.control, value.lot) for value in own}
    until = [value for value in values if _order(value.run) <= _order(run) and (value.control, value.lot) in own_lots]
    for target in dict.fromkeys(value.target for value in own):
        points = [Point(v.run.pk, f"{v.control}/{v.lot}", v.z) for v in until if v.target == target and v.z is not None]
        said = judge(points, (*numbers["rejecting"], *numbers["warning"])) if _asked(points, run) else Judged((), ())
        for each in said.broken:
            control, _, lot = each.level.partition("/")
            broken.append(_Broken(each.rule, control, target, lot, each.values))
        for left in said.skipped:
            skipped.append({"rule": left.rule, "control": left.level, "target": target, "points": left.points, "needed": left.needed})  # fmt: skip
        unstated = {f"{value.control}/{value.lot}" for value in own if value.target == target and value.z is None}
        skipped += [{"rule": UNSTATED, "control": level, "target": target} for level in sorted(unstated)]
    return _Verdict(tuple(broken), tuple(skipped), tuple(numbers["rejecting"]))


def _asked(points: Sequence[Point], run: Run) -> bool:
    return bool(points) and points[-1].run == run.pk


def _later(run: Run, values: Sequence[queries.Value]) -> list[Run]:
    """Runs of the same lots that were measured after this one and are already there."""
    found = {value.run.pk: value.run for value in values if _order(value.run) > _order(run)}
    return sorted(found.values(), key=_order)


def _order(run: Run) -> tuple[datetime, int]:
    assert run.measured_at is not None
    return run.measured_at, run.pk


def _keep(run: Run, found: Sequence[_Broken], *, by: str, now: datetime) -> None:
    """Violations as they are now; one that is no longer broken is settled by saying so."""
    wanted = {(each.rule, each.control, each.target): each for each in found}
    known = {(each.rule, each.control, each.target): each for each in run.violations.all()}
    Violation.objects.bulk_create(
        Violation(
            run=run, area=run.area, rule=rule, control=control, target=target, lot=each.lot,
            values=[round(value, 3) for value in each.values], found_at=now,
        )
        for (rule, control, target), each in wanted.items()
        if (rule, control, target) not in known
    )  # fmt: skip
    gone = [each.pk for key, each in known.items() if key not in wanted and each.resolved_at is None]
    Violation.objects.filter(pk__in=gone).update(resolved_at=now, resolved_by=by, note=REEVALUATED)


def _warn(wells: Sequence[Well], judged: _Verdict) -> None:
    warned = [each for each in judged.broken if each.rule not in judged.rejecting]
    for well in wells:
        well.doubts = [
            {"doubt": "control", "rule": each.rule, "target": each.target, "z": round(each.values[-1], 2)}
            for each in warned
            if (each.control, each.lot) == (well.control, well.control_lot)
        ]
    Well.objects.bulk_update(wells, ["doubts"])


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
