"""Following the database: one snapshot, then the outbox in sequence, for as long as the process lives.

One follower a machine writes the image; others wait for its lock. When the database is away the image stays as it is
and its age grows. When the message up to which the image is true is not in the outbox any more
(trimmed, or the database was restored), a new snapshot is taken while readers go on with the old one.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import numpy as np

from yanmen.base import cose
from yanmen.base.clock import Clock
from yanmen.edge.follow_source import Message, Source, microseconds
from yanmen.edge.image import Image
from yanmen.edge.image_writer import Generation, ImageWriter, Numbers
from yanmen.edge.presence import Presence
from yanmen.edge.registers import Register, frame

ORDER = ("green", "yellow", "red")
"""Of statuses, as long as no document says it."""

WORDS = "words"
"""The document that says it."""

WORDS_LONGEST = 1 << 20

TURNED = "loop.turned"
NAMES = {
    "health_code.negatives": "people",
    "venues.changed": "places",
    "checkpoints.changed": "places",
    "devices.revoked": "devices",
    "edge.documents": "names",
}
"""In which part of a message's body it says what changed."""

POLL = 1.0
"""Seconds after which the outbox is looked at though nobody rang."""

PATIENCE = 5.0
"""Seconds within which the database has to answer a small question."""

LONG = 600.0
"""Seconds for what may be millions of rows."""

LOG_MOST = 256 << 20
"""Bytes by which the log of the registers may grow before a snapshot begins a new one."""

SEAL_EVERY = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0

FAULTS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)

_log = logging.getLogger(__name__)


async def follow(database: str, folder: Path, *, clock: Clock, presence: Presence | None = None) -> None:
    """Keep the image in ``folder`` true to ``database``, and tell it of this edge's ``presence``, until cancelled."""
    async with _alone(folder):
        follower = Follower(database, ImageWriter(folder), Image(folder), clock=clock, presence=presence)
        try:
            await follower.run()
        finally:
            follower.writer.seal()


class Follower:
    """The writer of an image and where it gets its knowledge from."""

    def __init__(
        self, database: str, writer: ImageWriter, image: Image, *, clock: Clock, presence: Presence | None = None
    ) -> None:
        self.writer = writer
        self._presence = presence
        self._database = database
        self._clock = clock
        self._order = order_in(image.documents)
        self._pause = FIRST_PAUSE
        self._sealed = 0.0
        self._away = False

    async def run(self) -> None:
        """Follow; after a fault wait a little longer each time, and connect again."""
        while True:
            try:
                await self._follow()
            except FAULTS as fault:
                if not self._away:
                    _log.warning("The database does not answer: %r. Trying again until it does.", fault)
                self._away = True
            except Exception:
                _log.exception("Following has failed. The image stays as it is, and its age grows.")
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    async def _follow(self) -> None:
        async with _connected(self._database) as connection:
            rung = asyncio.Event()
            await connection.add_listener("yanmen_outbox", lambda *_: rung.set())
            source = Source(connection)
            try:
                while True:
                    rung.clear()
                    if not await self._step(source):
                        await self._snapshot(connection, source)
                    self._back()
                    if self._presence:
                        await self._presence.tell(connection)
                    await self._seal_in_time()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(POLL):  # `wait_for` of Python 3.11 may swallow a cancellation
                            await rung.wait()
            except asyncio.CancelledError:
                if self._presence:
                    await self._presence.farewell(connection)
                raise

    def _back(self) -> None:
        """The database was heard."""
        if self._away:
            _log.warning("The database answers again.")
        self._pause, self._away = FIRST_PAUSE, False

    async def _step(self, source: Source) -> bool:
        """Take in what was told since the last step. False when only a snapshot helps."""
        generation = self.writer.generation
        if generation is None or generation.grown > LOG_MOST:
            return False
        while True:
            contact = microseconds(self._clock.now())
            async with asyncio.timeout(PATIENCE):
                messages = await source.messages(self.writer.position)
                generation.cover(await source.people())
            if messages is None:
                return False
            async with asyncio.timeout(LONG):
                if not await self._take(source, generation, messages):
                    return False
            position = messages[-1].position if messages else self.writer.position
            self.writer.reach(position, contact=contact)
            if not messages:
                return True

    async def _take(self, source: Source, generation: Generation, messages: list[Message]) -> bool:
        """Messages name what changed; except for tests, the database says what it is now. False if colours are renamed."""
        told: dict[str, list[Any]] = {topic: [] for topic in NAMES}
        for message in messages:
            if message.topic in NAMES:
                told[message.topic] += message.body[NAMES[message.topic]]
        if names := told["edge.documents"]:
            documents = {each.name: each.body for each in await source.documents() if each.name in names}
            if WORDS in documents and order_in(documents) != self._order:
                return False
            generation.note(frame(Register.DOCUMENT, 0, each) for each in documents.items())
        if any(message.topic == TURNED for message in messages):
            await source.statuses(self._colour(generation), after=self.writer.position[0], order=self._order)
        if tests := told["health_code.negatives"]:
            pairs = np.array([(person, minutes or 0) for person, minutes in tests], np.int64)
            generation.test(pairs[:, 0], pairs[:, 1])
        if places := told["venues.changed"]:
            generation.note(await source.venues(places))
        if places := told["checkpoints.changed"]:
            generation.note(await source.posts(places))
        generation.note(frame(Register.DEVICE, device, None) for device in told["devices.revoked"])
        return True

    async def _snapshot(self, connection: asyncpg.Connection[Any], source: Source) -> None:
        """Everything, as of one moment, into files of its own; then readers change over."""
        contact = microseconds(self._clock.now())
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            position = await source.position()
            draft = self.writer.draft(await source.people())
            try:
                await self._fill(source, draft)
            except BaseException:
                draft.close()
                raise
        self.writer.publish(draft, position=position, contact=contact)
        await self._seal()
        _log.info("Snapshot of %d people at message %d.", draft.people, position[0])

    async def _fill(self, source: Source, draft: Generation) -> None:
        documents = await source.documents()
        self._order = order_in({each.name: each.body for each in documents})
        draft.note(frame(Register.DOCUMENT, 0, each) for each in documents)
        await source.statuses(self._colour(draft), after=0, order=self._order)
        await source.negatives(draft.test)
        draft.note(await source.venues())
        draft.note(await source.posts())
        draft.note(await source.devices())

    def _colour(self, generation: Generation) -> Any:
        def take(people: Numbers, colours: Numbers) -> None:
            if (colours < 0).any():
                raise LookupError(f"Person {people[colours < 0][0]} has a status that is none of {self._order}.")
            generation.colour(people, colours.astype(np.uint8))

        return take

    async def _seal_in_time(self) -> None:
        if asyncio.get_running_loop().time() - self._sealed >= SEAL_EVERY:
            await self._seal()

    async def _seal(self) -> None:
        self._sealed = asyncio.get_running_loop().time()
        await asyncio.to_thread(self.writer.seal)


def order_in(documents: Mapping[str, bytes]) -> tuple[str, ...]:
    """The order of statuses that the published words say; a status is kept as its place in it."""
    if WORDS not in documents:
        return ORDER
    return tuple(json.loads(cose.read1(documents[WORDS], longest=WORDS_LONGEST).payload)["order"])


@asynccontextmanager
async def _connected(database: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(database, timeout=PATIENCE, server_settings={"application_name": "yanmen_edge"})
    try:
        yield connection
    finally:
        connection.terminate()


@asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[None]:
    """Hold the folder's lock; wait while another process holds it. The kernel frees it when its holder dies."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(FIRST_PAUSE)
        yield
    finally:
        os.close(descriptor)
