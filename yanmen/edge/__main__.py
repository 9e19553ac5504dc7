"""`python -m yanmen.edge`: serve with what the environment says (see `settings`)."""

from __future__ import annotations

import logging
import resource
import sys

from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer

from yanmen.edge.settings import Settings, SettingsFault, from_environment

BACKLOG = 4096
HEADER_MILLISECONDS = 10_000
BUFFER = 32 * 1024
"""Of one connection; headers larger than this are refused."""
KILL_AFTER = 15
DESCRIPTORS_BESIDE = 256


def main() -> int:
    """Start, serve until told to stop, drain."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)
    try:
        settings = from_environment()
    except SettingsFault as fault:
        print(fault, file=sys.stderr)
        return 2
    _allow_connections(settings.limits.connections)
    scheme = "https" if settings.certificate else "http"
    print(f"Yanmen edge: {scheme}://{settings.host}:{settings.port}/", flush=True)
    server(settings).serve()
    return 0


def server(settings: Settings) -> MPServer:
    """Granian with one event loop a worker. Ports are shared, so that a successor may listen before this one ends."""
    return MPServer(
        "yanmen.edge.app:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        workers=settings.workers,
        loop=Loops.auto,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=BUFFER),
        websockets=False,
        backlog=BACKLOG,
        backpressure=settings.limits.connections,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER,
        ssl_cert=settings.certificate,
        ssl_key=settings.private_key,
        ssl_protocol_min=SSLProtocols.tls12,
        log_access=False,
        log_level=LogLevels.warning,
    )


def _allow_connections(connections: int) -> None:
    """As many open files as clients may be connected, where the machine allows it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + DESCRIPTORS_BESIDE
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


if __name__ == "__main__":
    sys.exit(main())
