"""Co-investigation: one area asks another to find people; the other accepts, sends back or answers.

A request is a number (`help`), and a hop for each area that is asked under it. Its facts stand in the area that is asked. Whoever
says that somebody is there answers for them from that moment: the person, and what was judged about them and the case, are handed
over in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from yanmen.base import area_codes
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry import people
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.tracing import kinds, queries
from yanmen.subsystems.tracing.actions.help_checks import (
    already_asked,
    check_asked,
    check_existing,
    check_next,
    check_target,
    check_visible,
    lock,
    no_such,
    not_listed,
    open_request,
)
from yanmen.subsystems.tracing.methods.desk_words import (
    FOUND_MANAGED,
    LEFT,
    MOVED_ON,
    OUTCOMES,
    REFUSED,
    RETURN_REASONS,
)
from yanmen.subsystems.tracing.queries import help as asking
from yanmen.subsystems.tracing.queries.help import Request

NOTE = 400


@dataclass(frozen=True)
class Asked:
    """One request: its number, who it is about now, and who had been asked about before."""

    help: str
    asked: tuple[int, ...]
    repeated: tuple[int, ...]


@transaction.atomic
def ask_help(
    *,
    scope: Scope,
    people: Sequence[int],
    to_area: str,
    case: str,
    last_exposed: date,
    by: str,
    now: datetime,
    first_exposed: date | None = None,
    degree: int | None = None,
    via: str = "",
    disease: str = "",
    note: str = "",
) -> Asked:
    """Ask another area to find people of the asker's. Whoever is asked about already, in the same case and place, is not again."""
    check_asked(scope, len(people), case, degree, first_exposed, last_exposed, now)
    for person in people:
        check_visible(scope, person)
    about = _exposure(case, disease, first_exposed, last_exposed, degree, via, note)
    return _ask(scope, people, to_area, about, by=by, now=now)


@transaction.atomic
def ask_help_listed(
    *,
    scope: Scope,
    rows: Sequence[people.Details],
    to_area: str,
    case: str,
    last_exposed: date,
    by: str,
    now: datetime,
    first_exposed: date | None = None,
    degree: int | None = None,
    via: str = "",
    disease: str = "",
    note: str = "",
) -> Asked:
    """Ask about people of a list. Who is registered elsewhere stays registered there; who is new is registered by the asker."""
    check_asked(scope, len(rows), case, degree, first_exposed, last_exposed, now)
    numbers = []
    for line, each in enumerate(people.register_people(rows, by=by, now=now, take_over=False), start=1):
        if isinstance(each, Refusal):
            raise Refusal(f"第{line}行：{each.zh}", f"Line {line}: {each.en}", field=each.field, value=each.value)
        numbers.append(each.person)
    about = _exposure(case, disease, first_exposed, last_exposed, degree, via, note)
    return _ask(scope, numbers, to_area, about, by=by, now=now)


@transaction.atomic
def accept_help(
    *, scope: Scope, help: str, person: int, by: str, now: datetime, here: bool = False, area: str = "", note: str = ""
) -> None:
    """Take a request on. `here`: the person was found here, and this area (or `area` in it) answers for them from now on."""
    found = open_request(scope, help, person, now)
    if found.accepted_at is None or (here and not found.here):
        detail = {"help": found.help, "hop": found.hop, "here": here, "note": note.strip()[:NOTE]}
        _say(scope, found, kinds.HELP_ACCEPTED.name, detail, by=by, now=now)
    if here:
        _take_over(scope, found, area or found.to_area, by=by, now=now)


@transaction.atomic
def return_help(
    *, scope: Scope, help: str, person: int, reason: str, by: str, now: datetime, to_area: str = "", note: str = ""
) -> None:
    """Send a request back with a reason. `moved_on` to `to_area` asks that area at once, one hop further."""
    if reason not in RETURN_REASONS:
        raise not_listed("reason", reason, RETURN_REASONS)
    found = open_request(scope, help, person, now)
    moved = reason == MOVED_ON
    if moved:
        check_next(found, to_area, now)
    elif to_area:
        raise Refusal(
            "只有“已离开”才填写去向地区。",
            "Name an area only where the person moved on.",
            field="to_area",
            value=to_area,
        )
    detail = {"help": found.help, "hop": found.hop, "reason": reason, "moved_to": to_area, "note": note.strip()[:NOTE]}
    _say(scope, found, kinds.HELP_RETURNED.name, detail, by=by, now=now)
    if moved:
        further = dict(found.detail) | {"to_area": to_area, "hop": found.hop + 1}
        notes = [text for text in (str(found.detail.get("note", "")), note.strip()) if text]
        further |= _stated({"note": " / ".join(notes)[:NOTE]})
        _record(to_area, scope, [(person, further)], by=by, now=now)


@transaction.atomic
def answer_help(
    *, scope: Scope, help: str, person: int, outcome: str, by: str, now: datetime, left_to: str = "", note: str = ""
) -> None:
    """Close a request. Found and managed: this area answers for the person; left: say where to; refused: say what was tried."""
    if outcome not in OUTCOMES:
        raise not_listed("outcome", outcome, OUTCOMES)
    if outcome == LEFT:
        check_existing(left_to, "left_to")
    elif left_to:
        raise Refusal(
            "只有“已离开”才填写去向地区。",
            "Name an area only where the person left.",
            field="left_to",
            value=left_to,
        )
    if outcome == REFUSED and not note.strip():
        raise Refusal("请写明已做的工作和本人的理由。", "Say what was tried, and why the person refuses.", field="note")
    found = open_request(scope, help, person, now)
    if outcome == FOUND_MANAGED and not found.here:
        _take_over(scope, found, found.to_area, by=by, now=now)
    detail = {"help": found.help, "hop": found.hop, "outcome": outcome, "left_to": left_to, "note": note.strip()[:NOTE]}
    _say(scope, found, kinds.HELP_ANSWERED.name, detail, by=by, now=now)


@transaction.atomic
def take_back_help(*, scope: Scope, help: str, person: int, reason: str, by: str, now: datetime) -> None:
    """The asking area needs no answer any more."""
    if not reason.strip():
        raise Refusal("请写明撤回理由。", "Say why this is taken back.", field="reason")
    lock(person)
    found = asking.request_of(scope, help, person, side=asking.OUT, now=now)
    if found is None or not found.is_open:
        raise no_such(help, person)
    with acting(replace(scope, area=found.to_area), now=now):
        facts.withdraw(found.id, reason=reason.strip()[:NOTE], by=by, now=now)


def reveal_phone(*, scope: Scope, help: str, person: int, reason: str, by: str, now: datetime) -> str:
    """The telephone number of somebody this area is asked to find. It leaves a trace, signed `by`, before it is shown."""
    if not reason.strip():
        raise Refusal("请写明查看理由。", "Give a reason for seeing this.", field="reason")
    found = open_request(scope, help, person, now)
    log_access(scope, "reveal phone", person=person, reason=f"{found.help} {by}: {reason.strip()}", now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone_sealed FROM tracing_requests(%s, %s, 'in', %s)", [found.help, person, now])
        return people.unsealed_text(cursor.fetchone()[0], "phone", person)


def _exposure(
    case: str, disease: str, first: date | None, last: date, degree: int | None, via: str, note: str
) -> dict[str, Any]:
    return _stated(
        {
            "case": case.strip(),
            "disease": disease.strip(),
            "first_exposed": first.isoformat() if first else None,
            "last_exposed": last.isoformat(),
            "degree": degree,
            "via": via.strip(),
            "note": note.strip()[:NOTE],
        }
    )


def _ask(
    scope: Scope, persons: Sequence[int], to_area: str, about: Mapping[str, Any], *, by: str, now: datetime
) -> Asked:
    check_target(scope.area, to_area)
    own = str(uuid7(now))
    known = {person: already_asked(person, about["case"], to_area, now) for person in sorted(set(persons))}
    fresh = [person for person, before in known.items() if before is None]
    before = [each for each in known.values() if each is not None]
    hop = {"help": own, "hop": 1, "from_area": scope.area, "to_area": to_area}
    _record(to_area, scope, [(person, hop | dict(about)) for person in fresh], by=by, now=now)
    return Asked(own if fresh else before[-1].help, tuple(fresh), tuple(each.person_id for each in before))


def _take_over(scope: Scope, found: Request, area: str, *, by: str, now: datetime) -> None:
    """The person, and what was judged about them and the case, are this area's from now on."""
    scope.require(area)
    if not area_codes.contains(found.to_area, found.register_area):
        people.hand_over([found.person_id], area=area, by=by, now=now)
    own = found.register_area if area_codes.contains(found.to_area, found.register_area) else area
    province = system(area_codes.ancestors_of(found.to_area)[0], purpose="control")
    with acting(province):
        judged = [each for each in queries.exposures_of(province, found.person_id) if each.case == found.case_id]
        for each in judged:
            if not area_codes.contains(found.to_area, each.area):
                facts.correct(each.id, detail={}, area=own, by=by, now=now)
        if not judged:
            about = {name: found.detail.get(name) for name in ("case", "disease", "first_exposed", "last_exposed", "via", "degree")}  # fmt: skip
            kind = kinds.CONTACT_FOUND if found.degree else kinds.GENERAL_CONTACT_FOUND
            facts.record(
                kind.name, person=found.person_id, area=own, occurred_at=now, by=by, now=now, detail=_stated(about)
            )


def _say(scope: Scope, found: Request, kind: str, detail: Mapping[str, Any], *, by: str, now: datetime) -> None:
    facts.record(
        kind, person=found.person_id, area=found.to_area, occurred_at=now, by=by, now=now, detail=_stated(detail)
    )


def _record(
    to_area: str, scope: Scope, asked: Sequence[tuple[int, Mapping[str, Any]]], *, by: str, now: datetime
) -> None:
    """Requests are written once, where the asked area reads."""
    rows = [{"person": person, "area": to_area, "occurred_at": now, "detail": detail} for person, detail in asked]
    with acting(replace(scope, area=to_area), now=now):
        facts.record_many(kinds.HELP_ASKED.name, rows, by=by, now=now)


def _stated(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if value not in (None, "")}
