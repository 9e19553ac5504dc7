"""Requests of one area to another to trace somebody: those that came in, those that went out, one of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.identity import mask
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.people import unsealed_text
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.desk_words import OPEN_STATES

LIMITS = "tracing.help_limits"
IN, OUT, BOTH = "in", "out", "both"
OPEN, CLOSED, ALL = "open", "closed", "all"
PAGE_SIZE = 50
_STATE = (
    "CASE WHEN closed_kind = 'tracing.help_returned' THEN 'returned' WHEN closed_kind IS NOT NULL THEN 'answered'"
    " WHEN NOT stands THEN 'void' WHEN accepted_at IS NOT NULL THEN 'accepted' ELSE 'asked' END"
)


@dataclass(frozen=True)
class Request:
    """One area asked about one person, and how far that has come."""

    id: UUID
    help: str
    hop: int
    person_id: int
    name: str
    sex: str
    born_on: date | None
    register_area: str
    address: str
    household_id: int | None
    phone: str
    case_id: str
    detail: Mapping[str, Any]
    from_area: str
    to_area: str
    asked_at: datetime
    asked_by: str
    accepted_at: datetime | None
    here: bool
    closed_at: datetime | None
    closing: Mapping[str, Any]
    due_at: datetime | None
    task_state: str
    escalated_to: str
    state: str

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        return self.state in OPEN_STATES

    @property
    def degree(self) -> int | None:
        """1 for a close contact, 2 for a contact of one, none for others."""
        return self.detail.get("degree")

    @property
    def why(self) -> str:
        """The reason of the return, or the outcome of the answer."""
        return str(self.closing.get("reason") or self.closing.get("outcome") or "")

    @property
    def went_to(self) -> str:
        """Where the person went, as far as the asked area knows."""
        return str(self.closing.get("moved_to") or self.closing.get("left_to") or "")


@dataclass(frozen=True)
class Requests:
    """Some requests, and the key after which the next page starts."""

    rows: list[Request]
    after: str


def requests(
    scope: Scope, *, side: str, open_only: bool, now: datetime, after: str = "", limit: int = PAGE_SIZE
) -> Requests:
    """Requests that came into the asker's areas, or went out of them: open ones oldest first, closed ones newest first."""
    want, order = (OPEN, "ASC") if open_only else (CLOSED, "DESC")
    found = _select(
        scope, f"ORDER BY request.id {order}", side=side, now=now, want=want, beyond=_key(after) or None, most=limit + 1
    )
    return Requests(found[:limit], str(found[limit - 1].id) if len(found) > limit else "")


def request_of(scope: Scope, help: str, person: int, *, side: str, now: datetime) -> Request | None:
    """The last hop of a request about a person that the asker's areas may see."""
    number = _key(help)
    if not number:
        return None
    found = _select(scope, "ORDER BY hop DESC LIMIT 1", side=side, now=now, help=number, person=person)
    return found[0] if found else None


def hops_of(scope: Scope, help: str, person: int, *, now: datetime) -> list[Request]:
    """Every area that was asked under one number about a person, in order."""
    number = _key(help)
    return _select(scope, "ORDER BY hop", side=BOTH, now=now, help=number, person=person) if number else []


def open_about(scope: Scope, person: int, case: str, *, now: datetime) -> list[Request]:
    """Requests about a person and a case that are still open."""
    found = _select(scope, "WHERE case_id = %(case)s ORDER BY asked_at", side=BOTH, now=now, person=person, case=case)
    return [each for each in found if each.is_open]


def asked_to(scope: Scope, person: int, *, now: datetime) -> list[Request]:
    """Open requests about a person that came into the asker's areas."""
    return [each for each in _select(scope, "ORDER BY asked_at", side=IN, now=now, person=person) if each.is_open]


def help_counts(scope: Scope, *, now: datetime) -> dict[str, int]:
    """How many requests are open, in and out, and how many of those are overdue."""
    found = {}
    for side in (IN, OUT):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE due_at < %(now)s)"
                " FROM tracing_requests(NULL, NULL, %(side)s, %(now)s, 'open')",
                {"side": side, "now": now},
            )
            found[side], found[f"{side}_late"] = cursor.fetchone()
    return found


def limits(scope: Scope, *, now: datetime) -> Mapping[str, Any]:
    """What policy says of requests on the day: hops, and the hours hoped for; nothing when no edition asks for them."""
    return numbers(LIMITS, local_date(now))


def _select(scope: Scope, tail: str, *, side: str, now: datetime, **about: Any) -> list[Request]:
    values = {"help": None, "person": None, "want": ALL, "beyond": None, "most": None} | about
    values |= {"side": side, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT request.*, {_STATE} AS state FROM tracing_requests(%(help)s, %(person)s, %(side)s, %(now)s, %(want)s,"
            f" %(beyond)s, %(most)s) AS request {tail}",
            values,
        )
        return [_request(row) for row in records(cursor)]


def _request(row: dict[str, Any]) -> Request:
    sealed = row.pop("phone_sealed")
    row.pop("stands")
    row.pop("closed_kind")
    row["phone"] = mask(unsealed_text(sealed, "phone", row["person_id"]))
    for name in ("detail", "closing"):
        row[name] = json.loads(row[name]) if isinstance(row[name], str) else row[name] or {}
    row["here"] = bool(row["here"])
    for name in ("name", "sex", "address", "task_state", "escalated_to"):
        row[name] = row[name] or ""
    return Request(**row)


def _key(text: str) -> str:
    try:
        return str(UUID(text)) if text else ""
    except ValueError:
        return ""
