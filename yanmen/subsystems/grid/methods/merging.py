"""What becomes of an edit of one field, made by somebody who could not see what others said in the meantime.

Fields are merged one by one. An edit is in force when it rests on the value in force: its author saw that very edit, or one that
said the same, or said both. Else it is kept beside the value in force as a conflict, and somebody decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

CREATED, SAME, CONFLICT, SETTLED = "created", "same", "conflict", "settled"
OUTCOMES = (CREATED, SAME, CONFLICT, SETTLED)
IN_FORCE = (CREATED, SETTLED)
"""Outcomes that put a value in force."""


@dataclass(frozen=True)
class Told:
    """What somebody said of a field. `mark` is equal where values are: the value, or the digest of a secret one."""

    key: UUID
    mark: str
    by: str
    said_at: datetime
    seen: UUID | None = None


def merge(told: Told, force: Told | None, seen_mark: str | None) -> str:
    """Whether an edit comes into force, says the same, or is in conflict. `seen_mark` is what its author saw, where that is known."""
    if told.mark == (force.mark if force else ""):
        return SAME
    if force is None or told.seen == force.key or seen_mark == force.mark:
        return CREATED
    if told.by == force.by and told.said_at >= force.said_at:
        return CREATED
    return CONFLICT
