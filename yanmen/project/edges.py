"""An edge of this installation: what its process is told. The edge itself knows nothing of Django or of this folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from yanmen.project import database, state

PORT = 8100


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where an edge listens, and what stands behind it."""

    host: str = "127.0.0.1"
    port: int = PORT
    workers: int = 1
    site: str = ""
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
    own = {
        "DATABASE": database.edge_url(),
        "SECRETS": str(state.edge_secrets_file()),
        "ISSUING": str(home / "issuing"),
        "FOLDER": str(home / "edge"),
        "CLOCK": state.clock_start(),
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


def start(where: Where) -> "subprocess.Popen[bytes]":
    """An edge beside this process."""
    return subprocess.Popen(command(), env=os.environ | environment(where))


def command() -> list[str]:
    """What starts the process."""
    return [sys.executable, "-m", "yanmen.edge"]
