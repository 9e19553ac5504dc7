"""The files daily reports come in: prose (.txt, .jsonl), key and value (.yaml) and tables (.csv).

The early reports of 2020 give running totals by city. Confirmed cases are all placed; for the cured the list of cities
is at times unfinished, which is noted, never hidden.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from pathlib import PurePath

from yanmen.subsystems.cases.methods.bulletin import parse
from yanmen.subsystems.cases.methods.report import (
    KINDS,
    BulletinError,
    Item,
    Note,
    Places,
    Problem,
    Report,
    Statement,
    check,
)

TOTALS = {
    "确诊": "cumulative_confirmed",
    "疑似": "suspected",
    "治愈": "cumulative_cured",
    "死亡": "cumulative_dead",
}
COLUMNS = {
    "confirmed": "cumulative_confirmed",
    "suspected": "suspected",
    "cured": "cumulative_cured",
    "dead": "cumulative_dead",
}
PLACED = {"cumulative_confirmed"}
Codes = Mapping[str, str] | None


def read(
    name: str,
    content: bytes,
    *,
    year: int | None = None,
    codes: Codes = None,
    imported: Collection[str] = (),
) -> list[Report]:
    """Every report of one file, oldest first as written.

    `imported` holds digests of reports taken in before; one of them, or the same report twice in the file, is refused.
    """
    suffix = PurePath(name).suffix.lower()
    reader = READERS.get(suffix)
    if reader is None:
        raise BulletinError(_format(name))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BulletinError(_encoding(name)) from None
    seen = dict.fromkeys(imported, "")
    reports = []
    for report in reader(text, year, codes):
        if report.digest in seen:
            raise BulletinError(already_imported(report))
        seen[report.digest] = name
        reports.append(report)
    return reports


def already_imported(report: Report) -> Problem:
    """The refusal of a report whose figures are in the books."""
    return Problem(
        field="digest",
        value=f"{report.day.isoformat()} {report.digest[:12]}",
        zh=f"{report.day.isoformat()}的这份通报已经导入。",
        en=f"This report of {report.day.isoformat()} has already been imported.",
        remedy_zh="无需再次导入；若要更正，请先撤回原通报。",
        remedy_en="Nothing to do; to correct it, withdraw the earlier import first.",
    )


def _txt(text: str, year: int | None, codes: Codes) -> Iterator[Report]:
    yield parse(text, year=year, codes=codes)


def _jsonl(text: str, year: int | None, codes: Codes) -> Iterator[Report]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            body, day = str(row["text"]), row.get("report_date")
            report_date = date.fromisoformat(day) if day else None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BulletinError(_line(number, line)) from None
        yield parse(body, report_date=report_date, year=year, codes=codes)


def _yaml(text: str, year: int | None, codes: Codes) -> Iterator[Report]:
    """`key: value` lines; 确诊 holds the total and 确诊详情 the cities."""
    pairs = {}
    for number, line in enumerate(text.splitlines(), start=1):
        key, colon, value = (part.strip() for part in line.replace("：", ":", 1).partition(":"))
        if not line.strip():
            continue
        if not colon:
            raise BulletinError(_line(number, line))
        pairs[key] = value
    places = Places(codes)
    given = {}
    for key, kind in TOTALS.items():
        if key in pairs:
            listed = pairs.get(f"{key}详情", "")
            pieces = [piece for piece in re.split(r"[、,，;；]", listed) if piece]
            given[kind] = (pairs[key], [_city(kind, piece) for piece in pieces])
    yield _totals(pairs.get("省", ""), pairs.get("时间", ""), given, places)


def _city(kind: str, piece: str) -> tuple[str, str]:
    match = re.fullmatch(r"(\D+)(\d+)例", piece.strip())
    if not match:
        raise BulletinError(_number(kind, piece))
    return match[1], match[2]


def _csv(text: str, year: int | None, codes: Codes) -> Iterator[Report]:
    """One table a file or several days below each other; the row without a city is the total of its day."""
    rows = list(csv.DictReader(io.StringIO(text)))
    days: dict[tuple[str, str], list[dict[str, str]]] = {}
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values() or not {"date", "province", "city"} <= row.keys():
            raise BulletinError(_line(number, ",".join(str(value) for value in row.values())))
        days.setdefault((row["province"], row["date"]), []).append(row)
    if not days:
        raise BulletinError(_line(1, text[:40]))
    for (province, day), lines in days.items():
        total = [row for row in lines if not row["city"]]
        if len(total) != 1:
            raise BulletinError(_line(2, f"{province} {day}"))
        given = {}
        for column, kind in COLUMNS.items():
            if total[0].get(column):
                cities = [(row["city"], row[column]) for row in lines if row["city"] and row[column]]
                given[kind] = (total[0][column], cities)
        yield _totals(province, day, given, Places(codes))


def _totals(
    province: str,
    day: str,
    given: dict[str, tuple[str, list[tuple[str, str]]]],
    places: Places,
) -> Report:
    problems: list[Problem] = []
    notes: list[Note] = []
    statements = []
    for kind, (total, cities) in given.items():
        items = []
        for name, count in cities:
            city, county = place = places.find(name)
            items.append(Item(city + county, city, county, places.code(place), _count(kind, count)))
        headline = _count(kind, total)
        placed = sum(item.count for item in items)
        all_placed = kind in PLACED
        unplaced = 0 if all_placed else max(0, headline - placed)
        statement = Statement(kind, headline, tuple(items), unplaced)
        statements.append(statement)
        problems += check(statement, all_placed=all_placed)
        if items and unplaced:
            notes.append(_unplaced(statement))
    if "cumulative_confirmed" not in given:
        problems.append(_number("cumulative_confirmed", ""))
    if problems:
        raise BulletinError(*problems)
    return Report(province, _date(day), tuple(statements), {}, tuple(notes))


def _unplaced(statement: Statement) -> Note:
    zh, en = KINDS[statement.kind]
    return Note(
        f"{zh}{statement.headline}例中有{statement.unplaced}例未说明地市。",
        f"{en}: {statement.unplaced} of {statement.headline} are not assigned to a city.",
    )


def _count(kind: str, value: str) -> int:
    match = re.fullmatch(r"(\d+)(?:例)?", value.strip())
    if not match:
        raise BulletinError(_number(kind, value))
    return int(match[1])


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise BulletinError(
            Problem(
                "date",
                value,
                "日期缺失或不存在。",
                "The day is missing or does not exist.",
                "请写成2020-02-06。",
                "Write it as 2020-02-06.",
            )
        ) from None


def _number(kind: str, value: str) -> Problem:
    return Problem(
        field=kind,
        value=value,
        zh="应为人数。",
        en="A number of people is expected here.",
        remedy_zh="请写成“太原市3例”或数字。",
        remedy_en="Write “太原市3例” or a plain number.",
    )


def _line(number: int, line: str) -> Problem:
    return Problem(
        field=f"line {number}",
        value=line[:80],
        zh=f"第{number}行无法读取，可能被截断。",
        en=f"Line {number} cannot be read; it may have been cut off.",
        remedy_zh="请重新取得完整文件后再导入。",
        remedy_en="Fetch the whole file and import it again.",
    )


def _format(name: str) -> Problem:
    known = "、".join(sorted(READERS))
    return Problem(
        field="file",
        value=name,
        zh="不支持这种文件。",
        en="This kind of file is not read.",
        remedy_zh=f"请使用{known}。",
        remedy_en=f"Use one of {known}.",
    )


def _encoding(name: str) -> Problem:
    return Problem(
        field="file",
        value=name,
        zh="文件不是UTF-8编码。",
        en="The file is not UTF-8 text.",
        remedy_zh="请另存为UTF-8文本。",
        remedy_en="Save it as UTF-8 text.",
    )


READERS: dict[str, Callable[[str, int | None, Codes], Iterator[Report]]] = {
    ".txt": _txt,
    ".jsonl": _jsonl,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".csv": _csv,
}
