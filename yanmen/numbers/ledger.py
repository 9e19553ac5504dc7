"""The copied ledger as Ibis tables, as it was known at a moment: what indicators are written over, on any engine.

Every table is what had been recorded by ``known_at``: facts corrected or withdrawn by then are gone (the meaning of the SQL function
``known_facts``), measures and tasks stand as they stood then. Days and moments are whole numbers (see ``columns``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from ibis import _
from ibis.backends import BaseBackend
from ibis.expr.types import Table
from ibis.expr.types import Value as Column

from yanmen.loop.catalogue import catalogue
from yanmen.loop.policies import shelf
from yanmen.numbers import columns, exports
from yanmen.numbers.columns import A_DAY, EAST
from yanmen.numbers.registers import registers

LEVELS = (2, 4, 6, 9, 12)
"""How many digits the code of an area has, from province to village."""


class Ledger:
    """Tables of one copy on one engine, known at a moment, for the days from ``first`` to ``last``.

    ``area`` leaves out what is counted elsewhere; ``place`` words come from the policy in use.
    """

    def __init__(
        self, backend: BaseBackend, folder: Path, *, known_at: int, first: int, last: int, area: str = ""
    ) -> None:
        self.backend, self.folder, self.area = backend, folder, area
        self.known_at, self.first = known_at, first
        self.last = min(last, columns.day_of_micro(known_at))

    def facts(self, kind: str) -> Table:
        """Facts of a kind that count: known by then, in the area, and neither corrected nor withdrawn by then."""
        own = self._table(f"fact/{kind}", columns.of_fact(catalogue.fact(kind)))
        known = self.within(own.filter(own.recorded_at <= self.known_at))
        gone = self._table("correction", columns.CORRECTION)
        return known.anti_join(gone.filter(gone.recorded_at <= self.known_at).select("id").distinct(), "id")

    def found(self, kind: str) -> Table:
        """Facts of a kind that happened on the days asked for."""
        facts = self.facts(kind)
        return facts.filter(facts.day.between(self.first, self.last))

    def in_force(self) -> Table:
        """Stretches of time in which a measure on a person was in force without a change: columns of the event, ``until`` (or null)."""
        event = self._table("event", columns.EVENT)
        event = event.filter(event.subject_type == "person", event.at <= self.known_at)
        after = ibis.window(group_by="measure", order_by="id")
        stretch = event.mutate(until=event.at.lead().over(after))
        stretch = stretch.filter(stretch.state == "in_force", stretch.until.isnull() | (stretch.until > stretch.at))
        return self.within(stretch)

    def at_end_of_day(self, stretches: Table, begins: str = "at", ends: str = "until") -> Table:
        """Each stretch once for every day at whose end it holds; today's end is the moment of asking."""
        last = ibis.coalesce(day_of(stretches[ends]) - 1, self.last)
        return self._on_days(stretches, day_of(stretches[begins]), last)

    def on_any_moment(self, stretches: Table) -> Table:
        """Each stretch once for every day on which it holds at any moment."""
        return self._on_days(stretches, day_of(stretches.at), ibis.coalesce(day_of(stretches.until), self.last))

    def register(self, table: str) -> Table:
        """Rows of a register (the name of its table) as they stood then."""
        known = self._versions(table)
        newest = ibis.window(group_by="key", order_by=[ibis.desc("known_from"), ibis.desc("seen_at")])
        rows = known.mutate(turn=ibis.row_number().over(newest))
        return self.within(rows.filter(rows.turn == 0).drop("turn"))

    def versions(self, table: str) -> Table:
        """Every version of a register's rows known by then, each from ``known_from`` to ``until`` (or null)."""
        known = self._versions(table)
        after = ibis.window(group_by="key", order_by=["known_from", "seen_at"])
        return self.within(known.mutate(until=known.known_from.lead().over(after)))

    def _versions(self, table: str) -> Table:
        own = self._table(f"register/{table}", columns.of_register(registers()[table].counted))
        return own.filter(own.known_from <= self.known_at)

    def stages(self) -> Table:
        """The stages of the editions: which place from which day to which."""
        return self._table("stage", columns.STAGE)

    def places(self) -> Table:
        """Places of stay: how strict, and whether they hold people."""
        words = shelf.policy().words.get("places", {})
        holds = shelf.policy().places("holds")
        shape = pa.schema([("place", pa.string()), ("rank", pa.int64()), ("holds", pa.bool_())])
        rows = [{"place": name, "rank": word.strictness, "holds": name in holds} for name, word in words.items()]
        return ibis.memtable(pa.Table.from_pylist(rows, shape))

    def within(self, table: Table) -> Table:
        """Rows of the area asked for."""
        return table.filter(table.area.startswith(self.area)) if self.area else table

    def _on_days(self, stretches: Table, first: Column, last: Column) -> Table:
        table = stretches.mutate(
            from_day=ibis.greatest(first, self.first).cast("int32"), to_day=ibis.least(last, self.last).cast("int32")
        )
        table = table.filter(table.from_day <= table.to_day)
        days = ibis.range(table.from_day, (table.to_day + 1).cast("int32"))
        return table.mutate(day=days.unnest())

    def _table(self, name: str, own: Mapping[str, str]) -> Table:
        shape = columns.schema(own)
        if not any((self.folder / name).glob(exports.DAYS)):
            return ibis.memtable(shape.empty_table())
        more: dict[str, Any] = {"union_by_name": True} if self.backend.name == "duckdb" else {}
        table = self.backend.read_parquet(str(self.folder / name / exports.DAYS), **more)
        types = ibis.schema(shape)
        return table.select(
            **{key: table[key] if key in table.columns else ibis.null(types[key]) for key in shape.names}
        )


def day_of(moment: Any) -> Any:
    """The local day of a moment, as a number."""
    return (moment + EAST) // A_DAY


def local_day(name: str) -> Any:
    """The local day of the moment in a column."""
    return day_of(_[name])
