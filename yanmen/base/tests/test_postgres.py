"""The embedded server: what it survives, and whom it keeps out."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yanmen.base.postgres import THROWAWAY, Server


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="yanmen-server-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
        server(folder).reset()


def server(home: Path) -> Server:
    return Server(home, password="for-this-test", settings=THROWAWAY)


def remember(home: Path, text: str) -> None:
    with psycopg.connect(server(home).url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (text text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [text])


def remembered(home: Path) -> list[str]:
    with psycopg.connect(server(home).url()) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM kept").fetchall()]


def test_starting_twice_leaves_one_server(home):
    assert server(home).start().pid == server(home).start().pid


def test_it_starts_again_after_its_process_was_killed_and_keeps_what_was_committed(home):
    first = server(home).start()
    remember(home, "雁门关")
    os.kill(first.pid, signal.SIGKILL)
    second = server(home).start()
    assert second.pid != first.pid
    assert remembered(home) == ["雁门关"]


def test_it_starts_when_the_process_number_in_its_lock_file_belongs_to_somebody_else(home):
    server(home).start()
    remember(home, "kept")
    server(home).stop()
    (server(home).data / "postmaster.pid").write_text(f"{os.getpid()}\n{server(home).data}\n")
    server(home).start()
    assert remembered(home) == ["kept"]


def test_four_callers_at_once_get_the_same_server(home):
    code = (
        "import sys; from pathlib import Path; from yanmen.base.postgres import Server, THROWAWAY; "
        "print(Server(Path(sys.argv[1]), password='for-this-test', settings=THROWAWAY).start().pid)"
    )
    callers = [subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE) for _ in range(4)]
    pids = {caller.communicate(timeout=60)[0] for caller in callers}
    assert len(pids) == 1


def test_a_half_made_data_folder_is_made_anew(home):
    own = server(home)
    own.data.mkdir(parents=True)
    (own.data / "base").mkdir()
    assert own.start().running


def test_the_superuser_is_not_let_in_without_the_password(home):
    server(home).start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(Server(home, password="wrong").url())


def test_only_the_account_of_the_server_can_enter_the_data_folder(home):
    server(home).start()
    mode = stat.S_IMODE(server(home).folder.stat().st_mode)
    assert mode == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")
def test_as_root_the_server_runs_as_somebody_without_rights_and_no_folder_is_opened_for_it(home):
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    own = server(closed)
    try:
        found = own.start()
        assert Path(f"/proc/{found.pid}").stat().st_uid != 0
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert not own.data.is_relative_to(closed)
    finally:
        own.reset()


def test_names_sort_by_code_point_whatever_the_machine_speaks(home):
    server(home).start()
    with psycopg.connect(server(home).url()) as connection:
        rows = connection.execute("SELECT unnest(ARRAY['b', 'A', '乙', 'a']) AS n ORDER BY n").fetchall()
    assert [name for (name,) in rows] == ["A", "a", "b", "乙"]
