"""The person behind the key of a case, as far as tracing needs them: who, since when, what the report says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from yanmen.registry.models import Person
from yanmen.registry.scope import Scope


@dataclass(frozen=True)
class CasePerson:
    """A case with a person: every register number of theirs, and the report that counts."""

    key: str
    person: int
    members: tuple[int, ...]
    name: str
    area: str
    address: str
    found_at: datetime
    detail: Mapping[str, Any]

    @property
    def onset_on(self) -> date | None:
        """The first day of symptoms, where the report says it."""
        return self._day("onset_on")

    @property
    def sampled_on(self) -> date | None:
        """The day of the first positive sample, where the report says it."""
        return self._day("sampled_on")

    def _day(self, name: str) -> date | None:
        day = self.detail.get(name)
        return date.fromisoformat(day) if day else None


def case_person(scope: Scope, key: str) -> CasePerson | None:
    """The person of a case of the asker's areas; none where nobody of theirs is reported under this key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.person_id, fact.occurred_at, fact.detail::text FROM loop_fact AS fact"
            " WHERE fact.kind = 'cases.reported' AND coalesce(fact.detail ->> 'case', fact.id::text) = %(key)s"
            " AND fact.person_id IS NOT NULL AND fact.area >= %(area)s AND fact.area < %(area)s || '~'"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)"
            " ORDER BY fact.recorded_at DESC LIMIT 1",
            {"key": key, "area": scope.area},
        )
        row = cursor.fetchone()
    if row is None:
        return None
    number, found_at, detail = row
    person = scope.within(Person.objects, "area").select_related("household").filter(pk=number).first()
    if person is None:
        return None
    first = person.same_as_id or person.pk
    members = Person.objects.filter(Q(pk=first) | Q(same_as_id=first)).values_list("pk", flat=True)
    home = person.household.address if person.household else ""
    return CasePerson(
        key, first, tuple(sorted({first, person.pk, *members})), person.name, person.area, person.address or home,
        found_at, json.loads(detail),
    )  # fmt: skip
