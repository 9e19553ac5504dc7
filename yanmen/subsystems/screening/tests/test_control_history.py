"""The history of a laboratory's controls: rules across runs, lots, late entries; where means and deviations come from."""

from __future__ import annotations

import pytest

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import acting
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.methods.plates import positions
from yanmen.subsystems.screening.models import Violation
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import BENCH, HOUR, NOON

FREE = positions(96)


@pytest.fixture
def town(clean):
    return county.open_county()


def sheet(free, tube, controls, weak):
    """An instrument's file: one negative tube, and the controls with this Ct of the weak positive."""
    shown = [(free, tube, ""), *((at, name, weak if name != "negative" else "") for at, (name, _) in controls.items())]
    lines = [f"{well},{sample},{target},{ct}" for well, sample, ct in shown for target in ("ORF1ab", "N")]
    lines += [f"{well},{sample},IC,28" for well, sample, _ in shown]
    return ("Well,Sample Name,Target Name,CT\n" + "\n".join(lines) + "\n").encode()


def run_of(site, bench, number, ct, at, lot="C1"):
    """A run of one tube whose weak positive shows this Ct, measured at this hour."""
    code = f"T{number}"
    county.at_laboratory({code: 0}, site, bench)
    where = FREE[number], FREE[number + 20], FREE[number + 40], FREE[(number + 60) % len(FREE)]
    controls = {where[0]: ("negative", ""), where[1]: ("negative", ""), where[2]: ("negative", ""), where[3]: ("weak_positive", lot)}  # fmt: skip
    free = next(name for name in FREE if name not in where)
    placed = [actions.Placed(free, tube=code)] + [
        actions.Placed(at, "", name, its) for at, (name, its) in controls.items()
    ]
    content = sheet(free, code, controls, ct)
    about = {"scope": BENCH, "by": "account:1", "now": NOON + 900 * HOUR}
    with acting(BENCH):
        run = actions.load_run(
            laboratory=bench.pk, code=f"R{number}", instrument="I", kit="K", lot="L", plate=placed, **about
        )
        receipt = actions.read_file(run=run.pk, content=content, name="x", measured_at=at, **about)
    return run, receipt


def broken(run):
    return sorted({(v.rule, v.target) for v in Violation.objects.using("owner").filter(run=run, resolved_at=None)})


def test_control_rules_look_at_the_history_of_a_lot_and_late_entries_are_asked_again(town):
    site, bench = town
    about = {"scope": BENCH, "laboratory": bench.pk, "control": "weak_positive", "by": "account:1"}
    with acting(BENCH):
        for target in ("ORF1ab", "N"):
            actions.state_lot(lot="C1", target=target, mean=32, deviation=0.5, now=NOON, **about)
    _, first = run_of(site, bench, 1, 33.2, NOON + HOUR)
    assert (first.controls.broken, set(first.controls.warned)) == ((), {"1-2s"})
    assert {"2-2s", "4-1s", "10x"} <= {one["rule"] for one in first.controls.skipped}
    third, _ = run_of(site, bench, 3, 32.0, NOON + 3 * HOUR)
    fourth, _ = run_of(site, bench, 4, 33.1, NOON + 4 * HOUR)
    assert broken(fourth) == []
    late, _ = run_of(site, bench, 2, 33.1, NOON + 2 * HOUR)
    assert broken(late) == [("2-2s", "N"), ("2-2s", "ORF1ab")]
    between, _ = run_of(site, bench, 5, 33.3, NOON + 3.5 * HOUR)
    assert broken(between) == []
    assert broken(fourth) == [("2-2s", "N"), ("2-2s", "ORF1ab")]
    with acting(BENCH):
        actions.discard_run(scope=BENCH, run=between.pk, note="重做", by="account:1", now=NOON + 901 * HOUR)
    other, receipt = run_of(site, bench, 6, 36, NOON + 6 * HOUR, lot="C2")
    assert broken(other) == []
    assert "unstated" in {one["rule"] for one in receipt.controls.skipped}
    gross, _ = run_of(site, bench, 7, 34, NOON + 7 * HOUR)
    assert {rule for rule, _ in broken(gross)} == {"1-3s", "2-2s"}
    assert broken(third) == []


def test_a_lot_gets_its_numbers_from_twenty_values_or_from_the_lot_before(town):
    site, bench = town
    about = {"scope": BENCH, "laboratory": bench.pk, "control": "weak_positive", "target": "N", "by": "account:1"}
    for number in range(1, 20):
        run_of(site, bench, number, 32 + (number % 5) / 10, NOON + number * HOUR)
    with acting(BENCH), pytest.raises(Refusal, match="There are 19 values of this lot; 20 are needed"):
        actions.observe_lot(lot="C1", now=NOON + 30 * HOUR, **about)
    run_of(site, bench, 20, 32, NOON + 20 * HOUR)
    for number in range(21, 31):
        run_of(site, bench, number, 33 + (number % 2) / 10, NOON + number * HOUR, lot="C2")
    with acting(BENCH):
        seen = actions.observe_lot(lot="C1", now=NOON + 30 * HOUR, **about)
        carried = actions.transfer_lot(lot="C2", former="C1", now=NOON + 31 * HOUR, **about)
    assert (seen.how, round(seen.mean, 4), round(seen.deviation, 4)) == ("observed", 32.2, 0.1451)
    assert (carried.how, round(carried.mean, 3)) == ("transferred", 33.05)
    assert carried.deviation / carried.mean == pytest.approx(seen.deviation / seen.mean)
