"""The daily report of one day: as it was imported, or counted from the facts; and the cases behind each of its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from yanmen.base.clock import start_of
from yanmen.registry.models import Area, Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.methods.report import Item, Note, Problem, Report, Statement, check
from yanmen.subsystems.cases.models import Bulletin
from yanmen.subsystems.cases.queries.statements import rows

Case = dict[str, Any]
Test = Callable[[Case, date], bool]


def _turned(case: Case, day: date) -> bool:
    return not case["found_today"] and case["kind_before"] == "asymptomatic" and case["kind"] == "confirmed"


def _open(case: Case, day: date) -> bool:
    return case["discharged_on"] is None and case["died_on"] is None and case["person"] is not None


def _is(kind: str, test: Test, imported: bool | None = None) -> Test:
    return lambda case, day: (
        case["kind"] == kind and (imported is None or case["imported"] == imported) and test(case, day)
    )


def _out(case: Case, day: date) -> bool:
    return bool(case["discharged_on"] == day)


STATED: dict[str, Test] = {
    "confirmed_new": _is("confirmed", lambda case, day: case["found_today"] or _turned(case, day), imported=False),
    "discharged": _is("confirmed", _out),
    "in_hospital": _is("confirmed", _open),
    "imported_confirmed_new": _is(
        "confirmed", lambda case, day: case["found_today"] or _turned(case, day), imported=True
    ),
    "asymptomatic_new": _is("asymptomatic", lambda case, day: bool(case["found_today"])),
    "asym_released": _is("asymptomatic", _out),
    "converted": _turned,
    "asym_under_obs": _is("asymptomatic", _open),
}
COUNTED: dict[str, Test] = {
    "cumulative_confirmed": _is("confirmed", lambda case, day: True, imported=False),
    "cumulative_cured": _is("confirmed", lambda case, day: case["discharged_on"] is not None, imported=False),
    "cumulative_dead": _is("confirmed", lambda case, day: case["died_on"] is not None),
    "cumulative_imported": _is("confirmed", lambda case, day: True, imported=True),
    "imported_cured": _is("confirmed", lambda case, day: case["discharged_on"] is not None, imported=True),
    "suspected": _is("suspected", _open, imported=False),
    "imported_suspected": _is("suspected", _open, imported=True),
}
"""Which cases each figure counts: this is their only definition, for the report and for the lists behind it."""

CONTACTS = ("contacts_traced", "contacts_released", "contacts_under_obs")


@dataclass(frozen=True)
class Daily:
    """A daily report and where its figures come from: `bulletin`, or the facts where there is none."""

    report: Report
    known_at: datetime
    bulletin: Bulletin | None = None
    faults: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = field(default=())


def daily_report(scope: Scope, *, day: date, known_at: datetime) -> Daily:
    """What the report of a day says of the asker's area, as known at a moment."""
    imported = _imported(scope, day, known_at)
    report = _as_imported(scope, imported) if imported else _counted(scope, day, known_at)
    faults = tuple(
        fault
        for statement in report.statements
        for fault in check(statement, all_placed=statement.kind != "imported_confirmed_new")
    )
    return Daily(report, known_at, imported, faults, (*report.notes, *_remarks(scope, report, imported, known_at)))


def cases_counted(scope: Scope, *, figure: str, day: date, known_at: datetime, area: str = "") -> list[Case]:
    """The cases that a figure of a day's report counts; of one place below, if asked."""
    test = STATED.get(figure) or COUNTED.get(figure)
    inside = area if scope.includes(area or scope.area) else scope.area
    found = _cases(scope, day, known_at) if test else []
    return [case for case in found if test and test(case, day) and case["area"].startswith(inside or scope.area)]


def names_of(scope: Scope, people: list[int]) -> dict[int, str]:
    """Number → name, of those the asker may see."""
    return dict(scope.within(Person.objects, "area").filter(pk__in=people).values_list("pk", "name"))


def place_names(scope: Scope) -> dict[str, tuple[str, str, str, str]]:
    """Code → city and county in Chinese, the same in English: what a report calls the places below a province."""
    province = scope.area[:2]
    current = Area.objects.filter(code__gte=province, code__lt=province + "~", valid_to=None)
    told = current.filter(level__in=("province", "city", "county")).values_list("code", "name_zh", "name_en")
    names = {code: (zh, en) for code, zh, en in told}
    above = {code: names.get(code[:4], ("", "")) if len(code) == 6 else names[code] for code in names}
    return {
        code: (above[code][0], names[code][0] * (len(code) == 6), above[code][1], names[code][1] * (len(code) == 6))
        for code in names
    }


def _imported(scope: Scope, day: date, known_at: datetime) -> Bulletin | None:
    taken = Bulletin.objects.filter(area=scope.area, day=day, imported_at__lte=known_at)
    found: Bulletin | None = (
        taken.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_at)).order_by("-imported_at").first()
    )
    return found


def _as_imported(scope: Scope, bulletin: Bulletin) -> Report:
    """The report as it was read: statements, places and totals in their order."""
    names = place_names(scope)
    statements: dict[str, list[Any]] = {}
    for row in bulletin.items.order_by("pk"):
        headline, items = statements.setdefault(row.kind, [0, []])
        if row.headline:
            statements[row.kind][0] = headline + row.count
        else:
            code = None if row.area == bulletin.area else row.area
            items.append(_item(names, code, row.count, row.converted, row.imported))
    notes = tuple(Note(note["zh"], note["en"]) for note in bulletin.notes)
    told = tuple(_statement(kind, headline, tuple(items)) for kind, (headline, items) in statements.items())
    return Report(_whose(names, bulletin.area), bulletin.day, told, dict(bulletin.figures), notes)


def _statement(kind: str, headline: int, items: tuple[Item, ...]) -> Statement:
    """Running totals of 2020 may leave people without a city; nothing else may."""
    placed = sum(item.count for item in items)
    free = kind in ("suspected", "cumulative_cured", "cumulative_dead")
    return Statement(kind, headline, items, max(0, headline - placed) if free else 0)


def _item(names: dict[str, Any], code: str | None, count: int, converted: bool, imported: bool) -> Item:
    if code is None:
        return Item("", "", "", None, count, converted, imported)
    city, county, _, _ = names.get(code) or (code, "", "", "")
    return Item(city + county, city, county, code, count, converted, imported)


def _counted(scope: Scope, day: date, known_at: datetime) -> Report:
    """The report that the facts give, in the commission's order: places by code, those from abroad last."""
    cases, names = _cases(scope, day, known_at), place_names(scope)
    statements = []
    for kind, test in STATED.items():
        counted = [case for case in cases if test(case, day)]
        if not counted and kind in ("discharged", "imported_confirmed_new", "asym_released", "converted"):
            continue
        places: Counter[tuple[bool, str, bool]] = Counter()
        for case in counted:
            abroad = case["imported"] and kind != "imported_confirmed_new"
            converted = kind == "confirmed_new" and _turned(case, day)
            places[abroad, "" if abroad else _county(case["area"], names), converted] += 1
        items = tuple(
            _item(names, code or None, count, converted, abroad or kind == "imported_confirmed_new")
            for (abroad, code, converted), count in sorted(places.items())
        )
        statements.append(Statement(kind, len(counted), items))
    figures = {name: sum(test(case, day) for case in cases) for name, test in COUNTED.items()}
    if not figures["cumulative_dead"]:
        del figures["cumulative_dead"]
    (contacts,) = rows(scope, "day_of_contacts", day=day, known_at=known_at)
    figures |= {name: contacts[name] or 0 for name in CONTACTS}
    return Report(_whose(names, scope.area), day, tuple(statements), figures)


def _whose(names: dict[str, Any], area: str) -> str:
    """The name of the area whose report it is; a part of a county is called by its own name."""
    if area in names:
        return "".join(names[area][:2])
    return str(Area.objects.filter(code=area, valid_to=None).values_list("name_zh", flat=True).first() or area)


def _county(area: str, names: dict[str, Any]) -> str:
    """The place that a report calls by name: a county, or what is known of it."""
    return next((area[:width] for width in (6, 4) if area[:width] in names), area)


def _cases(scope: Scope, day: date, known_at: datetime) -> list[Case]:
    return rows(scope, "day_of_cases", day=day, known_at=known_at)


def _remarks(scope: Scope, report: Report, imported: Bulletin | None, known_at: datetime) -> Iterator[Note]:
    """What a reader must know of figures that were counted."""
    end = start_of(date.fromordinal(report.day.toordinal() + 1))
    if known_at < end:
        yield Note("当日尚未结束，数字截至所述时刻。", "The day is not over: the figures end at the moment named.")
    if imported:
        return
    strangers = sum(case["person"] is None for case in _cases(scope, report.day, known_at))
    if strangers:
        yield Note(
            f"有{strangers}例仅见于已导入的通报，没有个人病程，计入新增和累计，不计入在院和医学观察。",
            f"{strangers} cases are known from imported reports only and have no course: they count as new and so far, not as in"
            " hospital or under observation.",
        )
