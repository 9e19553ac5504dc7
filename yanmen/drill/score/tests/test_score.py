"""A score says of a few people, whose story is known by hand, what somebody would count with a pencil."""

import datetime as dt
import json
from html import escape
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings

from yanmen.base.clock import BEIJING
from yanmen.base.drill_mark import DrillMark, put_mark
from yanmen.drill.scenario import PlannedFault
from yanmen.drill.scenario_file import read_scenario
from yanmen.drill.score.scoring import score, values_of, write
from yanmen.project.discovery import packs_folder
from yanmen.project.looks import toured
from yanmen.subsystems.tracing.tests.district import District, make_areas

FIRST = dt.date(2022, 10, 10)
TOWN = packs_folder() / "shanxi" / "scenarios" / "town_with_faults.yaml"


def moment(day: float) -> float:
    return dt.datetime.combine(FIRST, dt.time(), BEIJING).timestamp() + day * 86_400


def truth(folder: Path, people: list[int], rows: list[tuple], faults: list[dict], exposed: dict[int, float]) -> None:
    """(person, infected, infector, onset, infectious) with days of the drill."""
    table = {
        "person": [row[0] for row in rows],
        "infected_at": [moment(row[1]) for row in rows],
        "infector": [row[2] for row in rows],
        "setting": ["household"] * len(rows),
        "place": pa.array([None] * len(rows), pa.int64()),
        "onset_at": [None if row[3] is None else moment(row[3]) for row in rows],
        "infectious_from": [moment(row[4]) for row in rows],
        "infectious_to": [moment(row[4] + 8) for row in rows],
    }
    pq.write_table(pa.table(table), folder / "truth.parquet")
    pq.write_table(pa.table({"person": people}), folder / "people.parquet")
    near = {"person": list(exposed), "first_exposed_at": [moment(day) for day in exposed.values()]}
    pq.write_table(pa.table(near), folder / "exposed.parquet")
    (folder / "faults.json").write_text(json.dumps(faults), "utf-8")


@pytest.fixture
def told(clean, tmp_path):
    """Ann brings it and is reported on day 3; Bo, her contact, is held from day 3 and tests positive on day 4; Cai is never found.
    Dan is held as a contact and was never infected; Eve is nobody's contact, and reported by mistake."""
    make_areas()
    here = District()
    ann, bo, cai, dan, eve = people = [here.person(name) for name in ("Ann", "Bo", "Cai", "Dan", "Eve")]
    case = here.case(ann, "2022-10-13T06:00")
    for who in (bo, dan):
        here.contact(who, case, last="2022-10-12", found="2022-10-13T12:00")
    here.turn("2022-10-13T13:00")
    here.test(bo, "2022-10-14T09:00", "positive", "2022-10-14T18:00")
    here.case(eve, "2022-10-14T20:00")
    here.days("2022-10-14", "2022-10-15")
    rows = [(ann, 0, None, 2.5, 2.0), (bo, 2.25, ann, None, 4.0), (cai, 2.5, ann, 5.0, 4.5)]
    faults = [
        {"id": "no_show_1", "kind": "no_show", "day": 3, "where": {"people": [dan]}},
        {"id": "left_early_1", "kind": "left_early", "day": 3, "where": {"people": [dan], "area": "14"}},
        {"id": "forged_code_1", "kind": "forged_code", "day": 3, "where": {"records": ["1"]}},
    ]
    truth(tmp_path, people, rows, faults, {dan: 4.5})
    planned = (PlannedFault("lost_box_1", "lost_box", 2),)
    scenario = read_scenario(TOWN).altered(people=5, days=6, starts_on=FIRST, faults=planned)
    return score(scenario, tmp_path)


def test_the_numbers_are_those_of_the_story(told):
    values = values_of(told)
    assert (values["infections"], values["found"], values["not_found"], values["wrongly_reported"]) == (3, 2, 1, 1)
    assert values["from_infection"] == pytest.approx((3.25 + 2.5) / 2, abs=0.01)
    assert values["from_infectious"] == pytest.approx((1.25 + 0.75) / 2, abs=0.01)
    assert values["from_onset"] == pytest.approx(0.75, abs=0.01)
    assert (values["before_onset"], values["before_infectious"]) == (0, 0)
    assert values["held_before_infectious"] == pytest.approx(1 / 3)
    assert (values["contacts"], values["tracing_recall"], values["tracing_precision"]) == (2, 0.5, 0.5)
    assert (values["outside_control"], values["time_to_zero"]) == (2, 3)
    assert values["tests"] == 1
    assert values["false_days"] == 3
    assert values["needless_days"] == 1
    days = {row["day"]: (row["infected"], row["found"], row["held"]) for row in told["by_day"]}
    assert days["2022-10-12"] == (2, 0, 0)
    assert days["2022-10-14"][:2] == (0, 2)
    assert "3 people were infected; 2 were found (67%)" in told["verdict"]["en"]
    assert "第 3 天后管控外再无感染" in told["verdict"]["zh"]


def test_a_fault_is_found_missed_or_was_never_planted(told):
    said = {row["id"]: (row["planted"], row["found"]) for row in told["faults"]}
    assert said == {
        "no_show_1": (True, True),
        "left_early_1": (True, False),
        "forged_code_1": (True, False),
        "lost_box_1": (False, False),
    }
    assert values_of(told)["faults_found"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(("look", "language"), [("dark", "zh-hans"), ("phone", "en")])
def test_the_page_of_the_drill_tells_it(told, sign_in, browser, tmp_path, monkeypatch, look, language):
    monkeypatch.setattr(settings, "YANMEN_HOME", tmp_path)
    put_mark(tmp_path, DrillMark(zh="小镇", en="A town", scenario="town"))
    staff = sign_in("command.staff", language=language)
    assert staff.get("/drill/").status_code == 200
    write(told, tmp_path)
    page = staff.get("/drill/").text
    assert told["verdict"]["en" if language == "en" else "zh"] in page
    [seen] = [row["page"] for row in told["faults"] if row["found"]]
    assert f'href="{escape(seen)}"' in page, "the page on which it is seen opens for whoever reads the score"
    assert staff.get(seen).status_code == 200
    assert not toured(browser, staff, look, {"score": "/drill/"}, "drill")
    assert sign_in("cases.reporter", "1407").get("/drill/").status_code == 403
