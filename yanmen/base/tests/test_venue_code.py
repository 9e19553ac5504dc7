"""Printed venue codes: read back as made, and nothing that we did not print."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanmen.base import base45, venue_code
from yanmen.base.refusals import Refusal

KEY, SEED = bytes(range(32)), b"seed-one"


@given(st.integers(0, (1 << 63) - 1), st.binary(min_size=8, max_size=8), st.binary(min_size=32, max_size=32))
def test_a_code_says_place_and_seed_and_fits_an_alphanumeric_qr(place, seed, key):
    text = venue_code.make(place, seed, key)
    assert venue_code.read(text, key) == (place, seed)
    assert len(text) == 40
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def test_a_code_stays_what_was_printed_last_year():
    assert venue_code.make(7, SEED, KEY) == "YV1:000000000700LQE  CLX51/D27TEGJTGRRLC"


def test_a_new_seed_is_another_code_and_a_foreign_key_none_at_all():
    assert venue_code.make(7, SEED, KEY) != venue_code.make(7, b"seed-two", KEY)
    with pytest.raises(Refusal, match="not issued here"):
        venue_code.read(venue_code.make(7, SEED, bytes(32)), KEY)


@given(st.data())
def test_one_changed_byte_makes_it_worthless(data):
    whole = bytearray(base45.decode(venue_code.make(7, SEED, KEY)[4:], longest=36))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Refusal, match="not issued here"):
        venue_code.read("YV1:" + base45.encode(bytes(whole)), KEY)


@given(st.text(max_size=60) | st.text(max_size=60).map(lambda text: "YV1:" + text))
def test_other_texts_are_refused_in_both_languages(text):
    with pytest.raises(Refusal) as refused:
        venue_code.read(text, KEY)
    assert refused.value.zh
    assert refused.value.en


def test_a_text_of_a_hundred_megabytes_is_refused_without_a_copy_of_it():
    text = "YV1:" + "A" * 100_000_000
    tracemalloc.start()
    with pytest.raises(Refusal, match="incomplete"):
        venue_code.read(text, KEY)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1_000_000


def test_a_seed_of_the_wrong_length_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="8 bytes"):
        venue_code.make(7, b"short", KEY)
