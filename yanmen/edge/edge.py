"""What the doors of one process share."""

from __future__ import annotations

from dataclasses import dataclass

from yanmen.base.pseudonym import Pseudonyms
from yanmen.edge.image import Image
from yanmen.edge.metrics import Metrics
from yanmen.edge.records import Windows
from yanmen.edge.sessions import Sessions
from yanmen.edge.settings import Limits, Settings, ShiftedClock
from yanmen.edge.shedding import Allowances, Pressure
from yanmen.edge.trust import Trust
from yanmen.edge.writer import Writer


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One process of an edge."""

    settings: Settings
    limits: Limits
    clock: ShiftedClock
    image: Image
    writer: Writer
    metrics: Metrics
    sessions: Sessions
    people: Pseudonyms
    trust: Trust
    windows: Windows
    networks: Allowances
    pressure: Pressure
