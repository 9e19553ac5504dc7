"""Saying no in time: how much one device or network may ask, and how late the process is.

What is shed first is what costs most and matters least: forwarding to the site, then reading one's own page, then
checking in and passing, and binding a sample last (the writer's queue has room for it when it has none for others).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from yanmen.edge.bounded import Bounded

BURST = 5.0
"""Seconds' worth of requests that may come at once."""

LATE_FORWARD, LATE_READ = 0.5, 1.0
"""Seconds behind at which the process stops forwarding, and reading pages."""

BEAT = 0.05
HOLD = 0.4
"""Seconds that a refusal for overload waits, so that who asks again at once does not eat what is left."""

HELD = 8_192
"""Refusals that wait at a time; further ones leave at once."""


class Allowance:
    """A bucket that fills with time; how long it has been filling is asked when it is empty."""

    __slots__ = ("left", "rate", "since")

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.left = self.since = 0.0

    def take(self, cost: float = 1.0) -> bool:
        """Whether one more request is allowed. A rate of 0 allows everything."""
        left = self.left - cost
        if left < 0.0:
            now = time.monotonic()
            left = min(self.rate * BURST, self.left + (now - self.since) * self.rate) - cost
            self.since = now
            if left < 0.0:
                self.left = left + cost
                return not self.rate
        self.left = left
        return True


class Allowances:
    """Allowances by device or network, the lately seen ones."""

    def __init__(self, rate: float, most: int) -> None:
        self._rate = rate
        self._known: Bounded[Any, Allowance] = Bounded(most)

    def of(self, whom: int | str) -> Allowance:
        """The allowance of one."""
        found = self._known.get(whom)
        if found is None:
            found = Allowance(self._rate)
            self._known.put(whom, found)
        return found


class Pressure:
    """How late the event loop is: the time between when something should have run and when it did."""

    def __init__(self) -> None:
        self.late = 0.0
        self.held = 0

    async def watch(self) -> None:
        """Measure for as long as the process lives; a peak fades within a second."""
        while True:
            due = time.monotonic() + BEAT
            await asyncio.sleep(BEAT)
            self.late = max(time.monotonic() - due, self.late * 0.8)

    def hold(self, refuse: Callable[[], None]) -> None:
        """Let a refusal wait, as long as there are not too many of them."""
        if self.held >= HELD:
            refuse()
            return
        self.held += 1
        asyncio.get_running_loop().call_later(HOLD, self._let_go, refuse)

    def _let_go(self, refuse: Callable[[], None]) -> None:
        self.held -= 1
        refuse()
