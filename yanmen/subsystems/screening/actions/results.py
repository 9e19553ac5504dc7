"""Every write about tests. A test counts by its sampling time; a result says when it became known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.facts import Receipt
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening import kinds, queries
from yanmen.subsystems.screening.methods.words import METHODS, RESULTS, SWABS

CT_MOST = 45


@dataclass(frozen=True)
class Reading:
    """One result of a batch: whose, sampled when, and what it says. `sample` makes a repeat the same result."""

    person: int
    area: str
    sampled_at: datetime
    result: str
    ct: float | None = None
    method: str = "nat"
    sample: UUID | None = None


@transaction.atomic
def record_sample(
    *, scope: Scope, person: int, by: str, now: datetime, at: datetime | None = None, swab: str = "oropharyngeal",
    site: str = "", sample: UUID | None = None,
) -> str:  # fmt: skip
    """Record that somebody was sampled. The key returned is what the result will name."""
    if swab not in SWABS:
        raise _unknown("swab", swab, SWABS)
    who: Person | None = scope.within(Person.objects, "area").filter(pk=person).first()
    if who is None:
        raise Refusal(
            "在您的辖区内没有此人。请核对，或联系其负责地区。",
            "There is no such person in your area. Check, or ask the area responsible.",
            field="person",
            value=str(person),
        )
    key = sample or uuid7(now)
    detail = {"sample": str(key), "swab": swab} | ({"site": site} if site else {})
    row = {"id": key, "person": who.pk, "area": who.area, "occurred_at": at or now, "detail": detail}
    facts.record_many(kinds.SAMPLED.name, [row], by=by, now=now)
    return str(key)


@transaction.atomic
def record_result(
    *, scope: Scope, sample: str, result: str, by: str, now: datetime, ct: float | None = None, method: str = "nat"
) -> UUID:
    """Record what a sample showed. A second result for the same sample is refused: correct the first."""
    found = queries.sample(scope, sample, now=now)
    if found is None:
        raise Refusal(
            "没有这一待检样本，或结果已报出。如需更正，请订正原结果。",
            "No sample of this number waits for a result. To change a result, correct the one reported.",
            field="sample",
            value=sample,
        )
    reading = Reading(found.person_id, found.area, found.sampled_at, result, ct, method)
    _check(reading)
    return facts.record(
        kinds.RESULT.name,
        person=reading.person,
        area=reading.area,
        occurred_at=reading.sampled_at,
        by=by,
        now=now,
        detail=_detail(reading, sample),
    )


@transaction.atomic
def record_results(*, readings: Iterable[Reading], by: str, now: datetime) -> Receipt:
    """Results that come in bulk from a laboratory, a statement a batch."""
    return facts.record_many(kinds.RESULT.name, (_row(each, now) for each in readings), by=by, now=now)


@transaction.atomic
def correct_result(*, fact: UUID, result: str, by: str, now: datetime, ct: float | None = None) -> UUID:
    """State a reported result anew; what the wrong one caused is lifted by the next turn."""
    if result not in RESULTS:
        raise _unknown("result", result, RESULTS)
    return facts.correct(fact, detail={"result": result, "ct": ct}, by=by, now=now)


def take_post(*, person: int, area: str, post: str, by: str, now: datetime, at: datetime | None = None) -> UUID:
    """Record that somebody took a post with tests of its own."""
    return facts.record(
        kinds.POST_TAKEN.name, person=person, area=area, occurred_at=at or now, by=by, now=now, detail={"post": post}
    )


def leave_post(*, person: int, area: str, post: str, by: str, now: datetime, at: datetime | None = None) -> UUID:
    """Record that somebody left that post."""
    return facts.record(
        kinds.POST_LEFT.name, person=person, area=area, occurred_at=at or now, by=by, now=now, detail={"post": post}
    )


def _row(reading: Reading, now: datetime) -> dict[str, object]:
    _check(reading)
    key = reading.sample or uuid7(now)
    return {
        "id": reading.sample and result_id(reading.sample),
        "person": reading.person,
        "area": reading.area,
        "occurred_at": reading.sampled_at,
        "detail": _detail(reading, str(key)),
    }


def result_id(sample: UUID) -> UUID:
    """The identifier of a sample's result: another than the sample's, and the same whenever the batch comes again."""
    return UUID(int=sample.int ^ 1)


def _detail(reading: Reading, sample: str) -> dict[str, object]:
    detail: dict[str, object] = {"sample": sample, "result": reading.result, "method": reading.method}
    return detail | ({} if reading.ct is None else {"ct": reading.ct})


def _check(reading: Reading) -> None:
    if reading.result not in RESULTS:
        raise _unknown("result", reading.result, RESULTS)
    if reading.method not in METHODS:
        raise _unknown("method", reading.method, METHODS)
    if reading.ct is not None and not 0 < reading.ct <= CT_MOST:
        raise Refusal("Ct值应在0到45之间。", "A Ct lies between 0 and 45.", field="ct", value=str(reading.ct))
    if reading.ct is not None and reading.method == "antigen":
        raise Refusal("抗原检测没有Ct值。", "An antigen test has no Ct.", field="ct", value=str(reading.ct))


def _unknown(field: str, value: str, known: Iterable[str]) -> Refusal:
    choices = ", ".join(known)
    return Refusal(
        f"“{value}”不在可选范围内：{choices}。", f'"{value}" is none of {choices}.', field=field, value=value
    )
