"""The wall: panels drawn once for all who look at the same area in the same role, again when something changed.

A panel is drawn without a request and without an account, as text that may be shown to everybody who shares the look. Who
draws holds the look's lock: of many who come at once, one asks the database. What changed is found by comparing what was
drawn, so a stream never says more than that a panel of one's own wall reads otherwise.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.template.loader import get_template
from django.utils import translation

from yanmen.desk.wall_panels import PANELS, Panel, panels_of, read
from yanmen.desk.wall_pulse import pulse
from yanmen.registry.scope import Scope, acting

logger = logging.getLogger("yanmen.wall")

GOOD_FOR = timedelta(seconds=60)
"""Clocks run on when nothing happens: after so long a panel is drawn again."""
PATIENCE = 4000
"""Milliseconds that one statement of a panel may take; then the panel says that it failed."""
KEPT = 1500
"""Drawn panels that a process keeps."""
MARK = 8
"""Characters of a digest that tell one drawing from another."""


@dataclass(frozen=True)
class Look:
    """What is looked at, and as whom: whoever shares it sees the same."""

    scope: Scope
    language: str
    map: str = ""

    @classmethod
    def of(cls, scope: Scope, language: str, map_: str = "") -> Look:
        """The look of an asker: their area, role and purpose, without their name; and which of several maps."""
        return cls(replace(scope, account=None), language, map_)

    @property
    def panels(self) -> list[Panel]:
        """The panels on it: of maps, the one that is wanted or else the first."""
        found = panels_of(self.scope.role)
        maps = [one for one in found if one.place == "map"]
        shown = next((one for one in maps if one.name == self.map), maps[0] if maps else None)
        return [one for one in found if one.place != "map" or one is shown]


@dataclass(frozen=True)
class Drawn:
    """A panel as it reads: `state` is said, nothing or failed; `seconds` is what drawing took."""

    panel: Panel
    state: str
    body: str
    at: datetime
    version: int
    seconds: float
    leads_on: bool

    @property
    def mark(self) -> str:
        """The same for the same reading, whenever and wherever it was drawn."""
        return hashlib.sha256(f"{self.state}{self.body}".encode()).hexdigest()[:MARK]


def drawn(look: Look, *, now: datetime, names: Iterable[str] = ()) -> list[Drawn]:
    """The look's panels (or those named) as of the present version, in their order."""
    wanted = set(names)
    version = pulse.version()
    panels = [one for one in look.panels if not wanted or one.name in wanted]
    with _locks.of(look):
        stale = [one for one in panels if _shelf.get((look, one.name), version, now) is None]
        if stale:
            started = time.perf_counter()
            for one in _draw(look, stale, now=now, version=version):
                _shelf.put((look, one.panel.name), one)
            pulse.spent(time.perf_counter() - started)
    return [found for one in panels if (found := _shelf.get((look, one.name)))]


def marks(found: Iterable[Drawn]) -> dict[str, str]:
    """What each panel reads like: name → mark."""
    return {one.panel.name: one.mark for one in found}


def key_of(found: list[Drawn]) -> str:
    """A drawing of a wall as one short text: what a browser says it saw last. Any process can compare it."""
    return ".".join(f"{name}-{mark}" for name, mark in marks(found).items())


def known(key: str) -> dict[str, str]:
    """The marks that a browser says it has; what is no such text says nothing."""
    parts = (part.rpartition("-") for part in key[:4000].split("."))
    return {name: mark for name, _, mark in parts if name in PANELS and re.fullmatch(r"[0-9a-f]+", mark)}


def _draw(look: Look, panels: list[Panel], *, now: datetime, version: int) -> list[Drawn]:
    with translation.override(look.language), acting(look.scope), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE}")
        found = [_one(look, one, now, version) for one in panels]
        cursor.execute("SET LOCAL statement_timeout = DEFAULT")
        return found


def _one(look: Look, panel: Panel, now: datetime, version: int) -> Drawn:
    """A panel that fails is a panel that says so."""
    started = time.perf_counter()
    state, body = "failed", ""
    try:
        with transaction.atomic():
            said = read(panel, look.scope, now=now)
            state = "nothing" if said is None else "said"
            if said is not None:
                about = {"scope": look.scope, "now": now, "panel": panel}
                body = get_template(panel.template).render({**about, **said})
    except Exception:
        logger.exception("The panel %s of %s failed.", panel.name, look.scope.area)
        state, body = "failed", ""
    return Drawn(panel, state, body, now, version, time.perf_counter() - started, panel.leads_on(look.scope.role))


class _Shelf:
    """The drawings that a process keeps, the least used leaving first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Look, str], Drawn] = OrderedDict()

    def get(self, key: tuple[Look, str], version: int | None = None, now: datetime | None = None) -> Drawn | None:
        """A drawing; of this version and still good, if asked."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
        if version is not None and now is not None:
            age = now - found.at
            resting = found.state != "failed" and age < timedelta(seconds=found.panel.rest)
            fresh = age >= timedelta(0) and (resting or (found.version == version and age < GOOD_FOR))
            return found if fresh else None
        return found

    def put(self, key: tuple[Look, str], found: Drawn) -> None:
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


class _Locks:
    """A lock a look, for as long as the process lives: looks are few, areas times roles."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[Look, threading.Lock] = {}

    def of(self, look: Look) -> threading.Lock:
        with self._lock:
            return self._of.setdefault(look, threading.Lock())


_shelf, _locks = _Shelf(), _Locks()


def forget() -> None:
    """Draw everything anew, and listen no more: for tests that change databases."""
    _shelf.clear()
    pulse.hush()
