"""A case goes to another jurisdiction: report, what was done, tasks and the person's responsible area, together or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import ProgrammingError, connection, transaction

from yanmen.base import area_codes
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry import matching, people
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.cases import kinds
from yanmen.subsystems.cases.actions.common import case_of, known_area, lock
from yanmen.subsystems.cases.queries import Case, standing_facts


@transaction.atomic
def hand_over(*, scope: Scope, case: str, to_area: str, reason: str, by: str, now: datetime) -> UUID:
    """Hand a case to another area, which answers for it from now on. Returns the fact that the receiving area sees.

    What was recorded about the case is stated anew for the receiving area; when it happened stays, so no clock restarts.
    Open tasks follow with the next turn. The sending area keeps what it recorded, and sees where the case went.
    """
    found = case_of(scope, case, now)
    lock(found.person_id)
    _check(found, to_area, reason)
    detail = {"case": found.key, "from_area": found.area, "to_area": to_area, "reason": reason.strip()}
    kept = {"person": found.person_id, "occurred_at": now, "detail": detail}
    facts.record_many(kinds.HANDED_OVER.name, [kept | {"area": found.area}], by=by, now=now)
    told = _state_anew(standing_facts(scope, found), kept, to_area, by, now)
    facts.wake("area", list(Area.objects.filter(code=found.area, valid_to=None).values_list("pk", flat=True)))
    _move_person(found, to_area, by, now)
    return told


def _state_anew(
    rows: Sequence[Mapping[str, Any]], kept: Mapping[str, Any], to_area: str, by: str, now: datetime
) -> UUID:
    """What the receiving area is told is written in its name: no account writes into an area that is not its own."""
    told = uuid7(now)
    with acting(system(to_area, purpose="control"), now=now):
        for row in rows:
            anew = {name: row[name] for name in ("person", "occurred_at", "detail")}
            facts.record_many(row["kind"], [anew | {"area": to_area, "corrects": row["id"]}], by=by, now=now)
        facts.record_many(kinds.HANDED_OVER.name, [{**kept, "id": told, "area": to_area}], by=by, now=now)
    return told


def _check(found: Case, to_area: str, reason: str) -> None:
    known_area(to_area)
    if not reason.strip():
        raise Refusal("请写明移交理由。", "Say why the case is handed over.", field="reason")
    if not found.open:
        raise Refusal(
            "病例已结案，不再移交。", "This case is closed and is not handed over.", field="case", value=found.key
        )
    if area_codes.contains(to_area, found.area):
        raise Refusal(
            "病例已在该地区，无需移交。", "The case is in that area already. Nothing to hand over.", field="to_area", value=to_area
        )  # fmt: skip
    if area_codes.contains(found.area, to_area):
        raise Refusal(
            "该地区在病例现属地区之内，请用“定位”。",
            "That area lies inside the case's own. Place the case there instead of handing it over.",
            field="to_area",
            value=to_area,
        )


def _move_person(found: Case, to_area: str, by: str, now: datetime) -> None:
    """The receiving area answers for the person too. Who is registered there already stays where they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_person_is_in(%s, %s)", [found.person_id, to_area])
        if cursor.fetchone()[0]:
            facts.wake("person", [found.person_id])
            return
    try:
        with transaction.atomic():
            group = matching.group_of(found.person_id)
            people.hand_over(group, area=to_area, by=by, now=now)
    except (ProgrammingError, Refusal):
        raise Refusal(
            "此人由其他地区负责，您不能一并移交。请由负责地区或共同上级办理。",
            "Another area answers for this person, so you cannot hand them over. Ask that area, or the level above both.",
            field="case",
            value=found.key,
        ) from None
    facts.wake("person", list(group))
