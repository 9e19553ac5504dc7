"""Results reach every member once; a tube that is not negative holds its members until a test of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections

from yanmen.base.refusals import Refusal
from yanmen.loop.models import Fact, Measure, Task
from yanmen.loop.run import settle
from yanmen.registry.scope import acting
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.jobs import every_minute
from yanmen.subsystems.screening.models import Tube, Violation
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import BENCH, HOUR, MINUTE, NOON


@pytest.fixture
def town(clean):
    return county.open_county()


def release(run, *, by="account:2", at=NOON + 4 * HOUR):
    with acting(BENCH):
        return actions.release_run(scope=BENCH, run=run.pk, by=by, now=at)


def rows(text, *arguments):
    with connections["owner"].cursor() as cursor:
        cursor.execute(text, arguments)
        return cursor.fetchall()


def negatives():
    return rows("SELECT person_id, tube, members FROM loop_bulk_screening_negative ORDER BY person_id, id")


def held():
    query = Measure.objects.using("owner").filter(kind="awaiting_resample", state="in_force")
    return sorted(query.values_list("subject", flat=True))


def test_every_member_of_a_negative_tube_is_told_once_and_nobody_of_the_laboratory_sees_them(town):
    site, laboratory = town
    persons = county.people(10)
    county.bind("T1", persons, site)
    county.at_laboratory({"T1": 10}, site, laboratory)
    run = county.measured({"T1": "negative"}, laboratory)
    told = release(run)
    assert (told.tubes, told.told, told.held, told.repeat) == ({"negative": 1}, 10, 0, 0)
    assert negatives() == [(person, "T1", 10) for person in persons]
    assert sorted(person for person, _ in rows("SELECT * FROM edge_negatives()")) == persons
    with acting(BENCH), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM loop_bulk_screening_negative")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM screening_members(ARRAY['T1'], %s)", [NOON + 5 * HOUR])
        assert cursor.fetchone() == (10,)
    with acting(replace(BENCH, purpose="statistics")), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM screening_members(ARRAY['T1'], %s)", [NOON + 5 * HOUR])
        assert cursor.fetchone() == (0,)
    with pytest.raises(Refusal):
        release(run)
    with acting(BENCH), connections["default"].cursor() as cursor:
        tube = Tube.objects.get(pk="T1")
        cursor.execute("SELECT screening_tell(%s, %s, 1, 'x', %s)", [["T1"], [tube.told], NOON + 5 * HOUR])
        assert cursor.fetchone() == (0,)
    assert len(negatives()) == 10


def test_a_positive_tube_holds_its_members_and_a_negative_test_alone_releases_at_once(town):
    site, laboratory = town
    persons = county.people(12)
    county.bind("T1", persons[:10], site)
    county.bind("T2", persons[10:], site)
    county.at_laboratory({"T1": 10, "T2": 2}, site, laboratory)
    told = release(county.measured({"T1": "positive", "T2": "negative"}, laboratory))
    assert (told.told, told.held) == (2, 10)
    settle(now=NOON + 4 * HOUR)
    assert held() == persons[:10]
    tasks = Task.objects.using("owner").filter(kind="resample", state="open")
    assert sorted(tasks.values_list("subject", flat=True)) == persons[:10]
    assert {task.due_at for task in tasks} == {NOON + 16 * HOUR}

    again = NOON + 6 * HOUR
    for number, person in enumerate(persons[:10]):
        county.bind(f"S{number}", [person], site, again)
    settle(now=again)
    assert not Task.objects.using("owner").filter(kind="resample", state="open").exists()
    assert held() == persons[:10]
    county.at_laboratory({f"S{number}": 1 for number in range(10)}, site, laboratory, again)
    results = {f"S{number}": "positive" if number == 3 else "negative" for number in range(10)}
    told = release(county.measured(results, laboratory, again, "R2", ct=24.5), at=again + 4 * HOUR)
    assert (told.told, told.held) == (9, 1)
    settle(now=again + 4 * HOUR)
    assert held() == []
    [positive] = Fact.objects.using("owner").filter(kind="screening.result")
    assert (positive.person_id, positive.detail["result"], positive.detail["ct"]) == (persons[3], "positive", 24.5)
    lifted = Measure.objects.using("owner").filter(kind="awaiting_resample", state="lifted")
    assert lifted.count() == 10


def test_a_corrected_tube_withdraws_what_it_said(town):
    site, laboratory = town
    persons = county.people(5)
    county.bind("T1", persons, site)
    county.at_laboratory({"T1": 5}, site, laboratory)
    release(county.measured({"T1": "positive"}, laboratory))
    settle(now=NOON + 4 * HOUR)
    assert held() == persons
    with acting(BENCH):
        told = actions.correct_tube(
            scope=BENCH, tube="T1", result="negative", note="孔位看错", by="account:2", now=NOON + 5 * HOUR
        )
    assert (told.told, told.held) == (5, 0)
    settle(now=NOON + 5 * HOUR)
    assert held() == []
    assert len(rows("SELECT * FROM edge_negatives()")) == 5
    with acting(BENCH):
        actions.correct_tube(scope=BENCH, tube="T1", result="grey", note="复核", by="account:2", now=NOON + 6 * HOUR)
    settle(now=NOON + 6 * HOUR)
    assert held() == persons
    assert rows("SELECT * FROM edge_negatives()") == []


def test_one_person_does_not_sign_twice_and_an_open_violation_holds_the_run(town):
    site, laboratory = town
    county.at_laboratory({"T1": 0}, site, laboratory)
    run = county.measured({"T1": "negative"}, laboratory)
    with pytest.raises(Refusal, match="second person"):
        release(run, by="account:1")
    with acting(BENCH):
        broken = Violation.objects.create(
            run=run, area=run.area, rule="1-3s", control="weak_positive", target="N", lot="C1", found_at=NOON + 3 * HOUR
        )
    with pytest.raises(Refusal, match="1-3s"):
        release(run)
    with acting(BENCH):
        broken.resolved_at = NOON + 4 * HOUR
        broken.save()
    assert release(run).tubes == {"negative": 1}


def test_an_invalid_well_goes_back_into_the_queue(town):
    site, laboratory = town
    county.at_laboratory({"T1": 3, "T2": 3}, site, laboratory)
    told = release(county.measured({"T1": "negative", "T2": "invalid"}, laboratory))
    assert (told.tubes, told.repeat) == ({"negative": 1}, 1)
    tube = Tube.objects.using("owner").get(pk="T2")
    assert (tube.gate, tube.run_id, tube.result) == ("received", None, "")


def test_a_pooled_negative_answers_the_test_that_is_owed(town):
    site, _ = town
    [person] = county.people(1)
    with acting(county.PROVINCE):
        actions.take_post(person=person, area=county.COUNTY, post="cold_chain", by="test", now=NOON - timedelta(days=1))
    settle(now=NOON - timedelta(days=1))
    settle(now=NOON)
    tasks = Task.objects.using("owner").filter(kind="test", subject=person)
    assert tasks.filter(state="open").exists()
    county.bind("T1", [person], site, NOON + HOUR)
    settle(now=NOON + HOUR)
    done = tasks.filter(state="done")
    assert done.exists()
    assert not tasks.filter(state="open", opens_at__lte=NOON).exists()


def test_who_is_delivered_after_the_release_is_told_what_the_others_were(town):
    site, laboratory = town
    persons = county.people(6)
    county.bind("T1", persons[:2], site)
    county.bind("T2", persons[3:5], site)
    county.at_laboratory({"T1": 2, "T2": 2}, site, laboratory)
    release(county.measured({"T1": "negative", "T2": "positive"}, laboratory))
    later = NOON + 5 * HOUR
    county.bind("T1", [persons[2]], site, NOON, told=later)
    county.bind("T2", [persons[5]], site, NOON, told=later)
    county.bind("T1", [persons[5]], site, NOON + 3 * HOUR, told=later)  # the tube was at the laboratory by then
    every_minute(later + MINUTE)
    every_minute(later + 2 * MINUTE)
    assert [person for person, *_ in negatives()] == persons[:3]
    settle(now=later + 2 * MINUTE)
    assert held() == persons[3:]
