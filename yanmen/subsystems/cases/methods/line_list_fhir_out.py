"""Cases as a FHIR R4 Bundle: a Patient, a Condition, and an Encounter for a stay in hospital; read back by `line_list_fhir`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from yanmen.base.diseases import disease_title
from yanmen.subsystems.cases.methods.line_list_diseases import ICD10
from yanmen.subsystems.cases.methods.line_list_fhir import (
    AGE,
    AREA,
    CASE,
    INFECTED,
    INFECTOR,
    KIND,
    NUMBER,
    OUTCOME,
    TOWN,
)
from yanmen.subsystems.cases.methods.line_list_out import CaseOut, ids_of
from yanmen.subsystems.cases.methods.words import KINDS

ICD = "http://hl7.org/fhir/sid/icd-10"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
DISEASE = "urn:yanmen:disease"


def bundle_of(cases: Sequence[CaseOut], *, by: str, now: datetime) -> dict[str, Any]:
    """A collection of every case's resources. `by` and `now` say who exported it and when."""
    ids = ids_of(cases)
    entries = [one for case in cases for one in _resources(case, ids)]
    about = {
        "resourceType": "Bundle", "type": "collection", "timestamp": now.isoformat(),
        "identifier": {"system": "urn:yanmen:export", "value": f"line_list {len(cases)} {by} {now.isoformat()}"},
    }  # fmt: skip
    full = [{"fullUrl": f"urn:yanmen:{one['resourceType']}:{one['id']}", "resource": one} for one in entries]
    return about | ({"entry": full} if full else {})


def _resources(case: CaseOut, ids: dict[str, str]) -> Iterator[dict[str, Any]]:
    identifiers = [{"system": CASE, "value": case.key}]
    if ids[case.key] != case.key:
        identifiers.append({"system": NUMBER, "value": case.number})
    died = case.outcome == "died"
    yield _without_blanks({
        "resourceType": "Patient", "id": case.key, "identifier": identifiers,
        "name": [{"text": case.name}] if case.name else None, "gender": case.sex or None, "birthDate": _day(case.born_on),
        "deceasedDateTime": _day(case.outcome_on) if died else None,
        "deceasedBoolean": True if died and not case.outcome_on else None,
        "address": [_without_blanks({"text": case.address or None})] if case.address else None,
        "extension": [{"url": AREA, "valueString": case.area}],
    })  # fmt: skip
    if case.admitted_on:
        yield _without_blanks({
            "resourceType": "Encounter", "id": case.key, "status": "unknown",
            "class": {"system": ACT, "code": "IMP", "display": "inpatient encounter"},
            "subject": {"reference": f"Patient/{case.key}"}, "period": {"start": _day(case.admitted_on)},
            "serviceProvider": {"display": case.hospital} if case.hospital else None,
        })  # fmt: skip
    yield _condition(case, ids)


def _condition(case: CaseOut, ids: dict[str, str]) -> dict[str, Any]:
    title = disease_title(case.disease)
    ended = case.outcome in ("recovered", "discharged")
    sources = [ids.get(one.infector) or one.number or one.infector for one in case.sources]
    extensions = [{"url": INFECTOR, "valueString": number} for number in sources]
    if case.infected_on:
        extensions.append({"url": INFECTED, "valueDate": case.infected_on.isoformat()})
    if ended:
        extensions.append({"url": OUTCOME, "valueString": case.outcome})
    if case.town:
        extensions.append({"url": TOWN, "valueString": case.town})
    if case.age is not None:
        extensions.append({"url": AGE, "valueString": f"{case.age:g}"})
    codings = [{"system": DISEASE, "code": case.disease}]
    if case.disease in ICD10:
        codings.append({"system": ICD, "code": ICD10[case.disease], "display": title["en"]})
    confirmed = "provisional" if case.kind == "suspected" else "confirmed"
    return _without_blanks({
        "resourceType": "Condition", "id": case.key, "identifier": [{"system": CASE, "value": case.key}],
        "extension": extensions or None,
        "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "resolved" if ended else "active"}]},
        "verificationStatus": {"coding": [{"system": VERIFICATION, "code": confirmed}]},
        "category": [{"coding": [{"system": KIND, "code": case.kind, "display": KINDS.get(case.kind, {}).get("en", case.kind)}]}],
        "code": {"coding": codings, "text": title["zh"]}, "subject": {"reference": f"Patient/{case.key}"},
        "encounter": {"reference": f"Encounter/{case.key}"} if case.admitted_on else None,
        "onsetDateTime": _day(case.onset_on), "recordedDate": case.found_on.isoformat(),
        "abatementDateTime": _day(case.outcome_on) if ended else None,
    })  # fmt: skip


def _without_blanks(resource: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if value is not None}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
