"""A laboratory over HTTP: plates, instrument files, controls, two people, and what is held until somebody has looked."""

from __future__ import annotations

import json

import pytest
from django.db import connections

from yanmen.base.refusals import Refusal
from yanmen.desk import clock
from yanmen.project import cli
from yanmen.registry.scope import acting
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.methods.fhir import TubeReport, bundle_of
from yanmen.subsystems.screening.models import Finding, Run, Tube
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import BENCH, OTHER

CONTROLS = {"D6": ("negative", ""), "F2": ("negative", ""), "H11": ("negative", ""), "E9": ("weak_positive", "C1")}
FREE = tuple(f"{row}{column}" for column in range(1, 13) for row in "ABCDEFGH" if f"{row}{column}" not in CONTROLS)


@pytest.fixture
def town(clean):
    return county.open_county()


@pytest.fixture
def bench(town):
    return town[1]


def plate(*tubes, controls=CONTROLS):
    found = [{"position": where, "tube": tube} for where, tube in zip(FREE, tubes, strict=False)]
    return found + [{"position": at, "control": name, "control_lot": lot} for at, (name, lot) in controls.items()]


def sheet(*rows, controls=CONTROLS, weak=32.0):
    """An instrument's file: (well, sample, ORF1ab, N) and the controls as they should be."""
    lines = ["Well,Sample Name,Target Name,CT"]
    shown = [*rows, *((at, name, weak if name != "negative" else "", weak if name != "negative" else "") for at, (name, _) in controls.items())]  # fmt: skip
    for well, sample, orf, n in shown:
        lines += [f"{well},{sample},{target},{ct}" for target, ct in (("ORF1ab", orf), ("N", n), ("IC", 28.1))]
    return ("\n".join(lines) + "\n").encode()


def call(client, path, body=None, **about):
    headers = {"X-CSRFToken": client.cookies["csrftoken"], "Referer": str(client.base_url)}
    if body is not None:
        about["json"] = body
    return client.post(f"/api/screening{path}", headers=headers, **about)


def load(client, bench, *tubes, code="R1", **about):
    body = {"code": code, "instrument": "PCR-1", "kit": "K", "lot": "L1", "plate": plate(*tubes)} | about
    return call(client, f"/laboratories/{bench.pk}/runs", body)


def read(client, run, content, name="run.csv"):
    return call(client, f"/runs/{run}/file", files={"file": (name, content)})


def release(run):
    with acting(BENCH):
        return actions.release_run(scope=BENCH, run=run, by="account:0", now=clock.now())


def said(answer):
    assert answer.status_code == 422, answer.text
    return answer.json()["errors"][0]["message"]["en"]


@pytest.fixture
def technician(sign_in):
    return sign_in("laboratory", OTHER)


@pytest.fixture
def reviewer(sign_in):
    return sign_in("laboratory.reviewer", OTHER)


def test_a_plate_goes_from_the_queue_to_a_release_by_two_people(town, technician, reviewer):
    site, bench = town
    persons = county.people(12)
    county.bind("T1", persons[:10], site)
    county.bind("T2", persons[10:], site)
    county.at_laboratory({"T1": 10, "T2": 2}, site, bench)
    waiting = technician.get(f"/api/screening/laboratories/{bench.pk}/waiting").json()
    assert [(one["tube"], one["members"]) for one in waiting] == [("T1", 10), ("T2", 2)]
    answer = load(technician, bench, "T1", "T2")
    assert answer.status_code == 201, answer.text
    run = answer.json()["id"]
    assert technician.get(f"/api/screening/laboratories/{bench.pk}/waiting").json() == []
    content = sheet(("A1", "T1", "", ""), ("B1", "T2", 27.5, 28.25)) + b"A1,T1,flu,20\n"
    measured = read(technician, run, content)
    assert measured.status_code == 200, measured.text
    receipt = measured.json()["receipt"]
    assert (receipt["rows"], receipt["read"], receipt["blank"]) == (19, 18, 0)
    assert [(bad["line"], bad["field"]) for bad in receipt["rejected"]] == [(20, "target")]
    assert receipt["results"] == {"negative": 1, "positive": 1}
    assert {one["rule"] for one in receipt["controls"]["skipped"]} == {"unstated"}
    assert call(technician, f"/runs/{run}/release").status_code == 403
    assert "not possible" in said(call(reviewer, f"/runs/{run}/release"))
    assert call(technician, f"/runs/{run}/accept").json()["state"] == "accepted"
    told = call(reviewer, f"/runs/{run}/release").json()
    assert told == {"tubes": {"negative": 1, "positive": 1}, "told": 10, "held": 2, "repeat": 0}
    assert "not possible" in said(call(reviewer, f"/runs/{run}/release"))

    bundle = technician.get(f"/api/screening/runs/{run}/bundle").json()
    reports = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "DiagnosticReport"]
    assert [(one["conclusion"], one["status"]) for one in reports] == [("阴性", "final"), ("阳性", "final")]
    assert "采样" not in json.dumps(bundle, ensure_ascii=False).replace("采样管", "")
    fixed = call(reviewer, "/tubes/T2/correct", {"result": "negative", "note": "孔位看错"}).json()
    assert (fixed["tubes"], fixed["told"]) == ({"negative": 1}, 2)
    again = technician.get(f"/api/screening/runs/{run}/bundle?tube=T2").json()
    assert {one["resource"]["status"] for one in again["entry"] if one["resource"]["resourceType"] == "DiagnosticReport"} == {"corrected"}  # fmt: skip


def test_only_tubes_that_wait_here_with_their_controls_are_loaded(town, technician):
    site, bench = town
    county.at_laboratory({"T1": 5, "T2": 0, "T3": 1}, site, bench)
    assert "T9" in said(load(technician, bench, "T1", "T9"))
    assert "Negative control. There are 0" in said(
        load(technician, bench, "T1", plate=[{"position": "A1", "tube": "T1"}])
    )
    assert "the same tube twice" in said(load(technician, bench, "T1", "T1"))
    assert "A1 to H12" in said(load(technician, bench, plate=[{"position": "P24", "tube": "T1"}]))
    assert load(technician, bench, "T1", "T2").status_code == 201
    assert "random positions" in said(load(technician, bench, "T3", code="R2"))
    moved = plate("T1", controls={"G4": ("negative", "")} | dict(list(CONTROLS.items())[1:]))
    assert "T1（logged）" in said(load(technician, bench, code="R2", plate=moved))
    [finding] = Finding.objects.using("owner").all()
    assert (finding.kind, finding.tube, finding.area) == ("never_bound", "T2", site.area)


def test_a_file_is_read_once_and_a_sample_that_differs_holds_the_run_until_it_is_settled(town, technician):
    site, bench = town
    county.at_laboratory({"T1": 5, "T2": 5, "T3": 1}, site, bench)
    run = load(technician, bench, "T1", "T2").json()["id"]
    content = sheet(("A1", "T2", "", ""), ("B1", "T2", 27, 27), ("C1", "X7", "", ""))
    measured = read(technician, run, content).json()
    assert [(one["tube"], one["detail"]["file"]) for one in measured["mismatches"]] == [("T1", "T2"), ("X7", "X7")]
    assert measured["plate"][0]["doubts"] == [{"doubt": "mismatch", "sample": "T2"}]
    assert "differ in 2 places" in said(call(technician, f"/runs/{run}/accept"))
    for one in measured["mismatches"]:
        assert (
            call(technician, f"/runs/{run}/mismatches/{one['id']}/settle", {"note": "已核对原始记录"}).status_code
            == 200
        )
    assert call(technician, f"/runs/{run}/accept").status_code == 200
    other = load(technician, bench, "T3", code="R2", plate=[*plate(controls=dict(list(CONTROLS.items())[1:])), {"position": "A1", "tube": "T3"}, {"position": "C3", "control": "negative"}]).json()  # fmt: skip
    assert "read before" in said(read(technician, other["id"], content))
    assert "no header" in said(read(technician, other["id"], b"nothing\n")).lower()


def test_a_curve_in_a_negative_control_holds_the_results_until_somebody_says_what_was_done(town, technician):
    site, bench = town
    county.at_laboratory({"T1": 0}, site, bench)
    run = load(technician, bench, "T1").json()["id"]
    content = sheet(("A1", "T1", 34.0, 34.5)).replace(b"D6,negative,N,\n", b"D6,negative,N,36.5\n")
    measured = read(technician, run, content).json()
    [violation] = measured["violations"]
    assert (violation["rule"], violation["values"]) == ("negative_control", [36.5])
    assert [each["doubt"] for each in measured["plate"][0]["doubts"]] == ["negative_control"]
    call(technician, f"/runs/{run}/accept")
    with pytest.raises(Refusal, match="negative_control"):
        release(run)
    assert (
        said(call(technician, f"/violations/{violation['id']}/settle", {"note": " "})) == "Say why, or what was done."
    )
    call(technician, f"/violations/{violation['id']}/settle", {"note": "重新提取后复核"})
    assert release(run).tubes == {"positive": 1}


def test_a_grey_tube_is_repeated_once_and_then_released_as_what_it_shows(town, technician):
    site, bench = town
    county.at_laboratory({"T1": 0, "T2": 0}, site, bench)
    run = load(technician, bench, "T1", "T2").json()["id"]
    read(technician, run, sheet(("A1", "T1", "", 38.5), ("B1", "T2", "", "")))
    accepted = call(technician, f"/runs/{run}/accept").json()
    assert [each["doubt"] for each in accepted["plate"][0]["doubts"]] == ["grey_zone", "high_ct", "repeat"]
    assert release(run).tubes == {"negative": 1}
    tube = Tube.objects.using("owner").get(pk="T1")
    assert (tube.gate, tube.result) == ("received", "")
    moved = {"G4": ("negative", ""), **{at: it for at, it in CONTROLS.items() if at != "D6"}}
    second = load(technician, bench, code="R2", plate=plate("T1", controls=moved)).json()["id"]
    read(technician, second, sheet(("A1", "T1", "", 39), controls=moved))
    call(technician, f"/runs/{second}/accept")
    assert release(second).tubes == {"grey": 1}


def test_a_run_is_sent_back_or_given_up_and_its_tubes_wait_again(town, technician):
    site, bench = town
    county.at_laboratory({"T1": 1}, site, bench)
    run = load(technician, bench, "T1").json()["id"]
    read(technician, run, sheet(("A1", "T1", 30, 31), weak=""))
    call(technician, f"/runs/{run}/accept")
    with acting(BENCH):
        back = actions.send_back(scope=BENCH, run=run, note="请核对弱阳性", by="account:2", now=clock.now())
    assert (back.state, back.accepted_by) == ("measured", "")
    gone = call(technician, f"/runs/{run}/discard", {"note": "弱阳性质控未检出，整批重做"}).json()
    assert gone["state"] == "discarded"
    assert [one["rule"] for one in gone["violations"] if one["resolved_at"]] == ["weak_positive_control"]
    assert Tube.objects.using("owner").get(pk="T1").gate == "received"


def test_a_laboratory_system_sends_its_results_as_fhir(town, technician):
    site, bench = town
    county.at_laboratory({"T1": 1}, site, bench)
    run = load(technician, bench, "T1").json()["id"]
    entries = [{"resource": {"resourceType": "Specimen", "id": "T1", "identifier": [{"value": "T1"}]}}]
    entries += [
        {"resource": {
            "resourceType": "Observation", "status": "final", "code": {"text": target}, "specimen": {"reference": "Specimen/T1"},
        } | ({"valueQuantity": {"value": ct}} if ct else {"dataAbsentReason": {"text": "-"}})}
        for target, ct in (("ORF1ab", 22.5), ("N", 23.5), ("IC", 28), ("other", 20))
    ]  # fmt: skip
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    answer = read(technician, run, json.dumps(bundle).encode(), "Bundle.json")
    assert answer.status_code == 200, answer.text
    measured = answer.json()
    assert (measured["receipt"]["rows"], measured["receipt"]["read"]) == (4, 3)
    assert measured["plate"][0]["result"] == "positive"
    assert {one["rule"] for one in measured["violations"]} == {"unread_control"}


def test_the_command_reads_a_bundle_into_a_run_and_writes_what_was_released(
    town, technician, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)  # this test's own database is up
    site, bench = town
    county.at_laboratory({"T1": 1, "T2": 3}, site, bench)
    run = load(technician, bench, "T1", "T2").json()["id"]
    now = clock.now()
    reports = [
        TubeReport(
            tube,
            members,
            well,
            {"IC": 28.0, "ORF1ab": ct, "N": ct},
            "positive" if ct else "negative",
            now,
            now,
            now,
            now,
        )
        for tube, members, well, ct in (("T1", 1, "A1", None), ("T2", 3, "B1", 27.5))
    ]
    came, out = tmp_path / "came.json", tmp_path / "out.json"
    came.write_text(bundle_of(reports, run="R1", laboratory="L", now=now), encoding="utf-8")
    about = ["--run", str(run), "--area", OTHER]
    assert cli.main(["fhir", "import", str(came), *about]) == 0
    assert "6 行 rows = 6 读入 read + 0 空 blank + 0 拒绝 rejected" in capsys.readouterr().out
    assert cli.main(["fhir", "import", str(came), *about]) == 2
    assert cli.main(["fhir", "export", "--run", str(run), "--area", county.COUNTY]) == 2
    call(technician, f"/runs/{run}/accept")
    for one in technician.get(f"/api/screening/runs/{run}").json()["violations"]:
        call(technician, f"/violations/{one['id']}/settle", {"note": "质控另存于仪器"})
    assert release(run).tubes == {"negative": 1, "positive": 1}
    assert cli.main(["fhir", "export", *about, "--out", str(out)]) == 0
    written = json.loads(out.read_text(encoding="utf-8"))["entry"]
    told = [one["resource"] for one in written if one["resource"]["resourceType"] == "DiagnosticReport"]
    assert [one["conclusion"] for one in told] == ["阴性", "阳性"]
    assert cli.main(["fhir", "check", str(out)]) == 0


def test_another_laboratory_sees_nothing_of_a_run(town, sign_in, technician):
    site, bench = town
    county.at_laboratory({"T1": 1}, site, bench)
    run = load(technician, bench, "T1").json()["id"]
    stranger = sign_in("laboratory", county.COUNTY)
    assert stranger.get(f"/api/screening/runs/{run}").status_code == 404
    assert stranger.get(f"/api/screening/laboratories/{bench.pk}/waiting").status_code == 422
    assert call(stranger, f"/runs/{run}/accept").status_code == 422
    with acting(county.Scope(None, "laboratory", county.COUNTY)), connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM screening_well")
        assert cursor.fetchone() == (0,)
        assert not Run.objects.exists()
