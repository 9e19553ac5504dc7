"""`make demo` without its size: what it ends in is a site one can sign in to, at the moment where the drill stopped."""

import datetime as dt
import re
import subprocess
import sys
import time

import httpx
import pytest

from yanmen.base.ports import free_port
from yanmen.project import database
from yanmen.project.tests.test_cli import environment_of, yanmen

PATIENCE = 300
"""Seconds, on a machine that may be busy."""


@pytest.mark.skipif(bool(database.outside_url()), reason="drills have embedded databases of their own")
def test_a_demo_ends_in_a_site_that_lives_on_where_the_drill_stopped(tmp_path):
    port, log = free_port(), tmp_path / "demo.log"
    asked = ["--people", "150", "--days", "1", "--port", str(port), "--edge-port", "0"]
    with log.open("wb") as file:
        command = [sys.executable, "-m", "yanmen.project.cli", "demo", *asked]
        demo = subprocess.Popen(command, env=environment_of(tmp_path), stdout=file, stderr=file)
    try:
        wall = _signed_in(f"http://127.0.0.1:{port}", "commander", log, demo).get("/")
        assert wall.status_code == 200
        shown = re.search(r'<p class="asof">[^<]*<time datetime="([^"]+)"', wall.text)
        assert shown is not None, wall.text
        stopped = dt.datetime.fromisoformat((tmp_path / "clock").read_text("utf-8"))
        assert stopped <= dt.datetime.fromisoformat(shown.group(1)) < stopped + dt.timedelta(days=1)
    finally:
        demo.terminate()
        demo.wait(PATIENCE)
        assert yanmen(tmp_path, "db", "reset", "--yes").returncode == 0


def _signed_in(site: str, account: str, log, demo) -> httpx.Client:
    end = time.monotonic() + PATIENCE
    client = httpx.Client(base_url=site, timeout=30, follow_redirects=True)
    while True:
        try:
            page = client.get("/account/login/")
            break
        except httpx.TransportError:
            assert demo.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.5)
    password = re.search(rf"{account} +│ (\S+) ", log.read_text("utf-8")).group(1)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
    signed = client.post("/account/login/", data={"login": account, "password": password, "csrfmiddlewaretoken": token})
    assert "login" not in str(signed.url), signed.text
    return client
