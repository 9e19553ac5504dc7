"""Tables as people send them: CSV or Excel in, text cells out. What is damaged is refused, never half read."""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

import python_calamine

from yanmen.base.refusals import Refusal

LARGEST_FILE = 64 * 1024 * 1024
MOST_ROWS = 500_000
LONGEST_CELL = 2000
STAMP = "#yanmen-export"
_ENCODINGS = ("utf-8-sig", "gb18030")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n]")
_QUOTED = re.compile(r"'+[=+\-@\t\r\n]")
# Above this Excel has already rounded the digits away.
_EXACT = 10**15


@dataclass(frozen=True)
class Table:
    """A header and numbered lines of text cells; `stamp` is the last line of our own exports."""

    digest: str
    file_name: str
    header: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    stamp: dict[str, str]


def neutralised(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: =1+1 becomes '=1+1. `restored` takes it back exactly."""
    return "'" + cell if _DANGEROUS.match(cell) else cell


def restored(cell: str) -> str:
    """What the cell said before it was neutralised."""
    return cell[1:] if _QUOTED.match(cell) else cell


def read_table(content: bytes, file_name: str = "") -> Table:
    """Read a CSV or Excel file. Refuses empty, oversized, cut-off and otherwise damaged files as a whole."""
    if not content.strip():
        raise Refusal(
            "文件是空的，请重新导出后上传。", "The file is empty. Export it again.", field="file", value=file_name
        )
    if len(content) > LARGEST_FILE:
        megabytes = LARGEST_FILE // 1024 // 1024
        raise Refusal(
            f"文件超过 {megabytes} MB，请分批上传。", f"The file is larger than {megabytes} MB. Send it in parts.",
            field="file", value=file_name,
        )  # fmt: skip
    rows = _excel_rows(content) if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") else _csv_rows(content)
    lines = [(number, tuple(_clean(cell) for cell in cells)) for number, cells in rows if any(_clean(c) for c in cells)]
    if not lines:
        raise Refusal("文件没有任何内容行。", "The file has no lines.", field="file", value=file_name)
    stamp = _take_stamp(lines)
    header = _header(lines[0][1])
    body = tuple((number, _fitted(cells, len(header), number)) for number, cells in lines[1:])
    _check_complete(body, stamp)
    _refuse_joined(header, body)
    if lines[1:] and not stamp and not content.endswith((b"\n", b"\r")) and content[:2] not in (b"PK", b"\xd0\xcf"):
        _refuse_cut_line([len(cells) for _, cells in lines], len(header))
    return Table(hashlib.sha256(content).hexdigest(), file_name, header, body, stamp)


def _csv_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    if "\0" in text:
        raise _damaged("文件含有空字节", "it holds zero bytes")
    reader = csv.reader(io.StringIO(text, newline=""), dialect=_dialect(text), strict=True)
    try:
        for count, cells in enumerate(reader, start=1):
            _bounded(count)
            yield reader.line_num, cells
    except csv.Error as fault:
        raise _damaged(
            f"第 {reader.line_num} 行的引号没有闭合或格式有误", f"line {reader.line_num}: {fault}"
        ) from fault


def _dialect(text: str) -> type[csv.Dialect]:
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)

    class Found(csv.excel):
        delimiter = separator

    return Found


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _damaged("编码不是 UTF-8 或 GB 18030", "it is neither UTF-8 nor GB 18030")


def _excel_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Exception as fault:  # the reader has many kinds of failure, all of them mean the same here
        raise _damaged("不是完整的 Excel 文件", "it is no complete Excel file") from fault
    for number, cells in enumerate(rows, start=1):
        _bounded(number)
        yield number, [_text(cell, number) for cell in cells]


def _text(cell: object, line: int) -> str:
    """A typed Excel cell as text; long numbers were already rounded by Excel and are marked as such."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int):
        if abs(cell) >= _EXACT:
            raise Refusal(
                f"第 {line} 行有超过 15 位的数字，Excel 已改动末位。请把该列设为文本后重新填写。",
                f"Line {line} has a number of more than 15 digits, which Excel has rounded. Format the column as text and fill it in again.",
                field="file", value=f"line {line}",
            )  # fmt: skip
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip(" \u3000\u00a0\ufeff")


def _header(cells: Iterable[str]) -> tuple[str, ...]:
    header = list(cells)
    while header and not header[-1]:
        header.pop()
    twice = {name for name in header if name and header.count(name) > 1}
    if twice or not header:
        names = "、".join(sorted(twice))
        raise Refusal(
            f"表头重复：{names}。请保留一列。",
            f"Columns appear twice: {names}. Keep one of each.",
            field="file",
            value=names,
        )
    return tuple(header)


def _fitted(cells: tuple[str, ...], width: int, line: int) -> tuple[str, ...]:
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise _damaged(
            f"第 {line} 行有超过 {LONGEST_CELL} 字的单元格",
            f"line {line} has a cell of more than {LONGEST_CELL} characters",
        )
    if any(cells[width:]):
        raise _damaged(f"第 {line} 行的列数多于表头", f"line {line} has more cells than the header")
    return tuple(restored(cell) for cell in (*cells, *[""] * width)[:width])


def _take_stamp(lines: list[tuple[int, tuple[str, ...]]]) -> dict[str, str]:
    if not lines[-1][1][0].startswith(STAMP):
        return {}
    _, cells = lines.pop()
    text = " ".join(cell for cell in cells if cell)
    return dict(part.split("=", 1) for part in text.split() if "=" in part)


def _check_complete(body: tuple[tuple[int, tuple[str, ...]], ...], stamp: dict[str, str]) -> None:
    declared = stamp.get("rows", "")
    if declared.isdigit() and int(declared) != len(body):
        raise _damaged(
            f"应有 {declared} 行，实有 {len(body)} 行", f"it should have {declared} rows and has {len(body)}"
        )


def _refuse_joined(header: tuple[str, ...], body: tuple[tuple[int, tuple[str, ...]], ...]) -> None:
    again = next((number for number, cells in body if cells == header), None)
    if again is not None:
        raise _damaged(
            f"第 {again} 行又出现表头，内容可能重复拼接",
            f"the header comes again on line {again}: it was joined or doubled",
        )


def _refuse_cut_line(widths: list[int], wanted: int) -> None:
    if widths[-1] < wanted and all(width >= wanted for width in widths[:-1]):
        raise _damaged("最后一行不完整", "its last line is incomplete")


def _bounded(count: int) -> None:
    if count > MOST_ROWS + 2:
        raise Refusal(
            f"超过 {MOST_ROWS} 行，请分批上传。", f"More than {MOST_ROWS} rows. Send the file in parts.", field="file"
        )


def _damaged(zh: str, en: str) -> Refusal:
    return Refusal(
        f"文件不完整或已损坏：{zh}。请从来源重新导出。",
        f"The file is cut short or damaged: {en}. Export it again.",
        field="file",
    )
