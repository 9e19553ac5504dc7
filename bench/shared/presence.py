"""Synthetic presence: so many stays of so many people at venues whose sizes follow Zipf's law, over two weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from yanmen.base.clock import BEIJING

DAYS = 14
FIRST = dt.date(2022, 10, 1)
START = int(dt.datetime(2022, 10, 1, tzinfo=BEIJING).timestamp())
HEAD, TAIL = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
AREA = b"140105"
Y2000 = 946_684_800


@dataclass
class Presence:
    """Columns of stays, a day after the other: 32-bit numbers, seconds since 1970."""

    people: int
    venues: int
    place: Any
    person: Any
    arrived: Any
    seconds: Any

    def __len__(self) -> int:
        return len(self.place)

    def days(self) -> Iterator[tuple[dt.date, slice]]:
        """Each day and where its stays stand."""
        edges = np.searchsorted((self.arrived - START) // 86400, np.arange(DAYS + 1))
        for number in range(DAYS):
            yield FIRST + dt.timedelta(days=number), slice(int(edges[number]), int(edges[number + 1]))


def draw(records: int, people: int, venues: int, *, seed: int = 7) -> Presence:
    """Visits evenly over the time; a median of 45 minutes, twelve hours at most; the largest venue has about 8 % of all."""
    dice = np.random.default_rng(seed)
    share = np.cumsum(1 / np.arange(1, venues + 1))
    share /= share[-1]
    names = dice.permutation(venues).astype(np.int32) + 1
    parts = []
    for number in range(DAYS):
        count = records // DAYS + (number < records % DAYS)
        rank = np.minimum(np.searchsorted(share, dice.random(count)), venues - 1)
        length = np.clip(dice.lognormal(np.log(2700), 0.8, count), 60, 43200)
        parts.append(
            (
                names[rank],
                dice.integers(1, people + 1, count, dtype=np.int32),
                (START + number * 86400 + dice.integers(0, 86400, count)).astype(np.int32),
                length.astype(np.int32),
            )
        )
    return Presence(people, venues, *(np.concatenate(each) for each in zip(*parts, strict=True)))


def plain_rows(presence: Presence, *, block: int = 1_000_000) -> Iterator[bytes]:
    """For COPY: place, person, arrive, leave as int4."""
    kind = np.dtype([("n", ">i2"), *((f, ">i4") for k in range(4) for f in (f"l{k}", f"c{k}"))])
    yield HEAD
    for start in range(0, len(presence), block):
        part = slice(start, start + block)
        columns = (
            presence.place[part],
            presence.person[part],
            presence.arrived[part],
            presence.arrived[part] + presence.seconds[part],
        )
        rows = np.empty(len(columns[0]), kind)
        rows["n"] = 4
        for number, column in enumerate(columns):
            rows[f"l{number}"], rows[f"c{number}"] = 4, column
        yield rows.tobytes()
    yield TAIL


def stay_rows(presence: Presence, part: slice, *, block: int = 1_000_000) -> Iterator[bytes]:
    """For COPY into tracing_stay: person, place, area, arrived, left_at, fact_id, via."""
    kind = np.dtype(
        [("n", ">i2"), ("l0", ">i4"), ("person", ">i8"), ("l1", ">i4"), ("place", ">i8"), ("l2", ">i4"), ("area", "S6"),
         ("l3", ">i4"), ("arrived", ">i8"), ("l4", ">i4"), ("left", ">i8"), ("l5", ">i4"), ("day", ">i8"), ("number", ">i8"),
         ("l6", ">i4")]
    )  # fmt: skip
    yield HEAD
    for start in range(part.start, part.stop, block):
        now = slice(start, min(start + block, part.stop))
        rows = np.empty(now.stop - now.start, kind)
        arrived = presence.arrived[now].astype(np.int64) - Y2000
        rows["n"], rows["l0"], rows["l1"], rows["l2"], rows["l3"], rows["l4"], rows["l5"], rows["l6"] = (
            7,
            8,
            8,
            6,
            8,
            8,
            16,
            0,
        )
        rows["person"], rows["place"], rows["area"] = presence.person[now], presence.place[now], AREA
        rows["arrived"], rows["left"] = arrived * 1_000_000, (arrived + presence.seconds[now]) * 1_000_000
        rows["day"], rows["number"] = (arrived + Y2000) * 1000 << 16 | 0x7000, np.arange(now.start, now.stop) | -(2**63)
        yield rows.tobytes()
    yield TAIL
