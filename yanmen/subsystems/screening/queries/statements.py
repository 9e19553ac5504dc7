"""Statements and names of norms that the rest of screening reads by name."""

from __future__ import annotations

from pathlib import Path

from yanmen.base.statements import statements

statement = statements(Path(__file__).resolve().parents[1] / "sql")
BINDINGS, MASS_TEST, TRANSPORT = "screening.bindings", "screening.mass_test", "screening.transport"
QUEUES = "screening.queues"
