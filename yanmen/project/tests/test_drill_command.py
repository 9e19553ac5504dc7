"""`yanmen drill`: scenarios are checked line by line, drills live apart, policies are compared seed by seed."""

import datetime as dt
import json
import os
import subprocess
import sys

import pytest

from yanmen.base.drill_mark import FILE, DrillMark
from yanmen.base.refusals import Refusal
from yanmen.drill.editions import under
from yanmen.drill.scenario_file import ScenarioFault, listed, read_scenario
from yanmen.drill.score.comparing import as_csv, compared
from yanmen.loop.policy.load import load_packs
from yanmen.project import database, drills, state
from yanmen.project.cli import main
from yanmen.project.discovery import pack_folders, packs_folder
from yanmen.registry.people import register_person
from yanmen.registry.scope import acting, system

TOWN = packs_folder() / "shanxi" / "scenarios" / "town_with_faults.yaml"
WRONG = [
    ("people: 2000", "people: many", ":{line}: people: many: must be a whole number from 50 to 2000000."),
    ("kind: lost_box", "kind: lost_bx", ':{line}: kind: lost_bx: must be one of these. Did you mean "lost_box"?'),
    ("seed: 7", "sead: 7", ':{line}: sead: 7: there is no such field. Did you mean "seed"?'),
    ("complies: 0.95", "complies: 95", ":{line}: complies: 95: must be a number from 0 to 1."),
    ('county: "140703", count', 'county: "140799", count', ":{line}: county: 140799: is not among the areas of this scenario."),
    ("starts_on: 2022-10-10", "starts_on: soon", ":{line}: starts_on: soon: must be a day, such as 2022-10-10."),
    ("days: 6\n", "days: 6\ndays: 7\n", ":{after}: days stands twice (first in line {line})."),
    ("disease: omicron", "disease: [", "this is not YAML"),
]  # fmt: skip


def test_every_scenario_of_the_packs_holds(capsys):
    files = [str(file) for file in listed(pack_folders())]
    assert len(files) >= 5
    assert main(["drill", "check", *files]) == 0
    assert main(["drill", "list"]) == 0
    assert "town_with_faults" in capsys.readouterr().out


@pytest.mark.parametrize(("right", "wrong", "said"), WRONG)
def test_a_wrong_field_is_named_with_its_line_its_value_and_what_to_write(tmp_path, capsys, right, wrong, said):
    file, town = tmp_path / TOWN.name, TOWN.read_text("utf-8")
    file.write_text(town.replace(right, wrong, 1), "utf-8")
    line = town[: town.index(right)].count("\n") + 1
    assert main(["drill", "check", str(file)]) == 1
    shown = capsys.readouterr().err
    assert f"{file}" in shown
    assert said.format(line=line, after=line + 1) in shown
    assert any("\u4e00" <= letter <= "\u9fff" for letter in shown)


@pytest.mark.parametrize(
    "asked", [["run", "no_such_town"], ["run", str(TOWN), "--people", "7"], ["run", str(TOWN), "--edition", "E7"],
              ["run", str(TOWN), "--edition", "T20", "--days", "60"], ["run", str(TOWN), "--name", "../out"],
              ["run", str(TOWN), "--policy", "nowhere"], ["score", "never-run"]]
)  # fmt: skip
def test_what_cannot_be_played_is_refused_before_anything_begins(capsys, asked):
    assert main(["drill", *asked]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 2


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{place: central_quarantine, days: 21, tests: [1, 4, 7, 14, 21]}", "days: 21 / 14: 10"),
        ("{place: nowhere, days: 7, tests: []}", "nowhere"),
        ("{place: central_quarantine, days: many, tests: []}", "many"),
    ],
)
def test_a_pack_that_does_not_hold_is_named_with_its_file_and_line_before_anything_begins(tmp_path, capsys, rule, said):
    file = tmp_path / "own" / "rules" / "tracing" / "close_contact.yaml"
    file.parent.mkdir(parents=True)
    about = 'id: own\ntitle: {zh: "县自定", en: "Its own"}\noverlays: covid19-cn\narea: "140703"\n'
    (tmp_path / "own" / "pack.yaml").write_text(about, "utf-8")
    source = 'source: {title: {zh: "通知", en: "Notice"}, grade: C}'
    file.write_text(
        f"overlay: tracing.close_contact\nvalues:\n  2022-10-10:\n    {source}\n    stages:\n      - {rule}\n", "utf-8"
    )
    for asked in (["run", str(TOWN), "--policy"], ["compare", str(TOWN), "--policies"]):
        assert main(["drill", *asked, str(tmp_path / "own")]) == 2
        shown = capsys.readouterr().err
        assert f"{file}:" in shown
        assert said in shown
        assert "yanmen policy check" in shown
        assert not list((state.home() / "drills").glob("*own*"))


def test_an_edition_moves_the_drill_into_its_days_and_keeps_the_weekday():
    scenario, policy = read_scenario(TOWN), load_packs(pack_folders())
    moved = {edition: under(scenario, edition, policy).starts_on for edition in ("E8", "E9", "T20", "BB")}
    assert {day.weekday() for day in moved.values()} == {scenario.starts_on.weekday()}
    assert dt.date(2022, 11, 18) <= moved["T20"] <= dt.date(2022, 12, 1)
    with pytest.raises(ScenarioFault, match="Use --days"):
        under(scenario.altered(days=40), "T20", policy)


def test_a_drill_does_not_begin_where_somebody_real_is_registered(clean, monkeypatch):
    if database.outside_url():
        pytest.skip("drills have embedded databases of their own")
    monkeypatch.setattr(database, "ready", lambda: None)
    with acting(system("14", purpose="control")):
        register_person(name="张三", area="140105", by="test", now=dt.datetime(2022, 10, 1, tzinfo=dt.UTC))
    with pytest.raises(Refusal, match="1 people who are not synthetic"):
        drills.begin(DrillMark(zh="小镇", en="A town"))
    assert not (state.home() / FILE).exists()


@pytest.mark.parametrize("name", drills.ITS_OWN)
def test_a_drill_keeps_its_data_nowhere_but_in_its_own_folder(monkeypatch, name):
    for each in drills.ITS_OWN:
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, "elsewhere")
    with pytest.raises(Refusal, match=f"Unset {name}"):
        drills.begin(DrillMark(zh="小镇", en="A town"))
    assert not (state.home() / FILE).exists()


def test_policies_are_compared_seed_by_seed():
    runs = {
        "E8": {1: {"tests": 100.0, "time_to_zero": 5.0}, 2: {"tests": 300.0, "time_to_zero": None}, 3: {"tests": 500.0, "time_to_zero": 7.0}},
        "T20": {1: {"tests": 90.0}, 2: {"tests": 289.0}, 3: {"tests": 491.0}},
    }  # fmt: skip
    rows = {row["id"]: row["policies"] for row in compared(runs)}
    before, after = rows["tests"]["E8"], rows["tests"]["T20"]
    assert (before["mean"], before["difference"]) == (300, None)
    assert before["half"] == pytest.approx(4.303 * 200 / 3**0.5, rel=1e-3)
    assert after["difference"] == pytest.approx(-10)
    assert after["difference_half"] == pytest.approx(4.303 / 3**0.5, rel=1e-3)
    assert after["sure"]
    assert (rows["time_to_zero"]["E8"]["mean"], rows["time_to_zero"]["E8"]["told"]) == (6, 2)
    assert "tests,采样人次,Samples taken,count,T20,290.0" in as_csv(compared(runs))


@pytest.mark.skipif(bool(database.outside_url()), reason="drills have embedded databases of their own")
def test_a_drill_is_played_and_scored_in_a_folder_and_database_of_its_own(tmp_path):
    def yanmen(*asked, home=tmp_path):
        command = [sys.executable, "-m", "yanmen.project.cli", *asked]
        told = os.environ | {"YANMEN_HOME": str(home)}
        return subprocess.run(command, env=told, capture_output=True, text=True, timeout=900)

    left = tmp_path / "drills" / "small" / "ledger" / "left_by_an_earlier_drill"
    left.mkdir(parents=True)
    run = yanmen("drill", "run", "town_with_faults", "--people", "120", "--days", "1", "--name", "small")
    assert run.returncode == 0, run.stderr
    assert not left.exists()
    assert "In 1 days" in run.stdout.replace("\n", " ")
    folder = tmp_path / "drills" / "small"
    kept = json.loads((folder / "score.json").read_text("utf-8"))
    assert (kept["scenario"]["people"], kept["scenario"]["seed"], len(kept["by_day"])) == (120, 7, 1)
    assert json.loads((folder / FILE).read_text("utf-8"))["scenario"] == "town_with_faults"
    assert not (tmp_path / FILE).exists()
    assert not (tmp_path / "postgres").exists()
    again = yanmen("drill", "score", "small", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["metrics"] == kept["metrics"]
    receipt = folder / "ledger" / "receipt.json"
    assert receipt.exists()
    assert yanmen("db", "reset", "--yes", home=folder).returncode == 0
    assert not receipt.parent.exists()
