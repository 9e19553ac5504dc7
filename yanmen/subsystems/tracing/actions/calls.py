"""Calling people: every attempt of every desk is one fact, and nobody is called more often than policy says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import kinds, queries
from yanmen.subsystems.tracing.methods.desk_words import BEYOND, CALL_OUTCOMES, CHANNELS, TALKED
from yanmen.subsystems.tracing.queries import calls as called
from yanmen.subsystems.tracing.queries import help as asking

ABOUT, ANSWER = 120, 400
_LOCK = 7313


@transaction.atomic
def record_call(
    *,
    scope: Scope,
    person: int,
    channel: str,
    outcome: str,
    about: str,
    by: str,
    now: datetime,
    case: str = "",
    answer: str = "",
    beyond: str = "",
    id: UUID | None = None,
) -> UUID:
    """Keep an attempt to reach somebody: what about, and what they said. Beyond the cap only for a reason of the list `BEYOND`."""
    _listed("channel", channel, CHANNELS)
    _listed("outcome", outcome, CALL_OUTCOMES)
    if beyond:
        _listed("beyond", beyond, BEYOND)
    if not about.strip():
        raise Refusal("请写明联系事由。", "Say what the call is about.", field="about")
    if outcome == TALKED and not answer.strip():
        raise Refusal(
            "请简要记录本人的回答，以免再次询问。",
            "Keep in a few words what the person said, so that nobody asks again.",
            field="answer",
        )
    area = _area_for(scope, person, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, person % 2**31])
    if id is None or id not in {each.id for each in called.calls(scope, person, now=now).rows}:
        _within_cap(scope, person, beyond, now)
    detail = {"case": case.strip(), "channel": channel, "outcome": outcome, "beyond": beyond}
    detail |= {"about": about.strip()[:ABOUT], "answer": answer.strip()[:ANSWER]}
    said = {name: value for name, value in detail.items() if value}
    return facts.record(
        kinds.CALLED.name, id=id, person=person, area=area, occurred_at=now, by=by, now=now, detail=said
    )


def _within_cap(scope: Scope, person: int, beyond: str, now: datetime) -> None:
    known = called.calls(scope, person, now=now)
    if beyond or known.left_today is None or known.left_today > 0:
        return
    zh = f"今日已联系{known.today}次（上限{known.a_day}次），{known.in_days}天内已联系{known.lately}次（上限{known.in_all}次）。"
    en = f"Called {known.today} times today (cap {known.a_day}), {known.lately} times in {known.in_days} days (cap {known.in_all}). "
    raise Refusal(
        zh + "请查看此前的回答；确有需要的，选择“本人要求联系”或“有就医或用药需要”。",
        en + "Read what was answered before; if it must be, choose that the person asked for it, or a medical need.",
        field="beyond",
        value=str(known.lately),
    )


def _area_for(scope: Scope, person: int, now: datetime) -> str:
    """Where the call is kept: with those who answer for the person, or with the area that was asked to find them."""
    own = queries.person(scope, person)
    if own is not None:
        return str(own.area)
    asked = asking.asked_to(scope, person, now=now)
    if asked:
        return asked[0].to_area
    raise Refusal(
        "在您的辖区内没有此人，也没有关于此人的协查。",
        "There is no such person in your areas, and nobody asked you to find them.",
        field="person",
        value=str(person),
    )


def _listed(field: str, value: str, titles: Mapping[str, Mapping[str, str]]) -> None:
    if value not in titles:
        zh, en = "、".join(one["zh"] for one in titles.values()), ", ".join(titles)
        raise Refusal(f"请从中选择：{zh}。", f"Choose one of: {en}.", field=field, value=value[:40])
