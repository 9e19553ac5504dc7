"""The tables that an edge adds to: the columns of three kinds of bulk fact, as their owners declare them.

The edge cannot import the kinds; a test holds both equal.
"""

from dataclasses import dataclass
from functools import cached_property

ENVELOPE = (
    ("id", "uuid"),
    ("person_id", "bigint"),
    ("place_id", "bigint"),
    ("area", "text"),
    ("occurred_at", "timestamptz"),
    ("recorded_at", "timestamptz"),
    ("recorded_by", "text"),
)


@dataclass(frozen=True, eq=False)
class Table:
    """A kind's table: its own columns with their types, and what wakes a person (see `wake_watched`)."""

    kind: str
    detail: tuple[tuple[str, str], ...]
    matters: tuple[str, ...] = ("person",)

    @cached_property
    def name(self) -> str:
        return "loop_bulk_" + self.kind.replace(".", "_")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """All columns in the order in which rows are packed."""
        return tuple(name for name, _ in (*ENVELOPE, *self.detail))


SCANNED = Table(
    "presence.scanned",
    (("claimed", "boolean"), ("via", "text"), ("device", "bigint")),
    matters=("person", "place", "area"),
)
PASSED = Table(
    "checkpoints.passed",
    (
        ("direction", "text"),
        ("lane", "smallint"),
        ("shown", "text"),
        ("reason", "text"),
        ("knowledge_minutes", "integer"),
        ("vehicle", "text"),
        ("group_id", "uuid"),
        ("device", "bigint"),
    ),
)
BOUND = Table("screening.bound", (("tube", "text"), ("position", "smallint"), ("device", "bigint")))

TABLES = (SCANNED, PASSED, BOUND)
