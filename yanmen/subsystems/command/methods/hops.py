"""The clocks of an order's hops: by when each is due, which one is late, how far up it has been told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

LEVELS = (9, 6, 4, 2)
"""Lengths of the codes above a village: town, county, city, province."""
HOPS = ("receive", "read", "accept", "done", "verify")
HOP_OF = {
    "issued": "receive",
    "received": "read",
    "read": "accept",
    "accepted": "done",
    "split": "done",
    "done": "verify",
}
"""The hop that is owed in each state."""


def due(norm: Mapping[str, Any], urgency: str, issued_at: datetime, done_at: datetime) -> dict[str, datetime]:
    """By when an order is received, read, accepted and done; no hop is due after the deadline."""
    minutes: Sequence[int] = norm[urgency]
    clocks = zip(HOPS, minutes, strict=False)
    return {hop: min(issued_at + timedelta(minutes=each), done_at) for hop, each in clocks} | {"done": done_at}


def reached(area: str, due_at: datetime, clock: timedelta, now: datetime, top: str = "") -> str:
    """The area that has been told by now: the next above when a hop falls due, one more each clock, whoever gave the order at last."""
    if now < due_at:
        return area
    above = [length for length in LEVELS if max(len(top), 2) <= length < len(area)]
    if not above:
        return area
    return area[: above[min(int((now - due_at) / clock), len(above) - 1)]]


def owed(order: int, urgency: str, deadline: datetime, lead: timedelta) -> dict[str, Any]:
    """What a fact says of an order that a unit owes: the loop's clock runs from `clock_from`, `lead` long, so that it ends at the deadline."""
    return {
        "order": order,
        "answers": str(order),
        "urgency": urgency,
        "due_at": deadline.isoformat(),
        "clock_from": (deadline - lead).isoformat(),
    }
