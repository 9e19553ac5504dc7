"""Reads the daily report of a provincial health commission: county, kind, count.

The reports are prose with a fixed manner: a headline (`新增本土新冠肺炎确诊病例30例`) and, in brackets, the places that
make it up. A report is taken whole or refused whole: an unread number, a list cut short, or a sum that is off refuses it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

from yanmen.subsystems.cases.methods.report import (
    BulletinError,
    Item,
    Note,
    Places,
    Problem,
    Report,
    Statement,
    check,
)

ILLNESS = r"(?:新冠肺炎|新型冠状病毒(?:感染的?)?肺炎|新型冠状病毒感染)?"
PLACED = {
    "imported_confirmed_new": rf"新增境外输入(?:性)?{ILLNESS}确诊病例",
    "confirmed_new": rf"新增(?:本土)?{ILLNESS}(?:本土)?确诊病例",
    "discharged": r"新增(?:治愈出院|出院)(?:病例)?",
    "in_hospital": r"现有在院(?:隔离)?治疗(?:的)?(?:确诊)?(?:病例)?",
    "asymptomatic_new": r"新增(?:本土)?无症状感染者",
    "asym_released": r"当日解除医学观察",
    "converted": r"当日转为确诊病例",
    "asym_under_obs": r"尚在医学观察的?无症状感染者",
}
FIGURES = {
    "cumulative_imported": r"累计报告境外输入(?:性)?确诊病例(\d+)例",
    "cumulative_confirmed": r"累计报告(?:本土)?确诊病例(\d+)例",
    "cumulative_cured": r"(?<!新增)治愈出院(?:病例)?(\d+)例",
    "cumulative_dead": r"(?:累计)?死亡(?:病例)?(\d+)例",
    "suspected": r"现有疑似病例(\d+)例",
    "contacts_traced": r"累计追踪到密切接触者(\d+)人",
    "contacts_released": r"当日解除医学观察(?:的密切接触者)?(\d+)人",
    "contacts_under_obs": r"尚在医学观察的?密切接触者(\d+)人",
    "imported_cured": r"累计报告境外输入(?:性)?确诊病例\d+例,治愈出院(?:病例)?(\d+)例",
    "imported_suspected": r"累计报告境外输入(?:性)?确诊病例\d+例,治愈出院(?:病例)?\d+例。现有疑似病例(\d+)例",
}
STATED = re.compile("|".join(rf"(?P<{kind}>{words})(?P<n_{kind}>\d+)例" for kind, words in PLACED.items()))
ITEM = re.compile(r"(?P<place>.*?)(?P<how>(?:由)?无症状感染者转为?确诊(?:病例)?|新增(?:确诊病例)?)?(?P<count>\d+)例")
LISTED = 0xE000  # private characters stand for the bracketed lists; `_plain` removes any that the text brings along
ABROAD = re.compile(r"(?:其中)?境外输入(?:病例|无症状感染者)?")
SPAN = re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日0(?:时)?(?:-|至)24时")
PROVINCE = re.compile(r"24时,(?:我省|(?P<name>[^,。0-9]{1,6}?(?:省|自治区|市)))")


def parse(
    text: str,
    *,
    report_date: date | None = None,
    year: int | None = None,
    codes: Mapping[str, str] | None = None,
) -> Report:
    """Read one report.

    `report_date` (or `year`) supplies the year where the text leaves it out; `codes` maps full path names to area codes
    and makes an unknown place an error. Raises BulletinError with every problem found.
    """
    plain = _plain(text)
    _whole(plain)
    day = _day(plain, report_date, year)
    outline, lists = _outline(plain)
    places = Places(codes)
    problems: list[Problem] = []
    statements: list[Statement] = []
    for match in STATED.finditer(outline):
        try:
            statement = _statement(match, outline, lists, places)
        except BulletinError as error:
            problems += error.problems
            continue
        statements.append(statement)
        problems += check(statement, all_placed=statement.kind != "imported_confirmed_new")
    problems += _unread(outline)
    problems += _repeated(statements)
    if not statements and not problems:
        problems.append(_empty())
    if problems:
        raise BulletinError(*problems)
    figures = _figures(outline)
    return Report(
        _province(plain),
        day,
        tuple(statements),
        figures,
        tuple(_notes(statements, figures)),
    )


def _plain(text: str) -> str:
    """Full-width figures and brackets, dashes and blanks differ between editors; the words do not."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[—–~〜]+", "-", text)
    return re.sub(r"[ \t\r\ue000-\uf8ff]+", "", text).strip()


def _whole(plain: str) -> None:
    if not plain:
        raise BulletinError(_empty())
    if plain.count("(") == plain.count(")") and plain.endswith("。"):
        return
    raise BulletinError(
        Problem(
            field="text",
            value=plain[-24:],
            zh="文本不完整：结尾被截断或括号不成对。",
            en="The text is cut off: it ends inside a sentence, or a bracket has no partner.",
            remedy_zh="请重新取得完整通报后再导入。",
            remedy_en="Fetch the whole report and import it again.",
        )
    )


def _day(plain: str, report_date: date | None, year: int | None) -> date:
    spans = [(m["year"], int(m["month"]), int(m["day"])) for m in SPAN.finditer(plain)]
    if not spans and report_date is None:
        raise BulletinError(
            _undated(
                plain[:24],
                "没有写明日期（如“10月7日0-24时”）。",
                "no day is named (“10月7日0-24时”).",
            )
        )
    years = {int(y) for y, _, _ in spans if y}
    known = years or ({report_date.year} if report_date else set()) or ({year} if year else set())
    if spans and not known:
        said = f"{spans[0][1]}月{spans[0][2]}日"
        raise BulletinError(_undated(said, f"“{said}”没有年份。", f"“{said}” has no year."))
    try:
        days = {date(int(y) if y else min(known), month, day) for y, month, day in spans} | (
            {report_date} if report_date else set()
        )
    except ValueError:
        raise BulletinError(_undated(plain[:24], "日期不存在。", "this day does not exist.")) from None
    if len(days) > 1:
        said = "、".join(sorted(d.isoformat() for d in days))
        raise BulletinError(_undated(said, "一份通报出现了几个日期。", "one report names several days."))
    return days.pop()


def _undated(value: str, zh: str, en: str) -> Problem:
    return Problem(
        "date",
        value,
        zh,
        en,
        "请补充或更正报告日期。",
        "Give the day of the report, with its year.",
    )


def _province(plain: str) -> str:
    match = PROVINCE.search(plain)
    return (match["name"] or "") if match else ""


def _outline(plain: str) -> tuple[str, list[str]]:
    """The text with each bracketed list replaced by its number, and the lists."""
    lists: list[str] = []

    def keep(match: re.Match[str]) -> str:
        lists.append(match[1])
        return chr(LISTED + len(lists) - 1)

    return re.sub(r"\(([^()]*)\)", keep, plain), lists


def _statement(match: re.Match[str], outline: str, lists: list[str], places: Places) -> Statement:
    kind = next(kind for kind in PLACED if match[kind])
    headline = int(match[f"n_{kind}"])
    number = ord(outline[match.end() : match.end() + 1] or "\0") - LISTED
    items: tuple[Item, ...] = ()
    if 0 <= number < len(lists):
        places.last = None
        items = tuple(_items(kind, lists[number], places))
    return Statement(kind, headline, items)


def _items(kind: str, listed: str, places: Places) -> Iterator[Item]:
    for piece in re.split(r"[、,;]", listed):
        match = ITEM.fullmatch(piece)
        if not match or (match["place"].startswith("其中") and not ABROAD.fullmatch(match["place"])):
            raise BulletinError(_unreadable(kind, piece))
        converted = "转" in (match["how"] or "")
        if ABROAD.fullmatch(match["place"]):
            yield Item("", "", "", None, int(match["count"]), converted, imported=True)
            continue
        city, county = place = places.find(match["place"])
        code = places.code(place)
        imported = kind == "imported_confirmed_new"
        yield Item(city + county, city, county, code, int(match["count"]), converted, imported)


def _unreadable(kind: str, piece: str) -> Problem:
    return Problem(
        field=kind,
        value=piece,
        zh=f"明细“{piece}”不是“地名＋数字＋例”。",
        en=f"The item “{piece}” is not a place, a number and 例.",
        remedy_zh="请按“晋中市祁县1例”的写法更正。",
        remedy_en="Write it as in “晋中市祁县1例”.",
    )


def _unread(outline: str) -> Iterator[Problem]:
    """Every number of cases outside a list must have been understood: nothing is passed over in silence."""
    rest = STATED.sub("", outline)
    for words in FIGURES.values():
        rest = re.sub(words, "", rest)
    for match in re.finditer(r"[^,。;\n]*?\d+例", rest):
        yield Problem(
            field="text",
            value=match[0],
            zh=f"无法识别“{match[0]}”。",
            en=f"“{match[0]}” states a number of a kind that is not known.",
            remedy_zh="请核对措辞；如为新的统计项目，请告知维护人员。",
            remedy_en="Check the wording; if it is a new kind of figure, tell the maintainers.",
        )


def _repeated(statements: list[Statement]) -> Iterator[Problem]:
    kinds = [statement.kind for statement in statements]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        yield Problem(
            field=kind,
            value=str(kinds.count(kind)),
            zh="同一项目在一份通报中出现多次。",
            en="One report states this kind more than once.",
            remedy_zh="请确认没有把两份通报粘在一起。",
            remedy_en="Make sure that two reports were not pasted into one.",
        )


def _empty() -> Problem:
    return Problem(
        field="text",
        value="",
        zh="没有任何病例数字。",
        en="It states no number of cases.",
        remedy_zh="请确认文件是每日疫情通报。",
        remedy_en="Make sure that the file is a daily report.",
    )


def _figures(outline: str) -> dict[str, int]:
    found = {}
    for name, words in FIGURES.items():
        if match := re.search(words, outline):
            found[name] = int(match[1])
    return found


def _notes(statements: list[Statement], figures: Mapping[str, int]) -> Iterator[Note]:
    """What does not add up between statements, without proving that one of them is wrong."""
    by_kind = {statement.kind: statement for statement in statements}
    new, turned, inside = (by_kind.get(kind) for kind in ("confirmed_new", "converted", "in_hospital"))
    if new and turned:
        listed = sum(item.count for item in new.items if item.converted)
        if listed and listed != turned.total:
            yield Note(
                f"新增确诊中标明由无症状转归{listed}例，当日转为确诊{turned.total}例。",
                f"{listed} new cases are marked as turned from asymptomatic, {turned.total} are stated to have turned.",
            )
    if inside and {"cumulative_confirmed", "cumulative_cured"} <= figures.keys():
        left = figures["cumulative_confirmed"] - figures["cumulative_cured"] - figures.get("cumulative_dead", 0)
        if left != inside.headline:
            yield Note(
                f"累计确诊减治愈为{left}例，在院为{inside.headline}例。",
                f"Confirmed less cured is {left}, in hospital {inside.headline}.",
            )
