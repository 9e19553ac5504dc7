"""Fields of households and of people: what is in force, and who said it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.rows import records
from yanmen.registry.models import Account
from yanmen.registry.scope import Scope
from yanmen.registry.vault import ring
from yanmen.subsystems.grid.methods.fields import HOUSEHOLD, PERSON
from yanmen.subsystems.grid.methods.merging import Told
from yanmen.subsystems.grid.queries.statements import statement

Subject = tuple[int, int | None, str]
"""A door, somebody behind it or nobody, and a field."""


@dataclass(frozen=True)
class InForce:
    """The value in force of a field: in clear, who said it and when."""

    key: UUID
    value: str
    by: str
    said_at: datetime
    digest: bytes | None

    @property
    def told(self) -> Told:
        """The same as merging sees it."""
        return Told(self.key, mark(self.value, self.digest), self.by, self.said_at)


def in_force(scope: Scope, doors: Sequence[int]) -> dict[Subject, InForce]:
    """Every field of some doors of the asker that somebody said something of: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement("fields_in_force"), {"doors": list(doors)})
        rows = records(cursor)
    return {
        (row["door"], row["person"], row["field"]): InForce(
            row["key"],
            opened(row["key"], row["value"], row["sealed"]),
            row["by"],
            row["said_at"],
            _bytes(row["digest"]),
        )
        for row in rows
        if row["field"] in (HOUSEHOLD if row["person"] is None else PERSON)
    }


def people_behind(scope: Scope, doors: Sequence[int]) -> dict[int, list[int]]:
    """The numbers of everybody who lives behind each of some doors of the asker."""
    with connection.cursor() as cursor:
        cursor.execute(statement("people_behind"), {"doors": list(doors), "area": scope.area})
        found: dict[int, list[int]] = {door: [] for door in doors}
        for row in records(cursor):
            found[row["door"]].append(row["person"])
    return found


def names_of(scope: Scope, signed: Iterable[str]) -> Mapping[str, str]:
    """Names of those who signed edits, by their signatures."""
    numbers = {by: int(by.removeprefix("account:")) for by in set(signed) if by.startswith("account:")}
    if not numbers or not scope.sees_people:
        return {}
    known = {each.pk: str(each) for each in Account.objects.filter(pk__in=numbers.values())}
    return {by: known.get(number, by) for by, number in numbers.items()}


def mark(value: str, digest: bytes | None) -> str:
    """Equal where values are equal, without a secret in clear."""
    return digest.hex() if digest else value


def opened(key: UUID, value: str, sealed: Any) -> str:
    """A value in clear, for code that masks it."""
    return ring().unseal(bytes(sealed), context(key)) if sealed is not None else value


def context(key: UUID) -> str:
    """The one place where a sealed value of an edit opens."""
    return f"grid_edit.value:{key}"


def _bytes(column: Any) -> bytes | None:
    return bytes(column) if column is not None else None
