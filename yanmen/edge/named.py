"""The edge's SQL: statements stand in `sql/*.sql` under `-- name:` lines and are called by name."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"


@cache
def sql(name: str) -> str:
    """The statement called ``name``."""
    for path in sorted(FOLDER.glob("*.sql")):
        for part in path.read_text("utf-8").split("-- name: ")[1:]:
            title, _, text = part.partition("\n")
            if title.strip() == name:
                return text.strip()
    raise LookupError(f"{FOLDER} has no statement “{name}”.")
