"""The EU's test vectors for digital COVID certificates: every step comes out as expected, but for faults of their own."""

import csv
import json
from pathlib import Path

import pytest

from yanmen.base.dcc.vectors import check, known_faults, load, name_of
from yanmen.project.cli import main
from yanmen.project.qr import picture_reader

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "dgc"
VECTORS = sorted(DATA.glob("**/raw/*.json"))
# The reference's own verdicts: column of the step, and what stands for "the reference has this wrong too".
COLUMNS = {"verify": "VERIFY", "validjson": "VALIDJSON", "expiry": "EXPIRATIONCHECK"}

pytestmark = pytest.mark.skipif(not VECTORS, reason="the vectors of ../shared/data/dgc are not here")


@pytest.mark.parametrize("path", VECTORS, ids=name_of)
def test_every_step_of_a_vector_comes_out_as_expected(path):
    listed = known_faults().get(name_of(path), {})
    differing = {each.step: each for each in check(load(path), picture_reader()) if each.found is not each.expected}
    unlisted = {step: each for step, each in differing.items() if step not in listed}
    assert not unlisted
    assert differing.keys() == {step for step in listed if step != "PICTUREDECODE" or picture_reader()}


def test_no_vector_is_left_out():
    assert len(VECTORS) == sum(1 for _ in csv.DictReader((DATA / "verdicts.csv").open())) == 125


def test_every_listed_fault_is_of_a_vector_that_is_there():
    assert known_faults().keys() <= {name_of(path) for path in VECTORS}


def test_the_independent_reference_agrees_about_the_vectors_own_faults():
    wrong = {
        (name_of(Path(row["file"])), COLUMNS[column])
        for row in csv.DictReader((DATA / "verdicts.csv").open())
        for column in ("validjson",)
        if row[column] == "1/0" and "CO28" not in row["file"]
    }
    assert wrong == {(name, "VALIDJSON") for name, steps in known_faults().items() if "VALIDJSON" in steps}


@pytest.mark.parametrize(
    ("name", "step"), [("CO16", "EXPIRATIONCHECK"), ("CO22", "VERIFY"), ("CO23", "VERIFY"), ("CO28", "VERIFY")]
)
def test_the_vectors_that_others_get_wrong_come_out_right(name, step):
    found = {each.step: each for each in check(load(DATA / "common" / "2DCode" / "raw" / f"{name}.json"))}
    assert found[step].found is found[step].expected


def test_the_command_says_expected_and_found_and_counts(capsys):
    assert (
        main(["dcc", "verify", str(DATA / "AT" / "2DCode"), str(DATA / "PL" / "1.3.0" / "2DCode" / "raw" / "1.json")])
        == 0
    )
    said = capsys.readouterr().out
    assert "expected 预期" in said
    assert "found 实得" in said
    assert "listed 已列明 VALIDJSON" in said
    assert "5 files, 5 as expected (1 with a listed fault of their own), 0 different" in said


def test_the_command_fails_on_a_difference_that_is_not_listed(tmp_path, capsys):
    vector = json.loads((DATA / "AT" / "2DCode" / "raw" / "1.json").read_text())
    vector["EXPECTEDRESULTS"]["EXPECTEDVERIFY"] = False
    (tmp_path / "changed.json").write_text(json.dumps(vector))
    assert main(["dcc", "verify", "--quiet", str(tmp_path / "changed.json")]) == 1
    assert "VERIFY: expected false, found true" in capsys.readouterr().out


def test_a_text_of_a_vector_is_accepted_with_its_signer_at_its_time(tmp_path, capsys):
    vector = json.loads((DATA / "AT" / "2DCode" / "raw" / "1.json").read_text())
    (tmp_path / "code.txt").write_text(vector["PREFIX"] + "\n")
    certificate = vector["TESTCTX"]["CERTIFICATE"]
    (tmp_path / "signer.pem").write_text(f"-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n")
    asked = ["dcc", "verify", str(tmp_path / "code.txt"), "--signer", str(tmp_path / "signer.pem")]
    assert main([*asked, "--at", "2021-05-07T08:00"]) == 0
    assert main([*asked, "--at", "2023-05-07T08:00"]) == 1
    assert main(asked[:3]) == 1
    assert "unknown_key" in capsys.readouterr().out
