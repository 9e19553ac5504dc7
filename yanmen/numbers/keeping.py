"""The copy is kept up by itself: every few minutes what is new, once a day everything held against the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from yanmen.base.clock import local_date
from yanmen.numbers.copying import Copied, copy_ledger, receipt_of
from yanmen.numbers.cubes import make_ready

EVERY = timedelta(minutes=3)


def keep(folder: Path, *, now: datetime, every: timedelta = EVERY) -> bool:
    """Copy and make ready where the last copy is older than ``every``. True where something was done."""
    receipt = receipt_of(folder)
    if receipt.moment is not None and receipt.moment <= now < receipt.moment + every:
        return False
    bring_up(folder, now=now, full=receipt.checked_on != local_date(now).isoformat())
    return True


def bring_up(folder: Path, *, now: datetime, full: bool = False) -> tuple[Copied, float]:
    """Copy, and make the last weeks ready. Returns what was copied, and the seconds the figures took."""
    copied = copy_ledger(folder, now=now, full=full)
    return copied, make_ready(folder)
