"""Addresses behind which there is no door, and doors that are used in another way."""

from __future__ import annotations

from collections.abc import Mapping

from yanmen.edge.door import Door
from yanmen.edge.edge import Edge
from yanmen.edge.errors import not_found, wrong_method
from yanmen.edge.http.messages import Request


class NoDoor(Door):
    """Says so."""

    name = "none"
    path = ""

    def __init__(self, edge: Edge, doors: Mapping[str, Door]) -> None:
        super().__init__(edge)
        self._doors = doors

    def admit(self, request: Request) -> None:
        there = self._doors.get(request.path)
        raise wrong_method(there.method) if there else not_found(request.path)
