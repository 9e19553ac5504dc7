"""How this edge is: for load balancers (health), for Prometheus (metrics), for who writes a client (openapi.json)."""

from __future__ import annotations

import math
from importlib.metadata import version

import msgspec

from yanmen.edge import metrics
from yanmen.edge.door import HEADERS, Read
from yanmen.edge.http.messages import Request

VERSION = version("yanmen")


class ImageState(msgspec.Struct):
    """How far the memory image is. `age_seconds` is null before the first snapshot."""

    seq: int
    age_seconds: float | None
    people: int


class Health(msgspec.Struct):
    """`database` says whether records can be kept; reads go on without it. `time` sets the clock of phones."""

    status: str
    database: str
    image: ImageState
    queue: int
    version: str
    time: int


class HealthDoor(Read):
    """GET /edge/v1/health: 200 as long as the process answers at all."""

    name = "health"
    path = "/edge/v1/health"
    sheds = False

    def handle(self, request: Request, body: bytes) -> None:
        edge = self.edge
        now = edge.clock.now()
        age = edge.image.age(now)
        image = ImageState(edge.image.seq, round(age, 1) if age < math.inf else None, edge.image.people)
        database = "up" if edge.writer.up else "down"
        status = "ok" if database == "up" and age < math.inf else "degraded"
        health = Health(status, database, image, edge.writer.waiting, VERSION, int(now.timestamp() * 1000))
        self.send(request, 200, HEADERS, msgspec.json.encode(health))


class MetricsDoor(Read):
    """GET /edge/v1/metrics: of this process; with several workers each answers for itself."""

    name = "metrics"
    path = "/edge/v1/metrics"
    sheds = False

    def handle(self, request: Request, body: bytes) -> None:
        edge = self.edge
        age = edge.image.age(edge.clock.now())
        gauges = {
            "queue_records": edge.writer.waiting,
            "database_up": int(edge.writer.up),
            "image_seq": edge.image.seq,
            "image_age_seconds": age if age < math.inf else -1,
            "image_people": edge.image.people,
            "late_seconds": edge.pressure.late,
            "held_refusals": edge.pressure.held,
        }
        self.send(request, 200, (("content-type", metrics.TYPE),), edge.metrics.text(gauges))
