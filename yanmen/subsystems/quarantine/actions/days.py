"""What is recorded of guests day by day: temperatures and symptoms, looks by a doctor, needs, talks, the surroundings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.loop import bulk, facts
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine import kinds
from yanmen.subsystems.quarantine.methods import days as method
from yanmen.subsystems.quarantine.methods.words import CARE, JUDGED, NEEDS, SYMPTOMS
from yanmen.subsystems.quarantine.models import Site, Stay
from yanmen.subsystems.quarantine.queries.statements import DAYS

AT_ONCE = 5_000
RESULTS = ("positive", "negative")


@dataclass(frozen=True)
class Reading:
    """A temperature and what somebody tells of how they are. `id` is chosen by who sends it: sent twice it is one."""

    stay: int
    celsius: float | None = None
    symptoms: Sequence[str] = ()
    at: datetime | None = None
    id: UUID | None = None


@dataclass(frozen=True)
class Taken:
    """What became of the readings: their number is the sum of the first three. `told` of them say fever or symptoms."""

    created: int
    repeated: int
    rejected: Sequence[tuple[int, Refusal]]
    told: int


@transaction.atomic
def record_checks(*, scope: Scope, readings: Iterable[Reading], by: str, now: datetime) -> Taken:
    """Keep temperatures and symptoms of many guests. Fever or symptoms are told to the loop at once; bad lines stay out by name."""
    given = list(readings)
    if len(given) > AT_ONCE:
        raise Refusal(
            f"一次最多{AT_ONCE}条。请分批提交。", f"At most {AT_ONCE} at once. Send them in parts.", field="readings"
        )
    policy = numbers(DAYS, local_date(now))
    asked = {each.stay for each in given}
    known = {each.pk: each for each in scope.within(Stay.objects, "area").filter(pk__in=asked, state="admitted")}
    rows, told, rejected = [], [], []
    for number, each in enumerate(given):
        stay = known.get(each.stay)
        refusal = _wrong(each, stay, policy, now)
        if refusal or stay is None:
            rejected.append((number, refusal or _no_stay(each.stay)))
            continue
        row = _row(each, stay, now)
        rows.append(row)
        if method.feverish(each.celsius, policy) or each.symptoms:
            told.append(_told(row))
    receipt = bulk.record_bulk(kinds.CHECKED.name, rows, by=by, now=now)
    if told:
        facts.record_many(kinds.SYMPTOMS.name, told, by=by, now=now)
    return Taken(receipt.created, receipt.repeated, rejected, len(told))


@transaction.atomic
def look(*, scope: Scope, stay: int, judged: str, by: str, now: datetime, note: str = "") -> UUID:
    """A doctor has looked at a guest's symptoms and says what is to be done."""
    if judged not in JUDGED:
        raise Refusal("请选择处置意见。", "Choose what is to be done.", field="judged", value=judged[:20])
    detail = {"judged": judged, "note": note.strip()[:200]}
    return _record(kinds.SEEN_BY_DOCTOR.name, _staying(scope, stay), detail, by=by, now=now)


@transaction.atomic
def care(*, scope: Scope, stay: int, about: str, well: bool, by: str, now: datetime, note: str = "") -> UUID:
    """Somebody talked with a guest about how they are, or in their language."""
    if about not in CARE:
        raise Refusal("请选择关怀事项。", "Choose what it was about.", field="about", value=about[:20])
    detail = {"about": about, "well": well, "note": note.strip()[:200]}
    return _record(kinds.CARED_FOR.name, _staying(scope, stay), detail, by=by, now=now)


@transaction.atomic
def tell_stay_need(
    *,
    scope: Scope,
    stay: int,
    need: str,
    by: str,
    now: datetime,
    text: str = "",
    urgent: bool = False,
    wanted_by: datetime | None = None,
) -> UUID:
    """A guest needs something. The loop asks staff for it until it is met."""
    if need not in NEEDS:
        raise Refusal("请选择需求类别。", "Choose what is needed.", field="need", value=need[:20])
    detail: dict[str, Any] = {"need": need, "urgent": urgent, "text": text.strip()[:200]}
    if wanted_by:
        detail["wanted_by"] = wanted_by.isoformat()
    return _record(kinds.NEED_TOLD.name, _staying(scope, stay), detail, by=by, now=now)


@transaction.atomic
def meet_stay_need(*, scope: Scope, stay: int, told: str, by: str, now: datetime, how: str = "") -> UUID:
    """What a guest needed was brought or done."""
    return _record(kinds.NEED_MET.name, _staying(scope, stay), {"told": told, "how": how.strip()[:200]}, by=by, now=now)


@transaction.atomic
def sample_surroundings(
    *, scope: Scope, site: int, where: str, result: str, by: str, now: datetime, floor: str = ""
) -> UUID:
    """What a swab of a room or of what is shared showed. A positive elsewhere than in the room of a case concerns every guest."""
    found: Site | None = scope.within(Site.objects, "area").filter(pk=site).first()
    if found is None:
        raise Refusal("您的辖区内没有这一隔离点。", "No such site in your areas.", field="site", value=str(site))
    if result not in RESULTS or not where.strip():
        raise Refusal(
            "请填写采样位置和结果。", "Say where it was taken and what it showed.", field="where", value=where[:40]
        )
    detail = {"where": where.strip()[:40], "floor": floor.strip()[:20], "result": result}
    fact = facts.record(
        kinds.SAMPLE_OF_SITE.name, place=found.pk, area=found.area, occurred_at=now, detail=detail, by=by, now=now
    )
    if result == "positive":
        rows = scope.within(Stay.objects, "area").filter(site=found, state__in=("admitted", "left"))
        facts.wake("person", sorted(set(rows.values_list("person_id", flat=True))))
    return fact


def _staying(scope: Scope, number: int) -> Stay:
    found: Stay | None = scope.within(Stay.objects, "area").filter(pk=number, state="admitted").first()
    if found is None:
        raise _no_stay(number)
    return found


def _no_stay(number: int) -> Refusal:
    return Refusal(
        "您的隔离点内没有此人在住。请核对。",
        "Nobody stays under this number in your sites. Check it.",
        field="stay",
        value=str(number),
    )


def _wrong(each: Reading, stay: Stay | None, policy: Mapping[str, Any], now: datetime) -> Refusal | None:
    if stay is None:
        return _no_stay(each.stay)
    if each.celsius is None and not each.symptoms:
        return Refusal("请填写体温或症状。", "Give a temperature or symptoms.", field="celsius")
    if each.celsius is not None and not method.plausible(each.celsius, policy):
        return Refusal(
            f"体温应在{policy['coldest']}至{policy['warmest']}℃之间。请核对。",
            f"A temperature lies between {policy['coldest']} and {policy['warmest']} °C. Check it.",
            field="celsius",
            value=f"{each.celsius:g}",
        )
    if unknown := [one for one in each.symptoms if one not in SYMPTOMS]:
        return Refusal("没有这一症状。", "No such symptom.", field="symptoms", value=unknown[0][:20])
    if each.at is not None and (each.at > now or (stay.admitted_at and each.at < stay.admitted_at)):
        return Refusal(
            "时间应在入住之后、现在之前。",
            "The time lies after they came and not ahead.",
            field="at",
            value=str(each.at),
        )
    return None


def _row(each: Reading, stay: Stay, now: datetime) -> dict[str, Any]:
    return {
        "id": each.id or uuid7(now), "person": stay.person_id, "place": stay.site_id, "area": stay.area,
        "occurred_at": each.at or now,
        "detail": {"stay": stay.pk, "celsius": each.celsius, "symptoms": ",".join(each.symptoms)},
    }  # fmt: skip


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fact beside a reading: it bears the reading's id, so that one told twice is one."""
    told = {name: row["detail"][name] for name in ("celsius", "symptoms")}
    return {**row, "detail": {name: value for name, value in told.items() if value not in (None, "")} | {"how": "site"}}


def _record(kind: str, stay: Stay, detail: Mapping[str, Any], *, by: str, now: datetime) -> UUID:
    return facts.record(
        kind, person=stay.person_id, place=stay.site_id, area=stay.area, occurred_at=now, detail=detail, by=by, now=now
    )
