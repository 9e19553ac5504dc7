"""An edge for tests: a real process on a free port, and a client that signs as phones do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from yanmen.base import device_certificates
from yanmen.base.device_certificates import HOLDER, OFFICER, DeviceClaims
from yanmen.base.ids import uuid7
from yanmen.base.issuing import IssuingKeys
from yanmen.base.key_list import DEVICE
from yanmen.base.ports import free_port
from yanmen.base.pseudonym import Pseudonyms
from yanmen.base.signing import FileSigner
from yanmen.edge.client import Device, b64, milliseconds

KEYS = {name: sha256(name.encode()).hexdigest() for name in ("pseudonym_key", "session_key", "venue_key")}
"""Of every edge in tests: anybody may know them."""


@dataclass
class RunningEdge:
    """A process that serves."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def workers(self) -> list[int]:
        """The processes that answer."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("utf-8")
        return [int(each) for each in children.split()]

    def health(self) -> dict[str, Any]:
        """What the edge says of itself. No certificates are read for it: it is asked many times a second."""
        answer: dict[str, Any] = httpx.get(f"{self.url}/edge/v1/health", timeout=5, verify=False).json()
        return answer

    def wait(self, *, database: str | None = "up", seconds: float = 20.0) -> RunningEdge:
        """Until it answers, and says so of the database."""
        end = time.monotonic() + seconds
        while True:
            try:
                health = self.health()
                if database is None or (health["database"] == database and health["image"]["age_seconds"] is not None):
                    return self
            except httpx.HTTPError as fault:
                health = {"fault": str(fault)}
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The edge does not come up: {health}\n{self.log()}")
            time.sleep(0.03)

    def log(self) -> str:
        """What the process wrote."""
        return (self.home / "edge.log").read_text("utf-8", "replace")

    def terminate(self) -> None:
        """Ask it to end, and do not wait."""
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Ask it to end and wait until it has."""
        self.terminate()
        self.process.wait(30)

    def kill(self) -> None:
        """End it and its workers at once."""
        victims = [*self.workers(), self.pid]
        self.process.send_signal(signal.SIGSTOP)  # or it would start new ones
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        self.process.wait(30)


@contextmanager
def running_edge(
    database: str, home: Path, *, clock: str = "", site: str = "", port: int = 0, wait: str | None = "up", **limits: Any
) -> Iterator[RunningEdge]:
    """An edge with its files in `home`. Further options are limits: `session_rate=0`, `queue=100`."""
    port = port or free_port()
    edge = start_edge(database, home, clock=clock, site=site, port=port, **limits)
    try:
        yield edge.wait(database=wait)
    finally:
        if edge.process.poll() is None:
            edge.stop()


def start_edge(database: str, home: Path, *, port: int, clock: str = "", site: str = "", **limits: Any) -> RunningEdge:
    """Start a process and return at once."""
    home.mkdir(parents=True, exist_ok=True)
    secrets = home / "edge.json"
    secrets.write_text(json.dumps(KEYS), "utf-8")
    IssuingKeys.open(home / "issuing")
    environment = {
        "YANMEN_EDGE_DATABASE": database,
        "YANMEN_EDGE_SECRETS": str(secrets),
        "YANMEN_EDGE_ISSUING": str(home / "issuing"),
        "YANMEN_EDGE_FOLDER": str(home / "image"),
        "YANMEN_EDGE_SITE": site,
        "YANMEN_EDGE_CLOCK": clock,
        "YANMEN_EDGE_PORT": str(port),
        **{f"YANMEN_EDGE_{name.upper()}": str(value) for name, value in limits.items()},
    }
    with (home / "edge.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "yanmen.edge"], env=os.environ | environment, stdout=log, stderr=log
        )
    return RunningEdge(f"http://127.0.0.1:{port}", home, process)


def identifier(now: datetime | None = None) -> UUID:
    """A new id of this moment."""
    return uuid7(now or datetime.now(UTC))


def pseudonym(person: int, now: datetime | None = None) -> str:
    """The person's name of today, as it stands in codes."""
    day = (milliseconds(now) // 1000 + 8 * 3600) // 86400
    return b64(Pseudonyms(bytes.fromhex(KEYS["pseudonym_key"])).make(person, day))


def enrol(home: Path, *, now: datetime | None = None, issuing: Path | None = None, **claims: Any) -> Device:
    """A device with a certificate of the installation whose issuing keys lie in `home`."""
    keys = IssuingKeys.open(issuing or home / "issuing")
    signer = FileSigner.generate()
    moment = now or datetime.now(UTC)
    seconds = int(moment.timestamp())
    given: dict[str, Any] = {"issued_at": seconds - 60, "expires_at": seconds + 86400 * 30, "issuer": "14"} | claims
    certificate = device_certificates.issue(
        DeviceClaims(public_key=signer.public_key, **given), keys.signer(DEVICE, moment)
    )
    return Device(certificate, signer)


def holder(home: Path, *, person: int, device: int = 0, **more: Any) -> Device:
    """A resident's phone."""
    return enrol(home, kind=HOLDER, subject=person, device=device or person, **more)


def officer(home: Path, *, place: int, area: str, role: str, device: int, account: int = 1, **more: Any) -> Device:
    """An officer's phone."""
    return enrol(home, kind=OFFICER, subject=account, device=device, role=role, place=place, area=area, **more)
