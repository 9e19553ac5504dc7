"""Contacts of very many cases, and the contacts' contacts, from the exported days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from django.db import connection

from yanmen.base.refusals import NotAllowed
from yanmen.base.rows import records
from yanmen.numbers import contacts, engines
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.queries.statements import statement


def degrees(scope: Scope, people: Sequence[int], *, folder: Path, minutes: int, degree: int = 2) -> list[pa.Table]:
    """A table for each degree: `person` and `since`, the second of their first exposure (since 1970), in order of person.

    Exported days hold the whole province, so only somebody who answers for a province may ask. Of the second degree on, only
    what came after a person's own exposure counts, and nobody appears twice.
    """
    if len(scope.area) > 2 or not scope.sees_people:
        raise NotAllowed(
            "全省批量追踪须由省级以疫情防控等用途发起。",
            "Only a province may trace in bulk, for a purpose that sees people.",
        )
    together = max(60 * minutes, 1)
    with engines.duckdb() as engine:
        stays = engines.read_days(engine, folder)
        cases = ibis.memtable(pa.table({"person": pa.array(list(people), pa.int64())}))
        first = contacts.exposed(contacts.contacts(stays, cases, together=together)).anti_join(cases, "person")
        found = [_kept(first)]
        while len(found) < degree:
            known = ibis.union(cases, *(ibis.memtable(each).select("person") for each in found))
            found.append(_kept(contacts.beyond(stays, ibis.memtable(found[-1]), known, together=together)))
    return found


def people_with_cases(scope: Scope, *, disease: str, since: datetime, until: datetime, now: datetime) -> list[int]:
    """The register's numbers of everybody with a standing case found in a time, as known now, those merged with them included."""
    about: dict[str, Any] = {"area": scope.area, "disease": disease, "since": since, "until": until, "known_at": now}
    with connection.cursor() as cursor:
        cursor.execute(statement("chain_cases"), about)
        rows = records(cursor)
    return sorted({row[column] for row in rows for column in ("person_id", "root") if row[column] is not None})


def already_contacts(scope: Scope, people: Sequence[int]) -> int:
    """How many of these people stand as a contact of any case."""
    with connection.cursor() as cursor:
        cursor.execute(statement("contacts_among"), {"people": list(people), "area": scope.area})
        found: int = cursor.fetchone()[0]
    return found


def _kept(table: Any) -> pa.Table:
    kept: pa.Table = table.order_by("person").to_pyarrow()
    return kept
