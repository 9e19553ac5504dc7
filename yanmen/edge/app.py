"""The application: which door an address opens, and what runs beside the doors."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from yanmen.base.pseudonym import Pseudonyms
from yanmen.edge.door import Door
from yanmen.edge.doors.batches import BatchDoor
from yanmen.edge.doors.check_ins import CheckInDoor
from yanmen.edge.doors.code import LookDoor, OwnCode
from yanmen.edge.doors.credential import CredentialDoor
from yanmen.edge.doors.documents import NAMES, DocumentDoor
from yanmen.edge.doors.keeping import KeepDoor
from yanmen.edge.doors.nothing import NoDoor
from yanmen.edge.doors.phone import PhoneDoor
from yanmen.edge.doors.reading import ReadDoor
from yanmen.edge.doors.sessions import SessionDoor
from yanmen.edge.doors.site import SiteDoor
from yanmen.edge.doors.state import HealthDoor, MetricsDoor
from yanmen.edge.edge import Edge
from yanmen.edge.follow import follow
from yanmen.edge.http.messages import Request
from yanmen.edge.image import Image
from yanmen.edge.metrics import Metrics
from yanmen.edge.openapi import OpenApiDoor
from yanmen.edge.presence import Presence, name_of
from yanmen.edge.recording import Passes, Samples
from yanmen.edge.records import Windows
from yanmen.edge.sessions import Sessions
from yanmen.edge.settings import Settings
from yanmen.edge.shedding import Allowances, Pressure
from yanmen.edge.trust import Trust
from yanmen.edge.writer import Writer

NETWORKS_KNOWN = 50_000
COLLECT = (20_000, 50, 100)

_log = logging.getLogger(__name__)


def build(settings: Settings) -> Edge:
    """Everything that the doors share; nothing is connected yet."""
    limits, metrics = settings.limits, Metrics()
    return Edge(
        settings=settings,
        limits=limits,
        clock=settings.clock,
        image=Image(settings.folder),
        writer=Writer(settings.database, limits, metrics),
        metrics=metrics,
        sessions=Sessions(settings.keys["session_key"], most=limits.sessions, rate=limits.session_rate),
        people=Pseudonyms(settings.keys["pseudonym_key"]),
        trust=Trust(settings.issuing),
        windows=Windows(settings.clock, limits),
        networks=Allowances(limits.network_rate, NETWORKS_KNOWN),
        pressure=Pressure(),
    )


class Application:
    """What a worker process runs."""

    def __init__(self, settings: Settings) -> None:
        self.edge = build(settings)
        self._site = SiteDoor(self.edge)
        self._phone = PhoneDoor(self.edge)
        self._doors: dict[str, Door] = {door.path: door for door in self.doors()}
        self._nothing = NoDoor(self.edge, self._doors)
        self._tasks: list[asyncio.Task[Any]] = []

    def doors(self) -> list[Door]:
        """Every door with an address of its own."""
        edge = self.edge
        documents = [DocumentDoor(edge, name) for name in NAMES]
        records = [CheckInDoor(edge), KeepDoor(edge, Passes()), KeepDoor(edge, Samples()), BatchDoor(edge)]
        officers = [LookDoor(edge), ReadDoor(edge)]
        return [
            OwnCode(edge),
            SessionDoor(edge),
            CredentialDoor(edge),
            *records,
            *officers,
            *documents,
            HealthDoor(edge),
            MetricsDoor(edge),
            OpenApiDoor(edge),
        ]

    def find(self, request: Request) -> Door:
        """The door that a request comes to."""
        door = self._doors.get(request.path)
        if door is not None and request.method == door.method:
            return door
        path = request.path
        if path.startswith("/site/"):
            return self._site
        if path == "/" or path == "/phone" or path.startswith("/phone/"):
            return self._phone
        return self._nothing

    async def start(self) -> None:
        """Let everything run that stands beside the doors."""
        _rarely_collect()
        edge, settings = self.edge, self.edge.settings
        edge.writer.start(self._spawn)
        self._spawn(edge.pressure.watch())
        presence = Presence(name_of(settings.port), settings.clock)
        self._spawn(follow(settings.database, settings.folder, clock=settings.clock, presence=presence))
        self._spawn(_end_with_parent(os.getppid()))

    async def stop(self) -> None:
        """No request is left: keep what was taken, then let go."""
        await self.edge.writer.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._site.close()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(_tell)
        self._tasks.append(task)
        return task


def _rarely_collect() -> None:
    """Requests leave no cycles behind, so the collector would walk over thousands of sessions for nothing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


async def _end_with_parent(parent: int) -> None:
    """A worker whose supervisor was killed stops as if it had been asked to."""
    while os.getppid() == parent:
        await asyncio.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _tell(task: asyncio.Task[Any]) -> None:
    """Work beside the doors does not end; when it does, say so and let the supervisor start anew."""
    with contextlib.suppress(asyncio.CancelledError):
        if fault := task.exception():
            _log.critical("A part of the edge has failed.", exc_info=fault)
            sys.stderr.flush()
            os.kill(os.getpid(), signal.SIGTERM)
