"""What doors verify codes with: keys, changes and words, published when they change and told to the edges."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from yanmen.base.changes import Changes
from yanmen.base.clock import local_date
from yanmen.base.credentials import Claims
from yanmen.base.verdict import DoorPolicy
from yanmen.registry.vault import issuing, pseudonyms
from yanmen.subsystems.health_code.jobs import every_minute
from yanmen.subsystems.health_code.tests.conftest import MORNING, keys_of

DAY = local_date(MORNING).toordinal() - 719163
MINUTE = timedelta(minutes=1)


def body(town, name):
    ((found,),) = town.rows("SELECT body FROM edge_documents() WHERE name = %s", name)
    return bytes(found)


def against(town, person, colour, *, day=DAY, known=MORNING, key=None):
    """What the list of changes says against a code."""
    changes = Changes.read(body(town, "changes"), keys_of(town), town.now())
    at = int(known.timestamp())
    name = pseudonyms().make(person.pk, day)
    key = key or b"\0" * 91
    return changes.speaks_against(Claims("14", name, at, at, at + 86400, colour, holder_key=key))


def test_all_three_are_published_once_and_told_to_the_edges(town):
    assert every_minute(MORNING) == ["keys", "words", "changes"]
    assert every_minute(MORNING + MINUTE) == []
    (told,) = town.told("edge.documents")
    assert told["names"] == ["keys", "words", "changes"]
    assert town.rows("SELECT count(*) FROM edge_documents()") == [(3,)]


def test_changes_are_published_anew_to_stay_fresh_and_the_others_before_they_end(town):
    every_minute(MORNING)
    assert every_minute(MORNING + timedelta(minutes=16)) == ["changes"]
    assert every_minute(MORNING + timedelta(days=8)) == ["keys", "words", "changes"]


def test_a_better_code_of_somebody_whose_status_changed_is_known_to_doors(town):
    one, other = town.resident("张兰"), town.resident("李梅")
    every_minute(MORNING)
    town.status(one, "yellow", MORNING + 10 * MINUTE)
    town.at(MORNING + 11 * MINUTE)
    assert every_minute(MORNING + 11 * MINUTE) == ["changes"]
    assert against(town, one, 0) == "status_changed"
    assert against(town, one, 0, day=DAY - 1) == "status_changed", "a code of yesterday lives until this evening"
    assert against(town, one, 1) is None
    assert against(town, other, 0) is None
    assert against(town, one, 0, known=MORNING + 20 * MINUTE) is None, "a code from later knowledge is not overruled"


def test_who_got_better_is_not_held_by_an_old_list(town):
    one = town.resident("张兰")
    town.status(one, "red", MORNING - 60 * MINUTE)
    every_minute(MORNING)
    assert against(town, one, 1) == "status_changed"
    town.status(one, "green", MORNING + 5 * MINUTE)
    town.at(MORNING + 6 * MINUTE)
    every_minute(MORNING + 6 * MINUTE)
    assert against(town, one, 0) is None


def test_what_no_living_code_can_contradict_is_left_out(town):
    one = town.resident("张兰")
    town.status(one, "red", MORNING - timedelta(days=5))
    every_minute(MORNING)
    assert against(town, one, 0) is None


def test_codes_bound_to_a_lost_telephone_are_taken_back(town):
    town.resident("张兰", phone="13800000001")
    lost, new = town.phone("13800000001"), town.phone("13800000001")
    lost.enter()
    every_minute(MORNING)
    new.enter(replaces=True)
    every_minute(town.now() + MINUTE)
    person = town.resident("别人")
    known = MORNING - MINUTE
    assert against(town, person, 0, key=lost.signer.public_key, known=known) == "revoked"
    assert against(town, person, 0, key=new.signer.public_key, known=known) is None


def test_words_say_the_order_titles_and_what_each_kind_of_place_asks(town):
    every_minute(MORNING)
    words = json.loads(keys_of(town).payload(body(town, "words"), longest=100_000, now=town.now()))
    assert words["order"] == ["green", "yellow", "red"]
    assert words["titles"]["red"] == {"zh": "红码", "en": "Red"}
    assert words["asks"] is True
    policy = DoorPolicy.of(words["policy"])
    assert policy.colours == (("pass", "valid"), ("refer", "colour_yellow"), ("stop", "colour_red"))
    assert policy.test_max_age_hours is None
    assert DoorPolicy.of(words["at"]["railway"]).test_max_age_hours == 48
    assert DoorPolicy.of(words["at"]["hotel"]).test_max_age_hours == 72
    assert words["say"]["red"]["zh"]
    assert words["say"]["red"]["en"]


@pytest.mark.parametrize(("days", "asks", "hospital"), [(0, True, None), (10, False, True), (60, False, None)])
def test_doors_ask_less_with_each_optimisation_and_nothing_under_class_b(town, days, asks, hospital):
    now = town.at(MORNING + timedelta(days=days))
    every_minute(now)
    words = json.loads(keys_of(town).payload(body(town, "words"), longest=100_000, now=now))
    assert (words["asks"], words["asks_at"].get("hospital")) == (asks, hospital)


def test_a_rotated_key_is_in_the_list_before_it_signs(town):
    every_minute(MORNING)
    before = issuing().current("code", MORNING).key_id
    (new,) = issuing().rotate(MORNING, uses=["code"])
    assert every_minute(MORNING + MINUTE) == ["keys"]
    listed = [key.key_id.hex() for key in keys_of(town).keys if key.use == "code"]
    assert listed[-2:] == [before, new.key_id]
    assert issuing().current("code", MORNING + MINUTE).key_id == before
