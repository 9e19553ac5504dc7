"""The installation as a drill sees it: edges it may start and kill, and the worker's acts at the drill's moment."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from time import perf_counter
from typing import Any

from django.db import connections

from yanmen.base.issuing import IssuingKeys
from yanmen.base.key_list import KeyList
from yanmen.drill.play.at_once import Beside
from yanmen.loop.edges import tell_silent_edges
from yanmen.project import edges, state
from yanmen.project.commands.work import daily
from yanmen.project.discovery import modules

CHANGED = """
WITH changed AS (
    SELECT oid FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_stat_get_mod_since_analyze(oid) > 100
)
SELECT oid::regclass::text FROM changed
UNION
SELECT parent.oid::regclass::text
FROM changed
JOIN pg_inherits ON inhrelid = changed.oid
JOIN pg_class AS parent ON parent.oid = inhparent AND parent.relkind = 'p'
WHERE NOT EXISTS (SELECT FROM pg_stats WHERE schemaname = 'public' AND tablename = parent.relname AND inherited)
"""
"""Tables that got many rows since the planner last heard of them, and what they are parts of if it never heard of that."""

logger = logging.getLogger(__name__)


class House:
    """This installation. What fails in the worker is remembered, not hidden: `failed` names it; `spent` has seconds by subsystem."""

    def __init__(self) -> None:
        state.edge_secrets()
        self.failed: list[str] = []
        self.spent: Counter[str] = Counter()
        self._beside = Beside()

    def edge(self, now: dt.datetime) -> Any:
        """An edge beside this process whose clock begins at this moment; `wait` until it is up."""
        return edges.beside(now.isoformat())

    def keys(self, now: dt.datetime) -> KeyList:
        """The keys that doors believe at this moment."""
        return IssuingKeys.open(state.home() / "issuing").known(now)

    def every_minute(self, now: dt.datetime) -> None:
        """What subsystems do by themselves, and the long work they were asked for."""
        tell_silent_edges(now=now)
        for subsystem, module in modules("jobs"):
            started = perf_counter()
            try:
                module.every_minute(now)
                while hasattr(module, "long_work") and module.long_work(now):
                    pass
            except Exception:
                logger.exception("The job of %s failed.", subsystem)
                self.failed.append(subsystem)
            self.spent[subsystem] += perf_counter() - started  # type: ignore[assignment]

    def new_day(self, now: dt.datetime) -> None:
        """Seal the day that is over. While the next one begins, the planner hears of its rows: a drill's day is shorter than
        autovacuum's nap.
        """
        daily(now=now)
        self._beside.begin(_analyze)

    def finish(self) -> None:
        """Until the planner knows everything."""
        self._beside.wait()


def _analyze() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(CHANGED)
        if changed := ", ".join(name for (name,) in cursor.fetchall()):
            cursor.execute(f"ANALYZE {changed}")
