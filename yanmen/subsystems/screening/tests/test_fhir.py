"""FHIR R4: the official examples survive reading and writing; what a laboratory says about tubes comes back as it went out."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from yanmen.base.refusals import Malformed
from yanmen.project import cli
from yanmen.subsystems.screening.methods.fhir import TubeReport, bundle_of, read_again, take_bundle

ROOT = Path(__file__).resolve().parents[4]
DATA = Path(os.environ.get("YANMEN_DATA") or ROOT.parent / "shared" / "data")
EXAMPLES = sorted((DATA / "fhir").glob("*.json"))
UPSTREAM_FAULTS: dict[str, str] = {}
"""Examples that `fhir.resources` cannot read, and why. There is none in R4B."""

NOON = datetime(2022, 10, 1, 12, tzinfo=UTC)


def plain(value):
    """JSON with each moment as the instant it is: upstream writes +00:00 as Z, and milliseconds as microseconds."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, str) and "T" in value and value[:4].isdigit():
        try:
            return datetime.fromisoformat(value).isoformat() if value[-1] == "Z" or "+" in value else value
        except ValueError:
            return value
    return value


@pytest.mark.skipif(not EXAMPLES, reason="the official examples are not here: set YANMEN_DATA")
@pytest.mark.parametrize("kind", ["ServiceRequest", "Specimen", "Observation", "DiagnosticReport", ""])
def test_official_examples_are_read_written_and_read_again_as_they_were(kind):
    chosen = [path for path in EXAMPLES if path.name.startswith(f"{kind}-") or not kind]
    unreadable = {}
    for path in chosen:
        text = path.read_text(encoding="utf-8")
        try:
            written = read_again(text)
        except Malformed as fault:
            unreadable[path.name] = fault.en
            continue
        assert plain(json.loads(written)) == plain(json.loads(text)), path.name
        assert read_again(written) == written, path.name
    assert unreadable.keys() == {name for name in UPSTREAM_FAULTS if any(name == path.name for path in chosen)}
    assert chosen


def report(tube, members, well, **cts):
    return TubeReport(tube, members, well, {"IC": 28.0} | cts, "positive" if cts["N"] else "negative", NOON, NOON, NOON, NOON)  # fmt: skip


REPORTS = [report("T1", 10, "A1", ORF1ab=27.5, N=28.25), report("管2", 1, "B1", ORF1ab=None, N=None)]


def test_what_goes_out_comes_in_again_well_by_well():
    text = bundle_of(REPORTS, run="R1", laboratory="平遥实验室", now=NOON)
    assert json.loads(read_again(text)) == json.loads(text)
    taken = take_bundle(text.encode(), 96, {})
    assert (taken.rows, len(taken.measured), taken.rejected) == (6, 6, ())
    assert taken.wells() == {report.well: dict(report.cts) for report in REPORTS}
    assert taken.samples() == {"A1": "T1", "B1": "管2"}


def test_a_pooled_specimen_is_of_a_group_and_nobody_is_named():
    entries = [
        entry["resource"] for entry in json.loads(bundle_of(REPORTS, run="R1", laboratory="L", now=NOON))["entry"]
    ]
    kinds = {one["resourceType"] for one in entries}
    assert kinds == {"Group", "Specimen", "ServiceRequest", "Observation", "DiagnosticReport"}
    group = next(one for one in entries if one["resourceType"] == "Group")
    assert (group["quantity"], "member" in group) == (10, False)
    specimen = next(one for one in entries if one["resourceType"] == "Specimen")
    assert specimen["subject"] == {"reference": f"Group/{group['id']}"}


def test_a_resource_that_is_not_valid_is_one_rejected_row_and_the_others_go_on():
    bundle = json.loads(bundle_of(REPORTS, run="R1", laboratory="L", now=NOON))
    broken = next(entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Observation")
    broken["status"] = ["final"]
    other = next(entry["resource"] for entry in bundle["entry"] if entry["resource"]["id"].endswith("-N"))
    other["valueQuantity"]["value"] = 400
    taken = take_bundle(json.dumps(bundle).encode(), 96, {})
    assert taken.rows == len(taken.measured) + len(taken.rejected) + taken.blank == 6
    assert [bad.field for bad in taken.rejected] == ["Observation.status", "ct"]


def test_a_bundle_without_wells_is_read_by_the_plate_map():
    text = json.dumps({
        "resourceType": "Bundle", "type": "collection",
        "entry": [
            {"resource": {"resourceType": "Specimen", "id": "s", "identifier": [{"value": "T1"}]}},
            {"resource": {
                "resourceType": "Observation", "status": "final", "code": {"text": "panel"}, "specimen": {"reference": "Specimen/s"},
                "component": [
                    {"code": {"coding": [{"system": "http://loinc.org", "code": "94644-2"}]}, "valueQuantity": {"value": 30.5}},
                    {"code": {"text": "N gene"}, "dataAbsentReason": {"text": "no curve"}},
                ],
            }},
        ],
    })  # fmt: skip
    assert take_bundle(text.encode(), 96, {"T1": "C3"}).wells() == {"C3": {"ORF1ab": 30.5, "N": None}}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"resourceType": "Nothing"}', '{"resourceType": "Observation"}'])
def test_what_is_no_resource_is_refused(text):
    with pytest.raises(Malformed):
        read_again(text)
    with pytest.raises(Malformed):
        take_bundle(text.encode(), 96, {})


def test_the_command_checks_files(tmp_path, capsys):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(bundle_of(REPORTS, run="R1", laboratory="L", now=NOON), encoding="utf-8")
    bad.write_text("{}", encoding="utf-8")
    assert cli.main(["fhir", "check", str(good)]) == 0
    assert cli.main(["fhir", "check", str(good), str(bad)]) == 1
    assert "1/2" in capsys.readouterr().out
