"""Issuing keys are listed, changed and taken back by a command."""

import re
from types import SimpleNamespace

import pytest
from django.conf import settings

from yanmen.project.cli import main

ROW = re.compile(r"^([* ]) (\w+) +([0-9a-f]{16}) ES256 (\S+)(.*)$", re.MULTILINE)


@pytest.fixture
def yanmen(clean, tmp_path, monkeypatch, capsys):
    """The command on the database of this test, with keys of its own."""
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)
    monkeypatch.setattr(settings, "YANMEN_HOME", tmp_path)
    monkeypatch.setenv("YANMEN_HOME", str(tmp_path))

    def call(*arguments):
        code = main(arguments)
        said = capsys.readouterr()
        return SimpleNamespace(returncode=code, stdout=said.out, stderr=said.err)

    return call


def test_keys_are_listed_rotated_for_one_use_and_revoked(yanmen):
    listed = yanmen("keys", "issuing", "list")
    assert listed.returncode == 0, listed.stderr
    first = ROW.findall(listed.stdout)
    assert sorted(use for _, use, *_ in first) == ["code", "dcc", "device", "list", "paper"]
    assert all(star == "*" for star, *_ in first)

    rotated = ROW.findall(yanmen("keys", "issuing", "rotate", "--use", "code").stdout)
    assert len(rotated) == 6
    codes = [(star, key) for star, use, key, *_ in rotated if use == "code"]
    assert [star for star, _ in codes] == ["*", " "], "the new key is listed before it signs"

    revoked = ROW.findall(yanmen("keys", "issuing", "revoke", codes[0][1]).stdout)
    assert [rest.strip() for _, _, key, _, rest in revoked if key == codes[0][1]] == ["revoked 已吊销"]
    assert sum(star == "*" and use == "code" for star, use, *_ in revoked) == 1, "another signs at once"

    wrong = yanmen("keys", "issuing", "revoke", "zz")
    assert wrong.returncode == 1
    assert "is no key name" in wrong.stderr
    assert "Traceback" not in wrong.stderr
