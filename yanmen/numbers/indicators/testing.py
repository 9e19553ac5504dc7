"""Testing: samples, results, positives, how long a result takes, how far rounds have come, findings that are open."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr.types import Table

from yanmen.numbers.indicators.words import Ratio, add, indicator
from yanmen.numbers.ledger import Ledger, local_day

SOURCE = {
    "source_zh": "采样、检测事实和采样管登记",
    "source_en": "Facts of sampling and testing, the register of tubes",
}
AN_HOUR = 3_600_000_000


def _each(table: Table) -> Table:
    return table.select("area", "day", part=ibis.literal(""), value=ibis.literal(1.0))


@indicator(
    id="samples",
    zh="采样人次",
    en="Samples taken",
    unit="tests",
    how_zh="当日采样的人次，混采按人计",
    how_en="People sampled that day; each person in a shared tube counts",
    **SOURCE,
)
def samples(ledger: Ledger) -> Table:
    return ibis.union(_each(ledger.found("screening.bound")), _each(ledger.found("screening.sampled")))


@indicator(
    id="results",
    zh="检测结果人次",
    en="Test results",
    unit="times",
    how_zh="当日出具的检测结果人次，混采阴性按人计",
    how_en="Results of people that day; a negative shared tube counts for each person in it",
    **SOURCE,
)
def results(ledger: Ledger) -> Table:
    return ibis.union(_each(ledger.found("screening.negative")), _each(ledger.found("screening.result")))


@indicator(
    id="positives",
    zh="阳性结果人次",
    en="Positive results",
    unit="times",
    how_zh="当日单人检测结果为阳性的人次",
    how_en="Positive results of single people that day",
    **SOURCE,
)
def positives(ledger: Ledger) -> Table:
    return _each(ledger.found("screening.result").filter(_.result == "positive"))


add(
    Ratio(
        id="positivity",
        zh="阳性率",
        en="Share positive",
        unit="percent",
        how_zh="阳性结果人次 ÷ 检测结果人次",
        how_en="Positive results, over all results",
        top="positives",
        bottom="results",
        group="testing",
        source_zh=SOURCE["source_zh"],
        source_en=SOURCE["source_en"],
    )
)


@indicator(
    id="turn_round",
    zh="采样至出结果时长（中位数）",
    en="Sampling to result, median",
    unit="hours",
    how_zh="当日签发的采样管，自首次采样至签发的小时数，取中位数",
    how_en="Of the tubes released that day the hours from the first sampling to the release, the middle one",
    counted="median",
    **SOURCE,
)
def turn_round(ledger: Ledger) -> Table:
    tubes = ledger.register("screening_tube").filter(_.released_at <= ledger.known_at)
    tubes = tubes.mutate(day=local_day("released_at"), hours=(_.released_at - _.first_at) / AN_HOUR)
    return tubes.filter(_.day.between(ledger.first, ledger.last)).select(
        "area", "day", part=ibis.literal(""), value=_.hours
    )


def _of_rounds(ledger: Ledger, column: str) -> Table:
    parts = ledger.register("screening_part").mutate(day=local_day("opens_at"))
    return parts.filter(_.day.between(ledger.first, ledger.last)).select(
        "area", "day", part=ibis.literal(""), value=parts[column].cast("float64")
    )


@indicator(
    id="round_people",
    zh="轮次应检人数",
    en="People to be tested in rounds",
    unit="people",
    how_zh="当日开始的检测轮次中各区域的应检人数",
    how_en="People registered in the areas of rounds that opened that day",
    **SOURCE,
)
def round_people(ledger: Ledger) -> Table:
    return _of_rounds(ledger, "people")


@indicator(
    id="round_sampled",
    zh="轮次已检人数",
    en="People tested in rounds",
    unit="people",
    how_zh="当日开始的检测轮次中已采样的应检人数（至该时点）",
    how_en="Of the people of rounds that opened that day, those sampled by then",
    **SOURCE,
)
def round_sampled(ledger: Ledger) -> Table:
    return _of_rounds(ledger, "sampled")


add(
    Ratio(
        id="coverage",
        zh="轮次覆盖率",
        en="Coverage of rounds",
        unit="percent",
        how_zh="轮次已检人数 ÷ 应检人数",
        how_en="People tested in rounds, over people to be tested",
        top="round_sampled",
        bottom="round_people",
        group="testing",
        source_zh=SOURCE["source_zh"],
        source_en=SOURCE["source_en"],
    )
)


@indicator(
    id="findings_open",
    zh="待核查的采样管疑点",
    en="Findings on tubes, open",
    unit="findings",
    how_zh="当日末尚未查清的采样管疑点，按种类",
    how_en="What may be wrong with a tube and nobody has cleared by the end of the day, by kind",
    moment=True,
    parts="finding",
    **SOURCE,
)
def findings_open(ledger: Ledger) -> Table:
    rows = ledger.register("screening_finding").filter(_.found_at <= ledger.known_at)
    cleared = ibis.ifelse(rows.resolved_at <= ledger.known_at, rows.resolved_at, ibis.null("int64"))
    days = ledger.at_end_of_day(rows.mutate(cleared_at=cleared), "found_at", "cleared_at")
    return days.select("area", "day", part=_.kind, value=ibis.literal(1.0))
