"""First stop and hand-over: who owes something at a post is brought, point to point, to whoever answers for them.

The first stop answers until the vehicle leaves, the receiving area from then on. Each step is a fact, and facts close
the tasks; no step can be left out (methods/handing_over.py, and a trigger in sql/security.sql).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from yanmen.base.identity import mask_name
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.policy.words import Edition
from yanmen.registry import people
from yanmen.registry.models import Area, Person, Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints import kinds, queries
from yanmen.subsystems.checkpoints.actions.common import post_of
from yanmen.subsystems.checkpoints.methods.handing_over import COURSE
from yanmen.subsystems.checkpoints.methods.plates import normalised
from yanmen.subsystems.checkpoints.models import HandOver, Post


@transaction.atomic
def open_hand_over(
    *,
    scope: Scope,
    post: int,
    person: int,
    owed: str,
    to_area: str,
    by: str,
    now: datetime,
    to_place: int | None = None,
    rule: str = "",
    pass_id: UUID | None = None,
) -> HandOver:
    """A first stop keeps somebody who owes something, until the other end receives them."""
    found = post_of(scope, post)
    edition = _policy(scope, found, owed, now)
    _check_area(to_area)
    if to_place is not None:
        _check_place(to_place, to_area)
    leave, arrive = _clocks(edition, now)
    try:
        with transaction.atomic():
            made = HandOver.objects.create(
                person_id=person, shown_name=_shown(scope, found, person, now), post=found, area=found.area,
                to_area=to_area, to_place_id=to_place, reasons=[{"kind": owed, "rule": rule}], opened_at=now, opened_by=by,
                leave_by=leave, arrive_by=arrive,
            )  # fmt: skip
    except IntegrityError as fault:
        if "checkpoints_one_open_hand_over" not in str(fault):
            raise
        raise Refusal("此人已有一次未结束的移交。", "This person has a hand-over that is still open.", field="person", value=str(person)) from None  # fmt: skip
    detail = {"owed": owed, "from_area": found.area, "to_area": to_area, "pass_id": pass_id and str(pass_id)}
    _tell(made, kinds.HAND_OVER_OPENED.name, found.area, detail, by=by, now=now)
    return made


@transaction.atomic
def assign_vehicle(*, scope: Scope, hand_over: int, vehicle: str, escort: str, by: str, now: datetime) -> HandOver:
    """A vehicle and who goes along are found."""
    del by
    found = _step(scope, hand_over, "assign")
    scope.require(found.area)
    found.vehicle, found.escort, found.assigned_at = normalised(vehicle), escort.strip()[:80], now
    found.save(update_fields=["state", "vehicle", "escort", "assigned_at"])
    return found


@transaction.atomic
def depart(*, scope: Scope, hand_over: int, by: str, now: datetime) -> HandOver:
    """The vehicle leaves; from now on the receiving area answers for the person."""
    found = _step(scope, hand_over, "depart")
    scope.require(found.area)
    found.departed_at = now
    if _answers(scope, found.person_id) and not _area_of(found.person_id).startswith(found.to_area):
        people.hand_over([found.person_id], area=found.to_area, by=by, now=now)
        found.moved_on_departure = True
    found.save(update_fields=["state", "departed_at", "moved_on_departure"])
    detail = {"to_area": found.to_area, "vehicle": found.vehicle, "escort": found.escort}
    _tell(found, kinds.HANDED_OVER.name, found.area, detail, by=by, now=now)
    return found


@transaction.atomic
def receive(*, scope: Scope, hand_over: int, by: str, now: datetime, note: str = "") -> HandOver:
    """The other end takes the person in and answers for them."""
    found = _step(scope, hand_over, "receive")
    scope.require(found.to_area)
    if not _answers(scope, found.person_id):
        people.hand_over([found.person_id], area=found.to_area, by=by, now=now)
    _end(found, note, by, now)
    _tell(found, kinds.RECEIVED.name, found.to_area, {"from_area": found.area, "note": note}, by=by, now=now)
    return found


@transaction.atomic
def refuse(*, scope: Scope, hand_over: int, reason: str, by: str, now: datetime) -> HandOver:
    """Either end says why the hand-over does not happen; once the vehicle has left, only the receiving end.

    Who was moved on departure goes back to the first stop.
    """
    if not reason.strip():
        raise Refusal("请写明不接受的理由。", "Say why it is refused.", field="reason", value=reason)
    found = _step(scope, hand_over, "refuse")
    here = found.area if found.departed_at is None and scope.includes(found.area) else found.to_area
    scope.require(here)
    if found.moved_on_departure:
        people.hand_over([found.person_id], area=found.area, by=by, now=now)
    _end(found, reason, by, now)
    _tell(found, kinds.REFUSED.name, here, {"reason": reason.strip()}, by=by, now=now)
    return found


def _step(scope: Scope, hand_over: int, act: str) -> HandOver:
    """The hand-over, locked, in the state after the act; a refusal where the act is not possible."""
    visible = queries.hand_overs(scope).filter(pk=hand_over).values_list("pk", flat=True)
    found = HandOver.objects.select_for_update(of=("self",)).filter(pk__in=list(visible)).first()
    if found is None:
        raise Refusal("在您的辖区内没有这一移交。", "There is no such hand-over in your areas.", field="hand_over", value=str(hand_over))  # fmt: skip
    found.state = COURSE.after(found.state, act)
    return found


def _end(found: HandOver, note: str, by: str, now: datetime) -> None:
    found.ended_at, found.ended_by, found.note = now, by, note.strip()[:200]
    found.save(update_fields=["state", "ended_at", "ended_by", "note"])


def _policy(scope: Scope, post: Post, owed: str, now: datetime) -> Edition:
    edition = queries.owed_here(scope, area=post.area, now=now)
    wanted = list(edition.values.get("hand_over_for", [])) if edition else []
    if edition is None or owed not in wanted:
        raise Refusal(
            "现行政策不要求就此移交，请放行并由当地落实。",
            "The policy in force asks for no hand-over for this. Let the person go on; their area follows up.",
            field="owed",
            value=owed,
        )
    return edition


def _clocks(edition: Edition, now: datetime) -> tuple[datetime, datetime]:
    """By when the vehicle leaves and by when it arrives, from the tasks of the policy in force."""
    hours = {task.kind: task.within_hours or 0 for task in edition.tasks}
    leave, arrive = (timedelta(hours=hours.get(each.name, 24)) for each in (kinds.HAND_OVER, kinds.RECEIVE_PERSON))
    return now + leave, now + arrive


def _shown(scope: Scope, post: Post, person: int, now: datetime) -> str:
    """The masked name; a person of the asker's areas, or one who passed this post and owes something."""
    own = scope.within(Person.objects, "area").filter(pk=person).first()
    if own is not None:
        return mask_name(own.name)
    seen = next(
        (each for each in queries.met(scope, post=post.pk, area=post.area, now=now) if each.person == person), None
    )
    if seen is None:
        raise Refusal(
            "此人不在您的辖区，也未在24小时内经本卡口进入。",
            "This person is not of your area and did not come in by this post within 24 hours.",
            field="person",
            value=str(person),
        )
    return mask_name(seen.name)


def _answers(scope: Scope, person: int) -> bool:
    """Whether the asker's area answers for the person now."""
    return bool(scope.within(Person.objects, "area").filter(pk=person).exists())


def _area_of(person: int) -> str:
    return str(Person.objects.values_list("area", flat=True).get(pk=person))


def _check_area(code: str) -> None:
    if not Area.objects.filter(code=code, valid_to=None, level__in=("county", "township", "village")).exists():
        raise Refusal(
            f"“{code}”不是县级以下行政区划代码。请填写6、9或12位代码。",
            f'"{code}" is no county, township or village. Give a code of 6, 9 or 12 digits.',
            field="to_area",
            value=code,
        )


def _check_place(place: int, area: str) -> None:
    if not Place.objects.filter(pk=place, area__startswith=area).exists():
        raise Refusal("接收场所不在接收地。", "The receiving place is not in the receiving area.", field="to_place", value=str(place))  # fmt: skip


def _tell(found: HandOver, kind: str, area: str, detail: dict[str, str | None], *, by: str, now: datetime) -> None:
    said = {"hand_over": str(found.pk)} | {name: value for name, value in detail.items() if value}
    facts.record(
        kind, person=found.person_id, place=found.post_id, area=area, occurred_at=now, by=by, now=now, detail=said
    )
