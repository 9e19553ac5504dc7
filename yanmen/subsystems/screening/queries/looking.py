"""How many people may share a tube."""

from __future__ import annotations

from datetime import date

from yanmen.loop.policies import numbers
from yanmen.subsystems.screening.queries.statements import MASS_TEST


def pool_sizes(day: date) -> tuple[int, ...]:
    """How many people may share a tube on a day, smallest first; one alone always may. Tubes hold people, never tubes."""
    pool = numbers(MASS_TEST, day).get("pool", [])
    return tuple(sorted({1, *(pool if isinstance(pool, list) else [pool])}))
