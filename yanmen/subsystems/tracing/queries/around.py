"""The contacts of a case as people read them: who (as far as the asker may know), where, when, how sure, and what follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from yanmen.base.clock import local_date
from yanmen.base.identity import mask_name
from yanmen.loop.policies import norm_in_force, shelf
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import kinds
from yanmen.subsystems.tracing.methods.settings import CLOSE, NORM, PROPOSED, SETTINGS, TracedCase
from yanmen.subsystems.tracing.queries.exposures import Exposure, Standing, policy_on, rows_of, standing, traced_case
from yanmen.subsystems.tracing.queries.shown import SECOND, key_of, key_of_fact, shown
from yanmen.subsystems.tracing.queries.statements import statement

RULES = ("tracing.close_contact", "tracing.contact_of_contact", "tracing.general_contact", "tracing.co_resident", "tracing.companion", "tracing.scene_exposed")  # fmt: skip
OUTCOMES: Mapping[str, Mapping[str, str]] = {
    "close": {"zh": "密接", "en": "Close contact"},
    "second": {"zh": "密接的密接", "en": "Contact of a close contact"},
    "general": {"zh": "一般接触者", "en": "General contact"},
    "proposed": {"zh": "待研判", "en": "To be judged"},
    "excluded": {"zh": "已排除", "en": "Judged to be no contact"},
    "co_resident": {"zh": "同住人员", "en": "Co-resident"},
    "companion": {"zh": "时空伴随", "en": "Spatiotemporal companion"},
    "scene": {"zh": "涉疫场所暴露", "en": "Exposed in a place with cases"},
}
STATES: Mapping[str, Mapping[str, str]] = {
    "found": {"zh": "已由记录查得", "en": "found from records, recorded"},
    "new": {"zh": "由记录查得，尚未写入", "en": "found from records, not yet recorded"},
    "to_judge": {"zh": "待研判", "en": "waits for a tracer"},
    "judged": {"zh": "人工判定", "en": "judged by a person"},
    "going": {"zh": "记录已变，将撤回", "en": "no longer shown by records, about to be taken back"},
}
_OF_KIND = {
    kinds.CONTACT_FOUND.name: "close",
    kinds.GENERAL_CONTACT_FOUND.name: "general",
    kinds.CONTACT_EXCLUDED.name: "excluded",
    kinds.CO_RESIDENT_FOUND.name: "co_resident",
    kinds.COMPANION_FLAGGED.name: "companion",
    kinds.SCENE_EXPOSED.name: "scene",
}


@dataclass(frozen=True)
class Contact:
    """Somebody around a case, in one setting. `number` is theirs in this list; `person` and `area` are given in full only where the
    asker answers for them."""

    number: int
    person: int | None
    name: str
    area: str
    setting: str
    outcome: str
    state: str
    degree: int | None
    first_exposed: date | None
    last_exposed: date | None
    minutes: int | None
    certainty: float | None
    basis: tuple[str, ...]
    linked: int | None = None
    place: int | None = None
    fact: str | None = None
    measure: str | None = None
    measure_state: str | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Contacts:
    """Everybody around a case, the clause they were found under, and sums."""

    case: TracedCase
    as_of: date
    look_back: int | None
    source: Mapping[str, str]
    rows: list[Contact] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """People by what they are; a person found in several settings counts once."""
        return dict(Counter(outcome for outcome, _ in {(row.outcome, row.number) for row in self.rows}))


def contacts(
    scope: Scope, key: str, *, now: datetime, finder: str, degree: int = SECOND, names: bool = True
) -> Contacts | None:
    """Everybody around a case of the asker's areas; none where there is no such case there. Without `names` all are masked."""
    case = traced_case(scope, key)
    if case is None or not scope.includes(case.area):
        return None
    day = local_date(now)
    policy, dated = policy_on(day), norm_in_force(NORM, day)
    stands = standing(scope, key)
    found = shown(scope, case, policy, stands, finder=finder, now=now, degree=degree) if policy and case.traced else []
    facts = {key_of_fact(each): each for each in stands if each.recorded_by == finder}
    rows: list[tuple[int, dict[str, Any]]] = []
    for each in found:
        fact = facts.pop(key_of(each), None) if each.outcome != PROPOSED else None
        rows.append((each.person, _of_exposure(each, fact)))
    left = [each for each in stands if each.recorded_by != finder or key_of_fact(each) in facts]
    for fact in left:
        if degree >= SECOND or fact.detail.get("degree") != SECOND:
            rows.append((fact.person, _of_fact(fact, finder)))
    people = _people(scope, {person for person, _ in rows}, key)
    source = (
        {"zh": dated.source.zh, "en": dated.source.en, "grade": dated.source.grade} if dated and dated.source else {}
    )
    numbers = {person: number for number, person in enumerate(sorted({person for person, _ in rows}), 1)}
    told = [Contact(number=numbers[person], **_who(scope, people.get(person), names), **row) for person, row in rows]
    mine = {row.person for row in told}
    told = [replace(row, linked=row.linked if row.linked in mine else None) for row in told]
    order = list(OUTCOMES)
    told.sort(
        key=lambda row: (
            list(SETTINGS).index(row.setting) if row.setting in SETTINGS else 99,
            order.index(row.outcome),
            row.number,
        )
    )
    return Contacts(case, day, policy.look_back if policy else None, source, told)


def title_of(rule: str) -> Mapping[str, str]:
    """The title of the rule that a contact falls under."""
    found = next((each for each in shelf.policy().rules if each.id == rule), None)
    return {"zh": found.zh, "en": found.en} if found else {"zh": rule, "en": rule}


def _of_exposure(each: Exposure, fact: Standing | None) -> dict[str, Any]:
    state = "to_judge" if each.outcome == PROPOSED else "found" if fact else "new"
    return {
        "setting": each.setting, "outcome": "second" if each.degree == SECOND else each.outcome, "state": state,
        "degree": each.degree if each.outcome == CLOSE else None, "first_exposed": each.first_exposed,
        "last_exposed": each.last_exposed, "minutes": each.minutes, "certainty": each.certainty, "basis": each.basis,
        "linked": each.linked, "place": each.place, "fact": str(fact.id) if fact else None,
    }  # fmt: skip


def _of_fact(fact: Standing, finder: str) -> dict[str, Any]:
    detail = fact.detail
    last = detail.get("last_exposed") or detail.get("together_on") or detail.get("exposed_on")
    first = detail.get("first_exposed")
    return {
        "setting": fact.via, "outcome": "second" if detail.get("degree") == SECOND else _OF_KIND[fact.kind],
        "state": "going" if fact.recorded_by == finder else "judged", "degree": detail.get("degree"),
        "first_exposed": date.fromisoformat(first) if first else None,
        "last_exposed": date.fromisoformat(last) if last else None,
        "minutes": detail.get("minutes") or detail.get("minutes_together"), "certainty": detail.get("certainty"),
        "basis": tuple(filter(None, str(detail.get("basis") or "").split(","))), "linked": detail.get("linked"),
        "fact": str(fact.id),
    }  # fmt: skip


def _people(scope: Scope, people: Iterable[int], key: str) -> dict[int, dict[str, Any]]:
    asked = sorted(people)
    found: dict[int, dict[str, Any]] = {
        pk: {"person": pk, "name": name, "area": area}
        for pk, name, area in Person.objects.using("loop").filter(pk__in=asked).values_list("pk", "name", "area")
    }
    for row in rows_of(scope, statement("find_measures"), {"people": asked, "case": key, "rules": list(RULES)}):
        found[row.pop("subject")] |= row
    return found


def _who(scope: Scope, known: Mapping[str, Any] | None, names: bool) -> dict[str, Any]:
    """Of whom the asker does not answer for: a masked name, the county, and that something is in force."""
    if known is None:
        return {"person": None, "name": "", "area": ""}
    mine = scope.includes(known["area"])
    return dict(known) | {
        "person": known["person"] if mine else None,
        "name": known["name"] if mine and names else mask_name(known["name"]),
        "area": known["area"] if mine else known["area"][:6],
    }
