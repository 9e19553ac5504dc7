"""Writes a daily report in the manner of a provincial health commission: what `bulletin.parse` reads back.

Four paragraphs: domestic cases, cases from abroad, asymptomatic infections, contacts; a fifth for running totals by city,
as the reports of early 2020 gave them. A paragraph consists of pieces, so that whoever shows it can link each number to
its list. The Chinese text uses the commission's own half-width punctuation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from yanmen.subsystems.cases.methods.report import KINDS, Item, Report, Statement

TOTALS = ("cumulative_confirmed", "suspected", "cumulative_cured", "cumulative_dead")
"""Kinds that stand in a statement of their own only where a report gives running totals by city."""


@dataclass(frozen=True)
class Piece:
    """Some text; a number names its `figure` (a kind of statement or a figure of the report) and, in a list, its place."""

    text: str
    figure: str = ""
    item: Item | None = None


@dataclass(frozen=True)
class Manner:
    """How the commission put it in a period. `care` stands before the number in hospital, `still` before those still watched."""

    since: date
    care: str
    still: str


MANNERS = (
    Manner(date(2022, 10, 1), ",现有在院隔离治疗", "。尚在医学观察的密切接触者"),
    Manner(date.min, "。现有在院隔离治疗病例", ",尚在医学观察的密切接触者"),
)
"""The wording changed between the reports of April and of October 2022; latest first."""

Sentence = list[Piece]
Paragraph = list[Piece]


def text(report: Report) -> str:
    """The report in Chinese, a paragraph a line; `parse` of it gives the same statements and figures."""
    return "\n".join("".join(piece.text for piece in paragraph) for paragraph in paragraphs(report))


def paragraphs(report: Report) -> list[Paragraph]:
    """The report in Chinese, piece by piece."""
    lead = f"{report.day.year}年{report.day.month}月{report.day.day}日0-24时,{report.province or '我省'}"
    made = (_domestic(report, lead), _abroad(report, lead), _asymptomatic(report, lead), _contacts(report))
    found = [paragraph for paragraph in made if paragraph]
    return found + [paragraph for paragraph in (_totals(report),) if paragraph]


def _domestic(report: Report, lead: str) -> Paragraph:
    figures, manner = report.figures, _manner(report.day)
    new, out, inside = (report.statement(kind) for kind in ("confirmed_new", "discharged", "in_hospital"))
    known = [name for name in ("cumulative_confirmed", "cumulative_cured", "cumulative_dead") if name in figures]
    if not (new or out or inside or known):
        return []
    first = [[Piece(lead), *_stated(new, "新增本土新冠肺炎确诊病例", none="无新增本土新冠肺炎确诊病例")]]
    if out:
        first.append(_stated(out, "新增治愈出院"))
    said = {"cumulative_confirmed": "累计报告确诊病例", "cumulative_cured": "治愈出院", "cumulative_dead": "死亡"}
    totals = [[Piece(said[name]), Piece(str(figures[name]), name), Piece("例")] for name in known]
    pieces = [*_joined(first), Piece("。"), *_joined(totals)]
    if inside:
        care = manner.care if totals else manner.care.lstrip(",。")
        pieces += _stated(inside, care)
    pieces += [Piece("。")] if totals or inside else []
    return pieces + _suspected(report, "suspected")


def _abroad(report: Report, lead: str) -> Paragraph:
    new, figures = report.statement("imported_confirmed_new"), report.figures
    if new is None and "cumulative_imported" not in figures:
        return []
    pieces = [Piece(lead), *_stated(new, "新增境外输入确诊病例", none="无新增境外输入确诊病例"), Piece("。")]
    if "cumulative_imported" in figures:
        pieces += [Piece("累计报告境外输入性确诊病例"), _number(report, "cumulative_imported"), Piece("例")]
        if "imported_cured" in figures:
            pieces += [Piece(",治愈出院"), _number(report, "imported_cured"), Piece("例")]
        pieces.append(Piece("。"))
    return pieces + _suspected(report, "imported_suspected")


def _asymptomatic(report: Report, lead: str) -> Paragraph:
    kinds = ("asymptomatic_new", "asym_released", "converted", "asym_under_obs")
    new, released, turned, watched = (report.statement(kind) for kind in kinds)
    if not (new or released or turned or watched):
        return []
    pieces = [Piece(lead), *_stated(new, "新增无症状感染者", none="无新增无症状感染者"), Piece("。")]
    said = ((released, "当日解除医学观察"), (turned, "当日转为确诊病例"), (watched, "尚在医学观察的无症状感染者"))
    for statement, words in said:
        if statement:
            pieces += [*_stated(statement, words), Piece("。")]
    return pieces


def _contacts(report: Report) -> Paragraph:
    said = {
        "contacts_traced": ("累计追踪到密切接触者", "人(含境外输入病例密切接触者)"),
        "contacts_released": ("。当日解除医学观察", "人"),
        "contacts_under_obs": (_manner(report.day).still, "人"),
    }
    pieces: Paragraph = []
    for name, (before, after) in said.items():
        if name in report.figures:
            before = before if pieces else before.lstrip(",。")
            pieces += [Piece(before), _number(report, name), Piece(after)]
    return [*pieces, Piece("。")] if pieces else []


def _totals(report: Report) -> Paragraph:
    """Running totals by city; nobody was found on this day by them."""
    stated = [found for found in (report.statement(kind) for kind in TOTALS) if found]
    if not stated:
        return []
    sentences = [_stated(found, KINDS[found.kind][0]) for found in stated]
    lead = f"截至{report.day.year}年{report.day.month}月{report.day.day}日24时,{report.province or '我省'}"
    return [Piece(lead), *_joined(sentences, mark="。"), Piece("。")]


def _suspected(report: Report, name: str) -> Paragraph:
    if name not in report.figures:
        return []
    return [Piece("现有疑似病例"), _number(report, name), Piece("例。")]


def _stated(statement: Statement | None, words: str, *, none: str = "") -> Sentence:
    """A headline and the places that make it up; `none` is said where there is nothing new."""
    if none and (statement is None or not statement.headline):
        return [Piece(none)]
    assert statement is not None
    pieces = [Piece(words), Piece(str(statement.headline), statement.kind), Piece("例")]
    return [*pieces, Piece("("), *_listed(statement), Piece(")")] if statement.items else pieces


def _listed(statement: Statement) -> Iterator[Piece]:
    """Places in their order. One that is named twice is told once: those turned, and those found."""
    before: Item | None = None
    for item, after in pairwise([*statement.items, None]):
        assert item is not None
        again = before is not None and before.place == item.place and bool(item.place)
        if before is not None:
            yield Piece("," if again and item.converted else "、")
        yield Piece(_named(item, again=again, twice=after is not None and after.place == item.place))
        yield Piece(str(item.count), statement.kind, item)
        yield Piece("例")
        before = item


def _named(item: Item, *, again: bool, twice: bool) -> str:
    if not item.place:
        return "境外输入"
    if item.converted:
        return ("" if again else item.place) + "无症状感染者转为确诊病例"
    return (item.county or item.city) + "新增" if again else item.place + ("新增" if twice else "")


def _number(report: Report, name: str) -> Piece:
    return Piece(str(report.figures[name]), name)


def _manner(day: date) -> Manner:
    return next(manner for manner in MANNERS if day >= manner.since)


def _joined(sentences: Iterable[Sequence[Piece]], mark: str = ",") -> Iterator[Piece]:
    for number, sentence in enumerate(sentences):
        if number:
            yield Piece(mark)
        yield from sentence
