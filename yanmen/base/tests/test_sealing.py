"""Sealed values and blind indexes."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanmen.base.sealing import KeyRing, Unsealable, key_name

RING = KeyRing.generate("first")


@given(st.text(), st.text())
def test_what_was_sealed_opens_in_its_place(text, place):
    assert RING.unseal(RING.seal(text, place), place) == text


@given(st.text(min_size=1), st.integers(0, 2**16), st.integers(1, 255))
def test_a_changed_byte_is_noticed(text, where, flip):
    sealed = bytearray(RING.seal(text, "here"))
    sealed[where % len(sealed)] ^= flip
    with pytest.raises((Unsealable, UnicodeDecodeError)):
        RING.unseal(bytes(sealed), "here")


def test_a_value_moved_elsewhere_does_not_open():
    with pytest.raises(Unsealable, match="belongs elsewhere"):
        RING.unseal(RING.seal("13800001234", "registry_person.phone:1"), "registry_person.phone:2")


def test_sealing_twice_never_looks_alike_but_the_index_does():
    assert RING.seal("a", "x") != RING.seal("a", "x")
    assert RING.blind_index("a", "phone") == RING.blind_index("a", "phone")
    assert RING.blind_index("a", "phone") != RING.blind_index("a", "id_number")
    assert RING.blind_index("a", "phone") != KeyRing.generate("other").blind_index("a", "phone")


def test_after_rotation_old_values_open_until_their_key_is_thrown_away():
    old = RING.seal("郝建国", "x")
    new = RING.rotated("second")
    assert new.unseal(old, "x") == "郝建国"
    assert key_name(new.seal("", "x")) == "second"
    assert new.blind_index("a", "phone") == RING.blind_index("a", "phone")
    with pytest.raises(Unsealable, match='named "first"'):
        new.without("first").unseal(old, "x")
    with pytest.raises(ValueError, match="in use"):
        new.without("second")
    with pytest.raises(ValueError, match="exists"):
        new.rotated("first")


def test_the_file_keeps_the_ring_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "keys" / "ring.json"
    RING.save(path)
    assert KeyRing.load(path) == RING
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_broken_ring_is_never_replaced_silently(tmp_path):
    path = tmp_path / "ring.json"
    for content in ("", "{}", '{"current": "a", "sealing": {}, "indexing": ""}'):
        path.write_text(content)
        with pytest.raises(Unsealable):
            KeyRing.open(path)
        assert path.read_text() == content


def test_processes_that_start_together_agree_on_one_ring(tmp_path):
    path = tmp_path / "ring.json"
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: KeyRing.open(path), range(16)))
    assert all(ring == rings[0] for ring in rings)
    assert [each.name for each in tmp_path.iterdir()] == ["ring.json"]


def test_keys_do_not_show_in_a_trace():
    assert repr(RING) == "KeyRing(current='first', keys=['first'])"
