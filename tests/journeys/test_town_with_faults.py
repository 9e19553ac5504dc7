"""A town of eight hundred people plays six days through every door, and everything that can go wrong does so once.

What edges acknowledged is kept once, the loop's audit finds nothing, every fault of the scenario was planted, and the same seed gives the
same infections. All people are synthetic.
"""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from yanmen.drill.play.run import play
from yanmen.drill.scenario import FAULTS, Scenario
from yanmen.drill.scenario_file import read_scenario
from yanmen.drill.score.scoring import score
from yanmen.loop.audit import audit
from yanmen.project import database
from yanmen.project.drill_house import House
from yanmen.registry.areas import AreaRow, load_areas

PACKS = Path(__file__).resolve().parents[2] / "packs"
TOWNS, VILLAGES = 2, 4


@pytest.fixture
def town(clean: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """The scenario, its counties with towns and villages, and edges that write into this test's database."""
    monkeypatch.setenv("YANMEN_EDGE_DATABASE", database.edge_url(clean, by_password=False))
    monkeypatch.setenv("YANMEN_EDGE_FOLDER", str(tmp_path / "edge"))
    scenario = read_scenario("town_with_faults", folders=[PACKS / "shanxi"])
    rows = [AreaRow("14", "山西省"), AreaRow("1407", "晋中市")]
    for county in scenario.areas:
        rows.append(AreaRow(county, f"合成县{county}", population=100_000))
        for number in range(TOWNS):
            code = f"{county}{100 + number}"
            rows.append(AreaRow(code, f"合成镇{number}"))
            rows += [AreaRow(f"{code}{200 + each}", f"合成村{number}-{each}") for each in range(VILLAGES)]
    load_areas(rows)
    return scenario.altered(people=800)


def test_everything_delivered_is_kept_once_and_the_audit_finds_nothing(town, tmp_path):
    house = House()
    played = play(town, folder=tmp_path / "truth", house=house)
    print(played)
    assert house.failed == []
    assert played.acknowledged == played.kept > 0
    assert played.done["edge_refused"] == 0
    assert audit(now=played.ends)["breaks"] == []
    planted = {each["kind"] for each in json.loads((tmp_path / "truth" / "faults.json").read_text("utf-8"))}
    assert planted == FAULTS.keys()
    found = {each["kind"]: each["found"] for each in score(town, tmp_path / "truth")["faults"]}
    assert found["no_show"], "Whoever owed a test and did not come is listed."
    assert found["remote_scan"], "Nobody is at a shop who is in a quarantine room."
    assert found["left_early"], "Whoever left a room that a measure still asks for is listed."
    for name in (
        "cases",
        "investigated",
        "zones",
        "driven",
        "visits",
        "orders",
        "lists",
        "landed",
        "passes",
        "lab_told",
        "linen",
        "city_orders",
        "asked",
        "reports",
        "called",
        "help",
        "appeals",
        "handed_over",
        "paper",
        "bulletins",
        "line_lists",
        "edited",
    ):
        assert played.done[name], name


@pytest.fixture(scope="module")
def first() -> dict[str, object]:
    """What the first of two equal runs came to."""
    return {}


@pytest.mark.parametrize("time", ["once", "again"])
def test_the_same_seed_gives_the_same_infections_and_as_many_acts(town, tmp_path, first, time):
    short = town.altered(days=2, people=400, faults=())
    played = play(short, folder=tmp_path, house=House())
    truth = pq.read_table(tmp_path / "truth.parquet").to_pydict()
    assert truth["person"]
    assert first.setdefault("truth", truth) == truth, time
    assert first.setdefault("done", played.done) == played.done, time
