"""`yanmen dcc`: a certificate is issued and verified as an operator does it."""

import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from yanmen.base.issuing import IssuingKeys
from yanmen.base.tests.test_dcc import CONTENTS, NOW, timedelta
from yanmen.project.cli import main
from yanmen.project.qr import picture_reader

AT = ["--at", NOW.isoformat()]


@pytest.fixture
def trial(tmp_path, monkeypatch):
    """Issuing keys of a trial, with a certificate for the one that signs."""
    monkeypatch.chdir(tmp_path)
    key = IssuingKeys.open(tmp_path / "trial").signer("dcc", NOW)._key
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, NOW, NOW + timedelta(days=700))
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (tmp_path / "signer.pem").write_bytes(pem)
    return tmp_path


def issue(folder, content, *more: str) -> int:
    (folder / "content.json").write_text(json.dumps(content))
    return main(["dcc", "issue", "content.json", "--issuing", "trial", "--qr", "code.png", *AT, *more])


@pytest.mark.parametrize("kind", CONTENTS)
def test_what_is_issued_is_verified_as_text_and_as_picture(trial, capsys, kind):
    assert issue(trial, CONTENTS[kind], "--certificate", "signer.pem") == 0
    (trial / "code.txt").write_text(capsys.readouterr().out)
    files = ["code.txt", "code.png"] if picture_reader() else ["code.txt"]
    assert main(["dcc", "verify", *files, "--signer", "signer.pem", *AT]) == 0
    assert "found 实得 accepted 接受" in capsys.readouterr().out
    assert main(["dcc", "verify", *files, *AT]) == 1


def test_a_content_that_breaks_the_schema_is_refused_by_place(trial, capsys):
    assert issue(trial, {**CONTENTS["t"], "dob": "1809-01-01"}) == 1
    assert "at dob" in capsys.readouterr().err
    (trial / "content.json").write_text("{")
    assert main(["dcc", "issue", "content.json", "--issuing", "trial"]) == 1
    assert "Cannot read content.json" in capsys.readouterr().err


def test_files_that_are_no_certificates_are_named(trial, capsys):
    (trial / "other.json").write_text("[]")
    (trial / "picture.png").write_bytes(b"no picture")
    assert main(["dcc", "verify", "other.json", "picture.png", "absent.txt"]) == 1
    said = capsys.readouterr().out
    assert "no test vector" in said
    assert "no such file" in said
    assert "3 files, 0 as expected" in said
