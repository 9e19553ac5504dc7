"""Line lists as files: CSV (commas, semicolons, tabs; UTF-8 or GB 18030) and Excel, with SORMAS's two header lines."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import python_calamine

from yanmen.base.packed import Packer
from yanmen.base.refusals import Malformed
from yanmen.subsystems.cases.methods.line_list_columns import plain
from yanmen.subsystems.cases.methods.line_list_faults import Fault, unreadable
from yanmen.subsystems.cases.methods.line_list_fhir import HEADER, is_fhir, read_fhir

LARGEST = 64 * 1024 * 1024
SHORT, FEW = 12, 20_000
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
Line = tuple[int, tuple[Cell, ...]]
CHUNK = 1 << 20
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
    lines: Sequence[Line]
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
    table = _Table(name, rows)
    header = _header(table.header)
    return Sheet(
        name, "sormas" if table.is_double else _kind(header), form, header, table.lines, table.blank,
        hashlib.sha256(content).hexdigest(),
    )  # fmt: skip


class _Table:
    """The rows of a file, read once from the first to the last: header, lines that say something, number of blank ones."""

    def __init__(self, name: str, rows: Iterable[Line]) -> None:
        self.header: tuple[Cell, ...] = ()
        self.is_double = False
        filled, blanks, between = 0, 0, 0
        held: Line | None = None
        packer: Packer[Line] = Packer()
        for number, cells in rows:
            if not any(cells):
                blanks += 1
                continue
            filled += 1
            if filled == 1:
                self.header = cells
            elif filled == 2 and _two_headers(self.header, cells):
                self.header, self.is_double = cells, True
            else:
                between += blanks
                if held:
                    packer.add(held)
                held = (number, cells)
            blanks = 0
        last = held[1] if held else self.header
        if filled and str(last[0]).startswith(STAMP):
            _refuse_cut(name, str(last[0]), filled - 2)
            filled -= 1
        else:
            between += blanks
            if held:
                packer.add(held)
        if not filled:
            raise unreadable(f"{name} 没有内容。请重新导出。", f"{name} has no lines. Export it again.", value=name)
        self.lines, self.blank = packer.done(), between


def _refuse_cut(name: str, stamp: str, count: int) -> None:
    """Our own exports end with a line that says how many lines they have: one that was cut short is refused."""
    said = re.search(r"\brows=(\d+)", stamp)
    if said and int(said[1]) != count:
        raise unreadable(
            f"{name} 应有 {said[1]} 行，实有 {count} 行，可能不完整，未读取。请重新导出。",
            f"{name} should have {said[1]} lines and has {count}; nothing was read. Export it again.",
            value=f"{count}",
        )


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


def _csv(content: bytes) -> tuple[str, Iterator[Line]]:
    encoding = _encoding(content)
    separator = _separator(content, encoding)
    told = {",": "comma", ";": "semicolon", "\t": "tab"}[separator]
    return f"csv {encoding} {told}", _csv_rows(content, encoding, separator)


def _csv_rows(content: bytes, encoding: str, separator: str) -> Iterator[Line]:
    class Dialect(csv.excel):
        delimiter = separator

    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    reader = csv.reader(text, dialect=Dialect, strict=True)
    clean: dict[str, str] = {}
    try:
        for cells in reader:
            yield reader.line_num, tuple([clean.get(cell) or _known(cell, clean) for cell in cells])
    except csv.Error as fault:
        line = reader.line_num
        raise unreadable(
            f"第{line}行的引号没有闭合或格式有误，未读取。请从来源重新导出。",
            f"Line {line}: {fault}; nothing was read. Export it again.",
            value=f"line {line}",
        ) from fault


def _separator(content: bytes, encoding: str) -> str:
    """What stands most often between the cells of the first line."""
    start = len(content[:CHUNK]) - len(content[:CHUNK].removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
    end = content.find(b"\n", start)
    first = content[start : end if end >= 0 else len(content)].decode(encoding)
    return max(",;\t", key=re.sub(r'"[^"]*"', "", first).count)


def _encoding(content: bytes) -> str:
    for mark, encoding in WIDE:
        if content.startswith(mark):
            raise _wrong(encoding)
    if b"\0" in content:
        raise _wrong("UTF-16 / 二进制 binary")
    if _decodes(content, "utf-8"):
        return "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    if _western(content):
        raise _wrong("Windows-1252 / ISO 8859-1")
    if not _decodes(content, "gb18030"):
        raise _wrong("?")
    return "gb18030"


def _decodes(content: bytes, encoding: str) -> bool:
    """Whether all of it is text in this encoding, found out a part at a time."""
    decoder = getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), CHUNK):
            decoder.decode(content[start : start + CHUNK], final=start + CHUNK >= len(content))
    except UnicodeDecodeError:
        return False
    return True


def _western(content: bytes) -> bool:
    """Accents of European text stand alone among ASCII letters; Chinese characters come as pairs of high bytes."""
    runs = alone = 0
    for run in re.finditer(rb"[\x80-\xff]+", content):
        runs += 1
        alone += run.end() - run.start() == 1
    return alone * 2 > runs


def _wrong(encoding: str) -> Malformed:
    return unreadable(
        f"文件编码像是 {encoding}，不是 UTF-8 或 GB 18030，未读取。请另存为“CSV UTF-8”。",
        f'The file is neither UTF-8 nor GB 18030, but looks like {encoding}; nothing was read. Save it as "CSV UTF-8".',
        value=encoding,
    )


def _excel(content: bytes) -> tuple[str, Iterator[Line]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Exception as fault:  # the reader has many kinds of failure, all of them mean the same here
        raise unreadable(
            "不是完整的 Excel 文件，未读取。请重新导出。",
            "It is no complete Excel file; nothing was read. Export it again.",
        ) from fault
    return "excel", _typed(rows)


def _typed(rows: Iterable[Iterable[object]]) -> Iterator[Line]:
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


def _known(cell: str, clean: dict[str, str]) -> str:
    """A cell cleaned. Days, sexes and outcomes stand on thousands of lines: they are cleaned once."""
    text = _clean(cell)
    if len(cell) <= SHORT and len(clean) < FEW:
        clean[cell] = text
    return text


def _clean(text: str) -> str:
    text = text.strip(" \t\r\n\u3000\u00a0\ufeff")
    return text[1:] if text[:1] == "'" and _QUOTED.match(text) else text
