"""The daily report in English, in the structure of the Chinese one: the same paragraphs, figures and order of places."""

from __future__ import annotations

from collections.abc import Callable

from yanmen.subsystems.cases.methods.bulletin_text import TOTALS, Paragraph, Piece
from yanmen.subsystems.cases.methods.report import KINDS, Item, Report, Statement

Named = Callable[[Item], str]


def english(report: Report, *, place: Named, province: str) -> list[Paragraph]:
    """The report in English; `place` names an item's place, `province` whose report it is."""
    day = f"0:00–24:00 on {report.day.day} {report.day:%B %Y}"
    made = (
        _domestic(report, place, f"{province}, {day}. "),
        _abroad(report, place),
        _asymptomatic(report, place),
        _contacts(report),
        _totals(report, place, f"{province}, up to 24:00 on {report.day.day} {report.day:%B %Y}. "),
    )
    return [paragraph for paragraph in made if paragraph]


def text(report: Report, *, place: Named, province: str) -> str:
    """The report in English, a paragraph a line."""
    paragraphs = english(report, place=place, province=province)
    return "\n".join("".join(piece.text for piece in paragraph) for paragraph in paragraphs)


def _domestic(report: Report, place: Named, lead: str) -> Paragraph:
    new, out, inside = (report.statement(kind) for kind in ("confirmed_new", "discharged", "in_hospital"))
    pieces = [Piece(lead), *_new(new, "Domestic cases: ", " newly confirmed", "no new confirmed case", place)]
    if out:
        pieces += [Piece("; "), *_stated(out, "", " cured and discharged", place)]
    pieces.append(Piece(". "))
    pieces += _so_far(report, "confirmed", ("cumulative_confirmed", "cumulative_cured", "cumulative_dead"))
    if inside:
        pieces += [*_stated(inside, "In hospital now: ", "", place), Piece(". ")]
    return pieces + _figure(report, "Suspected cases now: ", "suspected", ".")


def _abroad(report: Report, place: Named) -> Paragraph:
    new = report.statement("imported_confirmed_new")
    if new is None and "cumulative_imported" not in report.figures:
        return []
    pieces = [*_new(new, "Cases from abroad: ", " newly confirmed", "no new confirmed case", place), Piece(". ")]
    pieces += _so_far(report, "confirmed", ("cumulative_imported", "imported_cured"))
    return pieces + _figure(report, "Suspected cases now: ", "imported_suspected", ".")


def _asymptomatic(report: Report, place: Named) -> Paragraph:
    kinds = ("asymptomatic_new", "asym_released", "converted", "asym_under_obs")
    new, released, turned, watched = (report.statement(kind) for kind in kinds)
    if not (new or released or turned or watched):
        return []
    pieces = [*_new(new, "Asymptomatic infections: ", " newly found", "none newly found", place), Piece(".")]
    for statement, words in (
        (released, " Released from observation that day: "),
        (turned, " Turned confirmed that day: "),
        (watched, " Still under observation: "),
    ):
        if statement:
            pieces += [*_stated(statement, words, "", place), Piece(".")]
    return pieces


def _contacts(report: Report) -> Paragraph:
    traced = _figure(
        report, "Close contacts traced so far: ", "contacts_traced", ", those of cases from abroad included. "
    )
    released = _figure(report, "Released from observation that day: ", "contacts_released", ". ")
    return traced + released + _figure(report, "Still under observation: ", "contacts_under_obs", ".")


def _totals(report: Report, place: Named, lead: str) -> Paragraph:
    stated = [found for found in (report.statement(kind) for kind in TOTALS) if found]
    pieces: Paragraph = [Piece(lead)] if stated else []
    for found in stated:
        pieces += [*_stated(found, f"{KINDS[found.kind][1]}: ", "", place), Piece(". ")]
    return pieces


def _so_far(report: Report, what: str, names: tuple[str, ...]) -> Paragraph:
    words = dict(zip(names, (what, "cured and discharged", "died"), strict=False))
    pieces: Paragraph = []
    for name in (name for name in names if name in report.figures):
        pieces += [
            Piece(", " if pieces else "So far: "),
            Piece(_grouped(report.figures[name]), name),
            Piece(f" {words[name]}"),
        ]
    return [*pieces, Piece(". ")] if pieces else []


def _figure(report: Report, before: str, name: str, after: str) -> Paragraph:
    if name not in report.figures:
        return []
    return [Piece(before), Piece(_grouped(report.figures[name]), name), Piece(after)]


def _new(statement: Statement | None, before: str, after: str, none: str, place: Named) -> Paragraph:
    if statement is None or not statement.headline:
        return [Piece(before + none)]
    return _stated(statement, before, after, place)


def _stated(statement: Statement, before: str, after: str, place: Named) -> Paragraph:
    pieces = [Piece(before), Piece(_grouped(statement.headline), statement.kind), Piece(after)]
    for number, item in enumerate(statement.items):
        pieces.append(Piece("; " if number else " ("))
        pieces.append(Piece(f"{place(item) or 'from abroad'} "))
        pieces.append(Piece(_grouped(item.count), statement.kind, item))
        if item.converted:
            pieces.append(Piece(" asymptomatic before"))
    return [*pieces, Piece(")")] if statement.items else pieces


def _grouped(number: int) -> str:
    return f"{number:,}"
