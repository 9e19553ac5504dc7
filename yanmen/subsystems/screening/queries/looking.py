"""What looking at bindings goes by: the statements of this subsystem, and how many may share a tube."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from yanmen.subsystems.screening.queries.norms import numbers

FOLDER = Path(__file__).resolve().parents[1] / "sql"
BINDINGS, MASS_TEST = "screening.bindings", "screening.mass_test"


@cache
def statement(name: str) -> str:
    """The statement of `sql/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def pool_sizes(day: date) -> tuple[int, ...]:
    """How many people may share a tube on a day, smallest first; one alone always may. Tubes hold people, never tubes."""
    pool = numbers(MASS_TEST, day).get("pool", [])
    return tuple(sorted({1, *(pool if isinstance(pool, list) else [pool])}))
