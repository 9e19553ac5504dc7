"""One process's connections: let in, watched over, and brought to an end."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any

from yanmen.edge.http.connection import ANSWERING, IDLE, RECEIVING, Connection
from yanmen.edge.http.messages import Application

BACKLOG = 4096
TICK = 0.5
"""Seconds between two looks at all connections; times are no finer than this."""

IDLE_SECONDS = 75.0
SENDING_SECONDS = 30.0
"""For a client to read its answer."""

ENDING_SECONDS = 10.0
"""For requests under way when the process is told to stop."""

HANDSHAKE_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How many clients, and how patient."""

    connections: int = 16_384
    receive_seconds: float = 10.0
    said: str = ""
    """Header lines that every answer carries, each with its end."""


class Server:
    """Serves an application on a socket."""

    def __init__(self, application: Application, bounds: Bounds) -> None:
        self.application = application
        self.closing = False
        self.now = 0.0
        self.ends = (b"", b"")
        """What stands between headers and body: of answers that leave the connection open, and of last ones."""
        self._bounds = bounds
        self._connections: set[Connection] = set()
        self._work: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._tick()

    async def open(self, listener: socket.socket, secure: ssl.SSLContext | None) -> None:
        """Take connections from now on."""
        self._listening = await self._loop.create_server(
            lambda: Connection(self),
            sock=listener,
            backlog=BACKLOG,
            ssl=secure,
            ssl_handshake_timeout=HANDSHAKE_SECONDS if secure else None,
        )

    async def close(self) -> None:
        """Take no more, answer what came in, hang up."""
        self.closing = True
        self._listening.close()
        end = self._loop.time() + ENDING_SECONDS
        while self._connections and self._loop.time() < end:
            for each in [each for each in self._connections if each.stage == IDLE]:
                each.hang_up()
            await asyncio.sleep(0.01)
        for each in list(self._connections):
            each.cut()
        self._ticking.cancel()

    def welcome(self, connection: Connection) -> bool:
        """Whether there is room for one more."""
        self._connections.add(connection)
        return len(self._connections) <= self._bounds.connections

    def forget(self, connection: Connection) -> None:
        """It has ended."""
        self._connections.discard(connection)

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Answering that takes its time."""
        task = self._loop.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def later(self, seconds: float, what: Callable[[], object]) -> None:
        """Do something in a while."""
        self._loop.call_later(seconds, what)

    def _tick(self) -> None:
        """The time, the date, and who has kept us waiting for too long."""
        self.now = now = self._loop.time()
        date = f"{self._bounds.said}date: {formatdate(usegmt=True)}\r\n"
        self.ends = (f"{date}\r\n".encode(), f"{date}connection: close\r\n\r\n".encode())
        slow, idle, unread = now - self._bounds.receive_seconds, now - IDLE_SECONDS, now - SENDING_SECONDS
        for each in list(self._connections):
            stage, since = each.stage, each.since
            if stage == RECEIVING and since < slow:
                each.give_up()
            elif stage != ANSWERING and since < unread and (each.stalled or each.ending):
                each.cut()
            elif stage == IDLE and since < idle:
                each.hang_up()
        self._ticking = self._loop.call_later(TICK, self._tick)


def secured(certificate: Path | None, private_key: Path | None) -> ssl.SSLContext | None:
    """TLS 1.2 or newer with this certificate; None without one."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, private_key)
    context.set_alpn_protocols(["http/1.1"])
    return context
