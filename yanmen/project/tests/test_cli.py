"""The command line: one file a command, errors that say what to do."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from yanmen.base.ports import free_port
from yanmen.project import cli, database, state
from yanmen.project.commands import serve
from yanmen.project.moments import moment
from yanmen.project.testing import drop_databases, with_name

NEEDED = {
    "serve",
    "db",
    "import",
    "export",
    "bulletin",
    "why",
    "policy",
    "audit",
    "demo",
    "turn",
    "work",
    "glossary",
    "retention",
}


def environment_of(home: Path) -> dict[str, str]:
    """A state folder of its own; on a server that somebody else runs, also a database of its own."""
    outside = database.outside_url()
    url = {"YANMEN_DATABASE_URL": with_name(outside, f"yanmen_test_{os.getpid()}_cli")} if outside else {}
    return os.environ | {"YANMEN_HOME": str(home)} | url


def yanmen(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = environment_of(home)
    command = [sys.executable, "-m", "yanmen.project.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    yield folder
    if outside := database.outside_url():
        drop_databases(outside, f"yanmen_test_{os.getpid()}_cli")
    else:
        assert yanmen(folder, "db", "stop").returncode == 0


def test_every_command_of_the_manual_exists_and_says_what_it_is_for():
    found = cli.available()
    assert set(found) >= NEEDED
    assert all(found.values())


def test_an_unknown_command_is_refused_with_the_list(capsys):
    with pytest.raises(SystemExit):
        cli.main(["nonsense"])
    assert "policy" in capsys.readouterr().err


def test_a_moment_without_a_zone_is_local():
    assert moment("2022-10-07T09:30").isoformat() == "2022-10-07T09:30:00+08:00"


def test_secrets_are_made_once_and_only_their_owner_can_read_them(monkeypatch, tmp_path):
    monkeypatch.setenv("YANMEN_HOME", str(tmp_path))
    first = dict(state.secrets())
    assert dict(state.secrets()) == first
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_wrong_list_of_edges_stops_the_site_and_is_named_in_both_languages(home):
    environment = environment_of(home) | {"YANMEN_EDGES": "10.0.3.7,edge.example"}
    command = [sys.executable, "-m", "yanmen.project.cli", "django", "check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 2, done.stderr
    assert [line.startswith("YANMEN_EDGES") for line in done.stderr.splitlines()] == [True, True], done.stderr
    assert "edge.example" in done.stderr


def test_migrating_twice_changes_nothing_the_second_time(home):
    assert yanmen(home, "db", "migrate").returncode == 0
    second = yanmen(home, "db", "migrate")
    assert second.returncode == 0
    assert "No migrations to apply" in second.stdout


def test_the_site_answers_from_an_empty_state_folder_keeps_its_connections_and_stops_when_told(home, monkeypatch):
    port = free_port()
    environment = environment_of(home)
    ports = ["--port", str(port), "--edge-port", str(free_port())]
    command = [sys.executable, "-m", "yanmen.project.cli", "serve", *ports]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert _answer(f"http://127.0.0.1:{port}/account/login/") == 200
        assert _answer(f"http://127.0.0.1:{port}/static/desk/desk.js") == 200
        monkeypatch.setenv("YANMEN_HOME", str(home))
        before = _sessions(environment)
        assert {_answer(f"http://127.0.0.1:{port}/account/login/?n={n}") for n in range(40)} == {200}
        time.sleep(2)  # until the server's statistics have it
        assert _sessions(environment) - before < 20
    finally:
        process.terminate()
        process.wait(
            9 * serve.LAST_WORDS
        )  # server, worker and edge end one after another, on a machine that may be busy


def _sessions(environment: dict[str, str]) -> int:
    """How many connections the database has ever had."""
    with psycopg.connect(environment.get("YANMEN_DATABASE_URL") or database.owner_url()) as connection:
        found = connection.execute(
            "SELECT sessions FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    return int(found[0])


def _answer(url: str) -> int:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            return httpx.get(url, timeout=20).status_code
        except httpx.TransportError:
            time.sleep(0.3)
    return 0
