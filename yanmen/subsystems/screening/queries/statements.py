"""Statements and names of norms that the rest of screening reads by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "sql"
BINDINGS, MASS_TEST, TRANSPORT = "screening.bindings", "screening.mass_test", "screening.transport"
QUEUES = "screening.queues"


@cache
def statement(name: str) -> str:
    """The statement of `sql/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
