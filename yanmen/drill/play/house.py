"""What a drill is given by the installation it is played in: edges to talk to, and the worker's own acts."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from yanmen.base.key_list import KeyList


class Edge(Protocol):
    """A running edge process."""

    url: str

    def wait(self) -> None:
        """Until it answers and knows what the database knows."""

    def kill(self) -> None:
        """End it at once, without a word."""

    def stop(self) -> None:
        """Ask it to end, and wait."""


class House(Protocol):
    """The installation: its own database, its edges, its worker."""

    def edge(self, now: dt.datetime) -> Edge:
        """Start an edge whose clock begins at this moment; `wait` for it before talking to it."""

    def keys(self, now: dt.datetime) -> KeyList:
        """The keys that doors believe at this moment."""

    def every_minute(self, now: dt.datetime) -> None:
        """What subsystems do by themselves each minute."""

    def new_day(self, now: dt.datetime) -> None:
        """What is done once a day is over."""

    def finish(self) -> None:
        """Until everything is done that goes on by itself."""
