"""Statements and names of norms that the rest of command reads by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection

from yanmen.base.rows import records
from yanmen.base.statements import statements
from yanmen.registry.scope import Scope

statement = statements(Path(__file__).resolve().parents[1] / "sql")
HOPS, REQUESTS, DUTY = "command.hops", "command.requests", "command.duty"


def rows_of(scope: Scope, name: str, about: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a statement answers, in the asker's area unless `about` names one in it."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), {"area": scope.area, **about})
        return records(cursor)
