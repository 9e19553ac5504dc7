"""Lists compared: what was found, what became of it; people of the register as a comparison needs them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from yanmen.base.rows import records
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.methods.comparing import Known
from yanmen.subsystems.grid.models import Comparison, Finding
from yanmen.subsystems.grid.queries.statements import statement

SEEN = (
    "quarantine.door_visited", "quarantine.home_checked", "quarantine.admitted", "arrivals.visited", "arrivals.landed",
    "arrivals.taken_over", "screening.sampled", "screening.result", "grid.answered", "grid.looked_for",
)  # fmt: skip
"""Facts that say somebody met a person or tested them."""


def comparisons(scope: Scope) -> QuerySet[Comparison]:
    """Comparisons of the asker's areas, newest first, with how many findings are open."""
    found = scope.within(Comparison.objects, "area")
    return found.annotate(open=Count("findings", filter=Q(findings__outcome=""))).order_by("-at", "-pk")  # type: ignore[no-any-return]


def comparison(scope: Scope, number: int) -> Comparison | None:
    """One comparison of the asker's areas."""
    return comparisons(scope).filter(pk=number).first()


def findings(scope: Scope, of: int, *, side: str = "", after: int = 0, limit: int = 100) -> list[Finding]:
    """Findings of a comparison, those that nobody settled first, page by page by key."""
    found = scope.within(Finding.objects, "area").filter(comparison=of)
    if side:
        found = found.filter(side=side)
    return list(found.filter(pk__gt=after).order_by("pk")[:limit])


def finding(scope: Scope, number: int) -> Finding | None:
    """One finding of the asker's areas."""
    one: Finding | None = scope.within(Finding.objects, "area").filter(pk=number).first()
    return one


def register_of(scope: Scope, area: str) -> list[Known]:
    """Everybody registered in an area, as lists name people."""
    rows = scope.narrowed(area).within(Person.objects, "area").filter(same_as=None).order_by("pk")
    return [
        Known(
            row["pk"], row["name"], bytes(row["id_number_index"] or b""), bytes(row["phone_index"] or b""), row["born_on"],
            row["household__address"] or row["address"],
        )
        for row in rows.values("pk", "name", "id_number_index", "phone_index", "born_on", "address", "household__address")
    ]  # fmt: skip


def last_seen(scope: Scope, area: str, *, now: datetime) -> dict[int, datetime | None]:
    """When each person of an area was last met or tested."""
    about: dict[str, Any] = {"area": scope.narrowed(area).area, "kinds": list(SEEN), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(statement("seen_last"), about)
        return {row["person"]: row["seen_at"] for row in records(cursor)}
