"""Indicators worked out: a value an area, day and part. Kept ready for the last weeks after each copy; any other question is asked of the ledger."""

from __future__ import annotations

import shutil
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis import _
from ibis.expr.types import Table

from yanmen.numbers import columns, engines
from yanmen.numbers.copying import RECEIPT, receipt_of
from yanmen.numbers.indicators.words import INDICATORS, Indicator
from yanmen.numbers.ledger import LEVELS, Ledger

READY = "ready"
READY_DAYS = 62
"""So many days are kept ready: what pages show without being asked for more."""
KEPT = 64
SHAPE = pa.schema([("unit", pa.string()), ("day", pa.int32()), ("part", pa.string()), ("value", pa.float64())])


@dataclass(frozen=True)
class Asked:
    """What is asked: an indicator at a level of areas, for days, as known at a moment."""

    indicator: str
    width: int
    first: int
    last: int
    known_at: int
    area: str = ""


def counted(rows: Table, one: Indicator, widths: Sequence[int]) -> Table:
    """Rows of an indicator, counted in the areas of some levels: columns `width`, `unit`, `day`, `part`, `value`."""
    levels = ibis.array([ibis.literal(width, "int32") for width in widths]).unnest()
    rows = rows.mutate(width=levels, day=_.day.cast("int32"))
    rows = rows.filter(rows.area.length() >= rows.width).mutate(unit=_.area.left(_.width))
    groups = ["width", "unit", "day", "part"]
    if one.counted == "sum":
        return rows.group_by(groups).agg(value=_.value.sum().cast("float64"))
    if one.counted == "overlap":
        return rows.group_by(groups).agg(value=_.key.nunique().cast("float64"))
    if one.counted == "median":
        return rows.group_by(groups[:3]).agg(value=_.value.median().cast("float64")).mutate(part=ibis.literal(""))
    highest = ibis.window(group_by=["width", "unit", "day", "key"], order_by=[ibis.desc("rank"), "part"])
    each = rows.mutate(turn=ibis.row_number().over(highest))
    each = each.filter(each.turn == 0, each.counts)
    return each.group_by(groups).agg(value=_.count().cast("float64"))


def make_ready(folder: Path, *, threads: int | None = 1, memory: str = "1GB") -> float:
    """Work out every indicator for the last weeks, as known at the last copy. Returns the seconds it took."""
    began = perf_counter()
    known_at = receipt_of(folder).moment
    if known_at is None:
        return 0.0
    last = columns.day_of(known_at)
    fresh, target = folder / f"{READY}.new", folder / READY
    shutil.rmtree(fresh, ignore_errors=True)
    with engines.duckdb(threads=threads, memory=memory, spill=folder / "spill") as backend:
        ledger = Ledger(backend, folder, known_at=columns.micro(known_at), first=last - READY_DAYS + 1, last=last)
        for one in INDICATORS.values():
            if isinstance(one, Indicator):
                _write(one, ledger, fresh / one.id, known_at)
    old = folder / f"{READY}.old"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return perf_counter() - began


def _write(one: Indicator, ledger: Ledger, folder: Path, known_at: datetime) -> None:
    folder.mkdir(mode=0o700, parents=True)
    found = (
        counted(one.rows(ledger), one, LEVELS).to_pyarrow().sort_by([(name, "ascending") for name in SHAPE.names[:3]])
    )
    for width in LEVELS:
        table = found.filter(pc.equal(found["width"], width)).select(SHAPE.names).cast(SHAPE)
        table = table.replace_schema_metadata({"yanmen.known_at": known_at.isoformat()})
        pq.write_table(table, folder / f"{width}.parquet", compression="zstd")


def cube(folder: Path, asked: Asked) -> pa.Table:
    """The values asked for, of every unit inside the area asked for."""
    ready = _ready(folder, asked)
    table = ready if ready is not None else _worked_out(folder, asked)
    days = pc.and_(pc.greater_equal(table["day"], asked.first), pc.less_equal(table["day"], asked.last))
    inside = pc.starts_with(table["unit"], asked.area) if asked.area else days
    return table.filter(pc.and_(days, inside))


def _ready(folder: Path, asked: Asked) -> pa.Table | None:
    """What was kept ready, where it answers: known at the last copy, and not older than the weeks that are kept."""
    file = folder / READY / asked.indicator / f"{asked.width}.parquet"
    try:
        stamp = file.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    found = _remembered((str(file), stamp), lambda: pq.read_table(file))
    known_at = columns.micro(datetime.fromisoformat(found.schema.metadata[b"yanmen.known_at"].decode()))
    if known_at != asked.known_at or asked.first < columns.day_of_micro(known_at) - READY_DAYS + 1:
        return None
    return found


def _worked_out(folder: Path, asked: Asked) -> pa.Table:
    def work() -> pa.Table:
        one = INDICATORS[asked.indicator]
        assert isinstance(one, Indicator)
        with engines.duckdb(threads=2, memory="1GB", spill=folder / "spill") as backend:
            ledger = Ledger(
                backend, folder, known_at=asked.known_at, first=asked.first, last=asked.last, area=asked.area
            )
            return counted(one.rows(ledger), one, [asked.width]).select(*SHAPE.names).to_pyarrow().cast(SHAPE)

    return _remembered((str(folder), (folder / RECEIPT).stat().st_mtime_ns, asked), work)


def forget() -> None:
    """Remember no answer any more."""
    with _lock:
        _kept.clear()


def _remembered(key: Any, work: Any) -> pa.Table:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    table = work()
    with _lock:
        _kept[key] = table
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return table


_kept: OrderedDict[Any, pa.Table] = OrderedDict()
_lock = Lock()
