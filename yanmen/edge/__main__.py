"""`python -m yanmen.edge`: serve with what the environment says (see `settings`)."""

from __future__ import annotations

import logging
import resource
import sys

from yanmen.base.drill_mark import HEADER
from yanmen.edge.http.messages import Application
from yanmen.edge.http.server import Bounds
from yanmen.edge.http.supervisor import Served, Supervisor
from yanmen.edge.settings import Settings, SettingsFault, from_environment

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
    supervisor = Supervisor(served(settings))
    scheme = "https" if settings.certificate else "http"
    print(f"Yanmen edge: {scheme}://{settings.host}:{settings.port}/", flush=True)
    return supervisor.run()


def served(settings: Settings) -> Served:
    """The edge on its port."""

    def application() -> Application:
        from yanmen.edge.app import Application as Edge  # in the worker: the process above needs none of it

        return Edge(settings)

    limits = settings.limits
    return Served(
        application=application,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        certificate=settings.certificate,
        private_key=settings.private_key,
        bounds=Bounds(
            connections=limits.connections,
            receive_seconds=limits.body_seconds,
            said=f"{HEADER.lower()}: 1\r\n" if settings.drill else "",
        ),
    )


def _allow_connections(connections: int) -> None:
    """As many open files as clients may be connected, where the machine allows it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + DESCRIPTORS_BESIDE
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


if __name__ == "__main__":
    sys.exit(main())
