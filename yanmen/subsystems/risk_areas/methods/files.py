"""The key-area list as a file for offices and checkpoints: CSV or Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import xlsxwriter

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEADS = {
    "area": {"zh": "地区代码", "en": "Area code"},
    "name": {"zh": "地区", "en": "Area"},
    "tier": {"zh": "风险等级", "en": "Risk tier"},
    "since": {"zh": "自", "en": "Since"},
    "until": {"zh": "至（空：未定）", "en": "Until (empty: open)"},
    "rules": {"zh": "依据规则", "en": "Rules"},
}


def as_file(rows: Sequence[Mapping[str, str]], *, form: str, language: str, stamp: str) -> bytes:
    """The rows under headings in the reader's language, with a last line that says which version this is."""
    side = "en" if language.startswith("en") else "zh"
    table = [[head[side] for head in HEADS.values()]]
    table += [[_harmless(row[name]) for name in HEADS] for row in rows]
    table.append([f"# {stamp}"])
    return _csv(table) if form == "csv" else _xlsx(table)


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula becomes text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _csv(table: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(table)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(table: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("key areas")
    for place, row in enumerate(table):
        for column, cell in enumerate(row):
            sheet.write_string(place, column, cell)
    sheet.set_column(0, len(HEADS) - 1, 20)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
