"""Sampling sites and laboratories: opening, changing, closing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.registry import areas
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.words import SITES as KINDS
from yanmen.subsystems.screening.models import Laboratory, Site
from yanmen.subsystems.screening.models.places import MOST_WAITING
from yanmen.subsystems.screening.queries import sites as queries

PLACE_FIELDS = ("name_zh", "name_en", "address", "longitude", "latitude")
MOST_DESKS = 200
MOST_TUBES = 1_000_000
T = TypeVar("T", Site, Laboratory)


@transaction.atomic
def open_site(
    *, scope: Scope, area: str, kind: str, name_zh: str, by: str, now: datetime, desks: int = 1,
    hours: list[dict[str, str]] | None = None, open_from: datetime | None = None, **place: Any,
) -> Site:  # fmt: skip
    """Open a sampling site. A place of that name and address in the area is taken, not made twice."""
    _check_site(kind, desks)
    found = _place(scope, area, "sampling_site", {"name_zh": name_zh, **place}, now)
    if Site.objects.filter(pk=found.pk).exists():
        raise _registered(found)
    return Site.objects.create(
        place=found, area=found.area, kind=kind, desks=desks, hours=hours or [], open_from=open_from or now, created_at=now,
        created_by=by,
    )  # fmt: skip


@transaction.atomic
def change_site(*, scope: Scope, place: int, by: str, now: datetime, **values: Any) -> Site:
    """Correct what is said about a site: desks, hours, kind, or its place's name, address and point."""
    found = _mine(queries.site(scope, place), place)
    _check_site(values.get("kind", found.kind), values.get("desks", found.desks))
    return _changed(found, values)


def report_queue(*, scope: Scope, place: int, people: int, by: str, now: datetime) -> Site:
    """So many people wait at the site now; the report before is replaced."""
    found = _mine(queries.site(scope, place), place)
    if not 0 <= people <= MOST_WAITING:
        raise Refusal(
            f"排队人数应为0至{MOST_WAITING}。",
            f"From 0 to {MOST_WAITING} people can wait at a site.",
            field="people",
            value=str(people),
        )
    if found.open_to is not None and found.open_to <= now:
        raise Refusal(
            "该采样点已关闭，不能报告排队。",
            "This site is closed: nobody waits there.",
            field="place",
            value=str(place),
        )
    found.queue_people, found.queue_at = people, now
    found.save(update_fields=["queue_people", "queue_at"])
    return found


@transaction.atomic
def close_site(*, scope: Scope, place: int, by: str, now: datetime) -> Site:
    """The site takes nobody from now on."""
    return _closed(_mine(queries.site(scope, place), place), now)


@transaction.atomic
def reopen_site(*, scope: Scope, place: int, by: str, now: datetime) -> Site:
    """A closed site takes people again."""
    return _reopened(_mine(queries.site(scope, place), place))


@transaction.atomic
def open_laboratory(
    *, scope: Scope, area: str, name_zh: str, tubes_a_day: int, by: str, now: datetime, hours_a_run: float = 4,
    open_from: datetime | None = None, **place: Any,
) -> Laboratory:  # fmt: skip
    """Open a laboratory, with what it can do in a day."""
    _check_laboratory(tubes_a_day, hours_a_run)
    found = _place(scope, area, "laboratory", {"name_zh": name_zh, **place}, now)
    if Laboratory.objects.filter(pk=found.pk).exists():
        raise _registered(found)
    return Laboratory.objects.create(
        place=found, area=found.area, tubes_a_day=tubes_a_day, hours_a_run=hours_a_run, open_from=open_from or now,
        created_at=now, created_by=by,
    )  # fmt: skip


@transaction.atomic
def change_laboratory(*, scope: Scope, place: int, by: str, now: datetime, **values: Any) -> Laboratory:
    """Correct what is said about a laboratory."""
    found = _mine(queries.laboratory(scope, place), place)
    _check_laboratory(values.get("tubes_a_day", found.tubes_a_day), values.get("hours_a_run", found.hours_a_run))
    return _changed(found, values)


@transaction.atomic
def close_laboratory(*, scope: Scope, place: int, by: str, now: datetime) -> Laboratory:
    """The laboratory takes no tubes from now on."""
    return _closed(_mine(queries.laboratory(scope, place), place), now)


@transaction.atomic
def reopen_laboratory(*, scope: Scope, place: int, by: str, now: datetime) -> Laboratory:
    """A closed laboratory takes tubes again."""
    return _reopened(_mine(queries.laboratory(scope, place), place))


def _place(scope: Scope, area: str, kind: str, about: dict[str, Any], now: datetime) -> Place:
    code = areas.area(area).code
    scope.require(code)
    about = {name: value.strip() if isinstance(value, str) else value for name, value in about.items()}
    if not about["name_zh"]:
        raise Refusal("请填写名称。", "Give it a name.", field="name_zh")
    _check_point(about)
    same = {"name_zh": about["name_zh"], "address": about.get("address", "")}
    there = Place.objects.filter(area=code, **same).order_by("pk").first()
    made: Place = there or Place.objects.create(kind=kind, area=code, created_at=now, **about)
    return made


def _changed(found: T, values: dict[str, Any]) -> T:
    _check_point(values)
    for name, value in values.items():
        setattr(found.place if name in PLACE_FIELDS else found, name, value)
    found.place.save(update_fields=[name for name in values if name in PLACE_FIELDS])
    found.save(update_fields=[name for name in values if name not in PLACE_FIELDS])
    return found


def _closed(found: T, now: datetime) -> T:
    if found.open_to is None or found.open_to > now:
        found.open_to = max(now, found.open_from)
        found.save(update_fields=["open_to"])
    return found


def _reopened(found: T) -> T:
    found.open_to = None
    found.save(update_fields=["open_to"])
    return found


def _mine(found: T | None, place: int) -> T:
    if found is None:
        raise Refusal(
            "您的辖区内没有这一登记。", "There is no such entry in your areas.", field="place", value=str(place)
        )
    return found


def _registered(place: Place) -> Refusal:
    return Refusal(
        f"已登记，编号 {place.pk}。",
        f"It is registered already: number {place.pk}.",
        field="name_zh",
        value=place.name_zh[:40],
    )


def _check_site(kind: str, desks: int) -> None:
    if kind not in KINDS:
        raise Refusal("请从列表中选择类型。", "Choose a kind from the list.", field="kind", value=kind[:40])
    if not 1 <= desks <= MOST_DESKS:
        raise Refusal(
            f"采样台应为1至{MOST_DESKS}个。",
            f"A site has from 1 to {MOST_DESKS} desks.",
            field="desks",
            value=str(desks),
        )


def _check_laboratory(tubes_a_day: int, hours_a_run: float) -> None:
    if not 1 <= tubes_a_day <= MOST_TUBES:
        raise Refusal(
            "日检测管数应为正数。",
            "A laboratory reads at least one tube a day.",
            field="tubes_a_day",
            value=str(tubes_a_day),
        )
    if not 0 < hours_a_run <= 72:
        raise Refusal(
            "检测时长应大于0、不超过72小时。",
            "A run takes up to 72 hours.",
            field="hours_a_run",
            value=str(hours_a_run),
        )


def _check_point(about: dict[str, Any]) -> None:
    for field, most in (("longitude", 180), ("latitude", 90)):
        value = about.get(field)
        if value is not None and not -most <= value <= most:
            raise Refusal("坐标超出范围。", "The coordinate is out of range.", field=field, value=str(value))
