"""Restrictions: who is under which measure, where, for how long, past the last day."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr.types import Table

from yanmen.numbers.indicators.words import indicator
from yanmen.numbers.ledger import Ledger

SOURCE = {"source_zh": "措施台账", "source_en": "The ledger of measures"}


def by_place(ledger: Ledger) -> Table:
    """Everybody under a measure at the end of a day, a row a measure: the place of its stage that day, how strict, whether it holds."""
    days = ledger.at_end_of_day(ledger.in_force())
    days = days.mutate(offset=days.day - days.count_from)
    stage, place = ledger.stages(), ledger.places()
    stage = stage.left_join(place, "place").select(
        of=stage.edition, from_day=stage.from_day, to_day=stage.to_day, is_last=stage.is_last, place=stage.place, rank=place["rank"],
        holds=place.holds,
    ).filter(_.of.notnull())  # fmt: skip
    that_day = [
        days.edition == stage.of,
        days.offset >= stage.from_day,
        stage.to_day.isnull() | (days.offset <= stage.to_day) | stage.is_last,
    ]
    return days.left_join(stage, that_day).select(
        days.area, days.day, days.kind, key=days.subject, part=ibis.coalesce(stage.place, ""), rank=ibis.coalesce(stage["rank"], -1),
        holds=ibis.coalesce(stage.holds, False),
    ).filter(_.key.notnull())  # fmt: skip


def held_on(ledger: Ledger, *, before: int = 0) -> Table:
    """Each measure that holds people (any stage in a place that does), on every day on which it was in force at any moment."""
    wider = Ledger(
        ledger.backend, ledger.folder, known_at=ledger.known_at, first=ledger.first - before, last=ledger.last, area=ledger.area
    )  # fmt: skip
    stage, place = ledger.stages(), ledger.places()
    holding = stage.semi_join(place.filter(place.holds), "place").select("edition").distinct()
    return wider.on_any_moment(wider.in_force().semi_join(holding, "edition"))


@indicator(
    id="under_measures",
    zh="管控中人员",
    en="People under measures",
    unit="people",
    how_zh="当日末措施执行中的人员，一人有多项措施的计入最严的场所",
    how_en="People with a measure in force at the end of the day; who has several counts in the strictest place",
    counted="people",
    moment=True,
    parts="place",
    **SOURCE,
)
def under_measures(ledger: Ledger) -> Table:
    return by_place(ledger).mutate(counts=ibis.literal(True))


@indicator(
    id="held",
    zh="隔离管控人员",
    en="People held",
    unit="people",
    how_zh="当日末最严措施的场所为隔离、居家管控或收治的人员",
    how_en="People whose strictest place at the end of the day holds them: quarantine, home isolation, care",
    counted="people",
    moment=True,
    parts="place",
    **SOURCE,
)
def held(ledger: Ledger) -> Table:
    return by_place(ledger).mutate(counts=_.holds)


@indicator(
    id="contacts_observed",
    zh="接触者医学观察",
    en="Contacts under observation",
    unit="people",
    how_zh="当日末作为接触者在管控中的人员，按场所",
    how_en="People under a measure as contacts at the end of the day, by place",
    counted="people",
    moment=True,
    parts="place",
    **SOURCE,
)
def contacts_observed(ledger: Ledger) -> Table:
    rows = by_place(ledger)
    return rows.filter(rows.kind == "contact_follow_up").mutate(counts=ibis.literal(True))


@indicator(
    id="over_hold",
    zh="超期未解除",
    en="Held past the last day",
    unit="people",
    how_zh="当日末已过最后一日而未解除的人员",
    how_en="People still under a measure after its last day, at the end of the day",
    counted="people",
    moment=True,
    **SOURCE,
)
def over_hold(ledger: Ledger) -> Table:
    days = ledger.at_end_of_day(ledger.in_force())
    return days.filter(days.over_hold).select(
        "area", "day", key=_.subject, part=ibis.literal(""), rank=ibis.literal(0), counts=ibis.literal(True)
    )


@indicator(
    id="person_days",
    zh="管控人日",
    en="Person-days held",
    unit="person_days",
    how_zh="当日任一时刻在限制人身的措施中的人员，一人一日计一次",
    how_en="People under a measure that holds at any moment of the day; a day under two measures counts once",
    counted="people",
    **SOURCE,
)
def person_days(ledger: Ledger) -> Table:
    return held_on(ledger).select(
        "area", "day", key=_.subject, part=ibis.literal(""), rank=ibis.literal(0), counts=ibis.literal(True)
    )


@indicator(
    id="person_days_by_rule",
    zh="管控人日（按条款）",
    en="Person-days held, by rule",
    unit="person_days",
    how_zh="同上，按规则（条款）分；同时受两条规则管控的分别计入",
    how_en="The same by rule; a day under two rules counts under both",
    counted="overlap",
    parts="rule",
    **SOURCE,
)
def person_days_by_rule(ledger: Ledger) -> Table:
    return held_on(ledger).select("area", "day", key=_.subject, part=_.rule)
