"""In made-up cities with known infectors: tracing finds the pairs that left a trace, and weights beat the nearest onset."""

from __future__ import annotations

import contextlib
import io
import json

import pytest

from yanmen.project.cli import main
from yanmen.subsystems.tracing.methods.comparison import calibration, nearest_previous, wilson

SEEDS = (2, 3, 5, 6)
CITY = ("--people", "8000", "--days", "45", "--seed", *map(str, SEEDS))


@pytest.fixture(scope="module")
def found():
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["tracing", "compare", *CITY, "--json"]) == 0
    return json.loads(said.getvalue())


def test_tracing_finds_nearly_every_pair_that_left_a_trace(found):
    print(found["tracing"], found["tracing_forward"])
    assert found["tracing"]["of"] > 100
    assert found["tracing"]["share"] >= 0.95
    assert found["tracing_forward"]["share"] < found["tracing"]["share"]


def test_the_true_infector_is_named_first_more_often_than_by_the_nearest_previous_onset(found):
    first = found["first"]
    print(first)
    assert first["weights"]["interval"][0] > first["nearest"]["interval"][1]
    assert first["weights"]["share"] > first["nearest_met"]["share"]
    for seed in found["seeds"]:
        assert seed["first"]["weights"] > seed["first"]["nearest"]


def test_weights_mean_what_they_say(found):
    for row in found["calibration"]:
        low, high = wilson(row["was"] * row["number"], row["number"])
        assert low - 0.06 < row["said"] < high + 0.06, row


def test_unknown_sources_are_told_about_as_often_as_they_are_so(found):
    seeds = found["seeds"]
    told, true = (sum(seed["unknown"][way] * seed["listed"] for seed in seeds) for way in ("estimated", "true"))
    of = sum(seed["listed"] for seed in seeds)
    print(f"unknown sources: told {told / of:.1%}, true {true / of:.1%} of {of}")
    assert abs(told - true) / of < 0.06


def test_the_same_seed_is_the_same_city(capsys):
    said = []
    for _ in range(2):
        assert main(["tracing", "compare", "--people", "1500", "--days", "20", "--seed", "7"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert "true pairs with a trace" in said[0]
    assert "真实感染来源被排在第一" in said[0]


def test_ties_share_and_bins_hold_everything():
    assert nearest_previous({"a": 1, "b": 1, "c": 3}) == {"a": {}, "b": {}, "c": {"a": 0.5, "b": 0.5}}
    rows = calibration([(0.0, False), (0.03, False), (0.5, True), (1.0, True)])
    assert sum(row.number for row in rows) == 4
    assert rows[-1].was == 1.0
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(95, 100)
    assert (round(low, 3), round(high, 3)) == (0.888, 0.978)
