"""How an edge is started, and what it hands on to the site."""

import json
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from yanmen.base import local_ca
from yanmen.base.issuing import IssuingKeys
from yanmen.base.ports import free_port
from yanmen.edge.settings import SettingsFault, from_environment
from yanmen.edge.testing import KEYS, holder, running_edge, start_edge
from yanmen.project import edges


class Site(BaseHTTPRequestHandler):
    """A site that says what reached it."""

    seen: list[tuple[str, str, bytes, str]] = []
    wait = threading.Event()

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["content-length"])))

    def _answer(self, body: bytes) -> None:
        self.seen.append((self.command, self.path, body, self.headers["x-forwarded-for"]))
        if "slow" in self.path:
            time.sleep(1)
        self.send_response(500 if "broken" in self.path else 202)
        self.send_header("set-cookie", "a=b")
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_only_what_phones_need_is_handed_on(url: str, home: Path, site: str) -> None:
    with (
        running_edge(url, home, site=site, forward=2, proxies="10.8.0.0/16") as edge,
        httpx.Client(base_url=edge.url, timeout=20) as client,
    ):
        answer = client.post("/site/api/health-code/holder/codes?x=1", json={"phone": "13800000000"})
        assert (answer.status_code, answer.text, "set-cookie" in answer.headers) == (202, "{}", False)
        method, path, body, client_address = Site.seen[-1]
        assert (method, path) == ("POST", "/api/health-code/holder/codes?x=1")
        assert b"13800000000" in body
        assert client_address == "127.0.0.1"
        for way, who in (
            ("203.0.113.9", "203.0.113.9"),
            ("198.51.100.1, 203.0.113.9, 10.8.0.4", "203.0.113.9"),
            ("198.51.100.1, 10.9.0.4", "10.9.0.4"),
        ):
            answer = client.get("/site/api/health-code/holder/me", headers={"x-forwarded-for": way})
            assert answer.status_code == 202, answer.text
            assert Site.seen[-1][3] == who
        before = len(Site.seen)
        for path in (
            "/site/admin/",
            "/site/api/health-code/holder/../../admin",
            "/site//api/health-code/holder/codes",
            "/site/api/health-code/holder/%2e%2e/%2e%2e/admin",
            "/site/api/health-code/holder/..",
            "/site/api/health-code/holder/%252e%252e/1",
            "/site/api/health-code/holder/x%0d%0ay",
            "/site/api/health-code/holder/x%3fy",
        ):
            assert client.post(path, json={}).status_code == 404
        assert client.delete("/site/api/health-code/holder/codes").status_code == 405
        assert len(Site.seen) == before
        assert client.get("/site/api/health-code/holder/broken").status_code == 503
        told = several(edge.url, "/site/api/health-code/holder/slow", 8)
        assert set(told) == {202, 503}


def several(url: str, path: str, count: int) -> list[int]:
    """The answers to so many at once."""
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: httpx.get(url + path, timeout=20).status_code, range(count)))


def test_a_site_that_is_down_is_told(url: str, home: Path) -> None:
    with running_edge(url, home, site=f"http://127.0.0.1:{free_port()}") as edge:
        answer = httpx.get(f"{edge.url}/site/api/health-code/holder/me")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")


def test_two_workers_answer_as_one(url: str, home: Path) -> None:
    with running_edge(url, home, workers=2) as edge:
        assert len(edge.workers()) == 2
        phone = holder(edge.home, person=7).sign_in(edge.url)
        for _ in range(20):
            with httpx.Client(base_url=edge.url) as client:
                assert phone.get(client, "/edge/v1/code").status_code == 200


def test_a_worker_that_dies_is_replaced_and_workers_end_with_their_parent(url: str, home: Path) -> None:
    with running_edge(url, home) as edge:
        (worker,) = edge.workers()
        os.kill(worker, 9)
        end = time.monotonic() + 20
        while (edge.workers() or [worker])[0] == worker and time.monotonic() < end:
            time.sleep(0.05)
        (heir,) = edge.wait().workers()
        assert heir != worker
        edge.process.kill()
        edge.process.wait(10)
        while Path(f"/proc/{heir}/cmdline").exists() and Path(f"/proc/{heir}/cmdline").read_bytes():
            assert time.monotonic() < end + 20
            time.sleep(0.05)


def settings(tmp_path: Path, **changed: str) -> dict[str, str]:
    secrets = tmp_path / "edge.json"
    secrets.write_text(json.dumps(KEYS), "utf-8")
    IssuingKeys.open(tmp_path)
    given = {"DATABASE": "postgresql://", "SECRETS": str(secrets), "ISSUING": str(tmp_path), "FOLDER": str(tmp_path)}
    return {f"YANMEN_EDGE_{name}": value for name, value in (given | changed).items() if value}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"DATABASE": ""}, "YANMEN_EDGE_DATABASE is not set"),
        ({"SECRETS": "/nowhere"}, "YANMEN_EDGE_SECRETS"),
        ({"ISSUING": "/nowhere"}, "YANMEN_EDGE_ISSUING"),
        ({"PORT": "x"}, "YANMEN_EDGE_PORT: “x” is no number"),
        ({"QUEUE": "1.5"}, "not a whole one"),
        ({"QUEUE": "-1"}, "below zero"),
        ({"CLOCK": "noon"}, "YANMEN_EDGE_CLOCK"),
        ({"PROXIES": "10.0.0.1, next door"}, "YANMEN_EDGE_PROXIES: 'next door' is no address"),
        ({"TLS_CERT": "/nowhere"}, "there is no file"),
        ({"TLS_CERT": __file__}, "belong together"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_itself(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsFault, match=said):
        from_environment(settings(tmp_path, **changed))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YANMEN_EDGE")}
    done = subprocess.run(
        [sys.executable, "-m", "yanmen.edge"],
        env=environment | settings(tmp_path, **changed),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr


def test_a_drills_clock_runs_on_from_its_start(tmp_path: Path) -> None:
    clock = from_environment(settings(tmp_path, CLOCK="2022-10-07T09:30")).clock
    assert clock.now().isoformat().startswith("2022-10-07T01:30:")


def test_an_installation_says_everything_an_edge_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("YANMEN_HOME", str(tmp_path))
    made = from_environment(edges.environment(edges.Where(port=8101, workers=2, site="http://site/")))
    assert (made.port, made.workers, made.site) == (8101, 2, "http://site")
    assert "yanmen_edge" in made.database


def test_phones_reach_it_under_a_certificate_of_ones_own(url: str, home: Path, tmp_path: Path) -> None:
    hosts, now = local_ca.Hosts.read(["127.0.0.1"]), datetime.now(UTC)
    authority = local_ca.make_authority(hosts, title="Town", now=now)
    local_ca.keep(authority, tmp_path / "ca.pem", tmp_path / "ca.key")
    local_ca.keep(local_ca.make_server(authority, hosts, now=now), tmp_path / "edge.pem", tmp_path / "edge.key")
    port = free_port()
    edge = start_edge(url, home, port=port, tls_cert=tmp_path / "edge.pem", tls_key=tmp_path / "edge.key")
    try:
        trust = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        with httpx.Client(transport=httpx.HTTPTransport(verify=trust, retries=50)) as client:
            assert client.get(f"https://127.0.0.1:{port}/edge/v1/health").status_code == 200
    finally:
        edge.stop()
