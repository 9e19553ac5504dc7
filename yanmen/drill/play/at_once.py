"""Works that need nothing of each other, done at the same time: while one waits for the database, another one goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import connections

TURN = 0.0005
"""Seconds after which a thread that calculates lets another one go on: whoever asks the database much waits for it each time."""


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each of them gives, in their order. Each has a thread and database connections of its own; a fault comes to the caller."""
    if len(works) < 2:
        return [work() for work in works]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        with ThreadPoolExecutor(len(works), "drill") as threads:
            begun = [threads.submit(_alone, work) for work in works]
        return [each.result() for each in begun]
    finally:
        sys.setswitchinterval(usual)


class Beside:
    """One thing at a time that goes on while the caller does something else."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, "drill")
        self._last: Future[Any] | None = None

    def begin(self, work: Callable[[], Any]) -> None:
        """Begin this, once what was begun before is done."""
        self.wait()
        self._last = self._threads.submit(_alone, work)

    def wait(self) -> None:
        """Until what was begun is done; its fault comes to the caller."""
        last, self._last = self._last, None
        if last is not None:
            last.result()


def _alone(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connections.close_all()
