"""The pulse of a server process: one connection listens for turns of the loop, whoever waits is woken together.

A version is the number of the last turn that this process took note of. Turns that come quickly one after the other are
taken together: the next version waits until redrawing the last one took at most a tenth of the time since. The bell is a
hint; the number is read from the database, so that a connection that fell silent delays and never hides anything.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import psycopg
from django.db import connections

logger = logging.getLogger("yanmen.wall")

LEAST, LONGEST = 2.0, 10.0
"""Seconds between two versions: at least, and however much there is to draw."""
SHARE = 10
"""Redrawing takes at most one part in so many of the time."""
LOOK = 5.0
"""Seconds between looks at the number while no bell rings."""
IDLE = 60.0
"""Seconds after which nobody listens any more for nobody."""
LAST_TURN = "SELECT coalesce(max(seq), 0) FROM loop_outbox"


class Pulse:
    """Of one process; threads share it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._version = 0
        self._looked = -LOOK
        self._taken = -LEAST
        self._rung = True
        self._busy = 0.0
        self._asked = -IDLE
        self._target: dict[str, Any] = {}
        self._listener: threading.Thread | None = None

    def version(self) -> int:
        """The version that is drawn now; reads the number when a bell rang, or none did for a while."""
        moment = time.monotonic()
        with self._changed:
            self._asked = moment
            self._meet()
            settled = moment - self._taken >= self._rest()
            if not settled or not (self._rung or moment - self._looked >= LOOK):
                return self._version
            self._rung, self._looked = False, moment
            found = self._last_turn()
            if found != self._version:
                self._version, self._taken, self._busy = found, moment, 0.0
            return self._version

    def wait(self, seen: int, seconds: float) -> int:
        """Wait until there is another version than `seen`, so long at most; says which it is."""
        until = time.monotonic() + seconds
        while (found := self.version()) == seen and (left := until - time.monotonic()) > 0:
            with self._changed:
                resting = self._rest() - (time.monotonic() - self._taken)
                self._changed.wait(min(left, LOOK, max(0.05, resting) if self._rung else LOOK))
        return found

    def hush(self) -> None:
        """Nobody waits any more: the listener ends with its next look."""
        self._asked = -IDLE

    def spent(self, seconds: float) -> None:
        """Drawing took so long: the next version waits accordingly."""
        with self._changed:
            self._busy += seconds

    def _rest(self) -> float:
        return min(LONGEST, max(LEAST, SHARE * self._busy))

    def _last_turn(self) -> int:
        with connections["default"].cursor() as cursor:
            cursor.execute(LAST_TURN)
            return int(cursor.fetchone()[0])

    def _meet(self) -> None:
        """Have somebody listen to the database that this process talks to."""
        target = _address()
        if target != self._target:
            self._target, self._version, self._rung = target, 0, True
        if self._listener is None or not self._listener.is_alive():
            self._listener = threading.Thread(target=self._listen, name="wall pulse", daemon=True)
            self._listener.start()

    def _listen(self) -> None:
        while time.monotonic() - self._asked < IDLE:
            target = self._target
            try:
                with psycopg.connect(**target, autocommit=True) as bell:
                    bell.execute("LISTEN yanmen_outbox")
                    self._ring()
                    while self._target == target and time.monotonic() - self._asked < IDLE:
                        if any(True for _ in bell.notifies(timeout=LOOK, stop_after=1)):
                            self._ring()
            except psycopg.Error as fault:
                logger.warning("The bell of the wall is away (%s); trying again.", str(fault).split("\n", 1)[0])
                time.sleep(LEAST)

    def _ring(self) -> None:
        with self._changed:
            self._rung = True
            self._changed.notify_all()


def _address() -> dict[str, Any]:
    found = connections["default"].get_connection_params()
    return {name: found[name] for name in ("host", "port", "user", "password", "dbname") if found.get(name)}


pulse = Pulse()
