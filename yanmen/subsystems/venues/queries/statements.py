"""Statements and policy numbers that the rest of venues reads by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from yanmen.loop.policies import shelf
from yanmen.loop.policy.norms import Norm, load_norms

FOLDER = Path(__file__).resolve().parents[1] / "sql"
STAYS, REMOTE_SCANS, COVERAGE = "venues.stays", "venues.remote_scans", "venues.coverage"


@cache
def statement(name: str) -> str:
    """The statement of `sql/<name>.sql`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def norms() -> dict[str, Norm]:
    """The policy's numbers on venues, by name; of several packs that speak of one, the last holds."""
    return {norm.id: norm for norm in load_norms(shelf.policy()) if norm.id.startswith("venues.")}


def numbers(name: str, day: date) -> Mapping[str, Any]:
    """The numbers of one name in force on a day; nothing when the policy has none."""
    norm = norms().get(name)
    dated = norm.at(day) if norm else None
    return dict(dated.parts) if dated else {}
