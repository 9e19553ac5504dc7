"""A shadow of the loop's tables: the very same turn, on temporary tables, touching nothing.

Temporary tables of the same names stand before the real ones in one transaction, which is
rolled back. So a trial, a replay and the audit can never disagree with the loop itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from yanmen.base.clock import local_date
from yanmen.loop.catalogue import Catalogue
from yanmen.loop.program import Program
from yanmen.loop.run import TurnReport, turn
from yanmen.loop.session import Session


@dataclass
class Shadow:
    """The open shadow: run named statements and turns on it."""

    cursor: Any
    alias: str
    words: Catalogue

    def session(self, now: dt.datetime) -> Session:
        """Named statements at a moment."""
        return Session(self.cursor, now=now, as_of=local_date(now), fresh=True)

    def turn(self, program: Program, now: dt.datetime) -> TurnReport:
        """One turn of a program on the shadow tables; neither workers nor other shadows are held up."""
        lock = int(self.cursor.connection.info.backend_pid)
        return turn(now=now, alias=self.alias, words=self.words, program=program, lock=lock)


@contextmanager
def shadow(alias: str, words: Catalogue, now: dt.datetime) -> Iterator[Shadow]:
    """Open empty shadow tables; on leaving, nothing of it remains."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        opened = Shadow(cursor, alias, words)
        opened.session(now).script("shadow")
        try:
            yield opened
        finally:
            transaction.set_rollback(True, using=alias)
