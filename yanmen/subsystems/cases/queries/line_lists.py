"""What the books say of the cases of a line list, and the files that were brought in."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.models import LineListFile
from yanmen.subsystems.cases.queries.statements import rows

SHOWN = 50


@dataclass(frozen=True)
class Report:
    """The report of a case as it counts now, with what the register says of its person."""

    key: str
    id: UUID
    person: int | None
    area: str
    occurred_at: datetime
    detail: Mapping[str, Any]
    name: str
    sex: str
    born_on: date | None
    has_document: bool


@dataclass(frozen=True)
class Told:
    """A further fact about a case."""

    key: str
    id: UUID
    kind: str
    area: str
    occurred_at: datetime
    recorded_by: str
    detail: Mapping[str, Any]


def reports(scope: Scope, *, keys: Collection[str], source: str = "", numbers: Collection[str] = ()) -> list[Report]:
    """The cases of these keys, or of these numbers in lists of this source."""
    found = _rows("line_list_reports", scope, keys=list(keys), source=source, numbers=list(numbers) if source else [])
    return [Report(**row) for row in found]


def courses(scope: Scope, *, kinds: Collection[str], keys: Collection[str]) -> list[Told]:
    """What was told about these cases after they were reported."""
    return [Told(**row) for row in _rows("line_list_courses", scope, kinds=list(kinds), keys=list(keys))]


def recorded(scope: Scope, ids: Collection[UUID]) -> set[UUID]:
    """Which of these facts are in the books of the asker's areas, whether they count or were withdrawn."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM loop_fact WHERE id = ANY(%(ids)s)"
            ' AND area COLLATE "C" >= %(area)s AND area COLLATE "C" < %(area)s || \'~\'',
            {"ids": list(ids), "area": scope.area},
        )
        return {row[0] for row in cursor.fetchall()}


def files(scope: Scope) -> QuerySet[LineListFile]:
    """Line lists that were brought in or wait to be, latest first, without their content."""
    found: QuerySet[LineListFile] = scope.within(LineListFile.objects, "area")
    return found.exclude(applied_at=None, content=None).defer("content", "refused").order_by("-sent_at", "-pk")


def file(scope: Scope, pk: UUID) -> LineListFile | None:
    """One of them."""
    found: QuerySet[LineListFile] = scope.within(LineListFile.objects, "area")
    return found.filter(pk=pk).first()


def _rows(name: str, scope: Scope, **about: Any) -> list[dict[str, Any]]:
    found = rows(scope, name, **about)
    for row in found:
        if isinstance(row["detail"], str):
            row["detail"] = json.loads(row["detail"])
    return found
