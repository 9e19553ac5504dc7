"""Infections: found, in care, over; and of which found among people who were held."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr.types import Table

from yanmen.numbers.indicators.measures import held_on
from yanmen.numbers.indicators.words import Ratio, add, indicator
from yanmen.numbers.ledger import Ledger

COVID = "covid19"
SOURCE = {"source_zh": "病例报告", "source_en": "Case reports"}


def reported(ledger: Ledger) -> Table:
    """Reports of COVID-19 that count, on the days asked for, with `kind` and how many cases each tells."""
    found = ledger.found("cases.reported")
    found = found.filter(found.disease.isnull() | (found.disease == COVID))
    return found.mutate(kind=ibis.coalesce(found.kind, "confirmed"), value=ibis.coalesce(found["count"], 1.0))


@indicator(
    id="new_cases",
    zh="新增感染者",
    en="New infections",
    unit="cases",
    how_zh="当日发现的感染者（确诊、无症状、疑似），按发现日和报告地，已扣除订正、撤回的报告",
    how_en="Infections found that day (confirmed, asymptomatic, suspected) by day of finding and area of report; corrected and withdrawn reports gone",
    parts="case",
    **SOURCE,
)
def new_cases(ledger: Ledger) -> Table:
    return reported(ledger).select("area", "day", "value", part=_.kind)


def _of_kind(kind: str, ledger: Ledger) -> Table:
    rows = reported(ledger)
    return rows.filter(rows.kind == kind).select("area", "day", "value", part=ibis.coalesce(_.setting, "unknown"))


@indicator(
    id="new_confirmed",
    zh="新增确诊病例",
    en="New confirmed cases",
    unit="cases",
    how_zh="当日发现的确诊病例，按发现时所处环节分",
    how_en="Confirmed cases found that day, by where they were found",
    parts="setting",
    **SOURCE,
)
def new_confirmed(ledger: Ledger) -> Table:
    return _of_kind("confirmed", ledger)


@indicator(
    id="new_asymptomatic",
    zh="新增无症状感染者",
    en="New asymptomatic infections",
    unit="cases",
    how_zh="当日发现的无症状感染者，按发现时所处环节分",
    how_en="Asymptomatic infections found that day, by where they were found",
    parts="setting",
    **SOURCE,
)
def new_asymptomatic(ledger: Ledger) -> Table:
    return _of_kind("asymptomatic", ledger)


@indicator(
    id="new_imported",
    zh="新增输入性感染者",
    en="New imported infections",
    unit="cases",
    how_zh="发现环节为来返（入境）人员的感染者",
    how_en="Infections found among arrivals from elsewhere",
    parts="case",
    **SOURCE,
)
def new_imported(ledger: Ledger) -> Table:
    rows = reported(ledger)
    return rows.filter(rows.setting == "arrival").select("area", "day", "value", part=_.kind)


@indicator(
    id="in_care",
    zh="在院（在管）感染者",
    en="Infections in care",
    unit="cases",
    how_zh="当日末已报告且未出院（解除）、未死亡、未排除的感染者，按当日末的类型：确诊为在院，无症状为医学观察",
    how_en="Infections reported, and by the end of the day neither discharged, dead nor excluded, by their kind then: confirmed in hospital, asymptomatic under observation",
    counted="people",
    moment=True,
    parts="case",
    **SOURCE,
)
def in_care(ledger: Ledger) -> Table:
    reports = ledger.facts("cases.reported")
    reports = reports.filter(reports.person.notnull(), reports.disease.isnull() | (reports.disease == COVID))
    cases = reports.select(
        "area", case=ibis.coalesce(_.case, _.id), kind=ibis.coalesce(_.kind, "confirmed"), at=_.occurred_at
    )
    over = _over(ledger)
    turned = _turned(ledger)
    days = cases.left_join(over, "case").select("area", "case", "kind", "at", until=over.until)
    days = ledger.at_end_of_day(days)
    kinds = days.left_join(turned, [days.case == turned.of, days.day >= turned.on]).select(
        "area", "day", key=days.case, rank=ibis.coalesce(turned.moment, 0), kind=ibis.coalesce(turned.to, days.kind)
    )
    return kinds.select("area", "day", "key", "rank", part=_.kind, counts=_.kind.isin(["confirmed", "asymptomatic", "suspected"]))  # fmt: skip


def _over(ledger: Ledger) -> Table:
    """When a case was discharged or died, whichever came first."""
    ends = [ledger.facts(kind).select("case", "occurred_at") for kind in ("cases.discharged", "cases.died")]
    return ibis.union(*ends).filter(_.case.notnull()).group_by("case").agg(until=_.occurred_at.min())


def _turned(ledger: Ledger) -> Table:
    changes = ledger.facts("cases.reclassified")
    return changes.filter(changes.case.notnull()).select(of=_.case, on=_.day, moment=_.occurred_at, to=_.to)


def _happened(kind: str, ledger: Ledger) -> Table:
    return ledger.found(kind).select("area", "day", part=ibis.literal(""), value=ibis.literal(1.0))


@indicator(
    id="discharged",
    zh="出院（解除）",
    en="Discharged",
    unit="cases",
    how_zh="当日出院（舱）或解除医学观察的感染者",
    how_en="Infected people discharged or released from observation that day",
    **SOURCE,
)
def discharged(ledger: Ledger) -> Table:
    return _happened("cases.discharged", ledger)


@indicator(
    id="deaths",
    zh="死亡",
    en="Deaths",
    unit="cases",
    how_zh="当日死亡的感染者",
    how_en="Infected people who died that day",
    **SOURCE,
)
def deaths(ledger: Ledger) -> Table:
    return _happened("cases.died", ledger)


@indicator(
    id="found_held",
    zh="管控人员中发现的感染者",
    en="Infections found among people held",
    unit="cases",
    how_zh="发现前一日已在隔离或居家管控中的感染者（报告须关联到人）",
    how_en="Infections of people who were held on the day before they were found (reports that name a person)",
    **SOURCE,
)
def found_held(ledger: Ledger) -> Table:
    found = reported(ledger).filter(_.person.notnull()).mutate(eve=_.day - 1)
    held = held_on(ledger, before=1).select("subject", held_day=_.day).distinct()
    rows = found.semi_join(held, [found.person == held.subject, found.eve == held.held_day])
    return rows.select("area", "day", "value", part=ibis.literal(""))


@indicator(
    id="found_held_by_rule",
    zh="管控人员中发现的感染者（按条款）",
    en="Infections found among people held, by rule",
    unit="cases",
    how_zh="同上，按发现前一日管控其的规则（条款）分；受两条规则管控的分别计入",
    how_en="The same by the rule that held them on the day before; who was held under two counts under both",
    counted="overlap",
    parts="rule",
    **SOURCE,
)
def found_held_by_rule(ledger: Ledger) -> Table:
    found = reported(ledger).filter(_.person.notnull()).mutate(eve=_.day - 1)
    held = held_on(ledger, before=1).select("subject", "rule", held_day=_.day).distinct()
    both = found.inner_join(held, [found.person == held.subject, found.eve == held.held_day])
    return both.select(found.area, found.day, key=found.person, part=held.rule)


add(
    Ratio(
        id="found_per_1000",
        zh="每千管控人日发现感染者",
        en="Infections found per 1,000 person-days",
        unit="per_thousand",
        how_zh="管控人员中发现的感染者 ÷ 管控人日 × 1000",
        how_en="Infections found among people held, over person-days held, times 1,000",
        top="found_held",
        bottom="person_days",
        per=1000,
        group="cases",
        source_zh="病例报告、措施台账",
        source_en="Case reports and the ledger of measures",
    )
)
add(
    Ratio(
        id="found_per_1000_by_rule",
        zh="每千管控人日发现感染者（按条款）",
        en="Infections found per 1,000 person-days, by rule",
        unit="per_thousand",
        how_zh="按规则（条款）分：发现的感染者 ÷ 管控人日 × 1000",
        how_en="By rule: infections found, over person-days held, times 1,000",
        top="found_held_by_rule",
        bottom="person_days_by_rule",
        per=1000,
        parts="rule",
        group="cases",
        source_zh="病例报告、措施台账",
        source_en="Case reports and the ledger of measures",
    )
)
