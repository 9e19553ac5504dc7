"""What the edge's benchmark runs on: a database with our schema, an image of a large province, and server processes."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shared import common
from shared.edge_requests import AREA, PEOPLE, STAFFED, Devices
from yanmen.base.ports import free_port
from yanmen.edge.image_writer import Generation, ImageWriter
from yanmen.edge.registers import Register, Venue, frame

TABLE = "loop_bulk_presence_scanned"
HERE = Path(__file__).parent


@dataclass(frozen=True)
class House:
    """Where everything is."""

    folder: Path
    database: str
    secrets: Path
    keys: Mapping[str, bytes]
    image: Path
    issuing: Path


@contextmanager
def house(keep: Path | None) -> Iterator[House]:
    """A server, a database with our schema and nobody in it, the installation's keys."""
    with common.house(keep) as folder:
        from yanmen.base.issuing import IssuingKeys
        from yanmen.project import database, state

        name = "bench_edge"
        if common.exists(name):
            common.use(name)
            database.migrate()
        else:
            common.create(name)
        keys = {name: bytes.fromhex(key) for name, key in state.edge_secrets().items()}
        url = database.edge_url(database.server().url(name))
        IssuingKeys.open(folder / "issuing")
        yield House(folder, url, state.edge_secrets_file(), keys, folder / "image", folder / "issuing")


def fill(image: Path, devices: Devices, *, people: int = PEOPLE) -> None:
    """An image of so many synthetic people: 1 % yellow, 0.1 % red, two of three tested within three days.

    It stands at a message of the outbox, so that a follower goes on from it.
    """
    writer = ImageWriter(image)
    draft = writer.draft(people)
    colour_and_test(draft, people)
    venues = [_venue(place, seed) for place, seed in {**devices.seeds, STAFFED: bytes(8)}.items()]
    draft.note([frame(Register.VENUE, venue.place, venue) for venue in venues])
    writer.publish(draft, position=_position(), contact=int(time.time() * 1_000_000))
    writer.seal()


def colour_and_test(draft: Generation, people: int) -> None:
    """Statuses and tests, a million people at a time."""
    chance = np.random.default_rng(2022)
    now = int(time.time()) // 60
    for start in range(1, people + 1, 1_000_000):
        some = np.arange(start, min(start + 1_000_000, people + 1))
        luck = chance.random(len(some))
        draft.colour(some, ((luck < 0.011).astype(np.uint8) + (luck < 0.001)).astype(np.uint8))
        tested = some[chance.random(len(some)) < 2 / 3]
        draft.test(tested, (now - chance.integers(0, 3 * 1440, len(tested))).astype(np.int32))


def _venue(place: int, seed: bytes) -> Venue:
    return Venue(place, AREA, "shop", seed, 45, None, 112.5, 37.8, True)


def _position() -> tuple[int, int]:
    """The place in the outbox of a message that says nothing."""
    common.owner("DELETE FROM loop_outbox")
    at = dt.datetime.now(dt.UTC)
    common.owner("INSERT INTO loop_outbox (at, topic, body) VALUES (%s, 'bench.filled', '{}')", at)
    ((seq,),) = common.owner("SELECT max(seq) FROM loop_outbox")
    return int(seq), round(at.timestamp() * 1_000_000)


def stored(table: str = TABLE) -> int:
    """Rows in the table of check-ins, or of another kind of bulk fact."""
    return int(common.owner(f"SELECT count(*) FROM {table}")[0][0])


def emptied(table: str = TABLE) -> None:
    """The same table without rows, so that every run finds it alike."""
    common.owner(f"TRUNCATE {table}")
    with common._admin() as connection:
        connection.execute("CHECKPOINT")


@contextmanager
def server(
    command: list[str], *, ready: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, int]]:
    """A server process on a free port (`{port}` in the command); yields its address and process number."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    given = {name: each.replace("{port}", str(port)) for name, each in (environment or {}).items()}
    process = subprocess.Popen(
        [part.replace("{port}", str(port)) for part in command],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parent), str(common.ROOT)])} | given,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(url + ready, process)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(30)


def granian(target: str, interface: str, *more: str) -> list[str]:
    """The command of a granian that serves something else than the edge, in the same way."""
    return [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", "{port}",
            "--no-ws", "--log-level", "error", *more, target]  # fmt: skip


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 120.0) -> None:
    """Until it answers anything at all."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError(f"{process.args} ended with {process.returncode}") from None
            time.sleep(0.01)
    raise TimeoutError(f"{url} does not answer")


@dataclass
class Memory:
    """Of a process and its children, in MB: what is theirs alone, and what files they map."""

    own: float
    mapped: float

    @classmethod
    def of(cls, pid: int) -> Memory:
        own = mapped = 0
        for each in family(pid):
            try:
                fields = dict(line.split(":", 1) for line in Path(f"/proc/{each}/status").read_text().splitlines())
                own += int(fields["RssAnon"].split()[0])
                mapped += int(fields["RssFile"].split()[0])
            except (OSError, KeyError):
                continue  # ended meanwhile
        return cls(own / 1024, mapped / 1024)


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        try:
            found += [int(child) for child in Path(f"/proc/{each}/task/{each}/children").read_text().split()]
        except OSError:
            continue
    return found


@contextmanager
def watched(pid: int, every: float = 0.5) -> Iterator[list[Memory]]:
    """Memory of a process over time, while the block runs."""
    samples: list[Memory] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(every):
            samples.append(Memory.of(pid))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()
