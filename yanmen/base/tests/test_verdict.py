"""What a door does, and that Python and the phone mean the same by it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from yanmen.base.changes import Changes
from yanmen.base.key_list import KeyList
from yanmen.base.refusals import Refusal
from yanmen.base.tests import edge_vectors
from yanmen.base.tests.edge_vectors import FILE, FOLDER, NOW, unb64
from yanmen.base.verdict import DoorPolicy, judge
from yanmen.base.verdict_texts import TEXTS

KEPT = sorted(FOLDER.glob("vectors*.json"))
NOTES = {"knowledge_old", "keys_old", "paper_check_document", "companion_check"}


def test_the_file_of_vectors_is_what_the_generator_makes():
    assert FILE.read_text("utf-8") == edge_vectors.text_of(edge_vectors.vectors())


def test_vectors_name_every_reason_and_every_note():
    expected = [case["expected"] for case in json.loads(FILE.read_text("utf-8"))["cases"]]
    assert {each["reason"] for each in expected} == TEXTS.keys() - NOTES
    assert {note for each in expected for note in each["notes"]} == NOTES


def test_the_last_four_versions_of_clients_are_kept():
    versions = [json.loads(path.read_text("utf-8"))["version"] for path in KEPT]
    assert sorted(versions) == list(range(max(1, edge_vectors.VERSION - 3), edge_vectors.VERSION + 1))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_the_vectors_of_every_kept_version_still_get_their_verdicts(path):
    said = json.loads(path.read_text("utf-8"))
    root = unb64(said["root_key"])
    for case in said["cases"]:
        keys = KeyList.read(unb64(said["key_lists"][case["keys"]]), root)
        changes = None
        for name in case["changes"]:
            document, then = unb64(said["changes"][name]), datetime.fromtimestamp(said["now"], UTC)
            changes = changes.followed_by(document, keys, then) if changes else Changes.read(document, keys, then)
        found = judge(
            said["texts"][case["text"]],
            keys=keys,
            changes=changes,
            policy=DoorPolicy.of(said["policies"][case["policy"]]),
            now=datetime.fromtimestamp(case["now"], UTC),
        )
        assert edge_vectors.plain(found) == {**case["expected"], "notes": tuple(case["expected"]["notes"])}, case


def test_the_phone_says_the_same_words():
    said = json.loads((FOLDER.parent / "verdicts.json").read_text("utf-8"))
    assert {code: tuple(said[code]) for code in TEXTS} == dict(TEXTS)


def test_every_code_is_said_in_both_languages():
    for zh, en in TEXTS.values():
        assert any("\u4e00" <= each <= "\u9fff" for each in zh)
        assert en.isascii()


def door(name="a green code", *, now=NOW, changes=None, **policy):
    keys = KeyList.read(edge_vectors.key_lists()["main"], edge_vectors.SIGNERS["root"].public_key)
    return judge(edge_vectors.texts()[name], keys=keys, changes=changes, policy=DoorPolicy.of(policy), now=now)


def test_old_knowledge_is_told_and_refuses_nobody():
    for act in ("pass", "check"):
        found = door(knowledge_old_minutes=1, act_when_old=act)
        assert (found.act, found.reason, found.notes) == (act, "valid", ("knowledge_old",))
        assert "不得仅因此拒绝" in found.said("zh")
    for act in ("refer", "stop"):
        with pytest.raises(Refusal, match="pass or check"):
            DoorPolicy(act_when_old=act)


def test_old_knowledge_never_softens_what_is_known():
    assert door("a red code", knowledge_old_minutes=1, act_when_old="pass").act == "stop"


def test_a_door_whose_clock_is_behind_what_was_signed_says_so():
    found = door(now=NOW - timedelta(hours=2))
    assert (found.act, found.reason) == ("check", "clock_wrong")


def test_an_edge_s_own_image_may_stand_for_the_list():
    class Image:
        as_of = int(NOW.timestamp()) - 5

        def speaks_against(self, claims):
            return "status_changed" if claims.colour == 0 else None

    found = door(changes=Image())
    assert (found.act, found.reason, found.knowledge_age) == ("refer", "status_changed", 5)


@pytest.mark.parametrize(
    "policy",
    [
        {"showing_minutes": 1},
        {"act_on_paper": "arrest"},
        {"colours": []},
        {"colours": [["pass", "nice"]]},
        {"colours": "green"},
        {"colours": 5},
    ],
)
def test_a_policy_that_does_not_hold_together_is_refused(policy):
    with pytest.raises(Refusal):
        DoorPolicy.of(policy)


def test_what_is_too_long_is_not_even_read():
    found = judge("YM1:" + "A" * 10_000_000, keys=KeyList(0, 0, ()), changes=None, policy=DoorPolicy(), now=NOW)
    assert (found.reason, found.claims) == ("too_long", None)
