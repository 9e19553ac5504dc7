"""What changed on a wall, as server-sent events: names of panels and nothing else; the page asks for them itself.

A stream holds a thread of the server, so a process keeps few open at a time; whoever comes beyond that is told what changed
and when to come again. An event's id says what the browser now has, so a connection that broke goes on where it was, in
whichever process.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime

from yanmen.desk.wall import Look, drawn, key_of, known, marks
from yanmen.desk.wall_pulse import pulse

MOST = 8
"""Streams of one process at a time: a third of the threads that `yanmen serve` gives it."""
SECONDS = 25.0
"""A stream ends after so long and the browser opens the next: others come to their turn."""
BEAT = 8.0
"""Seconds between signs of life."""
QUIET = 3 * BEAT
"""A page that heard nothing for so long says that the connection is lost."""
AGAIN, POLL = 1_000, 10_000
"""Milliseconds until a browser comes back: after a stream that ended, and where all streams are taken."""

_open = threading.BoundedSemaphore(MOST)


def events(
    look: Look,
    last: str,
    *,
    clock: Callable[[], datetime],
    goes_on: Callable[[datetime], bool],
    seconds: float = SECONDS,
) -> Iterator[bytes]:
    """Events until the time is over or the session ended. `last`: what the browser has, as an event told it."""
    waiting = seconds > 0 and _open.acquire(blocking=False)
    until = time.monotonic() + (seconds if waiting else 0)
    try:
        yield f"retry: {AGAIN if waiting else POLL}\n\n".encode()
        has, version = known(last), -1
        while goes_on(clock()):
            now = clock()
            found = drawn(look, now=now)
            changed = [name for name, mark in marks(found).items() if has.get(name) != mark]
            has = marks(found)
            yield _event("changed" if changed else "beat", now, key=key_of(found), panels=changed, live=waiting)
            if (left := until - time.monotonic()) <= 0:
                return
            version = pulse.wait(version if version >= 0 else pulse.version(), min(BEAT, left))
        yield _event("ended", clock())
    finally:
        if waiting:
            _open.release()


def _event(name: str, now: datetime, *, key: str = "", **about: object) -> bytes:
    about = {field: value for field, value in about.items() if value not in ([], None)} | {"at": now.isoformat()}
    head = f"id: {key}\n" if key else ""
    return f"{head}event: {name}\ndata: {json.dumps(about)}\n\n".encode()
