"""Stays at a place packed side by side, and who overlaps with whom: plain arithmetic on columns.

A packed stay is ten bytes: person, second of arrival (since 1970), seconds stayed. Stays of a place and day stand in the order
of arrival in pieces of at most `PIECE`, apart by how long they last at most (`LONGEST`, hours): to find who was there at a
moment, one hour of arrivals is read for the many short stays, and twelve for the few long ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

LONGEST = (1, 3, 12)
PIECE = 190
PACKED = np.dtype([("person", "<u4"), ("arrived", "<u4"), ("seconds", "<u2")])
LOOSE = np.dtype([("person", ">i8"), ("arrived", ">i8"), ("seconds", ">i4")])
FACT = np.dtype("V16")
MOST_PEOPLE = 2**32
Columns = Any
"""An array of numpy, one value a stay."""


class Piece(NamedTuple):
    """Some stays of one place and day; first and last are seconds of arrival."""

    place: int
    area: bytes
    longest: int
    first: int
    last: int
    packed: bytes
    facts: bytes


class Near(NamedTuple):
    """A stay of a case and what was kept of others around it: `packed` and `loose` stays, and their facts if asked.

    `person` is the number under which the stay stands, where the case is merged with somebody.
    """

    case: int
    person: int
    place: int
    arrived: int
    left: int
    fact: Any
    packed: bytes | None
    facts: bytes | None
    loose: bytes | None
    loose_facts: bytes | None


@dataclass(frozen=True)
class Meetings:
    """A row a case, person and place: first and last second together, seconds in all, how often. Arrays of equal length.

    `order` sorts meetings by row; `starts` is where each row's begin in it; `own` and `facts` are, a meeting, the number of the
    case's stay and the other's fact (empty unless asked for).
    """

    case: Columns
    person: Columns
    place: Columns
    first: Columns
    last: Columns
    seconds: Columns
    times: Columns
    order: Columns
    starts: Columns
    own: Columns
    facts: Columns


def pieces(
    place: Columns, area: Columns, person: Columns, arrived: Columns, seconds: Columns, facts: Columns
) -> Iterator[Piece]:
    """Stays of one day, in any order, as pieces in the order of place, longest and arrival."""
    kind: Columns = np.searchsorted(np.array(LONGEST) * 3600, seconds)
    order = np.lexsort((arrived, kind, area, place))
    place, area, kind, arrived = place[order], area[order], kind[order], arrived[order]
    packed = np.empty(len(order), PACKED)
    packed["person"], packed["arrived"], packed["seconds"] = person[order], arrived, seconds[order]
    raw, said = packed.tobytes(), facts[order].tobytes()
    new = np.ones(len(order), bool)
    new[1:] = (place[1:] != place[:-1]) | (kind[1:] != kind[:-1]) | (area[1:] != area[:-1])
    begins = np.flatnonzero(new)
    nth = np.arange(len(order)) - begins[np.cumsum(new) - 1]
    begins = np.flatnonzero(nth % PIECE == 0)
    ends = np.append(begins[1:], len(order))
    rows = (place[begins], area[begins], kind[begins], arrived[begins], arrived[ends - 1], begins, ends)
    size, long = PACKED.itemsize, FACT.itemsize
    for at, code, number, first, last, begin, end in zip(*(each.tolist() for each in rows), strict=True):
        yield Piece(
            at, code, LONGEST[number], first, last, raw[begin * size : end * size], said[begin * long : end * long]
        )


def meetings(near: Sequence[Near], *, together: int) -> Meetings:
    """Whom the cases met for at least so many seconds at a time; nobody meets themselves."""
    kept = [_columns(near, "packed", "facts", PACKED), _columns(near, "loose", "loose_facts", LOOSE)]
    own, person, arrived, left, facts = (np.concatenate(each) for each in zip(*kept, strict=True))
    from_at = np.array([each.arrived for each in near], np.int64)[own]
    to_at = np.array([each.left for each in near], np.int64)[own]
    first, last = np.maximum(arrived, from_at), np.minimum(left, to_at)
    case, same = (np.array([getattr(each, name) for each in near], np.int64) for name in ("case", "person"))
    met = (last - first >= together) & (person != case[own]) & (person != same[own])
    chosen = np.flatnonzero(met)
    own, person, first, last = own[chosen], person[chosen], first[chosen], last[chosen]
    order, starts = _rows(near, own, person)
    first, last, one = first[order], last[order], own[order][starts]
    return Meetings(
        case=case[one],
        person=person[order][starts],
        place=np.array([each.place for each in near], np.int64)[one],
        first=_reduce(np.minimum, first, starts),
        last=_reduce(np.maximum, last, starts),
        seconds=_reduce(np.add, last - first, starts),
        times=np.diff(np.append(starts, len(order))),
        order=order,
        starts=starts,
        own=own,
        facts=facts[chosen] if len(facts) else facts,
    )


def _columns(near: Sequence[Near], name: str, facts: str, kind: Any) -> tuple[Any, ...]:
    """Which own stay, person, arrived, left and fact of everything kept under one name."""
    parts = [getattr(each, name) or b"" for each in near]
    said = np.frombuffer(b"".join(getattr(each, facts) or b"" for each in near), FACT)
    rows = np.frombuffer(b"".join(parts), kind)
    own = np.repeat(np.arange(len(near)), [len(each) // kind.itemsize for each in parts])
    arrived = rows["arrived"].astype(np.int64)
    return own, rows["person"].astype(np.int64), arrived, arrived + rows["seconds"], said


def _rows(near: Sequence[Near], own: Columns, person: Columns) -> tuple[Columns, Columns]:
    """The order in which meetings of one case, place and person stand together, and where each such row begins."""
    codes: dict[tuple[int, int], int] = {}
    pairs = np.array([codes.setdefault((each.case, each.place), len(codes)) for each in near], np.int64)
    if len(person) and int(person.max()) >= MOST_PEOPLE:
        person = np.unique(person, return_inverse=True)[1]
    key = (pairs[own] << 32) | person
    order = np.argsort(key)
    key = key[order]
    return order, np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else order


def _reduce(how: Any, values: Columns, starts: Columns) -> Columns:
    return how.reduceat(values, starts) if len(starts) else values
