"""Named SQL: statements stand in ``sql/*.sql`` under ``-- name:`` lines and are called by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"


@cache
def _statements() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.sql")):
        parts = path.read_text(encoding="utf-8").split("-- name: ")
        for part in parts[1:]:
            name, _, text = part.partition("\n")
            if name.strip() in found:
                raise ValueError(f"{path}: the statement “{name.strip()}” is written twice.")
            found[name.strip()] = text.strip().rstrip(";")
    return found


def sql(name: str) -> str:
    """The statement called ``name``."""
    return _statements()[name]
