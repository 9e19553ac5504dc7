"""Cases as HL7 FHIR R4 (Patient, Condition, Encounter, Observation; a Bundle or NDJSON) read into the lines of a line list.

A line stands for a Condition and carries the number of its entry (NDJSON: of its line). Resources that are not valid R4 are
refused, each by itself. `fhir.resources` takes most of a second to load: it is imported when it is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yanmen.base.clock import BEIJING
from yanmen.subsystems.cases.methods.line_list_diseases import disease_of
from yanmen.subsystems.cases.methods.line_list_faults import Fault, unreadable

CASE, NUMBER, KIND, INFECTOR, AREA, INFECTED, TOWN, AGE, OUTCOME = (
    f"urn:yanmen:{name}"
    for name in ("case", "case-number", "kind", "infector", "area", "infected-on", "town", "age", "outcome")
)
SNOMED_DETECTED = "260373001"
STATUSES = {
    "confirmed": "confirmed", "provisional": "suspected", "differential": "suspected", "unconfirmed": "suspected",
    "refuted": "discarded", "entered-in-error": "discarded",
}  # fmt: skip
READ = ("Patient", "Condition", "Encounter", "Observation")
HEADER = (
    "case_key", "case_id", "disease", "name", "sex", "date_of_birth", "birth_as_written", "age", "classification",
    "date_of_onset", "date_of_infection", "date_of_report", "date_of_confirmation", "county", "town", "address",
    "date_of_hospitalisation", "hospital", "outcome", "date_of_outcome", "infector",
)  # fmt: skip
Resource = Mapping[str, Any]


@dataclass
class Resources:
    """Valid resources with the numbers of their entries, found again by any name that references use; and the faults."""

    listed: list[tuple[int, Resource]] = field(default_factory=list)
    by_name: dict[str, Resource] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def of(self, kind: str) -> Iterator[tuple[int, Resource]]:
        """All resources of a kind."""
        return ((at, one) for at, one in self.listed if one["resourceType"] == kind)

    def named(self, reference: Mapping[str, Any] | None) -> Resource:
        """What a reference points to; nothing where it points outside the file."""
        return self.by_name.get(str((reference or {}).get("reference", "")), {})


def is_fhir(content: bytes) -> bool:
    """Whether a file is JSON at all."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_fhir(name: str, content: bytes) -> tuple[tuple[tuple[int, tuple[str, ...]], ...], tuple[Fault, ...], str]:
    """Lines under `HEADER`, faults, and which form it had. Refuses what is no FHIR as a whole."""
    form, entries = _entries(name, content)
    found = _valid(entries)
    positive = {
        str(one.get("subject", {}).get("reference")): _day(one.get("effectiveDateTime", ""))
        for _, one in found.of("Observation")
        if _codes(one.get("valueCodeableConcept", {})) & {SNOMED_DETECTED}
    }
    patients: dict[str, int] = {}
    for _, one in found.of("Condition"):
        reference = str(one.get("subject", {}).get("reference"))
        patients[reference] = patients.get(reference, 0) + 1
    lines = [(at, _line(one, found, positive, patients)) for at, one in found.of("Condition")]
    used = {id(found.named(one.get("subject"))) for _, one in found.of("Condition")}
    alone = [(at, _line({"subject": {}}, found, {}, {}, one)) for at, one in found.of("Patient") if id(one) not in used]
    if not lines and not alone and not found.faults:
        raise unreadable(
            f"{name} 中没有 Patient 或 Condition。请导出病例的患者和诊断。",
            f"{name} holds no Patient and no Condition. Export the cases' patients and conditions.",
            value=name,
        )
    return tuple(sorted(lines + alone)), tuple(found.faults), form


def _entries(name: str, content: bytes) -> tuple[str, list[tuple[int, str, Any]]]:
    """Numbered resources with the address their entry gives them."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise unreadable(
            f"{name} 不是 UTF-8。请以 UTF-8 重新导出。", f"{name} is not UTF-8. Export it as UTF-8.", value=name
        ) from fault
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return "fhir ndjson", [(at, "", _parsed(line)) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not isinstance(whole, dict) or whole.get("resourceType") != "Bundle":
        return "fhir resource", [(1, "", whole)]
    many = [each for each in whole.get("entry") or [] if isinstance(each, dict)]
    return "fhir Bundle", [(at, str(each.get("fullUrl", "")), each.get("resource")) for at, each in enumerate(many, 1)]


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _valid(entries: Sequence[tuple[int, str, Any]]) -> Resources:
    from fhir.resources.R4B import get_fhir_model_class

    found = Resources()
    for at, address, one in entries:
        kind = one.get("resourceType") if isinstance(one, dict) else None
        if not isinstance(one, dict) or kind is None:
            found.faults.append(Fault(at, "resource", "resourceType", "", "bad_resource", "resourceType"))
            continue
        if kind not in READ:
            continue
        try:
            get_fhir_model_class(kind).model_validate(one)
        except ValueError as fault:
            where, why = _first(fault)
            found.faults.append(Fault(at, "resource", f"{kind}.{where}", str(one.get("id", "")), "bad_resource", why))
            continue
        found.listed.append((at, one))
        for name in (address, f"{kind}/{one.get('id', '')}"):
            found.by_name.setdefault(name, one)
    found.by_name.pop("", None)
    return found


def _line(
    condition: Resource,
    found: Resources,
    positive: Mapping[str, str],
    patients: Mapping[str, int],
    patient: Resource | None = None,
) -> tuple[str, ...]:
    reference = str(condition.get("subject", {}).get("reference", ""))
    patient = patient or found.named(condition.get("subject"))
    stay = found.named(condition.get("encounter"))
    birth = str(patient.get("birthDate", ""))
    home: Resource = next(iter(patient.get("address", [])), {})
    outcome, outcome_on = _outcome(patient, condition)
    values = {
        "case_key": _identifier(condition, CASE) or _identifier(patient, CASE),
        "case_id": _number(patient, condition, several=patients.get(reference, 0) > 1),
        "disease": _disease(condition.get("code", {})),
        "name": _name(next(iter(patient.get("name", [])), {})),
        "sex": {"male": "male", "female": "female"}.get(str(patient.get("gender")), ""),
        "date_of_birth": birth if len(birth) == 10 else "",
        "birth_as_written": "" if len(birth) == 10 else birth,
        "age": _extension(condition, AGE) or str(condition.get("onsetAge", {}).get("value", "")),
        "classification": _kind(condition),
        "date_of_onset": _day(condition.get("onsetDateTime") or condition.get("onsetPeriod", {}).get("start", "")),
        "date_of_infection": _extension(condition, INFECTED)[:10],
        "date_of_report": _day(condition.get("recordedDate", "")),
        "date_of_confirmation": positive.get(reference, ""),
        "county": _extension(patient, AREA) or str(home.get("district", "")),
        "town": _extension(condition, TOWN),
        "address": str(home.get("text") or " ".join(home.get("line", []))),
        "date_of_hospitalisation": _day(stay.get("period", {}).get("start", "")),
        "hospital": str(stay.get("serviceProvider", {}).get("display", "")),
        "outcome": outcome,
        "date_of_outcome": outcome_on,
        "infector": ";".join(_extensions(condition, INFECTOR)),
    }
    return tuple(values[heading].strip() for heading in HEADER)


def _outcome(patient: Resource, condition: Resource) -> tuple[str, str]:
    if patient.get("deceasedDateTime") or patient.get("deceasedBoolean"):
        return "died", _day(patient.get("deceasedDateTime", ""))
    if ended := condition.get("abatementDateTime"):
        discharged = any(text == "discharged" for text in _extensions(condition, OUTCOME))
        return ("discharged" if discharged else "recovered"), _day(ended)
    return "", ""


def _number(patient: Resource, condition: Resource, *, several: bool) -> str:
    """What the case is called: by the Condition's own identifier, else by the patient's."""
    own = _identifier(condition, NUMBER) or _other_identifier(condition)
    theirs = _identifier(patient, NUMBER) or _other_identifier(patient) or str(patient.get("id", ""))
    condition_id = str(condition.get("id", ""))
    return own or (f"{theirs}-{condition_id}" if several and condition_id else theirs or condition_id)


def _identifier(one: Resource, system: str) -> str:
    return next((str(each.get("value", "")) for each in one.get("identifier", []) if each.get("system") == system), "")


def _other_identifier(one: Resource) -> str:
    """The first identifier that is not the key of a case."""
    return next(
        (str(each["value"]) for each in one.get("identifier", []) if each.get("system") != CASE and "value" in each), ""
    )


def _disease(code: Mapping[str, Any]) -> str:
    said = [str(each.get(name, "")) for each in code.get("coding", []) for name in ("code", "display")] + [
        str(code.get("text", ""))
    ]
    return next(
        (found for text in said if text and (found := disease_of(text))),
        next((text for text in reversed(said) if text), ""),
    )


def _kind(condition: Resource) -> str:
    ours = next(
        (
            each["code"]
            for one in condition.get("category", [])
            for each in one.get("coding", [])
            if each.get("system") == KIND
        ),
        "",
    )
    status = next((each.get("code", "") for each in condition.get("verificationStatus", {}).get("coding", [])), "")
    return str(ours or STATUSES.get(str(status), ""))


def _name(name: Mapping[str, Any]) -> str:
    return str(name.get("text") or " ".join([*name.get("given", []), *([name["family"]] if "family" in name else [])]))


def _codes(concept: Mapping[str, Any]) -> set[str]:
    return {str(each.get("code")) for each in concept.get("coding", [])}


def _extension(one: Resource, url: str) -> str:
    return next(iter(_extensions(one, url)), "")


def _extensions(one: Resource, url: str) -> list[str]:
    found = [each for each in one.get("extension", []) if each.get("url") == url]
    return [str(next((value for name, value in each.items() if name.startswith("value")), "")) for each in found]


def _day(text: object) -> str:
    """The local day of a FHIR dateTime; a part of a date stays as written, to be refused and not guessed."""
    told = str(text or "")
    if "T" not in told:
        return told
    moment = datetime.fromisoformat(told.replace("Z", "+00:00"))
    return (moment.astimezone(BEIJING) if moment.tzinfo else moment).date().isoformat()


def _first(fault: ValueError) -> tuple[str, str]:
    listed = fault.errors() if hasattr(fault, "errors") else []
    if not listed:
        return "resourceType", str(fault).splitlines()[0][:200]
    return ".".join(str(part) for part in listed[0]["loc"])[:80], str(listed[0]["msg"])[:200]
