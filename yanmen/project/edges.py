"""An edge of this installation: what its process is told. The edge itself knows nothing of Django or of this folder."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from yanmen.base.drill_mark import mark_of
from yanmen.base.issuing import IssuingKeys
from yanmen.base.ports import free_port
from yanmen.edge.client import near
from yanmen.project import database, state

PORT = 8100
PATIENCE = 30.0
"""Seconds until an edge must answer."""


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where an edge listens, and what stands behind it."""

    host: str = "127.0.0.1"
    port: int = PORT
    workers: int = 1
    site: str = ""
    clock: str = ""
    """Where its clock begins, if not at that of the installation."""
    certificate: Path | None = None
    private_key: Path | None = None

    @property
    def url(self) -> str:
        """The address that phones open."""
        return f"{'https' if self.certificate else 'http'}://{self.host}:{self.port}"


def environment(where: Where) -> dict[str, str]:
    """What the process is told; what the environment says already stays. The database need not be up."""
    state.edge_secrets()
    home = state.home()
    mark = mark_of(home)
    IssuingKeys.open(home / "issuing")
    own = {
        "DATABASE": database.edge_url(),
        "SECRETS": str(state.edge_secrets_file()),
        "ISSUING": str(home / "issuing"),
        "FOLDER": str(home / "edge"),
        "CLOCK": where.clock or state.clock_start(),
        "DRILL": mark.both if mark else "",
    }
    asked = {
        "SITE": where.site,
        "HOST": where.host,
        "PORT": str(where.port),
        "WORKERS": str(where.workers),
        "TLS_CERT": str(where.certificate or ""),
        "TLS_KEY": str(where.private_key or ""),
    }
    told = {f"YANMEN_EDGE_{name}": os.environ.get(f"YANMEN_EDGE_{name}", value) for name, value in own.items()}
    return told | {f"YANMEN_EDGE_{name}": value for name, value in asked.items()}


def start(where: Where, *, log: Path | None = None) -> "subprocess.Popen[bytes]":
    """An edge beside this process, in a group of its own; with `log`, what it says goes there."""
    told = os.environ | environment(where)
    if log is None:
        return subprocess.Popen(command(), env=told)
    with log.open("ab") as file:
        return subprocess.Popen(command(), env=told, stdout=file, stderr=file, start_new_session=True)


class Beside:
    """An edge that a drill talks to and may kill."""

    def __init__(self, where: Where) -> None:
        self.url = where.url
        self._process = start(where, log=state.home() / "edge.log")

    def kill(self) -> None:
        """End it and its workers at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)

    def wait(self) -> None:
        """Until it answers and knows what the database knows."""
        end = time.monotonic() + PATIENCE
        with near(self.url, timeout=5) as line:
            while time.monotonic() < end and self._process.poll() is None:
                with contextlib.suppress(httpx.HTTPError):
                    health = line.get("/edge/v1/health").json()
                    if health["database"] == "up" and health["image"]["age_seconds"] is not None:
                        return
                time.sleep(0.05)
        raise RuntimeError(f"The edge does not come up; see {state.home() / 'edge.log'}.")


def beside(clock: str = "") -> Beside:
    """An edge on a port of its own, for as long as the caller wants it; `wait` until it is up."""
    return Beside(Where(port=free_port(), clock=clock))


def command() -> list[str]:
    """What starts the process."""
    return [sys.executable, "-m", "yanmen.edge"]
