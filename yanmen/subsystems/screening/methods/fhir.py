"""HL7 FHIR R4 of a laboratory: orders, specimens, observations and reports out, results in. Read and written by `fhir.resources` (R4B).

A laboratory knows tubes and nobody in them: the subject of a specimen is a Group of as many people as share the tube, without members.
`fhir.resources` takes most of a second to load: it is imported when it is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yanmen.base.refusals import Malformed
from yanmen.subsystems.screening.methods.instrument_files import MOST_BYTES, MOST_ROWS, Raw, Rejected, Taken, take
from yanmen.subsystems.screening.methods.reading import target_name
from yanmen.subsystems.screening.methods.words import TUBE_RESULTS

LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
TUBE, WELL, RUN, TARGET = (f"urn:yanmen:{name}" for name in ("tube", "well", "run", "target"))
REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
PRESENCE = ("94500-6", "SARS-CoV-2 (COVID-19) RNA [Presence] in Respiratory specimen by NAA with probe detection")
THRESHOLDS = {"ORF1ab": "94644-2", "N": "94510-5", "E": "94509-7", "S": "94642-6", "RdRp": "94646-7"}
"""LOINC terms of a cycle threshold, by target."""

KNOWN_CODES = {code: target for target, code in THRESHOLDS.items()} | {
    "94511-3": "ORF1ab",
    "94643-4": "S",
    "94645-9": "RdRp",
}
OUTCOMES = {
    "negative": ("260415000", "Not detected"),
    "positive": ("260373001", "Detected"),
    "grey": ("419984006", "Inconclusive"),
    "single_target": ("419984006", "Inconclusive"),
    "invalid": ("125154007", "Specimen unsatisfactory for evaluation"),
}
"""SNOMED CT concepts of what a tube showed."""


@dataclass(frozen=True)
class TubeReport:
    """What a laboratory reports about a tube."""

    tube: str
    members: int
    well: str
    cts: Mapping[str, float | None]
    result: str
    collected_at: datetime
    received_at: datetime
    measured_at: datetime
    released_at: datetime
    corrected: bool = False


def bundle_of(reports: Sequence[TubeReport], *, run: str, laboratory: str, now: datetime) -> str:
    """A collection Bundle (JSON) of a run's released tubes: request, group, specimen, observations and report of each."""
    from fhir.resources.R4B.bundle import Bundle

    entries = [entry for report in reports for entry in _resources(report, run, laboratory)]
    about = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": now.isoformat(),
        "identifier": _identifier(RUN, run),
    }
    full = [{"fullUrl": f"urn:yanmen:{one['resourceType']}:{one['id']}", "resource": one} for one in entries]
    bundle = Bundle.model_validate(about | ({"entry": full} if full else {}))
    return str(bundle.model_dump_json(indent=2))


def read_again(text: str | bytes) -> str:
    """Any resource, read as R4 and written again. Malformed names what is wrong with it."""
    from fhir.resources.R4B import get_fhir_model_class

    raw = _json(text)
    try:
        return str(get_fhir_model_class(str(raw.get("resourceType"))).model_validate(raw).model_dump_json())
    except (ValueError, LookupError) as fault:
        where, why = _first_fault(fault)
        raise Malformed(
            f"不是有效的FHIR R4资源：{where} {why}", f"No valid FHIR R4 resource: {where} {why}", field=where
        ) from fault


def take_bundle(content: bytes, wells: int, places: Mapping[str, str]) -> Taken:
    """The Ct values of a Bundle of Specimens and Observations, row by row. `places` says where the plate map has each tube.

    A resource that is not valid R4 is one rejected row; the others go on. Observations that hold no Ct of a target are blank.
    """
    raw = _json(content)
    entries = raw.get("entry")
    if raw.get("resourceType") != "Bundle" or not isinstance(entries, list):
        raise Malformed("应为FHIR Bundle。", "A FHIR Bundle is expected.", field="resourceType", value=str(raw.get("resourceType"))[:40])  # fmt: skip
    if len(entries) > MOST_ROWS:
        raise Malformed(f"条目超过{MOST_ROWS}个。", f"More than {MOST_ROWS} entries.", field="entry")
    sound, rejected = _sound(entries)
    specimens = {name: one for at, names, one in sound if one["resourceType"] == "Specimen" for name in names if name}
    rows = [
        row for at, _, one in sound if one["resourceType"] == "Observation" for row in _rows(at, one, specimens, places)
    ]
    taken = take(rows, wells)
    return Taken(taken.rows + len(rejected), taken.measured, (*rejected, *taken.rejected), taken.blank)


def _sound(entries: Sequence[Any]) -> tuple[list[tuple[int, tuple[str, ...], dict[str, Any]]], list[Rejected]]:
    """Entries that are valid, with the names they go by; and the others."""
    from fhir.resources.R4B.observation import Observation
    from fhir.resources.R4B.specimen import Specimen

    classes: dict[str, Any] = {"Observation": Observation, "Specimen": Specimen}
    sound: list[tuple[int, tuple[str, ...], dict[str, Any]]] = []
    rejected: list[Rejected] = []
    for at, entry in enumerate(entries, 1):
        one = entry.get("resource") if isinstance(entry, dict) else None
        kind = one.get("resourceType") if isinstance(one, dict) else None
        if not isinstance(one, dict) or kind not in classes:
            continue
        try:
            classes[kind].model_validate(one)
        except ValueError as fault:
            where, why = _first_fault(fault)
            rejected.append(
                Rejected(at, f"{kind}.{where}", "", f"不符合FHIR R4：{why}", f"Not valid in FHIR R4: {why}")
            )
            continue
        names = (str(entry.get("fullUrl", "")), f"{kind}/{one['id']}" if "id" in one else "")
        sound.append((at, names, one))
    return sound, rejected


def _rows(
    at: int, observation: dict[str, Any], specimens: Mapping[str, dict[str, Any]], places: Mapping[str, str]
) -> Iterator[Raw]:
    reference = observation.get("specimen", {})
    specimen = specimens.get(reference.get("reference", ""), {})
    code = _valued(specimen.get("identifier", []), TUBE) or _valued([reference.get("identifier", {})], TUBE)
    containers = [name for box in specimen.get("container", []) for name in box.get("identifier", [])]
    well = _valued([each for each in containers if each.get("system") == WELL], WELL) or places.get(code, "")
    for part in (observation, *observation.get("component", [])):
        target = _target(part.get("code", {}))
        if part is observation and not target and (_presence(part) or observation.get("component")):
            continue
        yield Raw(at, well, code, target or str(part.get("code", {}).get("text", "?"))[:40], _ct(part))


def _valued(identifiers: Sequence[Mapping[str, Any]], system: str) -> str:
    """The value of the identifier in our system, else of the first."""
    ours = [one for one in identifiers if one.get("system") == system] or list(identifiers)
    return str(ours[0].get("value", ""))[:80] if ours else ""


def _target(code: Mapping[str, Any]) -> str:
    for coding in code.get("coding", []):
        if coding.get("system") == LOINC and coding.get("code") in KNOWN_CODES:
            return KNOWN_CODES[coding["code"]]
        if coding.get("system") == TARGET:
            return target_name(str(coding.get("code", "")))
    return target_name(str(code.get("text", "")))


def _presence(part: Mapping[str, Any]) -> bool:
    return any(coding.get("code") == PRESENCE[0] for coding in part.get("code", {}).get("coding", []))


def _ct(part: Mapping[str, Any]) -> str:
    """The Ct as text; empty where the observation says that there was no curve."""
    if "valueQuantity" in part:
        return str(part["valueQuantity"].get("value", "?"))
    if "valueCodeableConcept" in part:
        coded = [coding.get("code") for coding in part["valueCodeableConcept"].get("coding", [])]
        return "" if OUTCOMES["negative"][0] in coded else str(part["valueCodeableConcept"].get("text", "?"))[:20]
    return "" if "dataAbsentReason" in part else "?"


def _resources(report: TubeReport, run: str, laboratory: str) -> Iterator[dict[str, Any]]:
    """The resources of one tube, each of which points only to others of the same tube."""
    key = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in report.tube)[:48]
    group, specimen, request = (f"{kind}/{key}" for kind in ("Group", "Specimen", "ServiceRequest"))
    about = {"subject": {"reference": group}, "specimen": {"reference": specimen}}
    coded = {"code": _coded(LOINC, *PRESENCE)}
    yield {
        "resourceType": "Group", "id": key, "type": "person", "actual": True, "quantity": report.members,
        "identifier": [_identifier(TUBE, report.tube)],
    }  # fmt: skip
    yield {
        "resourceType": "Specimen", "id": key, "identifier": [_identifier(TUBE, report.tube)], "status": "available",
        "type": {"text": f"oropharyngeal swabs of {report.members}" if report.members > 1 else "oropharyngeal swab"},
        "subject": {"reference": group}, "request": [{"reference": request}], "receivedTime": report.received_at.isoformat(),
        "collection": {"collectedDateTime": report.collected_at.isoformat()},
        "container": [{"identifier": [_identifier(WELL, report.well)]}],
    }  # fmt: skip
    yield {
        "resourceType": "ServiceRequest", "id": key, "status": "completed", "intent": "order", "subject": {"reference": group},
        "specimen": [{"reference": specimen}], "authoredOn": report.collected_at.isoformat(), **coded,
    }  # fmt: skip
    observed = []
    for target, ct in report.cts.items():
        observed.append(f"{key}-{target}")
        yield _observed(observed[-1], target, ct, report, about)
    observed.append(f"{key}-result")
    yield {
        "resourceType": "Observation", "id": observed[-1], "status": _status(report), **coded, **about,
        "effectiveDateTime": report.measured_at.isoformat(), "issued": report.released_at.isoformat(),
        "valueCodeableConcept": _coded(SNOMED, *OUTCOMES[report.result]) | {"text": TUBE_RESULTS[report.result]["en"]},
    }  # fmt: skip
    yield {
        "resourceType": "DiagnosticReport", "id": key, "status": _status(report), "subject": {"reference": group}, **coded,
        "identifier": [_identifier(RUN, run)], "basedOn": [{"reference": request}], "specimen": [{"reference": specimen}],
        "effectiveDateTime": report.collected_at.isoformat(), "issued": report.released_at.isoformat(),
        "performer": [{"display": laboratory}], "conclusion": TUBE_RESULTS[report.result]["zh"],
        "result": [{"reference": f"Observation/{name}"} for name in observed],
    }  # fmt: skip


def _observed(key: str, target: str, ct: float | None, report: TubeReport, about: dict[str, Any]) -> dict[str, Any]:
    codings = [{"system": TARGET, "code": target}]
    if target in THRESHOLDS:
        codings.insert(0, {"system": LOINC, "code": THRESHOLDS[target]})
    found = {
        "resourceType": "Observation",
        "id": key,
        "status": _status(report),
        "code": {"coding": codings, "text": target},
    }
    found |= about | {"effectiveDateTime": report.measured_at.isoformat()}
    if ct is None:
        return found | {"dataAbsentReason": _coded(REASON, "not-applicable", "No curve")}
    return found | {"valueQuantity": {"value": ct, "unit": "Ct", "system": UCUM, "code": "{Ct_value}"}}


def _status(report: TubeReport) -> str:
    return "corrected" if report.corrected else "final"


def _identifier(system: str, value: str) -> dict[str, str]:
    return {"system": system, "value": value}


def _coded(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _json(text: str | bytes) -> dict[str, Any]:
    if len(text) > MOST_BYTES:
        raise Malformed("文件超过20 MB。", "The file is larger than 20 MB.", field="file")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Malformed("不是有效的JSON。", "This is no valid JSON.", field="file") from fault
    if not isinstance(raw, dict):
        raise Malformed("应为JSON对象。", "A JSON object is expected.", field="file")
    return raw


def _first_fault(fault: Exception) -> tuple[str, str]:
    """Where a resource is wrong first, and why."""
    listed = fault.errors() if hasattr(fault, "errors") else []
    if not listed:
        return "resourceType", str(fault).splitlines()[0][:200]
    return ".".join(str(part) for part in listed[0]["loc"])[:80], str(listed[0]["msg"])[:200]
