"""Statements and policy numbers that the rest of venues reads by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from yanmen.loop.policies import shelf
from yanmen.loop.policy.norms import Norm

FOLDER = Path(__file__).resolve().parents[1] / "sql"
STAYS, REMOTE_SCANS, COVERAGE = "venues.stays", "venues.remote_scans", "venues.coverage"


@cache
def statement(name: str) -> str:
    """The statement of `sql/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def norms() -> dict[str, Norm]:
    """The policy's numbers on venues, by name."""
    return {name: norm for name, norm in shelf.norms().items() if name.startswith("venues.")}
