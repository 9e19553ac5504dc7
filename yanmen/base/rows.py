"""Rows of a cursor by the names of their columns."""

from __future__ import annotations

from typing import Any


def records(cursor: Any) -> list[dict[str, Any]]:
    """Every row of the last statement, as column → value."""
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
