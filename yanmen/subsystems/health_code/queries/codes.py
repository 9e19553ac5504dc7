"""Reads of the health code: its value and why, how many of each colour, appeals and whom a mistake touched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.loop import why
from yanmen.registry.models import Account, ImportBatch, Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.health_code.kinds import HEALTH_CODE
from yanmen.subsystems.health_code.queries.named import sql

PAGE = 50
PLACES_IN_A_FACT = {
    "origin": {"zh": "出发地", "en": "Where from"},
    "address": {"zh": "地址", "en": "Address"},
    "area": {"zh": "地区", "en": "Area"},
    "town": {"zh": "乡镇（街道）", "en": "Town"},
    "country": {"zh": "国家（地区）", "en": "Country"},
    "post": {"zh": "岗位", "en": "Post"},
}
"""The parts of a fact that say where somebody was: what people contest most."""


@dataclass(frozen=True)
class Fact:
    """A fact as it was recorded."""

    id: UUID
    kind: str
    person_id: int | None
    place_id: int | None
    area: str
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    detail: Mapping[str, Any]
    stands: bool

    @property
    def doubtful_field(self) -> str:
        """The part of the fact that says where somebody was: what people contest most."""
        return next((name for name in PLACES_IN_A_FACT if self.detail.get(name)), "")


@dataclass(frozen=True)
class Appeal:
    """An appeal, its clock, and what was decided."""

    appeal: str
    person_id: int
    name: str
    area: str
    fact_id: UUID
    field: str
    reason: str
    recorded_by: str
    contested_at: datetime
    due_at: datetime | None
    decision: str
    note: str
    repaired: int
    people: int

    @property
    def field_title(self) -> Mapping[str, str]:
        """The part of the fact in doubt, as people read it."""
        return PLACES_IN_A_FACT.get(self.field, {"zh": self.field, "en": self.field})


@dataclass(frozen=True)
class Appeals:
    """One page of appeals, and the key of the next."""

    rows: list[Appeal]
    after: str | None


def person(scope: Scope, number: int) -> Person | None:
    """Somebody of the asker's areas."""
    found: Person | None = scope.within(Person.objects, "area").filter(pk=number).first()
    return found


def area_of(scope: Scope, number: int) -> str:
    """The area that answers for a person of the asker's areas."""
    return str(scope.within(Person.objects, "area").values_list("area", flat=True).get(pk=number))


def code(scope: Scope, number: int, *, now: datetime) -> dict[str, Any]:
    """The colour, since when, because of what, what clears it and when: one source for every channel."""
    with connection.cursor() as cursor:
        cursor.execute(sql("colour"), {"person": number, "status": HEALTH_CODE.name})
        row = cursor.fetchone()
    value, since, version, because = row or (HEALTH_CODE.default, None, 0, [])
    told = why.explain(number, as_of=local_date(now), known_at=now, now=now)
    behind = [each for each in told["measures"] if each["id"] in because]
    days = [each["clears"]["earliest"] for each in behind]
    return {
        "person": number,
        "value": value,
        "since": since,
        "version": version,
        "because": behind,
        "others": [each for each in told["measures"] if each["id"] not in because],
        "ended": told["ended"],
        "clears_on": max(days) if days and None not in days else None,
        "needs": _once(need for each in behind for need in each["clears"]["needs"]),
        "tests": [test for each in behind for test in each["clears"]["tests"]],
        "contest": told["contest"],
        "as_of": now,
    }


def _once(needs: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return list({need["en"]: need for need in needs}.values())


def counts(scope: Scope) -> dict[str, int]:
    """How many people of the asker's areas have each colour; green is everybody else."""
    with connection.cursor() as cursor:
        cursor.execute(sql("counts"), {"status": HEALTH_CODE.name, "area": scope.area})
        found = dict(cursor.fetchall())
    others = sum(found.get(value, 0) for value in HEALTH_CODE.order if value != HEALTH_CODE.default)
    everybody = scope.within(Person.objects, "area").filter(same_as=None).count()
    return {value: found.get(value, 0) for value in HEALTH_CODE.order} | {HEALTH_CODE.default: everybody - others}


def fact(scope: Scope, number: UUID) -> Fact | None:
    """One fact of the asker's areas."""
    return next(_facts("fact.id = %(fact)s", {"fact": number}), None)


def evidence(scope: Scope, number: int) -> list[Fact]:
    """The facts that the measures in force on a person rest on: what can be contested."""
    return list(
        _facts(
            "fact.id IN (SELECT unnest(evidence) FROM loop_measure WHERE subject_type = 'person'"
            " AND subject = %(person)s AND state IN ('proposed', 'in_force') AND kind <> 'appeal')",
            {"person": number},
        )
    )


def rests_on(scope: Scope, number: int, fact_id: UUID) -> bool:
    """Whether a measure on the person, now or before, names the fact as its evidence."""
    with connection.cursor() as cursor:
        cursor.execute(sql("rests_on"), {"person": number, "fact": fact_id})
        return bool(cursor.fetchone()[0])


def touched_by(scope: Scope, wrong: Fact, field: str) -> list[Fact]:
    """Every standing fact with the same mistake: of the same kind, from the same list or act, with the same value there.

    What one officer typed at different moments is no list: such facts are repaired one by one.
    """
    if not field or field not in wrong.detail:
        return [wrong] if wrong.stands else []
    return [
        each
        for each in _facts(
            "fact.kind = %(kind)s AND fact.recorded_by = %(by)s AND fact.detail ->> %(field)s = %(value)s"
            " AND (fact.recorded_by NOT LIKE 'account:%%' OR fact.recorded_at = %(at)s)",
            {
                "kind": wrong.kind,
                "by": wrong.recorded_by,
                "field": field,
                "value": str(wrong.detail[field]),
                "at": wrong.recorded_at,
            },
        )
        if each.stands
    ]


def appeals(scope: Scope, *, decided: bool = False, after: str = "", limit: int = PAGE) -> Appeals:
    """Appeals of the asker's areas: those that wait, or those decided; oldest first, so that the clock leads."""
    rows = list(_appeals(scope, decided=decided, after=after, limit=limit + 1))
    return Appeals(rows[:limit], rows[limit - 1].appeal if len(rows) > limit else None)


def appeal(scope: Scope, key: str) -> Appeal | None:
    """One appeal of the asker's areas."""
    return next(_appeals(scope, key=key), None)


def open_appeal(scope: Scope, number: int, fact_id: UUID) -> Appeal | None:
    """The appeal against that fact that still waits, if there is one."""
    return next(_appeals(scope, person=number, fact=str(fact_id), decided=False), None)


def appeals_of(scope: Scope, number: int) -> list[Appeal]:
    """All appeals of one person."""
    return list(_appeals(scope, person=number))


def same_unit(scope: Scope, recorded_by: str) -> bool:
    """Whether the asker may belong to the unit that recorded. In doubt yes: who cannot show another unit may not judge."""
    if not recorded_by.startswith(("account:", "import:")):
        return False  # the program itself, or a machine
    asker = Account.objects.filter(pk=scope.account).first() if scope.account is not None else None
    recorder = _recorder(recorded_by)
    if asker is None or recorder is None or asker.unit_id is None:
        return True
    return asker.pk == recorder.pk or asker.unit_id == recorder.unit_id


def _recorder(recorded_by: str) -> Account | None:
    """Who stands behind a signature: the account itself, or the one that brought in the file."""
    source, _, number = recorded_by.partition(":")
    if not number.isdigit():
        return None
    if source == "import":
        batch = ImportBatch.objects.filter(pk=int(number)).first()
        return _recorder(batch.by) if batch else None
    return Account.objects.filter(pk=int(number)).first()


def _facts(condition: str, values: Mapping[str, Any]) -> Iterator[Fact]:
    with connection.cursor() as cursor:
        cursor.execute(f"{sql('facts')} WHERE {condition} ORDER BY fact.recorded_at, fact.id", values)
        for found in records(cursor):
            yield Fact(**{**found, "detail": json.loads(found["detail"])})


def _appeals(
    scope: Scope,
    *,
    key: str | None = None,
    person: int | None = None,
    fact: str | None = None,
    decided: bool | None = None,
    after: str = "",
    limit: int = PAGE,
) -> Iterator[Appeal]:
    about = {"area": scope.area, "key": key, "person": person, "fact": fact}
    with connection.cursor() as cursor:
        cursor.execute(sql("appeals"), about | {"decided": decided, "after": after, "limit": limit})
        for found in records(cursor):
            yield Appeal(**found)
