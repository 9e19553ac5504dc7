"""Line lists as files that people send: they wait for a preview, are applied once, and hand back what was refused."""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yanmen.base.clock import local_date
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.registry.access import log_access
from yanmen.registry.importing import REJECTED, Receipt, Row
from yanmen.registry.scope import Scope, acting
from yanmen.registry.tables import neutralised
from yanmen.subsystems.cases.actions.line_list_rows import Reading
from yanmen.subsystems.cases.actions.line_lists import Stored, store_line_list
from yanmen.subsystems.cases.methods.line_list_faults import REFUSED, Fault
from yanmen.subsystems.cases.methods.line_list_kept import as_said
from yanmen.subsystems.cases.methods.line_list_links import Link
from yanmen.subsystems.cases.methods.line_lists import LineList, read_line_list
from yanmen.subsystems.cases.models import LineListFile
from yanmen.subsystems.cases.queries import line_lists

WAITS = timedelta(days=1)
BECAUSE = "拒绝原因"
EXAMPLES = 5
CORRECTED = 1000
"""Corrected lines that are told beside a file; the facts themselves say what each of them corrects."""


def upload(
    *, scope: Scope, name: str, content: bytes, asked: Mapping[str, str], by: str, now: datetime
) -> LineListFile:
    """Keep a list until its sender has seen the preview. Lists of the same sender, or of yesterday, that still wait are emptied."""
    with acting(scope, now=now):
        waiting = line_lists.files(scope).filter(applied_at=None)
        waiting.filter(Q(sent_by=by) | Q(sent_at__lt=now - WAITS)).update(content=None)
        return LineListFile.objects.create(
            id=uuid7(now), area=scope.area, name=name[-200:], digest=hashlib.sha256(content).hexdigest(), size=len(content),
            sent_at=now, sent_by=by, asked=dict(asked), content=zlib.compress(content, 1),
        )  # fmt: skip


def preview_file(*, scope: Scope, file: UUID, by: str, now: datetime) -> tuple[LineListFile, LineList, Stored]:
    """What applying a waiting list would do, found out by doing it and taking everything back."""
    with acting(scope, now=now):
        row = _waiting(scope, file)
        found, stored = _stored(row, scope, by, now, dry=True)
    return row, found, stored


@transaction.atomic
def apply_file(*, scope: Scope, file: UUID, by: str, now: datetime) -> LineListFile:
    """Store a waiting list. Its content is dropped; the receipt and the refused lines stay."""
    with acting(scope, now=now):
        row = _waiting(scope, file)
        found, stored = _stored(row, scope, by, now, dry=False)
        row.content = None
        _keep(row, found, stored, now)
    return row


@transaction.atomic
def bring_in(
    *,
    scope: Scope,
    found: LineList,
    reading: Reading,
    by: str,
    now: datetime,
    pairs: Sequence[Link] = (),
    size: int = 0,
) -> Stored:
    """Store a list that was read, and keep its receipt beside those of other lists. A list that was there stays one."""
    stored = store_line_list(scope=scope, found=found, reading=reading, by=by, now=now, pairs=pairs)
    with acting(scope, now=now):
        there = line_lists.files(scope).filter(batch=stored.receipt.batch, applied_at__isnull=False).first()
        if there is None:
            row = LineListFile(
                id=uuid7(now), area=scope.area, name=found.name[-200:], digest=found.digest, size=size, sent_at=now,
                sent_by=by, asked=asdict(reading),
            )  # fmt: skip
            _keep(row, found, stored, now)
    return stored


def refused_lines(*, scope: Scope, file: LineListFile, by: str, now: datetime) -> bytes:
    """The lines that were refused, as CSV to be corrected and sent again; logged as an export."""
    with acting(scope, now=now):
        text = zlib.decompress(bytes(file.refused)) if file.refused else b""
        log_access(
            scope,
            "export line_list refused",
            count=int(file.told.get("refused", 0)),
            reason=f"{file.name} ({by})",
            now=now,
        )
    return text


def told(found: LineList, stored: Stored) -> dict[str, Any]:
    """What was read and stored, in numbers and by column, fit to be written down."""
    receipt = stored.receipt
    return {
        "kind": found.kind, "form": found.form, "sums": asdict(found.sums), "counts": receipt.counts,
        "refused": receipt.rejected, "same": receipt.matched - len(stored.corrected), "repeated": receipt.repeated,
        "columns": as_said(list(stored.columns)),
        "faults": by_column(found.faults), "not_stored": not_stored(found, receipt),
        "corrected_lines": len(stored.corrected),
        "corrected": {
            str(line): [asdict(change) for change in changes]
            for line, changes in islice(stored.corrected.items(), CORRECTED)
        },
        "courses": {kind: asdict(count) for kind, count in stored.courses.items()}, "links": asdict(stored.links),
    }  # fmt: skip


def by_column(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """What was repaired and refused, column by column: refusals first, with examples."""
    lines: Counter[tuple[str, str, str]] = Counter()
    last: dict[tuple[str, str, str], int] = {}
    examples: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:  # those of a line stand together
        about = (fault.verdict, fault.column, fault.code)
        lines[about] += last.get(about) != fault.line
        last[about] = fault.line
        if len(many := examples.setdefault(about, [])) < EXAMPLES:
            many.append(fault)
    return [
        {
            "verdict": verdict, "column": column, "code": code, "lines": lines[verdict, column, code],
            "examples": [{"line": each.line, "value": each.value, "zh": each.zh, "en": each.en} for each in many],
            "remedy_zh": many[0].remedy_zh, "remedy_en": many[0].remedy_en,
        }
        for (verdict, column, code), many in sorted(examples.items(), key=lambda item: (item[0][0], -lines[item[0]]))
    ]  # fmt: skip


def not_stored(found: LineList, receipt: Receipt) -> list[dict[str, Any]]:
    """Lines that were read and are not in the books, by field and reason."""
    unread = {fault.line for fault in found.faults if fault.verdict == REFUSED}
    lines: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], list[Row]] = {}
    for row in receipt.rows if receipt.rejected > len(unread) else ():
        if row.outcome == REJECTED and row.line not in unread:
            lines[row.field, row.en] += 1
            if len(many := examples.setdefault((row.field, row.en), [])) < EXAMPLES:
                many.append(row)
    return [
        {
            "column": _heading(found, field), "lines": count, "zh": examples[field, en][0].zh, "en": en,
            "examples": [{"line": row.line, "value": row.value} for row in examples[field, en]],
        }
        for (field, en), count in lines.most_common()
    ]  # fmt: skip


def _heading(found: LineList, field: str) -> str:
    """The column of the file that a refusal speaks of."""
    names = ("county", "city") if field == "area" else (field,)
    return next((found.columns[name] for name in names if name in found.columns), field)


def refused_table(found: LineList, receipt: Receipt) -> Iterator[bytes]:
    """Every refused line as it was sent, and why, as parts of a CSV; nothing in it runs in a spreadsheet."""
    header = [heading for heading in found.sheet.header if heading != found.columns.get("told")]
    places = [found.sheet.header.index(heading) for heading in header]
    rejected = (row for row in receipt.rows if row.outcome == REJECTED)
    why = next(rejected, None)
    yield b"\xef\xbb\xbf" + _csv_line((*header, BECAUSE))
    for line, cells in found.sheet.lines:  # both in the order of the file
        while why is not None and why.line < line:
            why = next(rejected, None)
        if why is not None and why.line == line:
            row = [str(cells[place]) if place < len(cells) else "" for place in places]
            yield _csv_line((*row, f"{why.zh} / {why.en}"))


def _csv_line(cells: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([neutralised(cell) for cell in cells])
    return out.getvalue().encode()


def _compressed(parts: Iterable[bytes]) -> bytes:
    packer = zlib.compressobj()
    return b"".join([*map(packer.compress, parts), packer.flush()])


def _waiting(scope: Scope, file: UUID) -> LineListFile:
    row = line_lists.file(scope, file)
    if row is None or row.content is None:
        raise Refusal(
            "这份清单已导入或已失效。请重新上传。",
            "This list was applied already, or is no longer kept. Upload it again.",
            field="file", value=row.name if row else "",
        )  # fmt: skip
    return row


def _stored(row: LineListFile, scope: Scope, by: str, now: datetime, *, dry: bool) -> tuple[LineList, Stored]:
    content = zlib.decompress(bytes(row.content or b""))
    asked = {name: value for name, value in row.asked.items() if name != "dates"}
    found = read_line_list(row.name, content, today=local_date(now), dates=row.asked.get("dates", ""))
    return found, store_line_list(
        scope=scope, found=found, reading=replace(Reading(), **asked), by=by, now=now, dry=dry
    )


def _keep(row: LineListFile, found: LineList, stored: Stored, now: datetime) -> None:
    row.applied_at, row.batch, row.told = now, stored.receipt.batch, told(found, stored)
    row.refused = _compressed(refused_table(found, stored.receipt)) if stored.receipt.rejected else None
    row.save()
