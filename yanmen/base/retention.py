"""How long rows that name people are kept. Every model with such rows says so as its ``retention``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """So many days after the moment in a column of the row (`ends_at`), or of the row a key points to (`batch.at`).

    A row without that moment is not over yet.
    """

    days: int
    after: str


@dataclass(frozen=True)
class KeptAlways:
    """Nothing is deleted here by date, and why."""

    why: str


@dataclass(frozen=True)
class KeptByKind:
    """Each row goes by what its kind of fact declares."""
