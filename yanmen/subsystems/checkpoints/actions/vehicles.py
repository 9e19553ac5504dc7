"""Vehicles: passes of a whole car, and everybody who rode with somebody who turned out to be a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.bulk import record_bulk
from yanmen.loop.policies import shelf
from yanmen.registry.access import log_access
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.checkpoints import kinds, queries
from yanmen.subsystems.checkpoints.actions.common import post_of
from yanmen.subsystems.checkpoints.methods.plates import normalised
from yanmen.subsystems.checkpoints.methods.words import DIRECTIONS
from yanmen.subsystems.checkpoints.queries.passes import Pass

RULE = "checkpoints.same_vehicle"
MOST_IN_ONE = 200


def record_vehicle(
    *,
    scope: Scope,
    post: int,
    vehicle: str,
    people: Sequence[int | None],
    by: str,
    now: datetime,
    direction: str = "in",
    lane: int = 1,
    group: UUID | None = None,
) -> UUID:
    """A vehicle passed with these people, the driver first (None: nobody we know). Returns the number of the group."""
    found = post_of(scope, post)
    if not 1 <= len(people) <= MOST_IN_ONE:
        raise Refusal(f"同车人数须在1至{MOST_IN_ONE}之间。", f"Between 1 and {MOST_IN_ONE} people ride in one vehicle.", field="people", value=str(len(people)))  # fmt: skip
    if direction not in DIRECTIONS or direction == "both":
        raise Refusal("方向应为in或out。", "The direction is in or out.", field="direction", value=direction)
    number = group or uuid7(now)
    detail = {
        "direction": direction,
        "lane": lane,
        "shown": "",
        "reason": "",
        "vehicle": normalised(vehicle),
        "group_id": number,
    }
    rows = [
        {"person": each, "place": found.pk, "area": found.area, "occurred_at": now, "detail": detail} for each in people
    ]
    record_bulk(kinds.PASSED.name, rows, by=by, now=now)
    return number


def look_up_vehicle(*, scope: Scope, vehicle: str, reason: str, by: str, now: datetime) -> list[Pass]:
    """The passes of a plate and who rode along. It leaves a trace with the reason before anything is shown."""
    del by
    plate = normalised(vehicle)
    if len(reason.strip()) < 4:
        raise Refusal("请写明查询理由。", "Give a reason for looking this up.", field="reason", value=reason)
    found = queries.vehicle_passes(scope, plate, now=now)
    log_access(scope, "checkpoints.vehicle", count=len(found), reason=reason, now=now)
    return found


def find_companions(*, by: str, now: datetime) -> int:
    """Record who rode with a case, and take it back where the case was withdrawn. Level-triggered; says how many changed."""
    changed = 0
    for province in Area.objects.filter(level="province", valid_to=None).values_list("code", flat=True):
        with acting(system(province)):
            changed += _find(province, by, now) + _take_back(province, by, now)
    return changed


@transaction.atomic
def _find(area: str, by: str, now: datetime) -> int:
    edition = shelf.policy().at(RULE, area, local_date(now))
    if edition is None or edition.off:
        return 0
    span = timedelta(days=int(edition.values["look_back"]))
    with connection.cursor() as cursor:
        cursor.execute(_statements()["found"], {"area": area, "since": now - span, "now": now})
        rows = cursor.fetchall()
    for person, case, group, at, place, where in rows:
        detail = {"case_fact": str(case), "group": str(group), "passed_on": local_date(at).isoformat()}
        facts.record(
            kinds.RODE_WITH_CASE.name,
            person=person,
            place=place,
            area=where,
            occurred_at=at,
            by=by,
            now=now,
            detail=detail,
        )
    return len(rows)


@transaction.atomic
def _take_back(area: str, by: str, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_statements()["wrong"], {"area": area})
        rows = cursor.fetchall()
    for (fact,) in rows:
        facts.withdraw(fact, reason="病例已撤回 the case was withdrawn", by=by, now=now)
    return len(rows)


@cache
def _statements() -> dict[str, str]:
    text = (Path(__file__).resolve().parents[1] / "sql" / "companions.sql").read_text(encoding="utf-8")
    parts = text.split("-- name: ")[1:]
    return {part.split("\n", 1)[0].strip(): part.split("\n", 1)[1] for part in parts}
