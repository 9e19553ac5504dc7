"""What must hold before an area is asked, and before a request is worked on; every refusal names field, value and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection

from yanmen.base import area_codes
from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.registry import areas
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.tracing import queries
from yanmen.subsystems.tracing.queries import help as asking
from yanmen.subsystems.tracing.queries.help import Request

MOST_PEOPLE = 500
DEGREES = (None, 1, 2)
_LOCK = 7314


def check_asked(
    scope: Scope,
    count: int,
    case: str,
    degree: int | None,
    first: date | None,
    last: date,
    now: datetime,
) -> None:
    """Refuse a request that policy does not ask for, about nobody or too many, or with days that cannot be."""
    if not asking.limits(scope, now=now):
        raise Refusal(
            "目前施行的方案不要求协查。",
            "No edition in force asks for co-investigation.",
            field="now",
            value=local_date(now).isoformat(),
        )
    if not 1 <= count <= MOST_PEOPLE:
        raise Refusal(
            f"请填写1至{MOST_PEOPLE}人。",
            f"Ask about 1 to {MOST_PEOPLE} people at a time.",
            field="people",
            value=str(count),
        )
    if not case.strip():
        raise Refusal("请填写病例编号。", "Give the key of the case.", field="case")
    if degree not in DEGREES:
        raise Refusal("只有密接（1）和次密接（2）。", "The degree is 1 or 2.", field="degree", value=str(degree))
    if last > local_date(now):
        raise Refusal("暴露日期不能在今天之后。", "An exposure cannot lie in the future.", field="last_exposed", value=str(last))  # fmt: skip
    if first and first > last:
        raise Refusal(
            "首次暴露不能晚于末次暴露，请核对。",
            "The first exposure is after the last one. Check the dates.",
            field="first_exposed",
            value=str(first),
        )


def check_existing(code: str, field: str) -> None:
    """Refuse a code that is no area of the register."""
    try:
        areas.area(code)
    except Refusal as refusal:
        raise refusal.about(field, code[:20]) from None
    except ValueError:
        raise Refusal(
            "这不是行政区划代码。请填写县、乡镇或村的代码。",
            "This is no area code. Give the code of a county, township or village.",
            field=field,
            value=code[:20],
        ) from None


def check_target(asker: str, to_area: str) -> None:
    """Refuse an area that is the asker's own, lies in it or around it."""
    check_existing(to_area, "to_area")
    if area_codes.contains(asker, to_area) or area_codes.contains(to_area, asker):
        raise Refusal(
            "协查须发往其他地区；本地区及上下级请直接派发任务。",
            "Ask another area than your own; within your own, or of the level above, give a task instead.",
            field="to_area",
            value=to_area,
        )


def check_next(found: Request, to_area: str, now: datetime) -> None:
    """Refuse a next hop beyond the limit, and an area that was asked before under the same number."""
    limit = int(asking.limits(system(found.to_area), now=now).get("hop_limit", 0))
    if found.hop >= limit:
        raise Refusal(
            f"已转办{found.hop}次，达到上限。请反馈“已离开”并注明去向，由发函地区核实后另发。",
            f"{found.hop} areas were asked, which is the limit. Answer that the person left, and where to: the asking area decides.",
            field="to_area",
            value=to_area,
        )
    check_target(found.from_area, to_area)
    with acting(system(area_codes.ancestors_of(found.from_area)[0], purpose="control")):
        before = [
            each.to_area for each in asking.hops_of(system(found.from_area), found.help, found.person_id, now=now)
        ]
    if any(area_codes.contains(each, to_area) or area_codes.contains(to_area, each) for each in before):
        raise Refusal(
            "该地区已经办理过这份协查。请反馈“查找后未找到”，由发函地区核实。",
            "This area was asked before under the same number. Answer that nobody was found: the asking area checks.",
            field="to_area",
            value=to_area,
        )


def check_visible(scope: Scope, person: int) -> None:
    """Refuse somebody the asker does not answer for."""
    if queries.person(scope, person) is None:
        raise Refusal(
            "在您的辖区内没有此人。请先登记，或核对编号。",
            "There is no such person in your areas. Register them first, or check the number.",
            field="people",
            value=str(person),
        )


def already_asked(person: int, case: str, to_area: str, now: datetime) -> Request | None:
    """An open request about the person and the case; refuses where it went to another area."""
    lock(person)
    province = system(area_codes.ancestors_of(to_area)[0], purpose="control")
    with acting(province):
        known = asking.open_about(province, person, case, now=now)
    if not known:
        return None
    if known[0].to_area != to_area:
        raise Refusal(
            f"已于{local_date(known[0].asked_at)}就此人此病例向 {known[0].to_area} 发函，尚未反馈。请等待，或先撤回。",
            f"{known[0].to_area} was asked about this person and case on {local_date(known[0].asked_at)} and has not answered. Wait, or take that back first.",
            field="to_area",
            value=to_area,
        )
    return known[0]


def open_request(scope: Scope, help: str, person: int, now: datetime) -> Request:
    """The request as it stands, for the area that is asked; refuses one that is closed. Holds the person until the end."""
    lock(person)
    found = asking.request_of(scope, help, person, side=asking.IN, now=now)
    if found is None:
        raise no_such(help, person)
    if not found.is_open:
        raise Refusal(
            "这份协查已经办结。如有新情况，请与发函地区联系。",
            "This request is closed. Tell the asking area if something has changed.",
            field="help",
            value=help[:40],
        )
    return found


def no_such(help: str, person: int) -> Refusal:
    """There is no such request here."""
    return Refusal(
        "没有这份协查，或不由您办理。",
        "There is no such request, or it is not yours to work on.",
        field="help",
        value=f"{help[:40]} {person}",
    )


def not_listed(field: str, value: str, titles: Mapping[str, Mapping[str, str]]) -> Refusal:
    """A value that is not on a closed list."""
    zh, en = "、".join(one["zh"] for one in titles.values()), ", ".join(titles)
    return Refusal(f"请从中选择：{zh}。", f"Choose one of: {en}.", field=field, value=value[:40])


def lock(person: int) -> None:
    """One act at a time about a person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, person % 2**31])
