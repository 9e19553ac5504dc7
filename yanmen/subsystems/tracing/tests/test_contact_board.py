"""The board of contacts over HTTP: how far each has come, filters and pages, judging many at once, a file; and the teams' day."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import acting
from yanmen.subsystems.tracing.tests.test_help import A, B, act, at, counties, of
from yanmen.subsystems.tracing.tests.test_help_doors import clock, post

__all__ = ["clock", "counties"]

NINE, TEN = "2022-10-03 09:00", "2022-10-03 10:00"


def board(area: str = A, when: str = TEN, **asked: str) -> Any:
    from yanmen.subsystems.tracing.queries import contact_board

    with acting(of(area)) as scope:
        return contact_board.board(scope, asked, now=at(when))


def states(when: str, **asked: str) -> dict[str, str]:
    return {row.name: row.state for row in board(when=when, **asked).rows}


def found_by_facts(counties: Any, who: int, case: str, certainty: float, via: str = "tube") -> None:
    """A contact as the program finds it, with what it thinks of it."""
    counties.record(
        "tracing.contact_found", who, NINE, case=case, degree=1, last_exposed="2022-10-02", via=via, certainty=certainty
    )


def test_a_contact_goes_from_found_to_released(counties):
    case = counties.case(counties.person("病例"), "2022-10-03")
    wei = counties.person("魏岚")
    counties.contact(wei, case, last="2022-10-02", found=NINE)
    counties.turn(NINE)
    assert states(TEN) == {"魏岚": "found"}
    assert board().rows[0].task == "transfer"
    said = {"channel": "phone", "about": "告知隔离", "outcome": "no_answer"}
    act("record_call", A, TEN, person=wei, case=case, **said)
    assert states(TEN) == {"魏岚": "found"}
    act("record_call", A, TEN, person=wei, case=case, **said | {"outcome": "answered", "answer": "知道了"})
    assert states(TEN) == {"魏岚": "told"}
    act("record_transfer", A, "2022-10-03 12:00", person=wei, to_place="宏达酒店", received_by="李")
    counties.turn("2022-10-03 12:00")
    assert states("2022-10-03 12:10") == {"魏岚": "tests_due"}
    counties.test(wei, "2022-10-03 12:20")
    counties.turn("2022-10-03 13:00")
    assert states("2022-10-03 13:10") == {"魏岚": "in_place"}
    with counties.acting():
        from uuid import UUID

        from yanmen.loop import facts

        facts.withdraw(UUID(case), reason="复核阴性", by="test", now=at("2022-10-03 14:00"))
    counties.turn("2022-10-03 14:00")
    assert states("2022-10-03 14:10") == {"魏岚": "released"}


def test_those_found_with_little_certainty_are_confirmed_or_taken_back_together(counties, clock, sign_in):
    case = counties.case(counties.person("病例"), "2022-10-03")
    people = {name: counties.person(name) for name in ("魏岚", "赵晴", "孙远")}
    for name, sure in zip(people, (0.2, 0.2, 0.95), strict=True):
        found_by_facts(counties, people[name], case, sure)
    counties.turn(NINE)
    tracer = sign_in("tracing.tracer", A, language="en")
    page = tracer.get("/tracing/contacts/?judge=1").text
    assert all(name in page for name in ("魏岚", "赵晴"))
    assert "孙远" not in page
    assert "20 %" in page
    rows = {row.name: str(row.id) for row in board().rows}
    assert post(tracer, "/tracing/contacts/", act="confirm").status_code == 422
    assert "1 contact confirmed." in post(tracer, "/tracing/contacts/", act="confirm", row=rows["魏岚"]).text
    nameless = post(tracer, "/tracing/contacts/", act="exclude", row=[rows["赵晴"]])
    assert nameless.status_code == 422
    assert "reason" in nameless.text
    done = post(tracer, "/tracing/contacts/?judge=1", act="exclude", row=[rows["赵晴"]], reason="同管但分开采样")
    assert "1 person is no contact." in done.text
    stale = post(tracer, "/tracing/contacts/", act="confirm", row=[rows["魏岚"]])
    assert "changed this list since" in stale.text
    counties.turn(TEN)
    assert board(judge="1").total == 0
    assert [row[1] for row in counties.measures(people["赵晴"], "tracing.close_contact")] == ["lifted"]
    assert [row[1] for row in counties.measures(people["魏岚"], "tracing.close_contact")] == ["in_force"]
    elsewhere = sign_in("tracing.tracer", B, language="en")
    assert "No contacts in your area" in elsewhere.get("/tracing/contacts/").text
    assert elsewhere.get(f"/tracing/contacts/{people['魏岚']}/").status_code == 404
    assert post(elsewhere, "/tracing/contacts/", act="confirm", row=[rows["孙远"]]).status_code == 422


def test_pages_filters_and_the_file_tell_of_everybody_once(counties, clock, sign_in):
    case, other = (counties.case(counties.person(name), "2022-10-03") for name in ("病例甲", "病例乙"))
    for number in range(120):
        who = counties.person(f"接触{number:03d}")
        found_by_facts(counties, who, case if number % 3 else other, 0.8, "class" if number % 2 else "household")
    tracer = sign_in("tracing.tracer", A, language="en")
    seen, after = [], ""
    while True:
        page = board(after=after)
        seen += [row.name for row in page.rows]
        after = page.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 120
    assert board(case=other).total == 40
    assert board(via="class").total == 60
    assert board(degree="2").total == 0
    assert board(unit=B).total == 0
    assert "病例乙 (40)" in tracer.get("/tracing/contacts/").text
    assert "Nobody fits" in tracer.get("/tracing/contacts/?degree=2").text
    file = BytesIO(tracer.get(f"/tracing/contacts/?form=xlsx&case={other}").content)
    lines = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert lines[0][:3] == ["Person", "Name", "Area code"]
    assert len(lines) == 42
    assert "rows=40" in lines[-1][0]
    ask = post(tracer, "/tracing/contacts/", act="ask", row=[str(row.id) for row in board(case=other).rows[:2]])
    assert "Area that is asked" in ask.text
    assert other in ask.text
    one_of_each = [str(board(case=each).rows[0].id) for each in (case, other)]
    mixed = post(tracer, "/tracing/contacts/", act="ask", row=one_of_each)
    assert "one case" in mixed.text


def households(counties: Any, case: str, doors: int, each: int) -> list[list[int]]:
    """Contacts who live together; general contacts, whom somebody visits at home tomorrow."""
    from yanmen.registry import people
    from yanmen.registry.models import Household
    from yanmen.registry.people import Details, register_people

    assert people
    with acting(of(A)):
        rows = [Household(area=A, address=f"幸福路{n:04d}号", created_at=at(NINE)) for n in range(doors)]
        homes = Household.objects.bulk_create(rows)
        names = [Details(name=f"住户{n:05d}", area=A, household=homes[n // each].pk) for n in range(doors * each)]
        found = [one.person for one in register_people(names, by="test", now=at(NINE))]  # type: ignore[union-attr]
        from yanmen.loop import facts

        about = {"case": case, "last_exposed": "2022-10-02"}
        told = [{"person": who, "area": A, "occurred_at": at(NINE), "detail": about} for who in found]
        facts.record_many("tracing.general_contact_found", told, by="test", now=at(NINE))
    return [found[n * each : (n + 1) * each] for n in range(doors)]


def test_a_household_stays_together_and_keeps_its_team(counties, clock, sign_in):
    homes = households(counties, "K-1", 9, 3)
    counties.turn(NINE)
    clock("2022-10-04 08:00")
    tracer = sign_in("tracing.tracer", A, language="en")
    empty = tracer.get("/tracing/teams/").text
    assert "No team yet" in empty
    assert "幸福路0000号" in empty
    for name, capacity in (("一组", "5"), ("二组", "3")):
        form = {"name": name, "area": f"{A} 榆次区", "capacity": capacity, "longitude": "112.75", "latitude": "37.69"}
        assert "works from now on" in post(tracer, "/tracing/teams/", act="open", **form).text
    assert post(tracer, "/tracing/teams/", act="open", **form).status_code == 422
    assert post(tracer, "/tracing/teams/", act="open", **form | {"name": "三组", "capacity": "0"}).status_code == 422
    done = post(tracer, "/tracing/teams/", act="plan")
    assert "8 doors shared out. 1 has no team" in done.text
    given = counties.rows(
        "SELECT team_id, count(*), count(DISTINCT household_id) FROM tracing_stop GROUP BY 1 ORDER BY 1"
    )
    assert [row[1:] for row in given] == [(5, 5), (3, 3)]
    first = dict(counties.rows("SELECT household_id, team_id FROM tracing_stop"))
    [(team, _, _), _] = given
    walk = tracer.get(f"/tracing/teams/{team}/").text
    assert walk.count("Tell the person of the risk") == 15
    post(tracer, f"/tracing/teams/{team}/", act="change", capacity="6", longitude="112.75", latitude="37.69")
    assert "9 doors shared out." in post(tracer, "/tracing/teams/", act="plan").text
    again = dict(counties.rows("SELECT household_id, team_id FROM tracing_stop"))
    assert {door: again[door] for door in first} == first
    for who in homes[0]:
        assert "Kept." in post(tracer, f"/tracing/contacts/{who}/", act="tell").text
    counties.turn("2022-10-04 08:30")
    assert ">8</span>" in tracer.get("/tracing/teams/").text
    assert (
        sum(
            text.get(f"/tracing/teams/{one}/").text.count("nothing owed any more")
            for text in [tracer]
            for one, *_ in given
        )
        == 1
    )
    post(tracer, f"/tracing/teams/{team}/", act="close")
    assert counties.rows("SELECT count(*) FROM tracing_stop WHERE team_id = %s AND dropped_at IS NULL", team) == [(0,)]
    assert sign_in("tracing.tracer", B, language="en").get(f"/tracing/teams/{team}/").status_code == 404


def test_three_thousand_contacts_are_shared_out(counties):
    homes = households(counties, "K-1", 1000, 3)
    counties.turn(NINE)
    with acting(of(A)) as scope:
        from yanmen.registry.models import Place
        from yanmen.subsystems.tracing import actions
        from yanmen.subsystems.tracing.queries import teams

        Place.objects.create(
            kind="other", name_zh="广场", area=A, longitude=112.75, latitude=37.69, created_at=at(NINE)
        )
        for number in range(20):
            about = {"scope": scope, "by": "test", "now": at(NINE)}
            actions.open_team(
                area=A, name=f"{number}组", capacity=55, longitude=112.7 + number / 100, latitude=37.7, **about
            )
        done = actions.plan_day(scope=scope, day=date(2022, 10, 4), by="test", now=at(TEN))
        day = teams.day_of(scope, date(2022, 10, 4), now=at(TEN))
        with pytest.raises(Refusal, match="7 days"):
            actions.plan_day(scope=scope, day=date(2022, 10, 30), by="test", now=at(TEN))
    assert (done.given, done.left_over, len(homes)) == (1000, 0, 1000)
    assert (day.doors, day.people, day.nobodys) == (1000, 3000, [])
