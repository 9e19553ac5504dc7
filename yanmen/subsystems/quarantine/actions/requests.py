"""Asking for transfers: to a stay that was given, to a hospital or another site, or home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.modes import numbers_in
from yanmen.loop.policies import numbers
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.courses import OPEN_TRANSFER
from yanmen.subsystems.quarantine.methods.words import FEATURES, GROUPS, SPECIAL
from yanmen.subsystems.quarantine.models import Stay, Transfer
from yanmen.subsystems.quarantine.queries import riders as queries
from yanmen.subsystems.quarantine.queries.riders import Rider

NORM, APPROVAL = "quarantine.transfers", "quarantine.transfer_approval"
CLOCKS = {"infected": "infected_hours", "close_contact": "close_contact_hours", "second_contact": "second_contact_hours", "home": "home_hours"}  # fmt: skip
"""Why somebody is brought, and which number of the norm says by when."""
OF_GROUP = {"case": "infected", "contact": "close_contact", "home": "home"}
NEEDS = {*SPECIAL, "negative_pressure"}


@dataclass(frozen=True)
class End:
    """Where a transfer begins or ends."""

    area: str
    text: str
    longitude: float
    latitude: float
    place: int | None = None


@transaction.atomic
def request_stays(*, scope: Scope, stays: Sequence[int], by: str, now: datetime, needs: Sequence[str] = ()) -> list[Transfer]:  # fmt: skip
    """Ask for the transfer of everybody who was given these rooms. Those of one party ride together."""
    made = []
    for number in dict.fromkeys(stays):
        stay = queries.stay_to_come(scope, number)
        if stay is None:
            raise Refusal("没有待入住的这一住宿安排，或不属于您的辖区。", "No such stay is still to begin in your areas.", field="stays", value=str(number))  # fmt: skip
        rider = _rider(scope, stay.person_id)
        goal = _at(scope, stay.site.place)
        made.append(_ask(scope, rider, _from(scope, rider), goal, stay.group, {*stay.needs, *needs}, party=stay.party, stay=stay, by=by, now=now))  # fmt: skip
    return made


@transaction.atomic
def request_transfers(
    *,
    scope: Scope,
    people: Sequence[int],
    by: str,
    now: datetime,
    to_place: int | None = None,
    group: str = "",
    why: str = "",
    needs: Sequence[str] = (),
    from_place: int | None = None,
    from_point: tuple[float, float] | None = None,
    ready_at: datetime | None = None,
) -> list[Transfer]:
    """Ask for people to be brought to a place, or home where no place is said. Those of one household ride together.

    They are fetched where they stay, else at `from_place`, else at their own address; `from_point` says where that is on the
    map when the address does not.
    """
    numbers_asked = list(dict.fromkeys(people))
    if not numbers_asked:
        raise Refusal("请选择要转运的人员。", "Choose who is to be brought.", field="people")
    kind = group or ("contact" if to_place else "home")
    if kind not in GROUPS:
        raise Refusal("没有这一人群类别。", "No such group of people.", field="group", value=kind[:20])
    who = [_rider(scope, each) for each in numbers_asked]
    goal = _place(scope, to_place, "to_place") if to_place else None
    begin = _place(scope, from_place, "from_place") if from_place else None
    parties: dict[tuple[str, int], int] = {}
    for each in who:
        home = ("household", each.household) if each.household else ("person", each.id)
        parties[home] = min(parties.get(home, each.id), each.id)
    made = []
    for each in who:
        party = parties[("household", each.household) if each.household else ("person", each.id)]
        source = begin or _from(scope, each, from_point)
        end = goal or _home(scope, each)
        made.append(_ask(scope, each, source, end, kind, set(needs), party=party, why=why, ready_at=ready_at, by=by, now=now))  # fmt: skip
    return made


def _ask(
    scope: Scope,
    rider: Rider,
    source: End,
    goal: End,
    group: str,
    needs: set[str],
    *,
    party: int,
    by: str,
    now: datetime,
    why: str = "",
    stay: Stay | None = None,
    ready_at: datetime | None = None,
) -> Transfer:
    unknown = sorted(needs - NEEDS - set(FEATURES))
    if unknown:
        raise Refusal(f"没有这一需求：{unknown[0][:20]}。", f"No such need: {unknown[0][:20]}.", field="needs", value=unknown[0][:20])  # fmt: skip
    if not (scope.includes(source.area) or scope.includes(goal.area)):
        raise Refusal("转出地和接收地都不在您的辖区。请由其中一方申请。", "Neither end lies in your area. One of the two asks.", field="to_place", value=goal.area)  # fmt: skip
    open_one = Transfer.objects.filter(person_id=rider.id, state__in=OPEN_TRANSFER).first()
    if open_one is not None:
        raise Refusal(
            f"{rider.name or rider.id}已有一个未结束的转运（{open_one.pk}号）。请先完成或取消它。",
            f"{rider.name or rider.id} has an open transfer (number {open_one.pk}). Finish or cancel it first.",
            field="people",
            value=str(rider.id),
        )
    begins = max(ready_at or now, now)
    return Transfer.objects.create(
        person_id=rider.id, party=party, area=source.area, to_area=goal.area, group=group, stay=stay,
        from_text=source.text[:200], from_longitude=source.longitude, from_latitude=source.latitude,
        to_place_id=goal.place, to_text=goal.text[:200], to_longitude=goal.longitude, to_latitude=goal.latitude,
        needs=sorted(needs), measure=stay.measure if stay else None, requested_at=now, requested_by=by,
        ready_at=begins, due_at=_due(scope, rider, group, why, begins), **_released(source.area, now),
    )  # fmt: skip


def _released(area: str, now: datetime) -> dict[str, Any]:
    """In emergency the side they are fetched from agrees as soon as somebody asks, where the policy says so."""
    if numbers_in(area, APPROVAL, local_date(now)).get("release") != "automatic":
        return {}
    return {"state": "released", "released_at": now, "released_by": f"policy:{APPROVAL}"}


def _due(scope: Scope, rider: Rider, group: str, why: str, begins: datetime) -> datetime:
    """By when: as the loop's own task says for contacts, else so many hours as the norm quotes."""
    norm = transfer_numbers(begins)
    if why and why not in CLOCKS:
        raise Refusal("没有这一转运原因。", "No such reason of a transfer.", field="why", value=why[:20])
    task = queries.task_due(scope, rider.id) if group == "contact" and not why else None
    hours = timedelta(hours=norm[CLOCKS[why or OF_GROUP[group]]])
    return task if task is not None and task > begins else begins + hours


def transfer_numbers(now: datetime) -> dict[str, Any]:
    """The policy's numbers on transfers; without them nobody guesses."""
    found = numbers(NORM, local_date(now))
    if not found:
        raise Refusal(
            "现行政策没有隔离转运参数。请补充政策包。",
            "The policy in force says nothing of transfers. Add its numbers to the pack.",
            field="policy",
            value=NORM,
        )
    return dict(found)


def _rider(scope: Scope, person: int) -> Rider:
    found = queries.riders(scope, [person]).get(person)
    if found is None:
        raise Refusal("您的辖区内没有此人。请核对编号。", "Nobody of this number in your areas. Check it.", field="people", value=str(person))  # fmt: skip
    return found


def _from(scope: Scope, rider: Rider, point: tuple[float, float] | None = None) -> End:
    stay = queries.stay_now(scope, rider.id)
    if stay is not None:
        return _at(scope, stay.site.place)
    return _home(scope, rider, point)


def _home(scope: Scope, rider: Rider, point: tuple[float, float] | None = None) -> End:
    found = point or queries.point_of(scope, rider.area)
    if found is None:
        raise Refusal(
            "不知道住址在地图上的位置。请填写经纬度。",
            "Nobody knows where the address lies. Give its longitude and latitude.",
            field="from_point",
            value=rider.area,
        )
    return End(rider.area, rider.address or rider.area, *found)


def _place(scope: Scope, number: int, field: str) -> End:
    place = Place.objects.filter(pk=number).first()
    if place is None:
        raise Refusal(
            "没有这一场所。请核对编号。", "No place of this number. Check it.", field=field, value=str(number)
        )
    return _at(scope, place)


def _at(scope: Scope, place: Place) -> End:
    point = (place.longitude, place.latitude)
    found = queries.point_of(scope, place.area) if None in point else point
    if found is None or found[0] is None or found[1] is None:
        raise Refusal(
            f"{place.name_zh}没有经纬度，不能排车。请补充。",
            f"{place.name_zh} has no longitude and latitude, so no way can be planned. Add them.",
            field="to_place",
            value=str(place.pk),
        )
    return End(place.area, place.name_zh, found[0], found[1], place.pk)
