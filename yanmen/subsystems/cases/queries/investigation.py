"""The form of a case's investigation, filled with what is known already: nobody is asked twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yanmen.base.clock import local_date
from yanmen.loop.policy.words import source_body
from yanmen.registry import people
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.methods.discharge import Reading
from yanmen.subsystems.cases.methods.form import ASYMPTOMATIC_SKIPS, QUESTIONS, SECTIONS
from yanmen.subsystems.cases.methods.words import KINDS, SETTINGS, SEVERITIES, SOURCE_SETTINGS, SYMPTOMS
from yanmen.subsystems.cases.queries.course import course_of
from yanmen.subsystems.cases.queries.duplicates import standing_facts
from yanmen.subsystems.cases.queries.exposures import Exposure, Window, exposures_of, window_of
from yanmen.subsystems.cases.queries.listing import Case, case, person_of, stays_of
from yanmen.subsystems.cases.queries.sources import source_of
from yanmen.subsystems.cases.queries.statements import norm_of, rows

REGISTER = "register"
SEXES = {"male": {"zh": "男", "en": "Male"}, "female": {"zh": "女", "en": "Female"}}
Titles = Mapping[str, str]
Answer = tuple[Any, Titles | None, str, UUID | None]


@dataclass(frozen=True)
class Item:
    """One question. `source` says where the answer is from: the register, or the kind of the fact `fact`."""

    name: str
    zh: str
    en: str
    value: Any
    said: Titles | None
    source: str
    fact: UUID | None

    @property
    def known(self) -> bool:
        """Whether there is an answer already."""
        return self.value not in (None, "", [], ())


@dataclass(frozen=True)
class Section:
    """A part of the form."""

    name: str
    zh: str
    en: str
    items: Sequence[Item]

    @property
    def missing(self) -> list[Item]:
        """What is still to be asked."""
        return [item for item in self.items if not item.known]


@dataclass(frozen=True)
class Investigation:
    """The whole form. `window` None: no edition asks for a history; `source` is where its days are from."""

    case: Case
    sections: Sequence[Section]
    window: Window | None
    source: Mapping[str, Any]
    exposures: Sequence[Exposure]

    @property
    def missing(self) -> list[Item]:
        """Everything that is still to be asked."""
        return [item for section in self.sections for item in section.missing]


def investigation(scope: Scope, case_key: str, *, now: datetime) -> Investigation | None:
    """What is known of a case, section by section, from which fact, and what is missing. None: no such case."""
    found = case(scope, case_key, now=now)
    if found is None:
        return None
    exposures = exposures_of(scope, found, now=now)
    answers: dict[str, Answer] = {}
    for part in (
        _identity(person_of(scope, found)), _admitted(scope, found), _onset(found, course_of(scope, found, now=now)), _immunity(scope, found, now),
        _exposures(exposures), _stays(scope, found), _contacts(scope, found), _source(scope, found, now),
    ):  # fmt: skip
        answers |= dict(part)
    norm = norm_of("exposure_history", found.disease, local_date(found.found_at))
    return Investigation(
        case=found,
        sections=_sections(found, answers),
        window=window_of(found),
        source=source_body(norm.source) if norm and norm.source else {},
        exposures=exposures,
    )


def _sections(found: Case, answers: Mapping[str, Answer]) -> list[Section]:
    skipped = ASYMPTOMATIC_SKIPS if found.kind == "asymptomatic" else frozenset()
    sections = []
    for name, title in SECTIONS.items():
        items = [
            Item(question, zh, en, *answers.get(question, (None, None, "", None)))
            for question, (section, zh, en) in QUESTIONS.items()
            if section == name and question not in skipped
        ]
        sections.append(Section(name, title["zh"], title["en"], items))
    return sections


def _identity(person: Person | None) -> Iterator[tuple[str, Answer]]:
    if person is None:
        return
    known = {
        "name": person.name, "born_on": person.born_on, "address": person.address, "post": person.post,
        "document": people.masked(person, "id_number"), "phone": people.masked(person, "phone"),
        "household": person.household_id,
    }  # fmt: skip
    for name, value in known.items():
        yield name, (value, None, REGISTER, None)
    yield "sex", (person.sex, SEXES.get(person.sex), REGISTER, None)


def _onset(found: Case, course: Sequence[Reading]) -> Iterator[tuple[str, Answer]]:
    report, told = ("cases.reported", found.fact_id), "cases.course_told"
    for name, words in (("kind", KINDS), ("setting", SETTINGS)):
        word = getattr(found, name)
        yield name, ("" if word == "unknown" else word, words.get(word), *report)
    for name in ("onset_on", "sampled_on", "ct"):
        yield name, (found.detail.get(name), None, *report)
    yield "severity", (found.severity, SEVERITIES.get(found.severity or ""), *report)
    for reading in course:
        if reading.severity:
            yield "severity", (reading.severity, SEVERITIES.get(reading.severity), told, reading.fact)
        if reading.symptoms:
            yield "symptoms", (sorted(reading.symptoms), _joined(reading.symptoms), told, reading.fact)
    with_symptoms = any(reading.symptoms for reading in course)
    if not with_symptoms and any(reading.symptoms is not None for reading in course):
        last = next(reading for reading in reversed(course) if reading.symptoms is not None)
        yield "symptoms", (["none"], SYMPTOMS["none"], told, last.fact)
    measured = [(reading.temperature, reading.fact) for reading in course if reading.temperature is not None]
    if measured:
        value, fact = max(measured, key=lambda each: each[0])
        yield "temperature", (value, None, told, fact)


def _admitted(scope: Scope, found: Case) -> Iterator[tuple[str, Answer]]:
    for row in standing_facts(scope, found):
        if row["kind"] == "cases.admitted":
            yield (
                "facility",
                (row["detail"].get("facility") or local_date(row["occurred_at"]), None, row["kind"], row["id"]),
            )


def _joined(symptoms: frozenset[str]) -> Titles:
    known = [SYMPTOMS.get(each, {"zh": each, "en": each}) for each in sorted(symptoms)]
    return {"zh": "、".join(each["zh"] for each in known), "en": ", ".join(each["en"] for each in known)}


def _immunity(scope: Scope, found: Case, now: datetime) -> Iterator[tuple[str, Answer]]:
    told = rows(scope, "immunity", person=found.person_id, disease=found.disease, known_at=now)
    doses = [row for row in told if row["kind"] == "tracing.contact_vaccinated"]
    if doses:
        yield (
            "doses",
            ([row["vaccine"] or row["at"].isoformat() for row in doses], None, doses[0]["kind"], doses[0]["fact"]),
        )
    for row in told:
        if row["immune"] is not None:
            said = {"zh": "有免疫力", "en": "Immune"} if row["immune"] else {"zh": "无免疫力", "en": "Not immune"}
            yield "immunity", ("immune" if row["immune"] else "not_immune", said, row["kind"], row["fact"])
            return


def _exposures(exposures: Sequence[Exposure]) -> Iterator[tuple[str, Answer]]:
    held = [each for each in exposures if each.holds]
    if exposures and all(each.holds is not None for each in exposures):
        yield "exposures", (len(held) or "none", None, "cases.exposure_told", held[0].told if held else None)


def _stays(scope: Scope, found: Case) -> Iterator[tuple[str, Answer]]:
    stays = stays_of(scope, found)
    if stays:
        yield "stays", (len(stays), None, "cases.stay_found", stays[0]["id"])


def _contacts(scope: Scope, found: Case) -> Iterator[tuple[str, Answer]]:
    names = {
        ("tracing.contact_found", 1): "close", ("tracing.contact_found", 2): "secondary",
        ("tracing.general_contact_found", 0): "general", ("tracing.co_resident_found", 0): "co_residents",
    }  # fmt: skip
    for row in rows(scope, "contacts_counted", case=found.key):
        name = names.get((row["kind"], row["degree"]))
        if name:
            yield name, (row["people"], None, row["kind"], None)


def _source(scope: Scope, found: Case, now: datetime) -> Iterator[tuple[str, Answer]]:
    told = source_of(scope, found, now=now)
    if told:
        value = told["infector"] or told["setting"]
        yield "infector", (value, SOURCE_SETTINGS.get(told["setting"]), "cases.source_told", told["fact"])
