"""Statements and policy numbers that the rest of venues reads by name."""

from __future__ import annotations

from pathlib import Path

from yanmen.base.statements import statements
from yanmen.loop.policies import shelf
from yanmen.loop.policy.norms import Norm

statement = statements(Path(__file__).resolve().parents[1] / "sql")
STAYS, REMOTE_SCANS, COVERAGE = "venues.stays", "venues.remote_scans", "venues.coverage"


def norms() -> dict[str, Norm]:
    """The policy's numbers on venues, by name."""
    return {name: norm for name, norm in shelf.norms().items() if name.startswith("venues.")}
