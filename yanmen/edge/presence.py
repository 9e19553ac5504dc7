"""That this edge is there, told to the database every few seconds, and that it ends: who is silent without a farewell is missed."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from datetime import datetime

import asyncpg

from yanmen.base.clock import Clock

EVERY = 20.0
"""Seconds. The loop raises an alarm after six of them (`yanmen.loop.edges`)."""

TELL = "SELECT edge_heard($1, $2, $3, $4)"


class Presence:
    """One run of an edge on one machine. Whichever of its processes follows the database speaks for all."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self._clock = clock
        self._since: datetime | None = None
        self._told = 0.0

    async def tell(self, connection: asyncpg.Connection[object]) -> None:
        """Say that the edge is there, if it was not said lately."""
        moment = asyncio.get_running_loop().time()
        if self._since is None:
            self._since = self._clock.now()
        elif moment < self._told + EVERY:
            return
        await connection.fetchval(TELL, self.name, self._since, self._clock.now(), True)
        self._told = moment

    async def farewell(self, connection: asyncpg.Connection[object]) -> None:
        """Say that it ends because it was told to. A database that does not answer will miss it, and rightly."""
        if self._since is not None:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                async with asyncio.timeout(2):
                    await connection.fetchval(TELL, self.name, self._since, self._clock.now(), False)


def name_of(port: int) -> str:
    """An edge's name to those who look after it: its machine and the port it serves."""
    return f"{socket.gethostname()}:{port}"
