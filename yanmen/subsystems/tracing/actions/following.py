"""Keeping stays in step with the facts: whoever is touched by what came in is looked at anew, as a whole.

What a stay is, relations say: every relation about people with the columns of `STAY` speaks of stays, whichever
subsystem declares it. Looking again changes nothing; looking at everybody gives the same stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connections, transaction

from yanmen.base.clock import local_date, start_of
from yanmen.loop.catalogue import catalogue
from yanmen.loop.kinds import BulkKind, FactKind
from yanmen.loop.relations import Relation
from yanmen.subsystems.tracing.kinds import TRAIL_DAYS
from yanmen.subsystems.tracing.queries.statements import statement

STAY = {"place", "place_area", "entered_at", "left_at", "via"}
AT_ONCE = 20_000
LATE = timedelta(minutes=5)
"""Facts carry the moment at which their act began, and are seen when it ends: each look goes back so far."""

LOCK = 7410
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_SCRATCH = """
CREATE TEMP TABLE IF NOT EXISTS stays_asked (subject bigint, member bigint) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS stays_found (LIKE tracing_stay) ON COMMIT DELETE ROWS;
CREATE INDEX IF NOT EXISTS stays_found_fact ON stays_found (fact_id);
"""


@dataclass(frozen=True)
class Followed:
    """How many people were looked at, and what changed."""

    people: int = 0
    added: int = 0
    removed: int = 0


def follow(*, by: str, now: datetime, everyone: bool = False) -> Followed:
    """Bring the stays in step with what was recorded by now; with `everyone`, from the facts alone."""
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return Followed()
        about = _window(cursor, now, everyone)
        whole = _touched(cursor, about)
        looks = [(whole, about["first"]), *_fresh(cursor, about, set(whole))]
        cursor.execute(_SCRATCH)
        counts = [
            _renew(cursor, people[n : n + AT_ONCE], {**about, "since": since})
            for people, since in looks
            for n in range(0, len(people), AT_ONCE)
        ]
        cursor.execute("SELECT tracing_drop_days(%s)", [local_date(about["first"]) - timedelta(days=1)])
        cursor.execute(
            "INSERT INTO tracing_look (up_to, by) VALUES (%s, %s)"
            " ON CONFLICT (one) DO UPDATE SET up_to = excluded.up_to, by = excluded.by",
            [now, by],
        )
    return Followed(
        sum(len(people) for people, _ in looks),
        sum(added for added, _ in counts),
        sum(removed for _, removed in counts),
    )


def relations_of_stays() -> list[Relation]:
    """Every relation that says who was at which place from when to when."""
    people = [each for each in catalogue.relations.values() if each.subject == "person"]
    return sorted((each for each in people if each.types.keys() >= STAY), key=lambda each: each.name)


def _window(cursor: Any, now: datetime, everyone: bool) -> dict[str, Any]:
    cursor.execute("SELECT max(up_to) FROM tracing_look")
    (up_to,) = cursor.fetchone()
    names = {name for relation in relations_of_stays() for name in relation.facts}
    return {
        "now": now,
        "known_at": now,
        "from": _EVER if everyone or up_to is None else up_to - LATE,
        "first": start_of(local_date(now) - timedelta(days=TRAIL_DAYS)),
        "kinds": [name for name in names if not isinstance(catalogue.fact(name), BulkKind)],
        "bulk": [kind for name in sorted(names) if isinstance(kind := catalogue.fact(name), BulkKind)],
        "everyone": everyone,
    }


def _touched(cursor: Any, about: dict[str, Any]) -> list[int]:
    """Whose stays are to be looked at as a whole."""
    kinds: list[BulkKind] = about["bulk"]
    for kind in kinds:
        if _waits(kind):
            cursor.execute(statement("stays_wait").format(table=kind.table), about)
    others = [statement("stays_bulk").format(table=kind.table) for kind in kinds if not _waits(kind)]
    cursor.execute(statement("stays_touched").format(bulk="\n".join(others)), about)
    return [person for (person,) in cursor.fetchall()]


def _fresh(cursor: Any, about: dict[str, Any], whole: set[int]) -> list[tuple[list[int], datetime]]:
    """People of whom nothing but records of presence came in, by kind of record, and since when their stays may be others."""
    found = []
    for kind in filter(_waits, about["bulk"]):
        cursor.execute(statement("stays_waiting").format(table=kind.table), about)
        people, since = cursor.fetchone()
        if since is not None:
            found.append((sorted(set(people) - whole), max(since, about["first"])))
    return found


def _waits(kind: FactKind) -> bool:
    """Whether records of this kind become stays themselves, when they count."""
    return kind.presence


def _renew(cursor: Any, people: Sequence[int], about: dict[str, Any]) -> tuple[int, int]:
    """Look at some people anew. Returns how many stays were added and removed."""
    cursor.execute("TRUNCATE stays_asked, stays_found")
    cursor.execute(statement("stays_asked"), {"subjects": list(people)})
    cursor.execute("ANALYZE stays_asked")
    for relation in relations_of_stays():
        cursor.execute(statement("stays_found").replace("{relation}", relation.sql), about)
    cursor.execute("ANALYZE stays_found")
    cursor.execute(
        "SELECT tracing_make_day(day) FROM (SELECT DISTINCT local_date(arrived) AS day FROM stays_found) AS d"
    )
    removed, added = (_count(cursor, name, about) for name in ("stays_removed", "stays_added"))
    cursor.execute(statement("stays_waited"), about)
    return added, removed


def _count(cursor: Any, name: str, about: dict[str, Any]) -> int:
    cursor.execute(statement(name), about)
    return int(cursor.fetchone()[0])
