"""Exporting: CSV or Excel that imports back unchanged. Masked, formulas neutralised, watermarked, logged."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import xlsxwriter

from yanmen.registry.access import log_access
from yanmen.registry.importing import Importer
from yanmen.registry.scope import Scope
from yanmen.registry.tables import STAMP, neutralised

FORMATS = ("csv", "xlsx")


def export(
    importer: Importer,
    rows: Iterable[Sequence[str]],
    *,
    scope: Scope,
    now: datetime,
    form: str = "csv",
    language: str = "zh",
    reason: str = "",
) -> bytes:
    """A file with the importer's columns. Rows are text in column order, secrets already masked by the caller.

    The last line says who exported how many rows and when: a file that was cut short is noticed on its way back.
    """
    if form not in FORMATS:
        raise ValueError(f'There is no format "{form}". Choose one of: {", ".join(FORMATS)}.')
    header = [column.en if language.startswith("en") else column.zh for column in importer.columns]
    body = [[neutralised(cell) for cell in row] for row in rows]
    log_access(scope, f"export {importer.kind}", count=len(body), reason=reason, now=now)
    stamp = f"{STAMP} kind={importer.kind} rows={len(body)} by={scope.by} area={scope.area} at={now.isoformat()}"
    table = [header, *body, [stamp]]
    return _csv(table) if form == "csv" else _xlsx(table, title=importer.kind)


def _csv(table: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(table)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(table: Sequence[Sequence[str]], *, title: str) -> bytes:
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, {**options, "in_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet(title[:31])
    text = book.add_format({"num_format": "@"})
    sheet.set_column(0, max(len(row) for row in table) - 1, 18, text)
    for place, row in enumerate(table):
        for column, cell in enumerate(row):
            sheet.write_string(place, column, cell, text)
    sheet.set_footer(f"&L{table[-1][0].replace('&', '&&')}")
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
