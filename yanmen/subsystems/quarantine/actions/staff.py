"""Staff enter the closed loop of a site and leave it. What they owe before, during and after is the loop's to say."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.policies import numbers
from yanmen.registry import people
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions.sites import locked
from yanmen.subsystems.quarantine.methods.housekeeping import DUTIES, POST
from yanmen.subsystems.quarantine.methods.words import ZONES
from yanmen.subsystems.quarantine.models import Cycle

NORM = "quarantine.staff_cycles"
TAKEN, GONE, OUT = "screening.post_taken", "screening.post_left", "arrivals.left_closed_loop"


@transaction.atomic
def enter_loop(*, scope: Scope, site: int, who: str, zone: str, duty: str, by: str, now: datetime) -> Cycle:
    """Somebody begins to work in a zone. The fact that they hold a high-risk post makes them tested."""
    found, person = locked(scope, site), _person(scope, who)
    if zone not in ZONES or duty not in DUTIES:
        raise Refusal("请选择区域和工作组。", "Choose a zone and a group.", field="zone")
    if (there := Cycle.objects.filter(person=person, left_at=None).first()) is not None:
        raise Refusal(
            "此人已在闭环内。", "This person is in a closed loop already.", field="who", value=f"{there.entered_at:%Y-%m-%d}"
        )  # fmt: skip
    days = numbers(NORM, local_date(now)).get("cycle_days")
    _told(TAKEN, person, found.area, by, now)
    return Cycle.objects.create(
        person=person, site=found, area=found.area, zone=zone, duty=duty, entered_at=now, entered_by=by,
        ends_on=local_date(now) + timedelta(days=days - 1) if days else None,
    )  # fmt: skip


@transaction.atomic
def change_zone(*, scope: Scope, cycle: int, zone: str, duty: str, by: str, now: datetime) -> Cycle:
    """They work in another zone from now on. From the observation area the way leads out of the loop, not to the kitchen."""
    found = _mine(scope, cycle)
    if zone not in ZONES or duty not in DUTIES:
        raise Refusal("请选择区域和工作组。", "Choose a zone and a group.", field="zone")
    if found.zone == "observation" and zone != "observation":
        raise Refusal(
            "在隔离观察区工作的人员，本周期内不转到其他区。", "Who worked in the observation area keeps to it until the cycle ends.",
            field="zone", value=zone,
        )  # fmt: skip
    found.zone, found.duty = zone, duty
    found.save(update_fields=["zone", "duty"])
    return found


@transaction.atomic
def leave_loop(*, scope: Scope, cycle: int, by: str, now: datetime) -> Cycle:
    """They leave the closed loop; what follows is imposed by the rule of the edition, from this fact."""
    found = _mine(scope, cycle)
    found.left_at, found.left_by = now, by
    found.save(update_fields=["left_at", "left_by"])
    for kind in (GONE, OUT):
        _told(kind, found.person, found.area, by, now)
    return found


def _told(kind: str, person: Person, area: str, by: str, now: datetime) -> None:
    facts.record(kind, person=person.pk, area=area, occurred_at=now, by=by, now=now, detail={"post": POST})


def _mine(scope: Scope, cycle: int) -> Cycle:
    rows = Cycle.objects.select_for_update(of=("self",)).select_related("person")
    found: Cycle | None = scope.within(rows, "area").filter(pk=cycle, left_at=None).first()
    if found is None:
        raise Refusal(
            "没有这一在岗人员。", "Nobody of yours is in the loop under this number.", field="cycle", value=str(cycle)
        )
    return found


def _person(scope: Scope, who: str) -> Person:
    found = people.search(scope, who, limit=3)
    if len(found) != 1:
        raise Refusal(
            "请填写证件号、手机号或登记编号，须唯一对应一人。", "Give a document, telephone or register number that names one person.",
            field="who",
        )  # fmt: skip
    return found[0]
