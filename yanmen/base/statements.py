"""Statements that stand in files of their own: a folder of `.sql` files, each called by its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path


def statements(folder: Path) -> Callable[[str], str]:
    """The reader of a folder: the text of `<name>.sql`, read once."""

    @cache
    def statement(name: str) -> str:
        return (folder / f"{name}.sql").read_text(encoding="utf-8")

    return statement
