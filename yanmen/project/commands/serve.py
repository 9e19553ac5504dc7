"""The site and the API on http://127.0.0.1:8000/, with a worker that turns the loop and an edge for phones beside it."""

import argparse
import os
import subprocess
import sys

from yanmen.project import edges
from yanmen.project.cli import start_django
from yanmen.project.ports import refuse_taken

THREADS = 24
"""Of each server process: a page takes one for milliseconds, an event stream for as long as it is open."""

LAST_WORDS = 20
"""Seconds that a process has to end when told to; then it is killed. An open event stream does not end by itself."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="server processes (1)")
    parser.add_argument("--no-work", action="store_true", help="leave the loop to `yanmen work` elsewhere")
    parser.add_argument("--edge-port", type=int, default=edges.PORT, help="where phones come in; 0 leaves it to others")


def run(options: argparse.Namespace) -> int:
    refuse_taken(options.host, port=options.port, edge_port=options.edge_port)
    if options.host not in ("127.0.0.1", "localhost"):
        os.environ.setdefault("YANMEN_HOSTS", f"localhost,127.0.0.1,{options.host}")
    for_worker = dict(os.environ)
    os.environ.setdefault("YANMEN_POOL", str(THREADS))  # before the settings are read
    start_django()
    beside = []
    if not options.no_work:
        beside.append(subprocess.Popen([sys.executable, "-m", "yanmen.project.cli", "work"], env=for_worker))
    if options.edge_port:
        site = f"http://{options.host}:{options.port}"
        beside.append(edges.start(edges.Where(host=options.host, port=options.edge_port, site=site)))
    try:
        _serve(options)
    finally:
        _end(beside)
    return 0


def _end(processes: "list[subprocess.Popen[bytes]]") -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(LAST_WORDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _serve(options: argparse.Namespace) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from granian.constants import Interfaces
    from granian.server import Server

    call_command("collectstatic", interactive=False, verbosity=0)
    _leave_connections()
    print(f"Yanmen: http://{options.host}:{options.port}/", flush=True)
    Server(
        "yanmen.project.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        workers_kill_timeout=LAST_WORDS,
        blocking_threads=THREADS,
        websockets=False,
        static_path_route=["/static"],
        static_path_mount=[settings.STATIC_ROOT],
        static_path_expires=300,
        log_access=False,
    ).serve()


def _leave_connections() -> None:
    """Server processes are forks of this one and open connections of their own: two must not speak on one line."""
    from django.db import connections

    connections.close_all()
    for each in connections.all():
        each.close_pool()  # type: ignore[attr-defined]
