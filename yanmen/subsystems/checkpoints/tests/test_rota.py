"""Shifts: who is on, what is not covered, and what nobody can double-book."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from yanmen.base.refusals import Refusal
from yanmen.loop.bulk import record_bulk
from yanmen.project.testing import new_account
from yanmen.subsystems.checkpoints import actions, queries
from yanmen.subsystems.checkpoints.kinds import PASSED
from yanmen.subsystems.checkpoints.tests.conftest import moment

DAY, NIGHT, MORNING = "2022-09-01 08:00", "2022-09-01 20:00", "2022-09-02 08:00"


@pytest.fixture
def officer(county):
    """Number of an account that may stand at posts of the county."""
    from yanmen.registry.models import Account

    return Account.objects.using("owner").get(username=new_account("checkpoints.officer", "140212")).pk


def planned(county, post, since=DAY, until=NIGHT, **duties):
    with county.acting():
        return actions.plan_shift(
            scope=county.scope,
            post=post.pk,
            starts_at=moment(since),
            ends_at=moment(until),
            duties=duties or {"check_codes": 2},
            by="test",
            now=moment("2022-08-31"),
        )


def taken(county, shift, account, duty="check_codes"):
    with county.acting():
        return actions.take_turn(
            scope=county.scope, shift=shift.pk, account=account, duty=duty, by="test", now=moment("2022-08-31")
        )


def test_who_is_on_now_and_what_is_not_covered(county, officer):
    post = county.post()
    shift = planned(county, post, check_codes=1, register=1)
    taken(county, shift, officer)
    with county.acting():
        assert [turn.account_id for turn in queries.on_now(county.scope, now=moment("2022-09-01 09:00"))] == [officer]
        assert list(queries.on_now(county.scope, now=moment("2022-09-01 20:00"))) == []
        missing = list(queries.uncovered(county.scope, now=moment("2022-08-31")))
    assert [(each.covered, each.needed) for each in missing] == [(1, 2)]


def test_a_released_turn_is_open_again(county, officer):
    shift = planned(county, county.post(), check_codes=1)
    turn = taken(county, shift, officer)
    with county.acting():
        assert not queries.uncovered(county.scope, now=moment("2022-08-31"))
        actions.release_turn(scope=county.scope, turn=turn.pk, by="test", now=moment("2022-08-31 10:00"))
        assert len(queries.uncovered(county.scope, now=moment("2022-08-31"))) == 1
    taken(county, shift, officer)


def test_two_shifts_of_one_post_do_not_overlap(county):
    post = county.post()
    planned(county, post)
    with pytest.raises(Refusal) as refused:
        planned(county, post, "2022-09-01 19:59", MORNING)
    assert refused.value.field == "starts_at"
    planned(county, post, NIGHT, MORNING)


def test_nobody_is_on_two_shifts_at_once(county, officer):
    first, second = planned(county, county.post()), planned(county, county.post(), "2022-09-01 19:00", MORNING)
    taken(county, first, officer)
    with pytest.raises(Refusal) as refused:
        taken(county, second, officer)
    assert refused.value.field == "account"


def test_the_database_itself_refuses_overlaps_and_other_hours(county, officer, clean):
    first, second = planned(county, county.post()), planned(county, county.post())
    taken(county, first, officer)
    row = (
        "INSERT INTO checkpoints_turn (shift_id, area, account_id, duty, starts_at, ends_at, created_at, created_by)"
        " SELECT %s, area, %s, duty, starts_at + %s, ends_at, created_at, 'test' FROM checkpoints_turn"
    )
    with psycopg.connect(clean) as connection, pytest.raises(psycopg.errors.ExclusionViolation):
        connection.execute(row, [second.pk, officer, timedelta(0)])
    with psycopg.connect(clean) as connection:
        connection.execute("UPDATE checkpoints_turn SET released_at = now()")
    with psycopg.connect(clean) as connection, pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute(row, [second.pk, officer, timedelta(hours=1)])


def test_somebody_without_a_role_here_takes_no_turn(county):
    from yanmen.registry.models import Account

    stranger = Account.objects.using("owner").get(username=new_account("checkpoints.officer", "140121")).pk
    with pytest.raises(Refusal) as refused:
        taken(county, planned(county, county.post()), stranger)
    assert refused.value.field == "account"


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"until": DAY}, "ends_at"),
        ({"until": "2022-09-03 08:00"}, "ends_at"),
        ({"dance": 1}, "duties"),
        ({"check_codes": 0}, "duties"),
        ({"check_codes": -1}, "duties"),
    ],
)
def test_a_shift_that_makes_no_sense_is_refused(county, about, field):
    with pytest.raises(Refusal) as refused:
        planned(county, county.post(), **about)
    assert refused.value.field == field


def test_a_shift_that_has_begun_stays(county):
    shift = planned(county, county.post())
    with county.acting(), pytest.raises(Refusal):
        actions.drop_shift(scope=county.scope, shift=shift.pk, by="test", now=moment("2022-09-01 08:01"))
    with county.acting():
        actions.drop_shift(scope=county.scope, shift=shift.pk, by="test", now=moment("2022-08-31"))


def test_notes_tell_the_next_shift(county):
    post = county.post()
    shift = planned(county, post)
    with county.acting():
        actions.leave_note(scope=county.scope, shift=shift.pk, text=" 3号车道设备待修 ", by="test", now=moment(NIGHT))
        assert [note.text for note in queries.notes(county.scope, post=post.pk)] == ["3号车道设备待修"]
        with pytest.raises(Refusal):
            actions.leave_note(scope=county.scope, shift=shift.pk, text=" ", by="test", now=moment(NIGHT))


def test_a_rota_is_nobody_elses(county):
    planned(county, county.post())
    with county.acting("140121") as elsewhere:
        assert not queries.shifts(elsewhere, since=moment("2022-08-01"), until=moment("2022-10-01"))


def test_staff_follow_from_the_passes_of_the_last_week(county):
    post = county.post("2022-07-01")
    rows = [
        {"place": post.pk, "area": post.area, "occurred_at": moment("2022-08-31 09:00") + timedelta(seconds=6 * each)}
        for each in range(400)
    ]
    with county.acting():
        assert queries.staffing(county.scope, post, now=moment("2022-09-01")) is None
        record_bulk(PASSED.name, rows, by="device:1", now=moment("2022-09-01"))
        found = queries.staffing(county.scope, post, now=moment("2022-09-01"))
    assert found is not None
    assert (found.days, found.hours[9].arrivals, found.hours[3].servers) == (1, 400, 1)
    assert found.hours[9].servers == 6
    assert found.staff[9] == 8
    assert found.for_hours(moment(DAY), moment(NIGHT)) == 8
    assert found.for_hours(moment(NIGHT), moment(MORNING)) == 3
