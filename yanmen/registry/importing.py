"""Importing: preview, apply, and a receipt for every line. Receipts sum to the input; the same content counts once.

importer = Importer(kind="people", zh="人员", en="People", columns=(...), apply_rows=register_rows)
sheet = read_sheet(importer, content, "people.csv", now=now)
preview(importer, sheet, scope=scope, now=now)     # tries it and takes everything back
apply(importer, sheet, scope=scope, now=now)       # does it
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from yanmen.base.identity import mask
from yanmen.base.packed import Packer, pack, pieces
from yanmen.base.refusals import Refusal
from yanmen.registry.access import log_access
from yanmen.registry.models import ImportBatch, ImportRow
from yanmen.registry.scope import Scope, acting
from yanmen.registry.tables import Table, read_table

CREATED, MATCHED, REJECTED = "created", "matched", "rejected"
STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class Column:
    """A column by any of its names; `read` turns the text into a value or refuses it."""

    name: str
    zh: str
    en: str
    read: Callable[[str], Any] = str
    required: bool = False
    secret: bool = False
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every heading that means this column."""
        return (self.name, self.zh, self.en, *self.also)


@dataclass(frozen=True)
class Outcome:
    """What became of a row, and of whom or what it spoke."""

    outcome: str
    subject: str = ""


@dataclass(frozen=True)
class Context:
    """Who applies the rows and when; `by` names the batch (`import:12`), so facts can be traced to their file."""

    scope: Scope
    by: str
    now: datetime


Values = Mapping[str, Any]
ApplyRow = Callable[[Values, Context], Outcome]
ApplyRows = Callable[[Sequence[Values], Context], Sequence[Outcome | Refusal]]


@dataclass(frozen=True)
class Importer:
    """What a kind of file means. Give `apply_row`, or `apply_rows` for many at once; refusals reject the row alone.

    `piece` is how many lines `apply_rows` gets at once (0: all of them); `finish` is called after the last.
    """

    kind: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    apply_row: ApplyRow | None = None
    apply_rows: ApplyRows | None = None
    piece: int = 0
    finish: Callable[[Context], None] | None = None

    def outcomes(self, rows: Sequence[Values], context: Context) -> list[Outcome | Refusal]:
        """Apply valid rows; an answer for each."""
        if self.apply_rows is not None:
            return list(self.apply_rows(rows, context))
        return [self._one(row, context) for row in rows]

    def _one(self, row: Values, context: Context) -> Outcome | Refusal:
        if self.apply_row is None:
            raise TypeError(f"The importer of {self.kind} has neither apply_row nor apply_rows. Give it one.")
        try:
            with transaction.atomic():
                return self.apply_row(row, context)
        except Refusal as refusal:
            return refusal


@dataclass(frozen=True)
class Line:
    """A line of the file as values, or the fault that rejects it."""

    number: int
    values: Values
    fault: Refusal | None = None


@dataclass(frozen=True)
class Sheet:
    """A file understood: which column is which, and every line read."""

    table: Table
    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    lines: Iterable[Line]


@dataclass(frozen=True)
class Row:
    """A receipt: what became of one line."""

    line: int
    outcome: str
    subject: str = ""
    field: str = ""
    value: str = ""
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Receipt:
    """All receipts of a file. `batch` is None for a preview; `repeated` means the content had been applied before."""

    rows: Sequence[Row]
    batch: int | None = None
    repeated: bool = False
    ignored: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def created(self) -> int:
        return self.counts.get(CREATED, 0)

    @property
    def matched(self) -> int:
        return self.counts.get(MATCHED, 0)

    @property
    def rejected(self) -> int:
        return self.counts.get(REJECTED, 0)

    @property
    def total(self) -> int:
        """Lines of the file: always created + matched + rejected."""
        return self.created + self.matched + self.rejected


def read_sheet(importer: Importer, content: bytes, file_name: str = "", *, now: datetime) -> Sheet:
    """Understand a file, line by line. Refuses it as a whole if it is damaged, stale, or lacks a needed column."""
    table = read_table(content, file_name)
    _refuse_stale(table, now)
    known = {_plain(name): column for column in importer.columns for name in column.names}
    columns = [known.get(_plain(heading)) for heading in table.header]
    _refuse_columns(importer, table, columns)
    lines = tuple(_line(number, cells, columns) for number, cells in table.lines)
    ignored = tuple(head for head, column in zip(table.header, columns, strict=True) if column is None and head)
    return Sheet(table, tuple(column.name for column in columns if column), ignored, lines)


def preview(importer: Importer, sheet: Sheet, *, scope: Scope, now: datetime) -> Receipt:
    """What applying the file would do, found out by doing it and taking everything back."""
    with acting(scope, now=now):
        before = _earlier(importer, sheet, scope)
        if before is not None:
            return before
        mark = transaction.savepoint()
        rows = _applied(importer, sheet, Context(scope, "preview", now))
        transaction.savepoint_rollback(mark)
    return Receipt(rows, ignored=sheet.ignored, counts=_counts(rows))


def apply(importer: Importer, sheet: Sheet, *, scope: Scope, now: datetime) -> Receipt:
    """Apply the file. The same content applied again changes nothing and returns the first receipt."""
    with acting(scope, now=now):
        before = _earlier(importer, sheet, scope)
        if before is not None:
            return before
        number = _next_batch()
        rows = _applied(importer, sheet, Context(scope, f"import:{number}", now))
        counts = _counts(rows)
        batch = ImportBatch.objects.create(
            pk=number, kind=importer.kind, digest=sheet.table.digest, file_name=sheet.table.file_name[:200], area=scope.area,
            at=now, by=scope.by, rows=len(rows), **counts,
        )  # fmt: skip
        for piece in pieces(rows, 2000):
            receipts = [ImportRow(batch=batch, **{**row.__dict__, "value": row.value[:80]}) for row in piece]
            ImportRow.objects.bulk_create(receipts)
        log_access(scope, f"import {importer.kind}", count=len(rows), reason=sheet.table.file_name, now=now)
    return Receipt(rows, batch.pk, ignored=sheet.ignored, counts=counts)


def receipt_of(batch: ImportBatch) -> Receipt:
    """The receipt of a file applied earlier."""
    fields = ("line", "outcome", "subject", "field", "value", "zh", "en")
    rows = pack(Row(*found) for found in batch.receipts.order_by("line").values_list(*fields).iterator())
    counts = {CREATED: batch.created, MATCHED: batch.matched, REJECTED: batch.rejected}
    return Receipt(rows, batch.pk, repeated=True, counts=counts)


def template_of(importer: Importer, language: str = "zh") -> list[str]:
    """The header of an empty file to fill in."""
    return [column.en if language.startswith("en") else column.zh for column in importer.columns]


def _applied(importer: Importer, sheet: Sheet, context: Context) -> Sequence[Row]:
    secrets = {column.name for column in importer.columns if column.secret}
    rows: Packer[Row] = Packer()
    for lines in pieces(sheet.lines, importer.piece) if importer.piece else [list(sheet.lines)]:
        answers = iter(importer.outcomes([line.values for line in lines if line.fault is None], context))
        rows.extend(_receipt(line, line.fault or next(answers), secrets) for line in lines)
        if next(answers, None) is not None:
            raise TypeError(
                f"The importer of {importer.kind} answered more rows than it was given. Answer each row once."
            )
    if importer.finish is not None:
        importer.finish(context)
    return rows.done()


def _receipt(line: Line, answer: Outcome | Refusal, secrets: Iterable[str]) -> Row:
    if isinstance(answer, Outcome):
        return Row(line.number, answer.outcome, answer.subject)
    shown = mask(answer.value) if answer.field in secrets and "*" not in answer.value else answer.value
    return Row(line.number, REJECTED, "", answer.field, shown, answer.zh, answer.en)


def _earlier(importer: Importer, sheet: Sheet, scope: Scope) -> Receipt | None:
    key = f"{importer.kind} {sheet.table.digest} {scope.area}"
    with connection.cursor() as cursor:  # two people sending the same file: the second waits and finds the first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    batch = ImportBatch.objects.filter(kind=importer.kind, digest=sheet.table.digest, area=scope.area).first()
    return receipt_of(batch) if batch is not None else None


def _next_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('registry_importbatch', 'id'))")
        return int(cursor.fetchone()[0])


def _counts(rows: Iterable[Row]) -> dict[str, int]:
    counts = dict.fromkeys((CREATED, MATCHED, REJECTED), 0)
    for row in rows:
        counts[row.outcome] += 1
    return counts


def _line(number: int, cells: Sequence[str], columns: Sequence[Column | None]) -> Line:
    values: dict[str, Any] = {}
    for column, text in zip(columns, cells, strict=True):
        if column is None:
            continue
        if not text:
            if column.required:
                missing = Refusal(f"缺少“{column.zh}”，请补上。", f"{column.en} is missing. Add it.", field=column.name)
                return Line(number, {}, missing)
            continue
        try:
            values[column.name] = column.read(text)
        except Refusal as refusal:
            shown = mask(text) if column.secret else text
            return Line(number, {}, refusal.about(column.name, refusal.value or shown))
    return Line(number, values)


def _refuse_columns(importer: Importer, table: Table, columns: Sequence[Column | None]) -> None:
    found = [column.name for column in columns if column]
    twice = sorted({name for name in found if found.count(name) > 1})
    missing = [column for column in importer.columns if column.required and column.name not in found]
    if twice:
        raise Refusal(
            f"有多列都是：{'、'.join(twice)}。请各保留一列。", f"Several columns mean {', '.join(twice)}. Keep one of each.",
            field="file", value=", ".join(twice),
        )  # fmt: skip
    if missing:
        zh, en = "、".join(column.zh for column in missing), ", ".join(column.en for column in missing)
        raise Refusal(
            f"缺少列：{zh}。请对照模板补上表头。", f"Columns are missing: {en}. Compare the header with the template.",
            field="file", value=", ".join(table.header)[:80],
        )  # fmt: skip


def _refuse_stale(table: Table, now: datetime) -> None:
    exported = table.stamp.get("at", "")
    if exported and now - datetime.fromisoformat(exported) > STALE_AFTER:
        raise Refusal(
            f"该文件于 {exported[:10]} 导出，已超过一年。请重新导出。",
            f"This file was exported on {exported[:10]}, more than a year ago. Export it again.",
            field="file",
            value=exported[:10],
        )


def _plain(heading: str) -> str:
    return "".join(heading.split()).strip("*＊:：").casefold()
