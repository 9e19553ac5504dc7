"""Reporting an infection, and setting the report right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.base.diseases import COVID, DISEASES
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import kinds, queries
from yanmen.subsystems.cases.actions.common import (
    case_of,
    known_area,
    lock,
    not_before_birth,
    not_later_than,
    one_of,
    record_about,
    said,
    wake_areas_of,
)
from yanmen.subsystems.cases.methods.words import KINDS, NO_CASE, SETTINGS, SEVERITIES

CT_MOST = 45


@dataclass(frozen=True)
class Reported:
    """The key that later facts about the case name, and the fact that reports it."""

    case: str
    fact_id: UUID
    created: bool


@transaction.atomic
def report(
    *,
    person: int,
    area: str,
    kind: str,
    found_at: datetime,
    by: str,
    now: datetime,
    disease: str = "",
    setting: str = "community",
    severity: str = "",
    onset_on: date | None = None,
    sampled_on: date | None = None,
    ct: float | None = None,
    spread_outside: bool = False,
    wide_spread: bool = False,
    home_fit: bool | None = None,
    town: str = "",
    case: UUID | None = None,
) -> Reported:
    """Report an infected or suspected person, in the smallest area known. `case` makes a repeat the same report.

    `disease` empty is COVID-19. Who is a case of one disease may be reported with another.
    """
    _check(area, disease or COVID, kind, setting, severity, found_at, onset_on, sampled_on, ct)
    not_later_than(found_at, now, "found_at")
    not_before_birth(person, onset_on or sampled_on or local_date(found_at))
    lock(person)
    key = case or uuid7(now)
    there = _open_report(person, disease or COVID)
    if there and there[0] != str(key) and setting != "re_positive":
        raise _reported_already(*there, area)
    about = {
        "case": str(key),
        "disease": disease if disease != COVID else None,
        "kind": kind,
        "setting": setting,
        "severity": severity or None,
        "onset_on": onset_on and onset_on.isoformat(),
        "sampled_on": sampled_on and sampled_on.isoformat(),
        "ct": ct,
        "spread_outside": spread_outside or None,
        "wide_spread": wide_spread or None,
        "home_fit": home_fit,
        "town": town or None,
    }
    row = {"id": key, "person": person, "area": area, "occurred_at": found_at, "detail": said(about)}
    receipt = facts.record_many(kinds.REPORTED.name, [row], by=by, now=now)
    return Reported(case=str(key), fact_id=key, created=bool(receipt.created))


@transaction.atomic
def reclassify(*, scope: Scope, case: str, to: str, reason: str, by: str, now: datetime) -> UUID:
    """Another kind of case, or no case at all.

    A false positive or an excluded suspect is withdrawn: the next turn lifts everything that rested on it, the areas
    it had visited included. The history keeps both the report and why it was taken back.
    """
    one_of("to", to, KINDS | NO_CASE)
    if not reason.strip():
        raise Refusal("请写明订正理由。", "Say why the case is reclassified.", field="reason")
    found = case_of(scope, case, now)
    if found.kind == to:
        raise Refusal(
            "病例已是这一类型，无需订正。", "The case already is of this kind. Nothing to do.", field="to", value=to
        )
    told = record_about(
        kinds.RECLASSIFIED.name, found, {"from": found.kind, "to": to, "reason": reason.strip()}, by=by, now=now
    )
    if to in NO_CASE:
        facts.withdraw(found.fact_id, reason=f"{NO_CASE[to]['zh']}: {reason.strip()}", by=by, now=now)
        wake_areas_of(found)
    return told


@transaction.atomic
def locate(*, scope: Scope, case: str, area: str, by: str, now: datetime, setting: str = "") -> UUID:
    """Say in which smaller area a case belongs: daily reports name the county, investigation finds the village.

    The county's spread and the village's zone follow within one turn.
    """
    found = queries.report_of(scope, case)
    if found is None:
        raise Refusal(
            "在您的辖区内没有这一病例，或报告已撤回。",
            "There is no such case in your area, or its report was withdrawn.",
            field="case",
            value=case,
        )
    fact_id, where, now_setting = found
    if not known_area(area).startswith(where) or area == where:
        raise Refusal(
            f"应填写 {where} 之内更小的地区代码。",
            f"Give the code of a smaller area inside {where}.",
            field="area",
            value=area,
        )
    if setting:
        one_of("setting", setting, SETTINGS)
    return facts.correct(fact_id, detail={"setting": setting or now_setting}, area=area, by=by, now=now)


def _open_report(person: int, disease: str) -> tuple[str, str] | None:
    """Key and area of the person's case that is not over, wherever it was reported."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, area FROM cases_open_report(%s, %s)", [person, disease])
        row = cursor.fetchone()
    return (str(row[0]), str(row[1])) if row else None


def _reported_already(key: str, where: str, area: str) -> Refusal:
    """Names the county and the case, and what to do instead of reporting it twice."""
    county = where[:6]
    if county == area[:6]:
        return Refusal(
            f"此人已有未结案的病例（编号 {key}）。请订正该报告；如为重复报告，请合并。",
            f"This person already has an open case (key {key}). Reclassify that report instead of adding one, or merge.",
            field="person",
            value=key,
        )
    name = Area.objects.filter(code=county, valid_to=None).values_list("name_zh", "name_en").first() or ("", "")
    return Refusal(
        f"此人在{name[0]}（{county}）已有未结案的病例，编号 {key}。请联系该地移交病例；如为重复报告，请由上级合并。",
        f"This person already has an open case in {name[1] or name[0]} ({county}), key {key}. Ask that county to hand "
        "the case over; if it was reported twice, the level above merges the two.",
        field="person",
        value=key,
    )


def _check(
    area: str,
    disease: str,
    kind: str,
    setting: str,
    severity: str,
    found_at: datetime,
    onset_on: date | None,
    sampled_on: date | None,
    ct: float | None,
) -> None:
    known_area(area)
    for field, value, known in (
        ("disease", disease, DISEASES),
        ("kind", kind, KINDS),
        ("setting", setting, SETTINGS),
        ("severity", severity, SEVERITIES),
    ):
        if value or field != "severity":
            one_of(field, value, known)
    for field, day in (("onset_on", onset_on), ("sampled_on", sampled_on)):
        if day and day > local_date(found_at):
            raise Refusal(
                "日期晚于发现病例的日期，请核对。",
                "This day lies after the day the case was found. Check both.",
                field=field,
                value=day.isoformat(),
            )
    if ct is not None and not 0 < ct <= CT_MOST:
        raise Refusal("Ct值应在0到45之间。", "A Ct lies between 0 and 45.", field="ct", value=str(ct))
