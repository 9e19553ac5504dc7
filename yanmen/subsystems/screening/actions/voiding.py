"""Tubes that can give no result: their members are to be sampled again. A tube that turns up undoes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from yanmen.base.ids import uuid7s
from yanmen.base.refusals import Refusal
from yanmen.base.rows import records
from yanmen.loop import facts
from yanmen.loop.models import Fact
from yanmen.loop.own_kinds import WITHDRAWN
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.screening import kinds
from yanmen.subsystems.screening.methods.hops import VOIDS
from yanmen.subsystems.screening.models import Tube
from yanmen.subsystems.screening.queries.statements import statement
from yanmen.subsystems.screening.queries.transport import at_either_end

BATCH = 2000
DELIVERED = timedelta(days=14)
"""How long after a tube is void a phone may still deliver who is in it."""


@transaction.atomic
def void_tubes(*, scope: Scope, tubes: Sequence[str], why: str, by: str, now: datetime) -> int:
    """Declare tubes void and ask every member to be sampled again. Returns how many people that is; no tube is void twice."""
    if why not in VOIDS:
        raise Refusal("作废原因不在可选范围内。", "No such reason.", field="why", value=why[:20])
    open_tubes = at_either_end(scope, Tube.objects.select_for_update()).filter(released_at=None, void_at=None)
    codes = list(open_tubes.filter(pk__in=list(tubes)).values_list("pk", flat=True))
    Tube.objects.filter(pk__in=codes).update(void_at=now, void_why=why, run=None, logged_at=None, measured_at=None)
    told = 0
    for start in range(0, len(codes), BATCH):
        rows = [_about(each, why) for each in _members(codes[start : start + BATCH], now)]
        told += len(rows)
        for province, theirs in _by_province(rows):
            with acting(system(province)):
                facts.record_many(kinds.VOID.name, theirs, by=by, now=now)
    return told


@transaction.atomic
def restore_tubes(*, scope: Scope, tubes: Sequence[str], reason: str, by: str, now: datetime) -> int:
    """Tubes that were given up have turned up: what was asked of their members is taken back. Returns how many tubes."""
    void = at_either_end(scope, Tube.objects.select_for_update()).exclude(void_at=None)
    codes = list(void.filter(pk__in=list(tubes)).values_list("pk", flat=True))
    for province, theirs in _by_province(_members(codes, now)):
        with acting(system(province)):
            asked = Fact.objects.filter(person_id__in=[each["person"] for each in theirs], kind=kinds.VOID.name)
            standing = [each for each in asked.filter(recorded_at__lte=now) if each.detail["tube"] in codes]
            taken = Fact.objects.filter(corrects__in=[each.pk for each in standing]).values_list("corrects", flat=True)
            gone = set(taken)
            rows = [_withdrawal(each, reason, now) for each in standing if each.pk not in gone]
            for row, key in zip(rows, uuid7s(now, len(rows)), strict=True):
                row["id"] = key
            facts.record_many(WITHDRAWN.name, rows, by=by, now=now)
    Tube.objects.filter(pk__in=codes).update(void_at=None, void_why="")
    return len(codes)


def ask_late(*, by: str, now: datetime) -> int:
    """Members whose binding came in after their tube was void are asked too. Returns how many people."""
    provinces = Area.objects.filter(level="province", valid_to=None).values_list("code", flat=True)
    return sum(_ask_late(code, by=by, now=now) for code in list(provinces))


def _ask_late(province: str, *, by: str, now: datetime) -> int:
    with acting(system(province)), connection.cursor() as cursor:
        cursor.execute(statement("asked_late"), {"area": province, "now": now, "since": now - DELIVERED})
        void: dict[str, str] = dict(cursor.fetchall())
        if not void:
            return 0
        members = _members(list(void), now)
        asked = Fact.objects.filter(kind=kinds.VOID.name, person_id__in=[each["person"] for each in members])
        known = {(person, detail["tube"]) for person, detail in asked.values_list("person_id", "detail")}
        late = [each for each in members if (each["person"], each["tube"]) not in known]
        facts.record_many(kinds.VOID.name, [_about(each, void[each["tube"]]) for each in late], by=by, now=now)
        return len(late)


def _members(codes: list[str], now: datetime) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM screening_members(%s, %s)", [codes, now])
        return records(cursor)


def _about(member: dict[str, Any], why: str) -> dict[str, Any]:
    about = {"person": member["person"], "place": member["place"], "area": member["area"]}
    return about | {"occurred_at": member["sampled_at"], "detail": {"tube": member["tube"], "why": why}}


def _withdrawal(fact: Fact, reason: str, now: datetime) -> dict[str, Any]:
    about = {"person": fact.person_id, "place": fact.place_id, "area": fact.area, "occurred_at": now}
    return about | {"corrects": fact.pk, "detail": {"reason": reason, "kind": fact.kind}}


def _by_province(rows: Iterable[dict[str, Any]]) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    """Members live outside the asker's areas: what is told of them is recorded for their province."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["area"][:2]].append(row)
    return sorted(found.items())
