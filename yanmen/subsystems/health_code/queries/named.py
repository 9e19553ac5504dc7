"""Named SQL of the health code: statements stand in `sql/*.sql` under `-- name:` lines."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "sql"


@cache
def _statements() -> dict[str, str]:
    files = [file for file in sorted(FOLDER.glob("*.sql")) if file.name != "security.sql"]
    parts = [part for file in files for part in file.read_text("utf-8").split("-- name: ")[1:]]
    return {name.strip(): body.strip() for name, _, body in (part.partition("\n") for part in parts)}


def sql(name: str) -> str:
    """The statement called `name`."""
    return _statements()[name]
