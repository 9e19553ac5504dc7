"""Who was with whom, over very many stays: expressions that every engine of Ibis evaluates to the same tables.

A table of stays has the columns `place`, `longest`, `hour`, `person`, `arrived`, `seconds` (see `exports.STAYS`). `hour` is the
hour of arrival and `longest` (1, 3 or 12) the hours that the stay lasts at most: who may overlap a stay arrived in few known
hours, so the join is one on equal values, and a pair appears once. Times are whole seconds since 1970: no engine's time zone
or fraction can differ.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import ibis
from ibis import _
from ibis.expr.types import Table

HOUR = 3600
LONGEST = (1, 3, 12)
CONTACT = ("case", "person", "place", "first", "last", "seconds", "times")


def contacts(stays: Table, people: Table, *, together: int) -> Table:
    """Whom `people` (column `person`) were with for at least so many seconds at a time: a row a case, person and place.

    Columns: `case`, `person`, `place`, `first`, `last` (seconds since 1970), `seconds` in all, `times`.
    """
    own = stays.semi_join(people, "person").select("place", "arrived", case=_.person, left=_.arrived + _.seconds)
    asked = _union([_hours(own.filter(_.left - _.arrived >= together), longest, together) for longest in LONGEST])
    near = asked.join(_ended(stays), ["place", "longest", "hour"])
    first, last = ibis.greatest(near.came, near.arrived), ibis.least(near.went, near.left)
    met = near.mutate(first=first, last=last).filter(_.last - _.first >= together, _.person != _.case)
    return met.group_by("case", "person", "place").agg(
        first=_.first.min(),
        last=_.last.max(),
        seconds=(_.last - _.first).sum().cast("int64"),
        times=_.count().cast("int64"),
    )


def exposed(found: Table) -> Table:
    """Everybody in a table of contacts, once, and the second from which they may pass something on (`since`)."""
    return found.group_by("person").agg(since=_.first.min())


def beyond(stays: Table, carriers: Table, known: Table, *, together: int) -> Table:
    """The next degree: who was with a carrier (`person`, `since`) for so many seconds at a time, from `since` on.

    Nobody in `known` (column `person`) is told again. Columns `person`, `since`: their own first exposure. Pairs are never
    formed: at each place, in order of arrival, the carriers' latest departure so far and the next carrier's arrival say it all.
    """
    carried = stays.join(carriers, "person").select(
        "place", at=ibis.greatest(_.arrived, _.since), left=_.arrived + _.seconds
    )
    spread = carried.filter(_.left - _.at >= together).select(
        "place", "at", turn=_int(0), reach=_.left, comes=_.at, person=_int(0), left=_int(0)
    )
    others = stays.anti_join(known, "person").filter(_.seconds >= together)
    others = others.semi_join(spread, "place").select(
        "place",
        at=_.arrived,
        turn=_int(1),
        reach=_int(0),
        comes=ibis.null("int64"),
        person=_.person,
        left=_.arrived + _.seconds,
    )
    both = ibis.union(spread.select(*_EVENT), others.select(*_EVENT))
    before = ibis.window(group_by="place", order_by=["at", "turn"], preceding=None, following=0)
    after = ibis.window(group_by="place", order_by=["at", "turn"], preceding=0, following=None)
    seen = both.mutate(reached=_.reach.max().over(before), coming=_.comes.min().over(after)).filter(_.turn == 1)
    there = seen.reached - seen.at >= together
    met = seen.mutate(since=ibis.ifelse(there, seen.at, seen.coming)).filter(_.left - _.since >= together)
    return met.group_by("person").agg(since=_.since.min())


_EVENT = ("place", "at", "turn", "reach", "comes", "person", "left")


def _hours(own: Table, longest: int, together: int) -> Table:
    """Each stay of a case once for every hour in which somebody who stays at most so long may have arrived."""
    start, end = (own.arrived + together - longest * HOUR) // HOUR, (own.left - together) // HOUR + 1
    return own.select(
        "case",
        "place",
        came=own.arrived,
        went=own.left,
        longest=ibis.literal(longest, "int16"),
        hour=ibis.range(start.cast("int32"), end.cast("int32")).unnest(),
    )


def _ended(stays: Table) -> Table:
    return stays.select("place", "longest", "hour", "person", "arrived", left=_.arrived + _.seconds)


def _union(tables: list[Table]) -> Table:
    return reduce(lambda one, other: ibis.union(one, other), tables)


def _int(value: int) -> Any:
    return ibis.literal(value, "int64")
