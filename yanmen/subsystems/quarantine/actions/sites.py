"""Sites: registered, inspected, opened and closed; what is said about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.policies import numbers
from yanmen.registry import areas
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.courses import SITE, STAYING
from yanmen.subsystems.quarantine.methods.words import SITE_KINDS
from yanmen.subsystems.quarantine.models import Inspection, Site, Stay
from yanmen.subsystems.quarantine.queries import inspections, sites

PLACE_FIELDS = ("name_zh", "name_en", "address", "longitude", "latitude")
LONGEST_READY = 720
MOST_LANGUAGES = 20


@transaction.atomic
def register_site(
    *, scope: Scope, area: str, kind: str, name_zh: str, by: str, now: datetime, ready_hours: int = 24,
    languages: list[str] | None = None, dialysis: bool = False, phone: str = "", **place: Any,
) -> Site:  # fmt: skip
    """Register a site that is being prepared. A place of that name and address in the area is taken, not made twice."""
    check_site({"kind": kind, "ready_hours": ready_hours, "name_zh": name_zh, **place})
    code = areas.area(area).code
    scope.require(code)
    about = {name: value.strip() if isinstance(value, str) else value for name, value in place.items()}
    same = {"name_zh": name_zh.strip(), "address": about.get("address", "")}
    found = Place.objects.filter(area=code, **same).order_by("pk").first()
    found = found or Place.objects.create(
        kind="quarantine_site", area=code, created_at=now, name_zh=name_zh.strip(), **about
    )
    if Site.objects.filter(pk=found.pk).exists():
        raise Refusal(
            f"已登记，编号 {found.pk}。", f"It is registered already: number {found.pk}.", field="name_zh", value=name_zh[:40]
        )  # fmt: skip
    return Site.objects.create(
        place=found, area=code, kind=kind, ready_hours=ready_hours, languages=(languages or [])[:MOST_LANGUAGES],
        dialysis=dialysis, phone=phone, created_at=now, created_by=by,
    )  # fmt: skip


@transaction.atomic
def change_site(*, scope: Scope, site: int, by: str, now: datetime, **values: Any) -> Site:
    """Correct what is said about a site: its kind, hours, languages, telephone; its place's name, address and point."""
    found = locked(scope, site)
    check_site({"kind": found.kind, "ready_hours": found.ready_hours, "name_zh": found.place.name_zh, **values})
    if values.get("kind", found.kind) != found.kind and Stay.objects.filter(site=found, state__in=STAYING).exists():
        raise Refusal(
            "点内有人，不能更改隔离点类型。", "People have rooms here: its kind cannot change now.", field="kind"
        )
    for name, value in values.items():
        setattr(found.place if name in PLACE_FIELDS else found, name, value)
    found.place.save(update_fields=[name for name in values if name in PLACE_FIELDS])
    found.save(update_fields=[name for name in values if name not in PLACE_FIELDS])
    return found


@transaction.atomic
def inspect_site(
    *, scope: Scope, site: int, holds: Mapping[str, bool], by: str, now: datetime, note: str = ""
) -> Inspection:
    """Write down what somebody found who walked the site. It passes when every item asked on this day holds.

    A site being prepared that passes is ready; one that was ready and fails is prepared again; one that is open takes nobody more.
    """
    found = locked(scope, site)
    asked = inspections.asked(scope, found.kind, now=now)
    if not asked:
        raise Refusal("当前没有生效的验收标准。", "No norm of inspection is in force now.", field="items")
    if unsaid := [item for item in asked if item not in holds]:
        raise Refusal("请逐项填写是否合格。", "Say of every item whether it holds.", field="items", value=unsaid[0])
    passed = all(holds[item] for item in asked)
    if not passed and not note.strip():
        raise Refusal("有不合格项，请写明问题和整改要求。", "Some items do not hold: write down what is to be mended.", field="note")  # fmt: skip
    made = Inspection.objects.create(
        site=found, area=found.area, at=now, by=by, passed=passed, items={item: bool(holds[item]) for item in asked},
        note=note.strip()[:500],
    )  # fmt: skip
    act = "pass" if passed else "fail"
    if SITE.can(found.state, act):
        _went(found, SITE.after(found.state, act))
    return made


@transaction.atomic
def move_site(*, scope: Scope, site: int, act: str, by: str, now: datetime) -> Site:
    """Open a site, let it wind down, close it, or give it up. It opens with a passed inspection that is not too old, and rooms."""
    found = locked(scope, site)
    if act not in ("open", "wind_down", "close", "give_up"):
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    state = SITE.after(found.state, act)
    if act == "open":
        _may_open(scope, found, now)
    if act in ("close", "give_up"):
        _empty(found)
    times: dict[str, dict[str, datetime | None]] = {
        "open": {"opened_at": now, "closed_at": None},
        "close": {"closed_at": now},
        "give_up": {"closed_at": now},
    }
    _went(found, state, **times.get(act, {}))
    return found


def locked(scope: Scope, site: int) -> Site:
    """A site of the asker's, held until the transaction ends."""
    found: Site | None = scope.within(Site.objects.select_for_update(of=("self",)).select_related("place"), "area").filter(pk=site).first()  # fmt: skip
    if found is None:
        raise Refusal(
            "您的辖区内没有这一隔离点。", "There is no such site in your areas.", field="site", value=str(site)
        )
    return found


def check_site(about: Mapping[str, Any]) -> None:
    """Refuse what cannot be said of a site."""
    if about["kind"] not in SITE_KINDS:
        raise Refusal(
            "请从列表中选择类型。", "Choose a kind from the list.", field="kind", value=str(about["kind"])[:40]
        )
    if not str(about["name_zh"]).strip():
        raise Refusal("请填写名称。", "Give it a name.", field="name_zh")
    if not 0 <= about["ready_hours"] <= LONGEST_READY:
        raise Refusal(
            f"启用所需小时数应为0至{LONGEST_READY}。", f"A site opens within 0 to {LONGEST_READY} hours.",
            field="ready_hours", value=str(about["ready_hours"]),
        )  # fmt: skip
    for field, most in (("longitude", 180), ("latitude", 90)):
        if (value := about.get(field)) is not None and not -most <= value <= most:
            raise Refusal("坐标超出范围。", "The coordinate is out of range.", field=field, value=str(value))


def _may_open(scope: Scope, site: Site, now: datetime) -> None:
    last = inspections.last(scope, site)
    days = numbers(inspections.NORM, local_date(now)).get("valid_days")
    if last is None or not last.passed or (days and now - last.at > timedelta(days=days)):
        raise Refusal(
            "启用前须验收合格，且验收未过期。请先验收。",
            "A site opens with a passed inspection that is not too old. Inspect it first.",
            field="inspection",
            value=last.at.date().isoformat() if last else "",
        )
    if not sites.has_rooms(scope, site):
        raise Refusal("请先登记楼层和房间。", "Give the site its floors and rooms first.", field="rooms")


def _empty(site: Site) -> None:
    if count := Stay.objects.filter(site=site, state__in=STAYING).count():
        raise Refusal(f"点内还有{count}人，不能关闭。", f"{count} people still have rooms here.", field="site", value=str(count))  # fmt: skip


def _went(site: Site, state: str, **times: datetime | None) -> None:
    site.state = state
    for name, value in times.items():
        setattr(site, name, value)
    site.save(update_fields=["state", *times])
