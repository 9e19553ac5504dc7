"""Writing the roster, handing the desk over, seeing a telephone number."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.loop.policies import numbers
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.registry.vault import ring
from yanmen.subsystems.command.models import Handover, Shift
from yanmen.subsystems.command.models.roster import DUTIES
from yanmen.subsystems.command.queries import roster as queries
from yanmen.subsystems.command.queries.statements import DUTY

CONTEXT = Shift.sealed_columns["phone_sealed"]


@transaction.atomic
def put_on_duty(
    *,
    scope: Scope,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    by: str,
    now: datetime,
    duty: str = "officer",
    phone: str = "",
    account: int | None = None,
    area: str = "",
) -> Shift:
    """Somebody is on duty from one moment to another. The same person twice at once is refused; a second leader is shown as double."""
    area = area or scope.area
    scope.require(area)
    longest = timedelta(hours=numbers(DUTY, local_date(now)).get("longest_hours", 0))
    if not name.strip():
        raise Refusal("请填写值班人员姓名。", "Name who is on duty.", field="name")
    if duty not in DUTIES:
        raise Refusal("请选择带班领导或值班员。", f"Choose one of: {', '.join(DUTIES)}.", field="duty", value=duty)
    if ends_at <= starts_at or ends_at <= now:
        raise Refusal(
            "下班时间应晚于上班时间，且尚未过去。",
            "A shift ends after it begins, and not in the past.",
            field="ends_at",
            value=ends_at.isoformat(),
        )
    if longest and ends_at - starts_at > longest:
        raise Refusal(
            f"单班不超过{longest // timedelta(hours=1)}小时。", f"A shift is {longest // timedelta(hours=1)} hours at most.",
            field="ends_at", value=ends_at.isoformat(),
        )  # fmt: skip
    digits = "".join(each for each in phone if each.isdigit())
    if phone.strip() and not 7 <= len(digits) <= 15:
        raise Refusal("电话号码应为7至15位数字。", "A telephone number has 7 to 15 digits.", field="phone")
    twice = queries.standing(scope).filter(area=area, name=name.strip(), starts_at__lt=ends_at, ends_at__gt=starts_at)
    if twice.exists():
        raise Refusal(
            "此人这段时间已在班。", "This person is on duty at that time already.", field="name", value=name.strip()
        )
    return Shift.objects.create(
        area=area, duty=duty, account=account, name=name.strip()[:60], phone_sealed=ring().seal(digits, CONTEXT) if digits else None,
        phone_tail=digits[-4:], starts_at=starts_at, ends_at=ends_at, written_at=now, written_by=by,
    )  # fmt: skip


@transaction.atomic
def take_off(*, scope: Scope, shift: int, by: str, now: datetime) -> Shift:
    """A shift that is not over is cancelled. What was worked stays on the roster."""
    found: Shift | None = scope.within(Shift.objects.select_for_update(), "area").filter(pk=shift).first()
    if found is None:
        raise Refusal("您的辖区没有这一班。", "There is no such shift in your areas.", field="shift", value=str(shift))
    if found.ends_at <= now:
        raise Refusal("这一班已结束，不再修改。", "The shift is over and stays as it was.", field="shift")
    if found.starts_at < now:
        found.ends_at = now
    else:
        found.cancelled_at, found.cancelled_by = now, by
    found.save(update_fields=["ends_at", "cancelled_at", "cancelled_by"])
    return found


def hand_over(*, scope: Scope, from_name: str, to_name: str, note: str, by: str, now: datetime) -> Handover:
    """Hand the desk over. What is open at this moment is counted and kept with the note."""
    for field, value in (("from_name", from_name), ("to_name", to_name)):
        if not value.strip():
            raise Refusal("请填写交班人和接班人。", "Name who hands over and who takes over.", field=field)
    if from_name.strip() == to_name.strip():
        raise Refusal(
            "交班人和接班人不能是同一人。", "Nobody hands over to themselves.", field="to_name", value=to_name
        )
    items = queries.open_items(scope, now=now)
    return Handover.objects.create(
        area=scope.area, at=now, by=by, from_name=from_name.strip()[:60], to_name=to_name.strip()[:60], note=note.strip()[:4000], items=items,
    )  # fmt: skip


@transaction.atomic
def take_over(*, scope: Scope, handover: int, by: str, now: datetime) -> Handover:
    """The next one has the desk: somebody else than who handed it over says so."""
    found = Handover.objects.select_for_update().filter(area=scope.area, pk=handover, taken_at=None).first()
    if found is None:
        raise Refusal("没有待接的班。", "No hand-over waits here.", field="handover", value=str(handover))
    if found.by == by:
        raise NotAllowed(
            "由接班人本人用自己的账号接班。",
            "Whoever takes over says so from an account of their own.",
            field="handover",
        )
    found.taken_at, found.taken_by = now, by
    found.save(update_fields=["taken_at", "taken_by"])
    return found


def reveal_phone(*, scope: Scope, shift: int, reason: str, by: str, now: datetime) -> str:
    """The telephone number of somebody on duty. It leaves a trace before it is shown."""
    if not reason.strip():
        raise Refusal("请写明查看理由。", "Give a reason for seeing this.", field="reason")
    found = queries.standing(scope).filter(pk=shift, phone_sealed__isnull=False).first()
    if found is None:
        raise Refusal("没有登记电话。", "No telephone number is kept.", field="shift", value=str(shift))
    log_access(scope, "reveal duty phone", reason=f"shift {shift} {by}: {reason.strip()}", now=now)
    return ring().unseal(bytes(found.phone_sealed or b""), CONTEXT)
