"""The state of a drill: the city and its outbreak, which nobody may look at, and the people, places and staff the software knows."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from zlib import crc32

import numpy as np
from django.db import connections

from yanmen.base.clock import BEIJING
from yanmen.drill.play.house import House
from yanmen.drill.scenario import Scenario
from yanmen.drill.world.city import City
from yanmen.drill.world.spread import Outbreak
from yanmen.loop.run import settle
from yanmen.registry.accounts import create_account, grant_role
from yanmen.registry.scope import Scope, acting


@dataclass
class Town:
    """Everything a drill remembers while it goes on. `persons`: register number by index in the city."""

    scenario: Scenario
    house: House
    city: City
    outbreak: Outbreak
    persons: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    index: dict[int, int] = field(default_factory=dict)
    by_county: dict[str, Any] = field(default_factory=dict)
    """Whatever stands in a county: sites, hospitals, points, by name."""
    phones: list[Any] = field(default_factory=list)
    cases: dict[int, str] = field(default_factory=dict)
    """Keys of reported cases by person, as reporters were told them."""
    planted: list[dict[str, Any]] = field(default_factory=list)
    spent: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    day: int = 0
    now: dt.datetime = dt.datetime(2000, 1, 1, tzinfo=BEIJING)
    _scopes: dict[tuple[str, int, str], Scope] = field(default_factory=dict)

    @property
    def province(self) -> str:
        """The province it all lies in."""
        return self.scenario.areas[0][:2]

    @property
    def begins(self) -> dt.datetime:
        """Midnight before the first day."""
        return dt.datetime.combine(self.scenario.day(0), dt.time(), tzinfo=BEIJING)

    @property
    def today(self) -> dt.date:
        """The day that is played."""
        return self.scenario.day(self.day)

    def at(self, hour: float) -> dt.datetime:
        """A moment of the day that is played; 24 and more lie in the next."""
        midnight = dt.datetime.combine(self.today, dt.time(), tzinfo=BEIJING)
        return midnight + dt.timedelta(minutes=round(hour * 60))

    def chance(self, question: str, *more: int) -> random.Random:
        """Draws for one question of one day: the same seed gives the same, whatever else was asked."""
        keys = (self.scenario.seed, crc32(question.encode()), self.day, *more)
        return random.Random(",".join(map(str, keys)))

    def staff(self, role: str, number: int = 1, area: str = "") -> Scope:
        """Somebody in a role: an account of their own, made when first asked for. Another `number` is another person."""
        key = (role, number, area or self.province)
        if key not in self._scopes:
            early = self.begins - dt.timedelta(days=30)
            name = "-".join(map(str, ("drill", *key)))
            account = create_account(username=name, name=f"演练{number}", now=early, using="owner")
            grant_role(account=account, role=role, area=key[2], by="drill", now=early, using="owner")
            self._scopes[key] = Scope(account.pk, role, key[2])
        return self._scopes[key]

    @contextmanager
    def acting(self, role: str, number: int = 1, area: str = "") -> Iterator[dict[str, Any]]:
        """Act as somebody, in one transaction: gives what every act is told of who and when."""
        scope = self.staff(role, number, area)
        with acting(scope, now=self.now):
            yield {"scope": scope, "by": scope.by, "now": self.now}

    @contextmanager
    def step(self, name: str, hour: float, *, worker: bool = False, loop: bool = False) -> Iterator[None]:
        """A part of the day: the clock moves there and its seconds are added up. Then the worker comes round, or the loop turns."""
        self.now = max(self.now, self.at(hour))
        with self.timed(name):
            yield
        if worker:
            self.turn()
        elif loop:
            self._settle()

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Adds up how long something took."""
        started = perf_counter()
        yield
        self.spent[name] += perf_counter() - started  # type: ignore[assignment]

    def turn(self) -> None:
        """What the worker does: the loop until nothing is to be done, what subsystems do by themselves, the loop again."""
        self._settle()
        self.now += dt.timedelta(minutes=1)
        with self.timed("jobs"):
            self.house.every_minute(self.now)
        self._settle()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What staff read on lists that have no query of their own, as the software has it now."""
        with connections["loop"].cursor() as cursor:
            cursor.execute(query, list(values))
            return list(cursor.fetchall())

    def owed(self, *kinds: str) -> list[dict[str, Any]]:
        """Open tasks of these kinds, as worklists show them: overdue ones first."""
        names = ("id", "kind", "subject_type", "subject", "area", "due_at")
        query = (
            "SELECT id, kind, subject_type, subject, area, due_at FROM loop_task WHERE kind = ANY(%s)"
            " AND state IN ('open', 'failed') AND opens_at <= %s ORDER BY due_at, subject, kind, id"
        )
        return [dict(zip(names, row, strict=True)) for row in self.rows(query, list(kinds), self.now)]

    def cases_told(self, office: str) -> int:
        """How many cases an office knew of when it last asked; from now on it knows of all."""
        told: int = self.by_county.get(office, 0)
        self.by_county[office] = len(self.cases)
        return told

    def plant(self, kind: str, told: tuple[str, str], where: dict[str, Any], *, fault: str = "") -> None:
        """Note a fault that was planted, for whoever looks afterwards whether it was found."""
        zh, en = told
        row = {"id": fault or kind, "kind": kind, "day": self.day, "at": self.now.isoformat()}
        self.planted.append(row | {"told": {"zh": zh, "en": en}, "where": where})

    def _settle(self) -> None:
        with self.timed("turn"):
            settle(now=self.now)
