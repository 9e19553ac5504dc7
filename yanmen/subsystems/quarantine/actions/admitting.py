"""Taking somebody in: a stay begins when they arrive."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine import kinds
from yanmen.subsystems.quarantine.methods.courses import STAY
from yanmen.subsystems.quarantine.models import Stay


@transaction.atomic
def admit_arrived(*, scope: Scope, stay: int, by: str, now: datetime) -> Stay:
    """Somebody has arrived at the site of their stay and is in their room. Told twice it is one."""
    rows = Stay.objects.select_for_update(of=("self",)).select_related("room__floor")
    found: Stay | None = rows.filter(pk=stay).first()
    if found is None:
        raise Refusal(
            "没有这一住宿安排，或不属于您的辖区。", "No such stay in your areas.", field="stay", value=str(stay)
        )
    if found.state == "admitted":
        return found
    found.state = STAY.after(found.state, "admit")
    found.admitted_at, found.admitted_by = now, by
    found.save(update_fields=["state", "admitted_at", "admitted_by"])
    area = found.area if scope.includes(found.area) else found.home_area
    facts.record(
        kinds.ADMITTED.name, person=found.person_id, place=found.site_id, area=area, occurred_at=now, by=by, now=now,
        detail={"stay": found.pk, "room": found.room.number, "floor": found.room.floor.name, "until": found.during.upper.isoformat()},
    )  # fmt: skip
    return found
