"""Contacts through the doors people use: lists, interviews, judgements; and three thousand people freed by one correction."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from yanmen.loop.why import explain
from yanmen.project.testing import show_clock
from yanmen.subsystems.tracing.tests.district import COUNTY, DISTRICT, District, moment
from yanmen.subsystems.tracing.tests.test_finding import Town, people

PEOPLE = 3_000
TRAIN = {"setting": "train", "name": "G1234", "on": "2022-08-01", "layout": "sealed"}


pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def town(district: District) -> Town:
    return Town(district)


def at(text: str) -> None:
    """The doors' clock shows this moment."""
    show_clock(moment(text))


def call(client: Any, path: str, **body: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(f"/api{path}", json=body, headers=headers)


def bring(client: Any, content: str, **about: str) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    files = {"file": ("list.csv", content.encode("utf-8-sig"), "text/csv")}
    return client.post("/api/tracing/lists", data=about, files=files, headers=headers)


def fault(answer: Any) -> tuple[int, str]:
    """The status and the field that a refusal names."""
    (error,) = answer.json()["errors"]
    assert error["message"]["zh"]
    return answer.status_code, error["field"]


@pytest.fixture
def own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands use the database of this test, which is up."""
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)


def look(at_moment: str) -> None:
    """What the worker does in that minute: the job, then the turn."""
    from yanmen.subsystems.tracing.jobs import every_minute

    every_minute(moment(at_moment))


def rows_of(number: int, first: int, unit: str) -> list[str]:
    return [
        f"同行{n:04d},1390000{n:04d},{DISTRICT if n % 2 else COUNTY},{unit},{n % 20 + 1}A"
        for n in range(first, first + number)
    ]


HEADER = "姓名,手机号,地区,车厢,座位号"


def test_a_false_positive_corrected_at_nine_frees_three_thousand_and_tells_each_why(
    town: Town, sign_in: Callable[..., Any]
) -> None:
    expert = sign_in("cases.epidemiologist", "14")
    (zhang,) = people(town, "张伟")
    at("2022-08-03 08:00")
    # 1,400 on a train (90 in his carriage), 60 in his class, 540 of his dormitory, 1,000 of his firm.
    town.told(zhang, "train", "G1234", "2022-08-01 08:00", until="2022-08-01 12:00", unit="5", row=7, layout="sealed")
    cars = [*rows_of(90, 0, "5"), *rows_of(1310, 90, "6")]
    done = bring(expert, "\n".join([HEADER, *cars]), **TRAIN)
    assert (done.status_code, done.json()["created"], done.json()["rejected"]) == (200, 1400, 0), done.text
    for setting, name, unit, first, number in (
        ("class", "示例学院一班", "", 1400, 60),
        ("dormitory", "示例公寓", "301", 1460, 540),
        ("workplace", "示例公司", "二层", 2000, 1000),
    ):
        town.told(zhang, setting, name, "2022-08-02 00:00", unit=unit)
        about = {"setting": setting, "name": name, "on": "2022-08-02"}
        done = bring(expert, "\n".join([HEADER, *rows_of(number, first, unit)]), **about)
        assert done.json()["created"] == number, done.text
    numbers = {name: pk for pk, name in town.district.rows("SELECT id, name FROM registry_person")}
    (flatmate,) = people(town, "室友家人")
    town.home(flatmate, numbers["同行1460"])
    town.told(numbers["同行1460"], "workplace", "示例工厂", "2022-08-02 00:00", unit="一线")
    (colleague,) = people(town, "工友")
    town.told(colleague, "workplace", "示例工厂", "2022-08-02 00:00", unit="一线")

    body = {"person": zhang, "area": DISTRICT, "kind": "confirmed", "found_at": "2022-08-03T07:30:00+08:00", "onset_on": "2022-08-02"}  # fmt: skip
    case = call(expert, "/cases/cases", **body).json()["case"]
    look("2022-08-03 08:01")
    town.district.turn("2022-08-03 08:02")
    states = "SELECT state, count(*) FROM loop_measure WHERE rule LIKE 'tracing.%%' AND reason = %s AND subject <> %s GROUP BY 1"
    assert dict(town.district.rows(states, case, zhang)) == {"in_force": PEOPLE + 2}

    at("2022-08-03 08:30")
    listed = expert.get(f"/api/tracing/cases/{case}/contacts").json()
    assert listed["counts"] == {"close": 90 + 60 + 540 + 1000, "general": 1310, "second": 2}
    look("2022-08-03 08:31")
    assert town.district.rows("SELECT count(*) FROM loop_fact WHERE recorded_by = 'job:tracing'") == [(PEOPLE + 2,)]

    at("2022-08-04 09:00")
    done = call(expert, f"/cases/cases/{case}/reclassify", to="false_positive", reason="两次复核阴性")
    assert done.status_code == 204, done.text
    look("2022-08-04 09:00")
    town.district.turn("2022-08-04 09:00")
    assert dict(town.district.rows(states, case, zhang)) == {"lifted": PEOPLE + 2}
    open_tasks = "SELECT count(*) FROM loop_task WHERE state = 'open' AND subject <> %s AND subject_type = 'person'"
    assert town.district.rows(open_tasks, zhang) == [(0,)]
    told = town.district.rows(
        "SELECT person_id, detail ->> 'reason' FROM loop_fact WHERE kind = 'fact.withdrawn' AND recorded_by = 'job:tracing'"
    )
    assert len({person for person, _ in told}) == PEOPLE + 2
    assert all(case in why and "假阳性" in why and "张伟" not in why for _, why in told)
    notices = (
        "SELECT DISTINCT person_id FROM loop_fact WHERE kind = 'health_code.told' AND detail ->> 'zh' LIKE '%%假阳性%%'"
    )
    assert len(town.district.rows(notices)) == PEOPLE + 2, "on each person's own page"
    for who in (numbers["同行0001"], numbers["同行0500"], flatmate, colleague):
        now = moment("2022-08-04 09:02")
        (ended,) = explain(who, as_of=now.date(), known_at=now, now=now)["ended"]
        (fact,) = ended["evidence"]
        assert case in fact["corrected_because"]
    at("2022-08-04 09:02")
    officer = sign_in("health_code.decider", DISTRICT)
    seen = officer.get(f"/api/health-code/{numbers['同行0001']}").json()
    assert (seen["value"], case in str(seen["ended"])) == ("green", True)


def test_a_list_is_taken_line_by_line_and_twice_is_once(town: Town, sign_in: Callable[..., Any]) -> None:
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    at("2022-08-03 08:00")
    lines = [
        "姓名,证件号码,手机号,车厢,座位号,乘务人员,上车时间,下车时间",
        "李强,,13900000001,5,12A,否,08:05,10:30",
        "王芳,,13900000002,5,12B,,22:00,01:30",
        "赵敏,,,5,13A,,,",
        "孙丽,11010119900307123X,,5,13B,,,",
        "周涛,,13900000005,5,=1+1,,,",
        "乘务甲,,13900000006,5,,是,,",
    ]
    answer = bring(tracer, "\n".join(lines), **TRAIN)
    receipt = answer.json()
    assert (receipt["total"], receipt["created"], receipt["rejected"]) == (6, 4, 2), answer.text
    assert {(row["line"], row["field"]) for row in receipt["lines"]} == {(4, "id_number"), (5, "id_number")}
    again = bring(tracer, "\n".join(lines), **TRAIN).json()
    assert (again["repeated"], again["created"]) == (True, 4)
    other = bring(tracer, "\n".join([*lines[:1], lines[1].replace("12A", "14A")]), **TRAIN).json()
    assert (other["created"], other["matched"]) == (0, 1)
    stored = town.district.rows(
        "SELECT p.name, f.detail ->> 'row', f.detail ->> 'until' FROM loop_fact f JOIN registry_person p ON p.id = f.person_id"
        " WHERE f.kind = 'tracing.setting_told' AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.corrects = f.id) ORDER BY f.id"
    )
    assert {(name, row) for name, row, _ in stored} == {
        ("李强", "14"),
        ("王芳", "12"),
        ("周涛", None),
        ("乘务甲", None),
    }
    assert {until[:10] for name, _, until in stored if name == "王芳"} == {"2022-08-02"}, (
        "past midnight is the next day"
    )
    assert "13900000001" not in json.dumps(town.district.rows("SELECT detail::text FROM loop_fact"))
    late = bring(tracer, "\n".join(lines), **TRAIN | {"on": "2022-06-01"})
    assert fault(late) == (422, "at")
    assert fault(bring(tracer, "\n".join(lines), **TRAIN | {"setting": "rocket"})) == (422, "setting")


def test_a_case_names_whom_it_met_and_a_tracer_judges(town: Town, sign_in: Callable[..., Any]) -> None:
    tracer, neighbour = sign_in("tracing.tracer", DISTRICT), sign_in("tracing.tracer", COUNTY)
    zhang, li = people(town, "张伟", "李强")
    (wang,) = people(town, "王芳", area=COUNTY)
    town.home(zhang, li, wang)
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    at("2022-08-03 10:00")
    path = f"/tracing/cases/{case}"
    met = {"name": "赵敏", "phone": "13900000009", "last_exposed": "2022-08-02"}
    first = call(tracer, f"{path}/named", **met)
    assert first.status_code == 201, first.text
    assert (first.json()["created"], first.json()["unknown_area"], first.json()["elsewhere"]) == (True, True, False)
    again = call(tracer, f"{path}/named", **met).json()
    assert (again["person"], again["created"], again["fact_id"]) == (
        first.json()["person"],
        False,
        first.json()["fact_id"],
    )
    assert fault(call(tracer, f"{path}/named", name="钱多", last_exposed="2022-08-02")) == (422, "id_number")
    born = call(tracer, f"{path}/named", name="钱宝", born_on="2022-08-03", last_exposed="2022-08-02")
    assert fault(born) == (422, "last_exposed"), "a contact before birth"

    assert call(tracer, f"{path}/find").json() == {
        "recorded": 2,
        "corrected": 0,
        "withdrawn": 0,
        "unchanged": 0,
        "proposed": 0,
    }
    listed = tracer.get(f"/api{path}/contacts").json()
    seen = {row["name"]: (row["person"], row["area"], row["setting"], row["state"]) for row in listed["contacts"]}
    assert seen["李强"] == (li, DISTRICT, "household", "found")
    assert seen["赵敏"][2:] == ("declared", "judged")
    assert "王芳" not in seen, "another county answers for her"
    assert seen["王*"] == (None, COUNTY, "household", "found")
    assert neighbour.get(f"/api{path}/contacts").status_code == 404
    assert (listed["look_back"], listed["source"]["grade"]) == (2, "B")

    done = call(tracer, f"{path}/not-contacts", person=li, reason="一直在外地")
    assert done.json() == {"withdrawn": 1}
    assert call(tracer, f"{path}/find").json()["recorded"] == 0
    states = {row["name"]: row["outcome"] for row in tracer.get(f"/api{path}/contacts").json()["contacts"]}
    assert states["李强"] == "excluded"
    done = call(tracer, f"{path}/contacts", person=li, degree=0, last_exposed="2022-08-01", via="household")
    assert done.status_code == 201
    states = {row["name"]: row["outcome"] for row in tracer.get(f"/api{path}/contacts").json()["contacts"]}
    assert states["李强"] == "general"
    body = {
        "person": zhang,
        "setting": "train",
        "name": "K7808",
        "at": "2022-08-02T08:00:00+08:00",
        "unit": "3",
        "layout": "open",
    }
    assert call(tracer, "/tracing/settings", **body | {"row": 4}).status_code == 201
    assert fault(call(tracer, "/tracing/settings", **body | {"layout": "flying"})) == (422, "layout")


def test_the_command_says_who_by_setting_and_writes_when_asked(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    from yanmen.project.cli import main

    zhang, li, wang = people(town, "张伟", "李强", "王芳")
    town.home(zhang, li)
    for who, row in ((zhang, 12), (wang, 14)):
        town.told(who, "plane", "MU2401", "2022-08-01 10:00", until="2022-08-01 12:00", row=row)
    case = town.case(zhang, "2022-08-03", onset_on="2022-08-02")
    at("2022-08-03 10:00")
    assert main(["tracing", "contacts", case]) == 0
    said = capsys.readouterr().out
    assert "李*" in said
    assert "李强" not in said
    assert "同航班 Aircraft: 1" in said
    assert "尚未写入" in said
    assert main(["tracing", "contacts", case, "--record"]) == 0
    assert "新增 recorded 2" in capsys.readouterr().out
    town.district.turn("2022-08-03 10:05")
    assert main(["tracing", "contacts", case, "--json", "--degree", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["counts"], found["people"]) == ({"close": 2}, 2)
    assert {row["measure"] for row in found["contacts"]} == {"tracing.close_contact"}
    assert main(["tracing", "contacts", "no-such-case"]) == 1


def test_a_list_comes_in_on_the_command_line(town: Town, tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from yanmen.project.cli import main

    at("2022-10-06 10:00")
    file = tmp_path / "g1234.csv"
    file.write_text(
        "姓名,手机号,地区,车厢,座位号\n李强,13900000001,140702,5,12A\n王芳,139,140702,5,12B\n", encoding="utf-8"
    )
    command = ["import", "passengers", str(file), "--setting", "train", "--name", "G1234", "--on", "2022-10-05"]
    assert main([*command, "--preview", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["created"] == 1
    assert town.district.rows("SELECT count(*) FROM loop_fact") == [(0,)]
    assert main([*command, "--json"]) == 1, "a line was rejected"
    assert json.loads(capsys.readouterr().out)["created"] == 1
    assert town.district.rows("SELECT detail ->> 'name', detail ->> 'unit', area FROM loop_fact") == [
        ("G1234", "5", DISTRICT)
    ]
