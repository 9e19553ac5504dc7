"""The filter of what got worse: nothing listed is missed, sizes are as said, and forged ones are refused."""

import math
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanmen.base import cbor, changes, cose
from yanmen.base.changes import Changes, decode_set, encode_set
from yanmen.base.key_list import KeyList
from yanmen.base.refusals import Malformed
from yanmen.base.tests.edge_vectors import NAMES, NOW, SIGNERS, TODAY, claims, key_lists

KEYS = KeyList.read(key_lists()["main"], SIGNERS["root"].public_key)
ELEMENTS = st.integers(0, (1 << 64) - 1)


def known(elements, **other) -> Changes:
    said = {"signer": SIGNERS["list"], "now": NOW, "expires_at": NOW + timedelta(days=1), "seq": 1, **other}
    return Changes.read(changes.publish(elements, **said), KEYS, NOW)


@given(st.sets(ELEMENTS, max_size=200), st.integers(1, 32))
def test_nothing_that_is_listed_is_ever_missed(elements, log2):
    part = known(elements, log2=log2).parts[0]
    assert all(each in part for each in elements)


def test_about_one_in_two_to_the_p_others_is_found_by_chance():
    dice = random.Random(7)
    part = known([dice.getrandbits(64) for _ in range(2000)], log2=8).parts[0]
    found = sum(dice.getrandbits(64) in part for _ in range(100_000))
    assert found == pytest.approx(100_000 / 256, rel=0.2)


def test_a_hundred_thousand_people_are_270_kilobytes():
    dice = random.Random(7)
    size = len(encode_set([dice.getrandbits(64) for _ in range(100_000)], 20))
    # Steps are exponential with mean 2^P, so their quotients are geometric with mean 1 / (e - 1): 21.58 bits in all.
    mean_quotient = 1 / math.expm1(1)
    assert size == pytest.approx(100_000 * (20 + 1 + mean_quotient) / 8, rel=0.005)
    assert 265_000 < size < 275_000


def test_only_codes_that_show_a_better_colour_are_listed():
    today = known(changes.worse_than_shown(NAMES.make(2, TODAY), 2))
    said = [today.speaks_against(claims(2, colour=colour)) for colour in range(4)]
    assert said == [changes.STATUS_CHANGED, changes.STATUS_CHANGED, None, None]
    assert today.speaks_against(claims(3)) is None
    assert changes.worse_than_shown(NAMES.make(2, TODAY), 0) == []


def test_a_revoked_code_is_told_from_a_changed_status():
    today = known(changes.revoked_codes(NAMES.make(2, TODAY)))
    assert {today.speaks_against(claims(2, colour=colour)) for colour in range(7)} == {changes.REVOKED}
    device = known(changes.revoked_device(SIGNERS["thief"].public_key))
    assert device.speaks_against(claims(9, holder_key=SIGNERS["thief"].public_key)) == changes.REVOKED
    assert device.speaks_against(claims(9)) is None


def test_what_a_code_knew_later_is_not_overruled():
    today = known(changes.worse_than_shown(NAMES.make(2, TODAY), 2))
    at = int(NOW.timestamp())
    assert today.speaks_against(claims(2, not_before=at)) == changes.STATUS_CHANGED
    assert today.speaks_against(claims(2, not_before=at + 1)) is None


def test_a_further_list_follows_only_its_own_base():
    first = known(changes.worse_than_shown(NAMES.make(2, TODAY), 1), seq=5)
    later = NOW + timedelta(hours=1)

    def further(base: int | None, seq: int) -> bytes:
        elements = changes.worse_than_shown(NAMES.make(3, TODAY), 1)
        expires_at = NOW + timedelta(days=1)
        return changes.publish(elements, signer=SIGNERS["list"], now=later, expires_at=expires_at, seq=seq, base=base)

    both = first.followed_by(further(5, 6), KEYS, NOW)
    assert (both.seq, both.as_of) == (6, int(later.timestamp()))
    assert [both.speaks_against(claims(person)) for person in (2, 3, 4)] == ["status_changed", "status_changed", None]
    for base, seq in ((4, 6), (None, 6), (6, 7)):
        with pytest.raises(Malformed, match="full list"):
            first.followed_by(further(base, seq), KEYS, NOW)
    with pytest.raises(Malformed, match="full list"):
        Changes.read(further(5, 6), KEYS, NOW)


def document(**changed) -> bytes:
    coded = encode_set(range(0, 1 << 63, 1 << 58), 20)
    said = {1: 5, 2: 6, 3: 1, 4: coded, 5: 32, 6: 20}
    said.update({int(name[1:]): value for name, value in changed.items()})
    return cose.sign1(cbor.encode(said), SIGNERS["list"])


@pytest.mark.parametrize(
    "changed",
    [
        {"c4": None},
        {"c4": b""},
        {"c5": 31},
        {"c5": 33},
        {"c5": 3_000_001},
        {"c5": -1},
        {"c6": 0},
        {"c6": 19},
        {"c6": 21},
        {"c6": 33},
        {"c4": encode_set(range(0, 1 << 63, 1 << 58), 20) + b"\0"},
        {"c4": b"\xff" * 200},
        {"c1": None},
        {"c7": "base"},
    ],
)
def test_a_filter_that_does_not_hold_what_it_says_is_refused(changed):
    assert Changes.read(document(), KEYS, NOW).parts[0].count == 32
    with pytest.raises(Malformed):
        Changes.read(document(**changed), KEYS, NOW)


@given(st.sets(ELEMENTS, max_size=60), st.integers(1, 32))
def test_a_set_comes_back_sorted_and_whole(elements, log2):
    values = decode_set(encode_set(elements, log2), len(elements), log2)
    assert list(values) == sorted((each * (len(elements) << log2)) >> 64 for each in elements)


def test_a_filter_of_a_whole_province_is_refused_before_it_is_made():
    with pytest.raises(ValueError, match="one an area"):
        changes.publish(range(3_000_001), signer=SIGNERS["list"], now=NOW, expires_at=NOW + timedelta(days=1), seq=1)
