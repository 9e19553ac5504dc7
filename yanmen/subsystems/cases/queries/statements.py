"""Statements that stand in files, and what an edition says of cases of a disease."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from yanmen.base.diseases import COVID
from yanmen.base.rows import records
from yanmen.base.statements import statements
from yanmen.loop.policies import norm_in_force
from yanmen.loop.policy.parts import Dated
from yanmen.registry.scope import Scope

statement = statements(Path(__file__).resolve().parents[1] / "sql")


def rows(scope: Scope, name: str, **about: Any) -> list[dict[str, Any]]:
    """Every row of the statement of `sql/<name>.sql`, which may ask for the asker's `area`."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), {"area": scope.area} | about)
        return records(cursor)


def norm_of(name: str, disease: str, day: date) -> Dated | None:
    """What a norm says on a day about cases of a disease; each disease but COVID-19 names its own."""
    return norm_in_force(f"cases.{name}" if disease == COVID else f"cases.{name}.{disease}", day)


def listed(text: str | None) -> Sequence[str]:
    """A list kept as one text, its words apart by commas."""
    return [word.strip() for word in (text or "").split(",") if word.strip()]
