"""Line lists as files: CSV (commas, semicolons, tabs; UTF-8 or GB 18030) and Excel, with SORMAS's two header lines."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import python_calamine

from yanmen.base.refusals import Malformed
from yanmen.subsystems.cases.methods.line_list_columns import plain
from yanmen.subsystems.cases.methods.line_list_faults import Fault, unreadable
from yanmen.subsystems.cases.methods.line_list_fhir import HEADER, is_fhir, read_fhir

LARGEST = 64 * 1024 * 1024
SHORT = 12
STAMP = "#yanmen-export"
EXCEL = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
WIDE = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
SORMAS_FIRST = re.compile(r"(CaseData|PersonData|Case|Person)?$")
GODATA = {
    "godata_followups": {"contact_uuid", "followup_number"},
    "godata_relationships": {"source_uuid", "target_uuid"},
    "godata_lab_results": {"personid", "sampleidentifier"},
    "godata_events": {"uuid", "event_name"},
    "godata_contacts": {"uuid", "contact_id"},
    "godata_cases": {"uuid", "case_id", "classification"},
}
Cell = str | date
_QUOTED = re.compile(r"'+[=+\-@]")
"""An apostrophe before what a spreadsheet would run: exports put it there, so it is taken off again."""


@dataclass(frozen=True)
class Sheet:
    """A header and numbered lines of the file with this SHA-256. Cells are text, or dates that a spreadsheet typed itself.

    `faults` are lines that could not be put into columns at all.
    """

    name: str
    kind: str
    form: str
    header: tuple[str, ...]
    lines: tuple[tuple[int, tuple[Cell, ...]], ...]
    blank: int
    digest: str
    faults: tuple[Fault, ...] = ()


def refuse_large(name: str, size: int) -> None:
    """Called with the size on disk, before a byte is read."""
    if size > LARGEST:
        told, most = f"{size / 1024 / 1024:.1f} MB", LARGEST // 1024 // 1024
        raise unreadable(
            f"{name} 有 {told}，超过 {most} MB，未读取。请按行拆成几个文件，分批导入。",
            f"{name} has {told}, more than {most} MB; nothing was read. Split it by lines and send the parts.",
            value=told,
        )


def open_sheet(name: str, content: bytes) -> Sheet:
    """The first sheet of a file. What is damaged or in another encoding is refused whole, and named."""
    refuse_large(name, len(content))
    if not content.strip():
        raise unreadable(f"{name} 是空文件。请重新导出。", f"{name} is empty. Export it again.", value=name)
    if is_fhir(content):
        read, faults, form = read_fhir(name, content)
        return Sheet(name, "fhir", form, HEADER, read, 0, hashlib.sha256(content).hexdigest(), faults)
    form, rows = _excel(content) if content[:4] in EXCEL else _csv(content)
    rows = _without_stamp(name, rows)
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise unreadable(f"{name} 没有内容。请重新导出。", f"{name} has no lines. Export it again.", value=name)
    if len(filled) > 1 and _two_headers(filled[0][1], filled[1][1]):
        kind, head = "sormas", 1
    else:
        kind, head = "", 0
    start, titles = filled[head]
    header = _header(titles)
    body = [(number, cells) for number, cells in rows if number > start]
    lines = tuple((number, cells) for number, cells in body if any(cells))
    return Sheet(
        name, kind or _kind(header), form, header, lines, len(body) - len(lines), hashlib.sha256(content).hexdigest()
    )


def _without_stamp(name: str, rows: list[tuple[int, tuple[Cell, ...]]]) -> list[tuple[int, tuple[Cell, ...]]]:
    """Our own exports end with a line that says how many lines they have: one that was cut short is refused."""
    last = next((place for place in range(len(rows) - 1, -1, -1) if any(rows[place][1])), -1)
    if last < 0 or not str(rows[last][1][0]).startswith(STAMP):
        return rows
    said = re.search(r"\brows=(\d+)", str(rows[last][1][0]))
    count = sum(any(cells) for _, cells in rows[:last]) - 1
    if said and int(said[1]) != count:
        raise unreadable(
            f"{name} 应有 {said[1]} 行，实有 {count} 行，可能不完整，未读取。请重新导出。",
            f"{name} should have {said[1]} lines and has {count}; nothing was read. Export it again.",
            value=f"{count}",
        )
    return rows[:last]


def _two_headers(first: tuple[Cell, ...], second: tuple[Cell, ...]) -> bool:
    return all(isinstance(cell, str) and SORMAS_FIRST.match(cell) for cell in first) and "disease" in second


def _kind(header: tuple[str, ...]) -> str:
    names = {plain(heading) for heading in header}
    if {"infector", "case_id"} <= names and len(names) <= 4:
        return "links"
    return next((kind for kind, wanted in GODATA.items() if wanted <= names), "line_list")


def _header(cells: tuple[Cell, ...]) -> tuple[str, ...]:
    header = [str(cell) for cell in cells]
    while header and not header[-1]:
        header.pop()
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        told = ", ".join(twice)
        raise unreadable(
            f"表头重复：{told}。请只留一列。", f"Columns appear twice: {told}. Keep one of each.", value=told
        )
    return tuple(header)


def _csv(content: bytes) -> tuple[str, list[tuple[int, tuple[Cell, ...]]]]:
    encoding, text = _decoded(content)
    separator = _separator(text)

    class Dialect(csv.excel):
        delimiter = separator

    reader = csv.reader(io.StringIO(text, newline=""), dialect=Dialect, strict=True)
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    try:
        for cells in reader:
            rows.append((reader.line_num, tuple(_shared(_clean(cell)) for cell in cells)))
    except csv.Error as fault:
        line = reader.line_num
        raise unreadable(
            f"第{line}行的引号没有闭合或格式有误，未读取。请从来源重新导出。",
            f"Line {line}: {fault}; nothing was read. Export it again.",
            value=f"line {line}",
        ) from fault
    told = {",": "comma", ";": "semicolon", "\t": "tab"}[separator]
    return f"csv {encoding} {told}", rows


def _separator(text: str) -> str:
    head = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0])
    return max(",;\t", key=head.count)


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, encoding in WIDE:
        if content.startswith(mark):
            raise _wrong(encoding)
    if b"\0" in content:
        raise _wrong("UTF-16 / 二进制 binary")
    try:
        text = content.decode("utf-8-sig")
        return ("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"), text
    except UnicodeDecodeError:
        if _western(content):
            raise _wrong("Windows-1252 / ISO 8859-1") from None
    try:
        return "gb18030", content.decode("gb18030")
    except UnicodeDecodeError:
        raise _wrong("?") from None


def _western(content: bytes) -> bool:
    """Accents of European text stand alone among ASCII letters; Chinese characters come as pairs of high bytes."""
    runs = re.findall(rb"[\x80-\xff]+", content)
    return sum(len(run) == 1 for run in runs) * 2 > len(runs)


def _wrong(encoding: str) -> Malformed:
    return unreadable(
        f"文件编码像是 {encoding}，不是 UTF-8 或 GB 18030，未读取。请另存为“CSV UTF-8”。",
        f'The file is neither UTF-8 nor GB 18030, but looks like {encoding}; nothing was read. Save it as "CSV UTF-8".',
        value=encoding,
    )


def _excel(content: bytes) -> tuple[str, list[tuple[int, tuple[Cell, ...]]]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Exception as fault:  # the reader has many kinds of failure, all of them mean the same here
        raise unreadable(
            "不是完整的 Excel 文件，未读取。请重新导出。",
            "It is no complete Excel file; nothing was read. Export it again.",
        ) from fault
    return "excel", list(_typed(rows))


def _typed(rows: Iterable[Iterable[object]]) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    for number, cells in enumerate(rows, start=1):
        yield number, tuple(_cell(cell) for cell in cells)


def _cell(cell: object) -> Cell:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return _clean(str(cell))


def _shared(text: str) -> str:
    """Days, sexes and outcomes stand on thousands of lines: one text in memory for all of them."""
    return sys.intern(text) if len(text) <= SHORT else text


def _clean(text: str) -> str:
    text = text.strip(" \t\r\n\u3000\u00a0\ufeff")
    return text[1:] if text[:1] == "'" and _QUOTED.match(text) else text
