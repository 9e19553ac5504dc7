"""Taking in a daily report: its figures into the register, its new infections into facts, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import connection, transaction

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry import areas
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import kinds, queries
from yanmen.subsystems.cases.methods.bulletin_files import already_imported, read
from yanmen.subsystems.cases.methods.derived_ids import derived_id
from yanmen.subsystems.cases.methods.report import BulletinError, Item, Report
from yanmen.subsystems.cases.models import Bulletin, BulletinItem

NEW = {"confirmed_new": "confirmed", "imported_confirmed_new": "confirmed", "asymptomatic_new": "asymptomatic"}
NOON = time(12, tzinfo=BEIJING)


@dataclass(frozen=True)
class Imported:
    """What became of a report. `created + repeated` infections became facts; `converted` ones were known before."""

    bulletin: Bulletin
    created: int
    repeated: int
    converted: int


@transaction.atomic
def import_file(
    *, scope: Scope, name: str, content: bytes, by: str, now: datetime, year: int | None = None
) -> list[Imported]:
    """Every report of a file, or none of them."""
    codes = queries.place_codes(scope)
    reports = read(name, content, year=year, codes=codes)
    return [
        import_bulletin(scope=scope, report=report, file_name=name, by=by, now=now)
        for report in sorted(reports, key=lambda each: each.day)
    ]


@transaction.atomic
def import_bulletin(*, scope: Scope, report: Report, by: str, now: datetime, file_name: str = "") -> Imported:
    """Take in one report for the asker's area.

    A new infection becomes one fact without a person, in the smallest area the report names, found at noon of the
    report's day. Running totals (2020) only go into the register: they are not new cases.
    """
    area = scope.area
    _check(area, report, now)
    generation = Bulletin.objects.filter(area=area, day=report.day).count()
    bulletin = Bulletin.objects.create(
        area=area, day=report.day, digest=report.digest, file_name=file_name[:200], figures=dict(report.figures),
        notes=[{"zh": note.zh, "en": note.en} for note in report.notes], imported_at=now, imported_by=by,
    )  # fmt: skip
    BulletinItem.objects.bulk_create(_items(bulletin, report))
    rows = list(_rows(area, report, generation))
    receipt = facts.record_many(kinds.REPORTED.name, rows, by=f"bulletin:{bulletin.pk}", now=now)
    Bulletin.objects.filter(pk=bulletin.pk).update(facts=receipt.created)
    converted = sum(item.count for statement in report.statements for item in statement.items if item.converted)
    return Imported(bulletin, receipt.created, receipt.repeated, converted)


@transaction.atomic
def withdraw_bulletin(*, scope: Scope, bulletin: int, reason: str, by: str, now: datetime) -> int:
    """Take a wrong report back with every infection it brought in; what rested on them is lifted by the next turn."""
    found = scope.within(Bulletin.objects, "area").filter(pk=bulletin, withdrawn_at=None).first()
    if found is None or not reason.strip():
        raise Refusal(
            "没有可撤回的通报，或没有写明理由。",
            "There is no such report to withdraw, or the reason is missing.",
            field="bulletin",
            value=str(bulletin),
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM loop_fact AS fact WHERE recorded_by = %s AND kind = 'cases.reported'"
            " AND NOT EXISTS (SELECT FROM loop_fact AS later WHERE later.corrects = fact.id)",
            [f"bulletin:{found.pk}"],
        )
        gone = [row[0] for row in cursor.fetchall()]
    for fact in gone:
        facts.withdraw(fact, reason=reason.strip(), by=by, now=now)
    Bulletin.objects.filter(pk=found.pk).update(withdrawn_at=now, withdrawn_by=by, withdrawn_reason=reason.strip())
    return len(gone)


def _check(area: str, report: Report, now: datetime) -> None:
    whose = areas.area(area).name_zh
    if report.province and report.province != whose:
        raise Refusal(
            f"这是{report.province}的通报，您当前的身份属于{whose}。请换用相应地区的身份导入。",
            f"This report is of {report.province}; you act for {whose}. Import it as somebody of that area.",
            field="province",
            value=report.province,
        )
    there = Bulletin.objects.filter(area=area, day=report.day, withdrawn_at=None).first()
    if there and there.digest == report.digest:
        raise BulletinError(already_imported(report))
    if there:
        raise Refusal(
            f"{report.day}的另一份通报已经导入，内容不同。请先撤回原通报。",
            f"Another report of {report.day} with other figures has been imported. Withdraw that one first.",
            field="date",
            value=report.day.isoformat(),
        )
    if _noon(report) > now:
        raise Refusal(
            "通报日期在将来，请核对。", "The report's day lies ahead. Check it.", field="date", value=str(report.day)
        )


def _items(bulletin: Bulletin, report: Report) -> Iterator[BulletinItem]:
    for statement in report.statements:
        yield BulletinItem(
            bulletin=bulletin, kind=statement.kind, area=bulletin.area, headline=True, count=statement.headline
        )
        for item in statement.items:
            yield BulletinItem(
                bulletin=bulletin, kind=statement.kind, area=_area(bulletin.area, item), count=item.count,
                converted=item.converted, imported=item.imported,
            )  # fmt: skip


def _rows(area: str, report: Report, generation: int) -> Iterator[dict[str, Any]]:
    for statement in report.statements:
        if statement.kind not in NEW:
            continue
        places: Counter[tuple[str, bool]] = Counter()
        for item in _new_items(report, statement.kind, statement.items):
            places[_area(area, item), item.imported] += item.count
        for (place, imported), count in sorted(places.items()):
            for ordinal in range(count):
                key = derived_id(_noon(report), area, report.day, statement.kind, place, imported, ordinal, generation)
                detail = {
                    "case": str(key),
                    "kind": NEW[statement.kind],
                    "setting": "arrival" if imported else "unknown",
                }
                yield {"id": key, "area": place, "occurred_at": _noon(report), "detail": detail}


def _new_items(report: Report, kind: str, items: Sequence[Item]) -> Iterator[Item]:
    """Items without those who were infected before and now only changed their kind."""
    if kind != "confirmed_new":
        yield from items
        return
    marked = any(item.converted for item in items)
    turned = report.statement("converted")
    unmarked = Counter() if marked or not turned else Counter({item.place: item.count for item in turned.items})
    for item in items:
        known_before = item.count if item.converted else min(unmarked[item.place], item.count)
        unmarked[item.place] -= 0 if item.converted else known_before
        if item.count > known_before:
            yield Item(item.place, item.city, item.county, item.code, item.count - known_before, imported=item.imported)


def _area(area: str, item: Item) -> str:
    return item.code or area


def _noon(report: Report) -> datetime:
    return datetime.combine(report.day, NOON)
