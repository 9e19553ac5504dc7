"""Same or not the same: proposed, decided, remembered, undone."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yanmen.base.refusals import Refusal
from yanmen.registry.tests.conftest import NOW, person, scope

pytestmark = pytest.mark.usefixtures("shanxi")


def roots() -> dict[int, int | None]:
    from yanmen.registry.models import Person

    return dict(Person.objects.values_list("pk", "same_as"))


def test_candidates_come_by_telephone_by_birth_date_and_by_name_in_that_order_of_sureness():
    from yanmen.registry.matching import candidates
    from yanmen.registry.scope import acting

    own = scope("14")
    with acting(own):
        asked = person("140121", "郝建国", serial=1, phone="13800001111", sex="male")
        all_three = person("140121", "郝建国", phone="13800001111", sex="male")
        birthday = person("140105", "郝建国", sex="male")
        name = person("140105", "郝建国", born=date(1980, 11, 4), sex="male")
        person("140213", "郝建国", born=date(1980, 11, 4), sex="male")
        person("140121", "武爱莲")
        found = candidates(own, asked)
    assert [each.person for each in found] == [all_three.pk, birthday.pk, name.pk]
    assert found[0].score > found[1].score > found[2].score
    assert found[0].reasons == ("phone", "born_on", "name")
    assert found[2].reasons == ("name",)


def test_two_resident_cards_with_different_birth_dates_are_two_people():
    from yanmen.registry.matching import candidates
    from yanmen.registry.scope import acting

    own = scope("14")
    with acting(own):
        mother = person("140121", "张梅", serial=1, phone="13800001111")
        person("140121", "张小梅", serial=1, born=date(2012, 1, 1), phone="13800001111")
        assert candidates(own, mother) == []


def test_candidates_outside_the_scope_are_not_shown():
    from yanmen.registry.matching import candidates
    from yanmen.registry.scope import acting

    with acting(scope("140213")):
        person("140213", "郝建国", phone="13800001111")
    own = scope("140121")
    with acting(own):
        assert candidates(own, person("140121", "郝建国", phone="13800001111")) == []


def test_a_decision_is_remembered_and_names_everybody_it_concerns():
    from yanmen.registry.matching import candidates, decide_different, decide_same
    from yanmen.registry.scope import acting

    own = scope("14")
    with acting(own):
        a, b, c = (person("140121", "郝建国", phone="13800001111").pk for _ in range(3))
        assert decide_same(left=b, right=a, by=own.by, now=NOW) == (a, b)
        assert [each.person for each in candidates(own, a)] == [c]
        assert decide_different(left=a, right=c, by=own.by, now=NOW) == (a, b, c)
        assert candidates(own, a) == []
        assert roots() == {a: None, b: a, c: None}


def test_undoing_restores_what_the_other_decisions_say():
    from yanmen.registry.matching import decide_same, decisions_on, group_of, undo
    from yanmen.registry.scope import acting

    own = scope("14")
    with acting(own):
        a, b, c, d = (person("140121", "郝建国").pk for _ in range(4))
        decide_same(left=c, right=d, by="x", now=NOW)
        decide_same(left=b, right=c, by="x", now=NOW)
        decide_same(left=a, right=b, by="x", now=NOW)
        assert group_of(d) == (a, b, c, d)
        (middle,) = (each for each in decisions_on(b) if each.right_id == c)
        assert undo(decision=middle.pk, by="y", now=NOW) == (a, b, c, d)
        assert roots() == {a: None, b: a, c: None, d: c}
        with pytest.raises(Refusal):
            undo(decision=middle.pk, by="y", now=NOW)
        middle.refresh_from_db()
        assert (middle.undone_by, middle.undone_at) == ("y", NOW)


def test_decisions_that_contradict_are_refused():
    from yanmen.registry.matching import decide_different, decide_same, group_of
    from yanmen.registry.models import MatchDecision
    from yanmen.registry.scope import acting

    own = scope("14")
    with acting(own):
        a, b, c = (person("140121", "郝建国").pk for _ in range(3))
        decide_same(left=a, right=b, by="x", now=NOW)
        decide_different(left=b, right=c, by="x", now=NOW)
        with pytest.raises(Refusal, match="Undo that first"):
            decide_same(left=a, right=c, by="x", now=NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            MatchDecision.objects.create(left_id=a, right_id=c, same=True, by="sql", at=NOW)
        assert decide_same(left=b, right=c, by="x", now=NOW) == (a, b, c)
        decide_same(left=a, right=c, by="x", now=NOW)
        with pytest.raises(Refusal, match="still tie"):
            decide_different(left=a, right=b, by="x", now=NOW)
        assert group_of(c) == (a, b, c)
        with pytest.raises(Refusal):
            decide_same(left=a, right=a, by="x", now=NOW)


def test_a_record_of_another_area_cannot_be_joined():
    from yanmen.registry.matching import decide_same
    from yanmen.registry.scope import acting

    with acting(scope("140213")):
        theirs = person("140213", "郝建国").pk
    with acting(scope("140121")):
        mine = person("140121", "郝建国").pk
        with pytest.raises(Refusal):
            decide_same(left=theirs, right=mine, by="x", now=NOW)


ACTS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(["same", "undo"])), max_size=12)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_same_as_always_follows_from_the_decisions_in_force(shanxi, acts):
    from yanmen.registry.matching import decide_same, undo
    from yanmen.registry.models import MatchDecision
    from yanmen.registry.people import Details, register_people
    from yanmen.registry.scope import acting, system

    with acting(system("14")):
        own = [found.person for found in register_people([Details("郝建国", "140121")] * 5, by="x", now=NOW)]
        for left, right, act in acts:
            pair = {"left": own[min(left, right)], "right": own[max(left, right)]}
            in_force = MatchDecision.objects.filter(**pair, undone_at=None).first()
            if act == "same" and left != right:
                decide_same(**pair, by="x", now=NOW)
            elif act == "undo" and in_force:
                undo(decision=in_force.pk, by="x", now=NOW)
        groups = {each: {each} for each in own}
        for a, b in MatchDecision.objects.filter(left__in=own, undone_at=None).values_list("left", "right"):
            joined = groups[a] | groups[b]
            groups |= dict.fromkeys(joined, joined)
        assert {pk: root for pk, root in roots().items() if pk in own} == {
            pk: None if min(groups[pk]) == pk else min(groups[pk]) for pk in own
        }
