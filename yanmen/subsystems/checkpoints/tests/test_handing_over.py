"""First stop and hand-over: clocks from policy, no step left out, facts close tasks, both ends see it."""

from __future__ import annotations

from itertools import product

import psycopg
import pytest

from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.loop.bulk import record_bulk
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints import actions, queries
from yanmen.subsystems.checkpoints.kinds import PASSED
from yanmen.subsystems.checkpoints.methods.handing_over import COURSE
from yanmen.subsystems.checkpoints.tests.conftest import moment

AT = "2022-09-05 10:00"
HOME = "140121"


@pytest.fixture
def receiver():
    return Scope(None, "checkpoints.receiver", HOME)


def opened(county, person, post=None, **about):
    known = {"owed": "stay_and_test", "to_area": HOME, "by": "test", "now": moment(AT)}
    with county.acting():
        post = post or county.post()
        return actions.open_hand_over(scope=county.scope, post=post.pk, person=person.pk, **(known | about))


def act(scope, name, hand_over, at=AT, **about):
    from yanmen.registry.scope import acting

    with acting(scope):
        return getattr(actions, name)(scope=scope, hand_over=hand_over.pk, by="test", now=moment(at), **about)


def sent(county, made, at=AT):
    act(county.scope, "assign_vehicle", made, at, vehicle="晋B 12345", escort="李某")
    return act(county.scope, "depart", made, at)


def turned(at):
    from yanmen.loop.run import turn

    turn(now=moment(at))


def owed(person):
    """Tasks of a person as (kind, area, state, due)."""
    from yanmen.loop.models import Task

    rows = Task.objects.using("owner").filter(subject=person.pk, subject_type="person").order_by("kind")
    return [(row.kind, row.area, row.state, f"{row.due_at.astimezone(moment(AT).tzinfo):%m-%d %H:%M}") for row in rows]


def area_of(person):
    from yanmen.registry.models import Person

    return Person.objects.using("owner").get(pk=person.pk).area


def test_a_hand_over_runs_its_course_and_facts_close_its_tasks(county, receiver):
    person = county.person()
    made = opened(county, person)
    assert (made.leave_by, made.arrive_by) == (moment("2022-09-05 12:00"), moment("2022-09-05 18:00"))
    turned(AT)
    assert owed(person) == [
        ("hand_over", "140212", "open", "09-05 12:00"),
        ("receive_person", "140212", "open", "09-05 18:00"),
    ]
    sent(county, made, "2022-09-05 11:00")
    turned("2022-09-05 11:01")
    assert area_of(person) == HOME
    assert owed(person) == [
        ("hand_over", HOME, "done", "09-05 12:00"),
        ("receive_person", HOME, "open", "09-05 18:00"),
    ]
    assert [each.pk for each in seen_by(receiver)] == [made.pk]
    act(receiver, "receive", made, "2022-09-05 16:00")
    turned("2022-09-05 16:01")
    assert [state for _, _, state, _ in owed(person)] == ["done", "done"]
    assert seen_by(receiver) == []


def seen_by(scope):
    from yanmen.registry.scope import acting

    with acting(scope):
        return list(queries.incoming(scope))


def test_what_is_overdue_goes_one_level_up(county):
    from yanmen.loop.models import Task

    person = county.person()
    opened(county, person)
    turned(AT)
    turned("2022-09-05 12:01")
    task = Task.objects.using("owner").get(subject=person.pk, kind="hand_over")
    assert (task.state, task.escalated_to) == ("failed", "1402")


def test_a_person_has_one_open_hand_over(county):
    person = county.person()
    opened(county, person)
    with pytest.raises(Refusal) as refused:
        opened(county, person)
    assert refused.value.field == "person"


def test_after_a_refusal_the_first_stop_answers_again_and_may_open_another(county, receiver):
    person = county.person()
    made = opened(county, person)
    sent(county, made)
    with pytest.raises(Refusal):
        act(receiver, "refuse", made, reason=" ")
    refused = act(receiver, "refuse", made, "2022-09-05 15:00", reason="无房间")
    assert (refused.state, refused.note) == ("refused", "无房间")
    assert area_of(person) == "140212"
    turned("2022-09-05 15:01")
    opened(county, person, now=moment("2022-09-05 15:05"), to_area="140802")


def test_a_person_registered_elsewhere_is_handed_over_without_moving_twice(county, receiver):
    """A resident of the receiving county, met at a post far away: sight of them follows from the pass, no more."""
    person, post = county.person("140121100201"), county.post()
    owes_stay(county, person, post)
    with county.acting():
        (met,) = queries.met(county.scope, post=post.pk, area=post.area, now=moment(AT))
    assert (met.person, met.kind, met.home_area) == (person.pk, "contact_follow_up", "140121100201")
    made = opened(county, person, post, owed=met.kind)
    assert made.shown_name.endswith("*")
    with county.acting():
        assert queries.met(county.scope, post=post.pk, area=post.area, now=moment(AT)) == []
    sent(county, made)
    act(receiver, "receive", made)
    assert area_of(person) == "140121100201"


def owes_stay(county, person, post):
    """The person is a close contact, so that a measure is in force, and passes the post."""
    from yanmen.loop import facts

    with county.acting("14"):
        facts.record(
            "tracing.contact_found",
            person=person.pk,
            area=person.area,
            occurred_at=moment("2022-09-04"),
            by="test",
            now=moment("2022-09-04"),
            detail={"case": "c1", "degree": 1, "last_exposed": "2022-09-03"},
        )
    turned("2022-09-04 10:00")
    row = {"person": person.pk, "place": post.pk, "area": post.area, "occurred_at": moment("2022-09-05 09:30")}
    with county.acting():
        record_bulk(PASSED.name, [row | {"detail": {"direction": "in"}}], by="device:1", now=moment("2022-09-05 09:30"))


def test_another_county_sees_nobody_through_the_post(county):
    person, post = county.person("140121100201"), county.post()
    owes_stay(county, person, post)
    with county.acting("140802") as elsewhere:
        assert queries.met(elsewhere, post=post.pk, area=post.area, now=moment(AT)) == []


def test_a_stranger_who_did_not_pass_cannot_be_held(county):
    person = county.person("140802")
    with pytest.raises(Refusal) as refused:
        opened(county, person)
    assert refused.value.field == "person"


def test_who_owes_nothing_that_policy_names_is_let_go(county):
    with pytest.raises(Refusal) as refused:
        opened(county, county.person(), owed="arrival_follow_up")
    assert refused.value.field == "owed"


def test_after_the_ten_new_measures_nobody_is_handed_over(county):
    with pytest.raises(Refusal):
        opened(county, county.person(), now=moment("2022-12-08"))


def test_only_the_receiving_end_receives(county):
    made = opened(county, county.person())
    sent(county, made)
    with pytest.raises(NotAllowed):
        act(county.scope, "receive", made)


def test_once_the_vehicle_has_left_the_first_stop_refuses_no_more(county):
    made = opened(county, county.person())
    sent(county, made)
    with pytest.raises(NotAllowed):
        act(county.scope, "refuse", made, reason="x")


def test_a_third_county_has_no_part_in_it(county):
    made = opened(county, county.person())
    with pytest.raises(Refusal) as refused:
        act(Scope(None, "checkpoints.receiver", "140802"), "refuse", made, reason="x")
    assert refused.value.field == "hand_over"


def test_no_step_is_left_out(county, receiver):
    made = opened(county, county.person())
    for scope, name, about in ((county.scope, "depart", {}), (receiver, "receive", {})):
        with pytest.raises(Refusal) as refused:
            act(scope, name, made, **about)
        assert refused.value.field == "state"


def test_the_database_knows_the_same_steps(county, clean):
    made = opened(county, county.person())
    change = "UPDATE checkpoints_handover SET state = %s WHERE id = %s"
    found = {}
    for before, after in product(COURSE.states, repeat=2):
        with psycopg.connect(clean) as connection:
            connection.execute("ALTER TABLE checkpoints_handover DISABLE TRIGGER checkpoints_step")
            connection.execute(change, [before, made.pk])
            connection.execute("ALTER TABLE checkpoints_handover ENABLE TRIGGER checkpoints_step")
        found[before, after] = possible(clean, change, after, made.pk)
    assert found == {(a, b): a == b or b in COURSE.steps[a].values() for a, b in found}


def possible(url, change, state, number):
    try:
        with psycopg.connect(url) as connection:
            connection.execute(change, [state, number])
    except psycopg.errors.CheckViolation:
        return False
    return True


@pytest.mark.parametrize("to_area", ["14", "1401", "999999", ""])
def test_the_other_end_is_a_county_or_smaller(county, to_area):
    with pytest.raises(Refusal) as refused:
        opened(county, county.person(), to_area=to_area)
    assert refused.value.field == "to_area"
