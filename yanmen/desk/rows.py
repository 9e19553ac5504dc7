"""Named SQL rows for pages: read-only, inside the scope's transaction."""

from __future__ import annotations

from typing import Any

from django.db import connection

from yanmen.base.rows import records
from yanmen.registry.scope import Scope


def within(scope: Scope) -> dict[str, str]:
    """Parameters ``first`` and ``after``: a row's area lies between them. RLS says it once more."""
    return {"first": scope.area, "after": scope.area + "~"}


def rows(text: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one SELECT, each as name → value."""
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return records(cursor)


def one(text: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The only row of one SELECT."""
    return rows(text, parameters)[0]
