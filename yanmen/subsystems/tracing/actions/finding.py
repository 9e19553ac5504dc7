"""Finding contacts: what facts show around a case is brought to what stands, and the difference is written.

Present are the facts that `by` recorded; a person's judgement is left alone and decides: whoever was judged to be no contact is not
found again, and what a tracer said of a setting holds for that setting. Doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.loop import facts
from yanmen.loop.catalogue import catalogue
from yanmen.loop.own_kinds import WITHDRAWN
from yanmen.registry.areas import only_province
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.tracing import kinds
from yanmen.subsystems.tracing.actions.judging import SECOND
from yanmen.subsystems.tracing.methods import settings
from yanmen.subsystems.tracing.methods.settings import SettingsPolicy, TracedCase
from yanmen.subsystems.tracing.queries import exposures
from yanmen.subsystems.tracing.queries.exposures import Exposure, Standing
from yanmen.subsystems.tracing.queries.shown import Key, key_of, key_of_fact, shown

FINDER = "job:tracing"
TOLD = "health_code.told"  # telling somebody is one thing, whoever tells: it stands on the person's own page
_LOCK = 7312
FALLEN = {
    "false_positive": ("经复核为假阳性", "was found to be a false positive"),
    "excluded": ("已排除", "was excluded"),
    "merged": ("与另一份报告系同一病例，已合并", "is the same case as another report"),
    "": ("的报告已撤回", "was taken back"),
}
NO_LONGER = (
    "记录更正后，已查不到与病例的接触。",
    "Since a record was corrected, nothing shows a contact with the case any more.",
)


@dataclass(frozen=True)
class Found:
    """What a look around a case changed, and how many people wait for a tracer's judgement."""

    case: str
    recorded: int = 0
    corrected: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    proposed: int = 0


def find(*, case: str, by: str, now: datetime) -> Found:
    """Reconcile the contacts of a case with the facts. One writer a case: the second waits, and finds nothing left to do."""
    with acting(system(only_province(), purpose="control"), now=now) as scope:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, case])
        known = exposures.traced_case(scope, case)
        if known is None:
            return Found(case)
        stands = exposures.standing(scope, case)
        if not known.traced:
            return _let_go(known, stands, by=by, now=now)
        policy = exposures.policy_on(local_date(now))
        if policy is None or known.since(policy) < now - timedelta(days=kinds.TRAIL_DAYS):
            return Found(case)  # no contacts are determined any more, or the trails they were found from are gone
        wanted = shown(scope, known, policy, stands, finder=by, now=now)
        return _written(scope, known, policy, wanted, stands, by=by, now=now)


def _written(
    scope: Scope,
    case: TracedCase,
    policy: SettingsPolicy,
    wanted: Sequence[Exposure],
    stands: Sequence[Standing],
    *,
    by: str,
    now: datetime,
) -> Found:
    proposed = {each.person for each in wanted if each.outcome == settings.PROPOSED}
    desired = {key_of(each): each for each in wanted if each.outcome != settings.PROPOSED}
    present: dict[Key, Standing] = {}
    gone = []
    for each in stands:
        if each.recorded_by != by or (each.detail.get("degree") == SECOND and not policy.second_degree):
            continue
        key = key_of_fact(each)
        if key in desired and key not in present:
            present[key] = each
        else:
            gone.append(each)
    areas = exposures.areas_of(scope, (each.person for each in desired.values()))
    fresh: dict[str, list[dict[str, Any]]] = {}
    changed = 0
    for key, met in desired.items():
        detail, known = _detail(case, met, now), present.get(key)
        if known is None or known.detail != detail:
            row = {"person": met.person, "area": areas[met.person], "occurred_at": now, "detail": detail}
            fresh.setdefault(key[0], []).append(row | ({"corrects": known.id} if known else {}))
            changed += known is not None
    for kind, rows in fresh.items():
        facts.record_many(kind, rows, by=by, now=now)
    _withdraw(gone, NO_LONGER, by=by, now=now)
    still = {key[1] for key in desired} | {each.person for each in stands if each.recorded_by != by}
    _tell([each for each in gone if each.person not in still], NO_LONGER, by=by, now=now)
    total = sum(map(len, fresh.values()))
    return Found(case.key, total - changed, changed, len(gone), len(desired) - total, len(proposed))


def _let_go(case: TracedCase, stands: Sequence[Standing], *, by: str, now: datetime) -> Found:
    """The case is none, or not one to trace: everybody found around it is free and is told why.

    What people judged about an infection that never was goes with it; otherwise it stays theirs to take back.
    """
    why = "merged" if case.merged else case.outcome if case.outcome in FALLEN else ""
    never_was = not case.stands and case.outcome in FALLEN and bool(case.outcome)
    gone = [
        each for each in stands if each.kind != kinds.CONTACT_EXCLUDED.name and (never_was or each.recorded_by == by)
    ]
    zh, en = FALLEN[why]
    said = (
        f"病例（编号{case.key}）{zh}，据此作出的判定一并撤回。",
        f"The case ({case.key}) {en}; what rested on it is taken back.",
    )
    _withdraw(gone, said, by=by, now=now)
    _tell(gone, said, by=by, now=now)
    return Found(case.key, withdrawn=len(gone))


def _tell(freed: Iterable[Standing], said: tuple[str, str], *, by: str, now: datetime) -> None:
    """Each person is told once why what was asked of them is lifted."""
    if TOLD not in catalogue.facts:
        return
    zh, en = said
    rows = [
        {
            "person": each.member,
            "area": each.area,
            "occurred_at": now,
            "detail": {
                "fact_id": str(each.id),
                "zh": f"{zh}由其引起的措施随即解除。",
                "en": f"{en} The measures it caused are lifted with it.",
            },
        }
        for each in {each.member: each for each in freed}.values()
    ]
    facts.record_many(TOLD, rows, by=by, now=now)


def _withdraw(gone: Sequence[Standing], why: tuple[str, str], *, by: str, now: datetime) -> None:
    rows = [
        {
            "person": each.member,
            "area": each.area,
            "occurred_at": now,
            "corrects": each.id,
            "detail": {"reason": " ".join(why), "kind": each.kind},
        }
        for each in gone
    ]
    facts.record_many(WITHDRAWN.name, rows, by=by, now=now)


def _detail(case: TracedCase, each: Exposure, now: datetime) -> Mapping[str, Any]:
    """What the fact says; of a second degree also whom the person met."""
    detail: dict[str, Any] = {
        "case": case.key,
        "first_exposed": each.first_exposed.isoformat(),
        "last_exposed": min(each.last_exposed, local_date(now)).isoformat(),
        "via": each.setting,
        "minutes": each.minutes,
        "certainty": each.certainty,
        "basis": ",".join(each.basis) or None,
    }
    if each.outcome == settings.CLOSE:
        detail |= {"degree": each.degree}
    if each.degree == SECOND:
        detail |= {"linked": each.linked, "high_risk": each.high_risk}
    return {name: value for name, value in detail.items() if value is not None}
