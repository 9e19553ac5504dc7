"""The edge beside a plain Django endpoint (`edge_django`) that does the same work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from shared import edge_house
from shared.edge_bench import Bench, the_edge
from shared.edge_house import House

READY = 8_000
CONNECTIONS = 64
LAYOUTS = ((1, 4), (2, 2), (2, 8))
"""Processes and threads in each; the peer is measured in the layout that suits it best."""

PEER = "plain Django endpoint"


def django(bench: Bench) -> None:
    """Check-ins through Django, and through the edge next to it."""
    tried: dict[tuple[int, int], float] = {}
    for layout in LAYOUTS[-1:] if bench.quick else LAYOUTS:
        with _peer(bench.house, *layout) as url:
            tried[layout] = bench.check_in_run(url, ready=READY, connections=CONNECTIONS).rate
    best = max(tried, key=lambda layout: tried[layout])
    with _peer(bench.house, *best) as url, the_edge(bench.house) as (edge, _):
        for _ in range(bench.runs):
            load = bench.check_in_run(url, ready=READY, connections=CONNECTIONS)
            bench.loads[PEER].append(load)
            bench.pair("durable check-ins", bench.check_in_run(edge).rate, PEER, load.rate)
    bench.tell(PEER, "/s", layout="{} × {} threads".format(*best))
    bench.share("durable check-ins", PEER, 10)


@contextmanager
def _peer(house: House, workers: int, threads: int) -> Iterator[str]:
    given = {
        "database": _settings(house.database),
        "session_key": house.keys["session_key"].hex(),
        "venue_key": house.keys["venue_key"].hex(),
        "folder": str(house.image),
    }
    command = edge_house.granian(
        "shared.edge_django:application", "wsgi", "--workers", str(workers), "--blocking-threads", str(threads)
    )
    with edge_house.server(command, ready="/", environment={"EDGE_PEER": json.dumps(given)}) as (url, _):
        yield url


def _settings(url: str) -> dict[str, object]:
    """Django's settings for an address."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "HOST": parts.hostname,
        "PORT": str(parts.port),
        "USER": parts.username,
        "PASSWORD": unquote(parts.password or ""),
    }
