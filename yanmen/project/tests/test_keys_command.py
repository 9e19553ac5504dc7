"""Issuing keys are listed, changed and taken back by a command."""

import os
import re
import subprocess
import sys

import pytest

from yanmen.project import database
from yanmen.project.testing import drop_databases, with_name

ROW = re.compile(r"^([* ]) (\w+) +([0-9a-f]{16}) ES256 (\S+)(.*)$", re.MULTILINE)


@pytest.fixture
def yanmen(tmp_path):
    """The command in a state folder of its own."""
    outside = database.outside_url()
    name = f"yanmen_test_{os.getpid()}_keys"
    environment = os.environ | {"YANMEN_HOME": str(tmp_path)}
    environment |= {"YANMEN_DATABASE_URL": with_name(outside, name)} if outside else {}

    def call(*arguments):
        command = [sys.executable, "-m", "yanmen.project.cli", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)

    yield call
    if outside:
        drop_databases(outside, name)
    else:
        call("db", "stop")


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
