"""Packed sequences hold what was put in, in order, and take little memory."""

import tracemalloc

import pytest

from yanmen.base.packed import BLOCK, Packed, pack, pieces


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7])
def test_items_come_back_in_order_as_often_as_asked(count):
    packed = pack(range(count))
    assert len(packed) == count
    assert list(packed) == list(packed) == list(range(count))
    assert list(packed[:5]) == list(range(count))[:5]
    if count:
        assert (packed[0], packed[-1], packed[count - 1]) == (0, count - 1, count - 1)
    with pytest.raises(IndexError):
        packed[count]


def test_few_items_stay_a_tuple():
    assert pack([1, 2]) == (1, 2)
    assert isinstance(pack(range(BLOCK)), Packed)


def test_a_long_sequence_takes_a_fraction_of_its_items():
    tracemalloc.start()
    packed = pack((f"A{number}", "2022-10-07", {"town": "祁县"}) for number in range(200_000))
    now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(packed) == 200_000
    assert max(now, most) < 8_000_000


def test_pieces_hold_everything_once():
    assert list(pieces(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(pieces([], 3)) == []
