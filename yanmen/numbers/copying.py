"""The ledger as files: every day that differs is written anew, whole or not at all, and its rows are those of the database.

A *day* is the local day on which something was recorded. `receipt.json` says of every file how many rows it has and up to which
moment everything is there; it is written last, so who reads it reads files that fit. A copy made now and then looks at the
days since the last copy; a full one (each night) compares every day with the database, so that what was recorded for an older
day and what retention deleted are found by their number.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
from django.db import connections, transaction

from yanmen.base.clock import local_date, start_of
from yanmen.base.postgres_process import locked
from yanmen.base.rows import records
from yanmen.loop.catalogue import catalogue
from yanmen.loop.kinds import BulkKind
from yanmen.numbers import columns, exports
from yanmen.numbers.registers import Register, registers

RECEIPT = "receipt.json"
FORM = 1
"""Raised when files of before cannot be read any more: everything is then copied anew."""


@dataclass
class Receipt:
    """What the copy holds: rows by table and day, up to which moment, and how far registers were read."""

    database: str = ""
    form: int = FORM
    read_at: str = ""
    checked_on: str = ""
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    horizons: dict[str, int] = field(default_factory=dict)

    @property
    def moment(self) -> datetime | None:
        """Everything recorded before this is there; None before the first copy."""
        return datetime.fromisoformat(self.read_at) if self.read_at else None


@dataclass(frozen=True)
class Copied:
    """What a copy did: files written and dropped, rows in them, and rows of all files."""

    written: int
    dropped: int
    rows: int
    total: int
    full: bool


def receipt_of(folder: Path) -> Receipt:
    """What a folder holds; an empty receipt where there is nothing."""
    try:
        return Receipt(**json.loads((folder / RECEIPT).read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return Receipt()


def copy_ledger(folder: Path, *, now: datetime, full: bool = False, alias: str = "loop") -> Copied:
    """Bring the files up to now. Safe to repeat; a copy that was cut short changes nothing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        locked(folder / "copy.lock"),
        transaction.atomic(using=alias, durable=True),
        connections[alias].cursor() as cursor,
    ):
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return _Copy(folder, cursor, now, full).run()


class _Copy:
    """One copy, in one transaction that sees one state of the database."""

    def __init__(self, folder: Path, cursor: Any, now: datetime, full: bool) -> None:
        self.folder, self.cursor, self.now = folder, cursor, now
        self.receipt = receipt_of(folder)
        database = self._database()
        if (self.receipt.database, self.receipt.form) != (database, FORM):
            _empty(folder)
            self.receipt = Receipt(database=database)
        self.full = full or self.receipt.moment is None or self.receipt.moment > now
        self.written = self.dropped = self.rows = 0

    def run(self) -> Copied:
        for name, table in self._tables():
            self._bring_up(name, table)
        for name, register in registers().items():
            self._versions(f"register/{name}", register)
        self._whole("stage", columns.STAGE, "loop_edition_stage t", "true", edition="edition_id")
        self._whole("edition", columns.EDITION, "loop_edition t", "true")
        self._whole("area", columns.AREA, "registry_area t", "t.valid_to IS NULL", zh="name_zh", en="name_en")
        self.receipt.read_at = self.now.isoformat()
        if self.full:
            self.receipt.checked_on = local_date(self.now).isoformat()
        _store(self.folder, self.receipt)
        total = sum(sum(days.values()) for days in self.receipt.tables.values())
        return Copied(self.written, self.dropped, self.rows, total, self.full)

    def _tables(self) -> Iterator[tuple[str, _Table]]:
        kinds = [kind for kind in catalogue.facts.values() if columns.copied(kind)]
        for kind in kinds:
            own = columns.of_fact(kind)
            bulk = isinstance(kind, BulkKind)
            said = {name: columns.field_sql(name, own[name], bulk=bulk) for name in own if name not in columns.ENVELOPE}
            source = kind.table if isinstance(kind, BulkKind) else "loop_fact"
            only = "true" if bulk else f"f.kind = '{kind.name}'"
            place = "NULL" if kind.presence else "f.place_id"
            told = {"person": "f.person_id", "place": place, "day": "local_date(f.occurred_at)"}
            yield f"fact/{kind.name}", _Table(source, own, told, said, "recorded_at", only)
        correction = {"id": "f.corrects"}
        yield (
            "correction",
            _Table("loop_fact", columns.CORRECTION, correction, {}, "recorded_at", "f.corrects IS NOT NULL"),
        )
        event = {"measure": "f.measure_id", "edition": "f.edition_id"}
        yield "event", _Table("loop_event", columns.EVENT, event, {}, "at", "true")

    def _bring_up(self, name: str, table: _Table) -> None:
        have = self.receipt.tables.setdefault(name, {})
        first = None if self.full else local_date(self.receipt.moment or self.now) - timedelta(days=1)
        found = self._counts(table, first)
        stale = {day for day, rows in found.items() if have.get(day) != rows}
        gone = {day for day in have if (first is None or day >= f"{first:%Y%m%d}") and day not in found}
        for day in sorted(stale):
            self._write(name, day, self._read(table.select(day), columns.schema(table.columns)))
        for day in gone:
            self._drop(name, day)

    def _counts(self, table: _Table, first: date | None) -> dict[str, int]:
        since = f"AND f.{table.moment} >= %(since)s" if first else ""
        self.cursor.execute(
            f"SELECT to_char(local_date(f.{table.moment}), 'YYYYMMDD') AS day, count(*) AS rows FROM {table.source} f"
            f" WHERE {table.only} {since} GROUP BY 1",
            {"since": start_of(first) if first else None},
        )
        return {row["day"]: row["rows"] for row in records(self.cursor)}

    def _versions(self, name: str, register: Register) -> None:
        days, horizon = register.bring_up(
            self.cursor,
            self.folder / name,
            read=self._read,
            last=self.receipt.moment,
            horizon=self.receipt.horizons.get(name),
            full=self.full,
            now=self.now,
        )
        for day, rows in days.items():
            if rows is None:
                self._drop(name, day)
            else:
                self._write(name, day, rows)
        self.receipt.horizons[name] = horizon

    def _whole(self, name: str, own: Mapping[str, str], source: str, only: str, **told: str) -> None:
        chosen = ", ".join(columns.as_sql(kind, f"t.{told.get(key, key)}") + f" AS {key}" for key, kind in own.items())
        table = self._read(f"SELECT {chosen} FROM {source} WHERE {only}", columns.schema(own))
        self._write(name, "19700101", table)

    def _read(self, query: str, shape: pa.Schema) -> pa.Table:
        with self.cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
            convert = arrow_csv.ConvertOptions(
                column_types=shape, null_values=[""], true_values=["t"], false_values=["f"], strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            )  # fmt: skip
            lines = _Lines(copy)
            if lines.empty:
                return shape.empty_table()
            read = arrow_csv.ReadOptions(column_names=shape.names)
            return arrow_csv.read_csv(lines, read_options=read, convert_options=convert)

    def _write(self, name: str, day: str, table: pa.Table) -> None:
        exports.write(self.folder / name, datetime.strptime(day, "%Y%m%d").date(), table)  # noqa: DTZ007
        self.receipt.tables.setdefault(name, {})[day] = table.num_rows
        self.written += 1
        self.rows += table.num_rows

    def _drop(self, name: str, day: str) -> None:
        (self.folder / name / f"{day}.parquet").unlink(missing_ok=True)
        self.receipt.tables[name].pop(day, None)
        self.dropped += 1

    def _database(self) -> str:
        self.cursor.execute(
            "SELECT oid::text || ' ' || datname || ' ' || (SELECT system_identifier FROM pg_control_system())::text"
            " FROM pg_database WHERE datname = current_database()"
        )
        return str(self.cursor.fetchone()[0])


@dataclass(frozen=True)
class _Table:
    """A table of the database that is only ever added to, and how its rows are copied."""

    source: str
    columns: Mapping[str, str]
    told: Mapping[str, str]
    said: Mapping[str, str]
    moment: str
    only: str

    def select(self, day: str) -> str:
        """The rows recorded on a day."""
        chosen = [
            (self.said.get(name) or columns.as_sql(kind, self.told.get(name, f"f.{name}"))) + f' AS "{name}"'
            for name, kind in self.columns.items()
        ]
        return (
            f"SELECT {', '.join(chosen)} FROM {self.source} f WHERE {self.only}"
            f" AND f.{self.moment} >= day_start('{day}'::date) AND f.{self.moment} < day_start('{day}'::date + 1)"
            f" ORDER BY f.{self.moment}, f.id"
        )


class _Lines:
    """What a COPY sends, as a file that is read once."""

    closed = False

    def __init__(self, copy: Any) -> None:
        self._blocks = iter(copy)
        self._held = bytes(next(self._blocks, b""))

    @property
    def empty(self) -> bool:
        return not self._held

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._held) < size:
            block = next(self._blocks, None)
            if block is None:
                break
            self._held += bytes(block)
        size = len(self._held) if size < 0 else size
        given, self._held = self._held[:size], self._held[size:]
        return given

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is held."""


def _empty(folder: Path) -> None:
    """Nothing of another database stays."""
    for name in ("fact", "register", "correction", "event", "stage", "edition", "area"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _store(folder: Path, receipt: Receipt) -> None:
    fresh = folder / f"{RECEIPT}.{os.getpid()}.new"
    fresh.write_text(json.dumps(vars(receipt)), "utf-8")
    fresh.chmod(0o600)
    fresh.replace(folder / RECEIPT)
