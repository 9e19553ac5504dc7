"""Statements that the rest of the grid reads by name."""

from __future__ import annotations

from pathlib import Path

from yanmen.base.statements import statements

statement = statements(Path(__file__).resolve().parents[1] / "sql")
