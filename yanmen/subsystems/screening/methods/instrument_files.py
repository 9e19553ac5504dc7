"""Files of a PCR instrument: rows of well, sample, target and Ct from CSV. A bad row is named field by field; the rest goes on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from yanmen.base.refusals import Malformed, Refusal
from yanmen.subsystems.screening.methods.plates import position
from yanmen.subsystems.screening.methods.reading import target_name

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 20_000
MOST_HEAD = 100
"""Lines before the header: instruments write about themselves first."""

CYCLES = 60.0
ENCODINGS = ("utf-8-sig", "gb18030")
COLUMNS = {
    "well": ("well", "wellposition", "position", "孔", "孔位", "反应孔", "孔号"),
    "sample": ("sample", "samplename", "sampleid", "name", "样本", "样本名称", "样本编号", "样品名称", "样品"),
    "target": ("target", "targetname", "detector", "gene", "assay", "靶标", "目标", "检测目标", "靶基因", "基因"),
    "ct": ("ct", "cт", "cq", "cp", "ct值", "cq值"),
}
"""The headings that name a column, without spaces."""

NO_CURVE = ("", "undetermined", "undet", "nan", "n/a", "na", "noct", "nocq", "-", "--", "未检出", "无", "负", "neg")
"""What instruments write where there was no curve."""


@dataclass(frozen=True)
class Measured:
    """One row that could be read: a target of a well; no Ct where there was no curve."""

    line: int
    well: str
    sample: str
    target: str
    ct: float | None


@dataclass(frozen=True)
class Rejected:
    """One row that could not be read, and which field was wrong."""

    line: int
    field: str
    value: str
    zh: str
    en: str


@dataclass(frozen=True)
class Raw:
    """A row as the file has it, before anything is believed."""

    line: int
    well: str
    sample: str
    target: str
    ct: str


@dataclass(frozen=True)
class Taken:
    """What became of each row: `len(measured) + len(rejected) + blank` is the number of rows. A blank row is an unused well."""

    rows: int
    measured: tuple[Measured, ...]
    rejected: tuple[Rejected, ...]
    blank: int

    def wells(self) -> dict[str, dict[str, float | None]]:
        """The Ct of each target, by well."""
        found: dict[str, dict[str, float | None]] = {}
        for row in self.measured:
            found.setdefault(row.well, {})[row.target] = row.ct
        return found

    def samples(self) -> dict[str, str]:
        """The sample that the instrument had in each well."""
        return {row.well: row.sample for row in self.measured}


def take_csv(content: bytes, wells: int) -> Taken:
    """Read a CSV, tab or semicolon file in UTF-8, UTF-16 or GB 18030. Refused as a whole when the columns are not there."""
    if len(content) > MOST_BYTES:
        raise Malformed("文件超过20 MB。", "The file is larger than 20 MB.", field="file")
    lines = list(_table(_decoded(content)))
    columns, start = _header(lines)
    body = (
        Raw(number, *(cells[at].strip() if at < len(cells) else "" for at in columns))
        for number, cells in lines[start:]
    )
    return take(body, wells)


def take(rows: Iterable[Raw], wells: int) -> Taken:
    """Check rows one by one, whichever format they came in."""
    measured: list[Measured] = []
    rejected: list[Rejected] = []
    seen: set[tuple[str, str]] = set()
    blank = count = 0
    for row in rows:
        count += 1
        if count > MOST_ROWS:
            raise Malformed(f"文件超过{MOST_ROWS}行。", f"The file has more than {MOST_ROWS} rows.", field="file")
        if not row.sample and not row.target and ct_of(row.ct, quiet=True) is None:
            blank += 1
            continue
        try:
            one = _checked(row, wells)
            if (one.well, one.target) in seen:
                raise Refusal("同一孔同一靶标出现两次。", "This target of this well came before.", field="target", value=row.target)  # fmt: skip
        except Refusal as fault:
            rejected.append(Rejected(row.line, fault.field, fault.value[:40], fault.zh, fault.en))
            continue
        seen.add((one.well, one.target))
        measured.append(one)
    return Taken(count, tuple(measured), tuple(rejected), blank)


def ct_of(text: str, *, quiet: bool = False) -> float | None:
    """A Ct in cycles; nothing for no curve. Anything else is refused, or nothing when asked quietly."""
    plain = text.strip().replace(" ", "")
    if plain.casefold() in NO_CURVE:
        return None
    try:
        value = float(plain.replace(",", "."))
    except ValueError:
        value = float("inf")
    if isfinite(value) and 0 < value <= CYCLES:
        return value
    if quiet:
        return 0.0
    raise Refusal(
        f"Ct值应为0到{CYCLES:.0f}之间的数字，或Undetermined。", f"A Ct is a number up to {CYCLES:.0f}, or Undetermined.",
        field="ct", value=text[:20],
    )  # fmt: skip


def _checked(row: Raw, wells: int) -> Measured:
    well = position(row.well, wells)
    target = target_name(row.target)
    if not target:
        raise Refusal("未知的靶标名称。", "No known target of this name.", field="target", value=row.target[:40])
    if len(row.sample) > 80:
        raise Refusal("样本名称过长。", "The sample's name is too long.", field="sample", value=row.sample[:40])
    return Measured(row.line, well, row.sample, target, ct_of(row.ct))


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Malformed(
        "文件编码无法识别，请导出为UTF-8的CSV。",
        "The encoding is unknown. Export the file as CSV in UTF-8.",
        field="file",
    )


def _table(text: str) -> Iterator[tuple[int, list[str]]]:
    head = next(
        (line for line in text.splitlines() if _names(line.replace(";", ",").replace("\t", ",").split(","))), ""
    )
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as fault:
        raise Malformed(
            f"第{reader.line_num}行格式有误。", f"Line {reader.line_num}: {fault}.", field="file"
        ) from fault


def _header(lines: Sequence[tuple[int, list[str]]]) -> tuple[list[int], int]:
    for start, (_, cells) in enumerate(lines[:MOST_HEAD], 1):
        if found := _names(cells):
            return found, start
    raise Malformed(
        "没有找到表头：应有孔位、样本、靶标、Ct四列。", "No header was found: well, sample, target and Ct are needed.", field="file"
    )  # fmt: skip


def _names(cells: Sequence[str]) -> list[int]:
    """Where the four columns are; nothing when one is not there."""
    plain = ["".join(cell.split()).strip('"').casefold() for cell in cells]
    found = []
    for names in COLUMNS.values():
        at = next((plain.index(name) for name in names if name in plain), None)
        if at is None:
            return []
        found.append(at)
    return found
