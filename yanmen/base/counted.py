"""What of a register is copied for counting. A model whose rows change says so as its ``counted``; others are not copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TYPES = ("text", "number", "whole", "moment", "day", "yes")


@dataclass(frozen=True)
class Counted:
    """Columns of a row, name → (type, SQL over the row). Nothing that names anybody belongs here, nor free text.

    ``begins`` (SQL) is when a row came to be; ``moves`` are columns that hold the moment at which it last changed. ``only`` (SQL)
    leaves rows out that are not worth counting yet. Types: text, number, whole, moment (seconds or finer), day, yes (or no).
    """

    columns: Mapping[str, tuple[str, str]]
    begins: str = ""
    moves: tuple[str, ...] = ()
    only: str = "true"
