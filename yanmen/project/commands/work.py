"""Turn the loop for as long as the process lives: whenever facts arrive, and when a change is due."""

import argparse
import logging
import signal
import threading
from datetime import date, datetime
from typing import Any

import psycopg

from yanmen.base.clock import local_date
from yanmen.project.cli import start_django

logger = logging.getLogger("yanmen.work")
LOOK = 10
"""Seconds between looks whether figures are due."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--every", type=float, default=1.0, help="seconds between looks when nobody calls (1)")


def run(options: argparse.Namespace) -> int:
    start_django()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    threading.Thread(target=_long_work, args=(stop,), name="long work", daemon=True).start()
    threading.Thread(target=_figures, args=(stop,), name="figures", daemon=True).start()
    while not stop.is_set():
        try:
            _work(stop, options.every)
        except (psycopg.OperationalError, _database_error()) as fault:
            logger.warning("The database is away (%s); trying again.", str(fault).split("\n", 1)[0])
            stop.wait(2)
    return 0


def _work(stop: threading.Event, every: float) -> None:
    from django.db import connections

    connections.close_all()
    connections["loop"].ensure_connection()
    bell: psycopg.Connection[Any] = psycopg.connect(**_parameters(), autocommit=True)
    with bell:
        bell.execute("LISTEN yanmen_wake")
        while not stop.is_set():
            _settle()
            for _ in bell.notifies(timeout=every, stop_after=1):
                pass


def _long_work(stop: threading.Event) -> None:
    """What takes longer than the loop can wait, beside it: each subsystem's `long_work`, one piece at a time.

    What is unfinished when the process ends is begun again by whoever comes next.
    """
    from django.db import connections

    from yanmen.desk import clock
    from yanmen.project.discovery import modules

    while not stop.is_set():
        did = False
        for subsystem, module in modules("jobs"):
            try:
                did = (hasattr(module, "long_work") and module.long_work(clock.now())) or did
            except Exception:
                logger.exception("The long work of %s failed; it is tried again.", subsystem)
                connections.close_all()
        if not did:
            stop.wait(1)
    connections.close_all()


def _figures(stop: threading.Event) -> None:
    """The ledger is copied and counted every few minutes; a copy that failed is made anew."""
    from django.db import connections

    from yanmen.desk import clock
    from yanmen.numbers.indicators import folder
    from yanmen.numbers.keeping import keep

    while not stop.wait(LOOK):
        try:
            keep(folder(), now=clock.now())
        except Exception:
            logger.exception("The figures could not be brought up to now; it is tried again.")
        connections.close_all()


def _settle() -> None:
    from yanmen.desk import clock
    from yanmen.loop.run import settle

    report = settle(now=clock.now())
    if report.changed:
        logger.info("%s", report)
    if local_date(clock.now()) not in _days_done:
        daily(now=clock.now())
    _every_minute(clock.now())


def daily(*, now: datetime) -> int:
    """Once a day is over, its ledger and facts go under the signing key, inspection hears of orders without ground, and what is past its
    retention goes.

    Says how many rows and facts went.
    """
    from django.conf import settings

    from yanmen.base.signing import FileSigner
    from yanmen.loop.bulk import drop_expired
    from yanmen.loop.daily import seal_days
    from yanmen.loop.orders import inspect
    from yanmen.loop.retention import dispose

    signer = FileSigner.open(settings.YANMEN_SIGNING_KEY)
    seal_days(signer=signer, now=now)
    inspect(now=now)
    gone = [rows for *_, rows in (*drop_expired(signer=signer, now=now), *dispose(signer=signer, now=now))]
    if gone:
        logger.info(
            "%d rows are past their retention and were deleted; `yanmen retention` shows the receipts.", sum(gone)
        )
    _days_done.add(local_date(now))
    return sum(gone)


def _every_minute(now: datetime) -> None:
    """What subsystems do by themselves; one that fails does not keep the others from it."""
    from yanmen.loop.edges import tell_silent_edges
    from yanmen.project.discovery import modules

    if (minute := now.replace(second=0, microsecond=0)) in _minutes:
        return
    _minutes.clear()
    _minutes.add(minute)
    tell_silent_edges(now=now)
    for subsystem, module in modules("jobs"):
        try:
            module.every_minute(now)
        except _database_error():
            raise
        except Exception:
            logger.exception("The job of %s failed; it is tried again in a minute.", subsystem)


_days_done: set[date] = set()
_minutes: set[datetime] = set()


def _parameters() -> dict[str, Any]:
    from django.db import connections

    found = connections["loop"].get_connection_params()
    return {name: found[name] for name in ("host", "port", "user", "password", "dbname") if found.get(name)}


def _database_error() -> type[Exception]:
    from django.db import OperationalError

    return OperationalError
