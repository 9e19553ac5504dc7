"""Statements and names of norms that the rest of quarantine reads by name."""

from __future__ import annotations

from pathlib import Path

from yanmen.base.statements import statements

statement = statements(Path(__file__).resolve().parents[1] / "sql")
DAYS, FINDINGS = "quarantine.days", "quarantine.findings"
