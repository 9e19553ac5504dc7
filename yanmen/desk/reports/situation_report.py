"""The situation report for command: one to three pages, every figure asked by its name and linked to its list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from yanmen.base.clock import BEIJING
from yanmen.desk import situation
from yanmen.desk.figures import GROUPS
from yanmen.desk.policy_book import rule_or_none
from yanmen.desk.reports import situation_pictures
from yanmen.desk.reports.document import (
    Block,
    Column,
    Document,
    Figure,
    Figures,
    Heading,
    Paragraph,
    Span,
    Table,
)
from yanmen.desk.reports.figures import WEEK, YESTERDAY, Numbers, number
from yanmen.desk.reports.kinds import Asked, report, section, sections
from yanmen.desk.reports.standing import tiers
from yanmen.desk.templatetags.desk import signed
from yanmen.desk.words import area_name, measure, own_name, task, word
from yanmen.numbers import indicators
from yanmen.numbers.indicators.words import INDICATORS
from yanmen.registry.scope import Scope

UNITS_SHOWN, RULES_SHOWN, KINDS_SHOWN, CHANGES_SHOWN = 14, 10, 8, 10
SIX = ("new_cases", "in_care", "held", "tasks_overdue", "over_hold")
BY_UNIT = ("new_cases", "in_care", "held", "tasks_overdue", "over_hold")
ELSEWHERE = {*SIX, "person_days_by_rule", "found_held_by_rule", "new_confirmed", "new_asymptomatic"}
"""What has a place of its own in the report; everything else that is counted stands in the table of work."""


@report(name="situation", zh="疫情形势报告", en="Situation report")
def situation_report(scope: Scope, *, day: date, known_at: datetime, language: str) -> Document:
    """The situation at the end of a day, as known at a moment."""
    asked = Asked(scope, day, known_at, language)
    blocks = tuple(block for write in sections() for block in write(asked))
    whose = area_name(scope.area, language == "zh")
    known = f"{known_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    return Document(
        kind="situation",
        title=asked.word(f"{whose}疫情形势报告", f"Situation report, {whose}"),
        subtitle=asked.word(
            f"{day.year}年{day.month}月{day.day}日 · 数据截至{known}", f"{day.day} {day:%B %Y} · as known at {known}"
        ),
        language=language, area=scope.area, day=day, known_at=known_at, blocks=blocks, sources=tuple(_sources(asked)),
    )  # fmt: skip


@section(name="headline", order=10)
def headline(asked: Asked) -> list[Block]:
    """The sentence that says it all."""
    numbers = Numbers(asked)
    spans = [Span(asked.word(f"{asked.day.month}月{asked.day.day}日，", f"On {asked.day.day} {asked.day:%B}, "))]
    new, before = numbers.value("new_cases"), numbers.value("new_cases", day=asked.day - YESTERDAY)
    spans += [
        Span(asked.word("新增感染者", "")),
        numbers.span("new_cases"),
        Span(asked.word("例", " infections were found")),
    ]
    if new is not None and before is not None:
        change = round(new - before)
        spans.append(Span(asked.word(f"（较前一日{signed(change)}）", f" ({signed(change)} on the day before)")))
    marked = tiers(asked.scope, day=asked.day, known_at=asked.known_at)
    high = sum(row["value"] == "high" for row in marked.values())
    spans += [
        Span(asked.word("；在管感染者", "; ")), numbers.span("in_care"), Span(asked.word("例，隔离管控", " are in care, ")),
        numbers.span("held"), Span(asked.word("人；高风险区", " people are held; ")), high_of(asked, high),
        Span(asked.word("个；逾期未办任务", " high-risk areas; ")), numbers.span("tasks_overdue"),
        Span(asked.word("项，超期未解除", " tasks are overdue, ")), numbers.span("over_hold"),
        Span(asked.word("人。", " people are held beyond their last day.")),
    ]  # fmt: skip
    return [Paragraph((*spans, *_reproduction(asked)), "lead")]


def high_of(asked: Asked, count: int) -> Span:
    """How many areas have the strictest tier."""
    return Span(number(count), "/areas/?tier=high", "tier.high", asked.word("高风险区", "High-risk areas"))


@section(name="figures", order=20)
def figures(asked: Asked) -> list[Block]:
    """The six numbers that matter."""
    numbers = Numbers(asked)
    before = tiers(asked.scope, day=asked.day - YESTERDAY, known_at=asked.known_at)
    now = tiers(asked.scope, day=asked.day, known_at=asked.known_at)
    high, was = (sum(row["value"] == "high" for row in each.values()) for each in (now, before))
    change = asked.word(f"较前一日 {signed(high - was)}", f"{signed(high - was)} on the day before")
    title = asked.word("高风险区", "High-risk areas")
    areas = Figure(high_of(asked, high), title, change, "bad" if high > was else "good" if high < was else "")
    many = [numbers.figure(name) for name in SIX]
    return [Figures((*many[:3], areas, *many[3:]))]


@section(name="pictures", order=30)
def pictures(asked: Asked) -> list[Block]:
    """The map by tier, and the curve with R and its band."""
    numbers = Numbers(asked)
    found = (situation_pictures.tiers_drawn(asked), situation_pictures.curve_drawn(asked, numbers))
    return [one for one in found if one is not None]


@section(name="units", order=40)
def units(asked: Asked) -> list[Block]:
    """Each unit one level below, the most new infections first."""
    numbers = Numbers(asked)
    names = [name for name in BY_UNIT if numbers.has(name)]
    found = {name: numbers.inside(name) for name in names}
    week = numbers.inside("new_cases", days=WEEK)
    codes = {code for values in found.values() for code in values} | set(week)
    order = sorted(codes, key=lambda code: (-found.get("new_cases", {}).get(code, 0), -week.get(code, 0), code))
    if not order:
        return []
    heads = [numbers.title(name) for name in names]
    heads.insert(1, asked.word(f"{WEEK}日新增", f"New in {WEEK} days"))
    rows = []
    for code in order[:UNITS_SHOWN]:
        cells = [Span(number(found[name].get(code, 0)), "", f"{name}@{code}", f"{numbers.title(name)} {own_name(code, numbers.zh)}") for name in names]  # fmt: skip
        cells.insert(
            1,
            Span(number(week.get(code, 0)), "", f"new_cases.{WEEK}@{code}", f"{heads[1]} {own_name(code, numbers.zh)}"),
        )
        rows.append((Span(own_name(code, numbers.zh), f"/areas/{code}/"), *cells))
    columns = (Column(asked.word("地区", "Area")), *(Column(head, True) for head in heads))
    return [
        Heading(asked.word("各地情况", "By area")),
        Table(columns, tuple(rows)),
        *_left_out(asked, len(order) - UNITS_SHOWN),
    ]


@section(name="work", order=60)
def work(asked: Asked) -> list[Block]:
    """Everything else that is counted: infections, testing, rooms, tasks; beside the day before."""
    numbers = Numbers(asked)
    rows = [row for group, title in GROUPS.items() for row in _of_group(numbers, group, title[asked.language])]
    if not rows:
        return []
    heads = (
        asked.word("类别", "Group"), asked.word("指标", "Figure"), asked.word("当日", "This day"),
        asked.word("前一日", "Day before"), asked.word("单位", "Unit"),
    )  # fmt: skip
    columns = tuple(Column(head, at in (2, 3)) for at, head in enumerate(heads))
    return [Heading(asked.word("检测、隔离与任务", "Testing, quarantine and tasks")), Table(columns, tuple(rows))]


def _of_group(numbers: Numbers, group: str, title: str) -> Iterator[tuple[Span, ...]]:
    """Figures of a group that have a value, the group's title beside the first."""
    for name, one in INDICATORS.items():
        now = None if one.group != group or name in ELSEWHERE else numbers.value(name)
        if now is None:
            continue
        before = numbers.value(name, day=numbers.asked.day - YESTERDAY)
        unit = Span(numbers.unit(one.id))
        yield (Span(title), Span(numbers.title(name)), numbers.span(name, value=now), Span(number(before)), unit)
        title = ""


@section(name="restrictions", order=70)
def restrictions(asked: Asked) -> list[Block]:
    """Person-days by clause beside the infections found among those held."""
    numbers = Numbers(asked)
    by_rule = numbers.parts("person_days_by_rule", days=WEEK)
    if not by_rule:
        return []
    found = numbers.parts("found_held_by_rule", days=WEEK)
    rows = []
    for rule, days in list(by_rule.items())[:RULES_SHOWN]:
        cells = [
            Span(_rule(rule, numbers.zh), f"/policy/rule/{rule}/"),
            numbers.span("person_days_by_rule", value=days, days=WEEK, part=rule),
        ]
        if "found_held_by_rule" in INDICATORS:
            cells.append(numbers.span("found_held_by_rule", value=found.get(rule, 0), days=WEEK, part=rule))
        rows.append(tuple(cells))
    heads = [Column(asked.word("条款", "Clause")), Column(numbers.title("person_days_by_rule"), True)]
    heads += [Column(numbers.title("found_held_by_rule"), True)] if "found_held_by_rule" in INDICATORS else []
    total, infected = (numbers.span(name, days=WEEK) for name in ("person_days", "found_held"))
    said = Paragraph((
        Span(asked.word(f"近{WEEK}日管控", f"In {WEEK} days people were held for ")), total,
        Span(asked.word("人日，其间在管控人员中发现感染者", " person-days, among whom ")), infected,
        Span(asked.word("例。一日受两条款管控的，分别计入。", " infections were found. A day under two clauses counts under both.")),
    ))  # fmt: skip
    return [Heading(asked.word("管控台账", "Restriction ledger")), said, Table(tuple(heads), tuple(rows)), *_left_out(asked, len(by_rule) - RULES_SHOWN)]  # fmt: skip


@section(name="overdue", order=80)
def overdue(asked: Asked) -> list[Block]:
    """Overdue tasks by kind; by unit they stand in the table of areas."""
    numbers = Numbers(asked)
    parts = numbers.parts("tasks_overdue")
    if not parts:
        return []
    spans: list[Span] = []
    for kind, count in list(parts.items())[:KINDS_SHOWN]:
        spans += [Span("；" if numbers.zh else "; ")] if spans else []
        spans += [Span(f"{_say(task(kind), numbers.zh)} "), numbers.span("tasks_overdue", value=count, part=kind)]
    return [Heading(asked.word("逾期任务", "Overdue tasks")), Paragraph((*spans, Span("。" if numbers.zh else ".")))]


@section(name="changes", order=90)
def changes(asked: Asked) -> list[Block]:
    """What the loop did in the last 24 hours of the report."""
    until = min(asked.known_at, situation_pictures.end_of(asked.day))
    found = sorted(situation.changes(asked.scope, now=until), key=lambda row: -row["number"])
    if not found:
        return []
    zh = asked.language == "zh"
    spans: list[Span] = []
    for row in found[:CHANGES_SHOWN]:
        spans += [Span("；" if zh else "; ")] if spans else []
        act, kind = _say(word(row["act"]), zh), _say(measure(row["kind"]), zh)
        spans.append(Span(f"{kind}{'' if zh else ', '}{act} {number(row['number'])}"))
    return [Heading(asked.word("24小时变化", "Changed in 24 hours")), Paragraph((*spans, Span("。" if zh else ".")))]


@section(name="quality", order=100)
def quality(asked: Asked) -> list[Block]:
    """What a reader must know before trusting the figures."""
    notes = [Paragraph((Span(note),), "note") for note in _doubts(asked)]
    return [Heading(asked.word("数据质量", "Data quality")), *notes] if notes else []


def _doubts(asked: Asked) -> Iterator[str]:
    read = indicators.read_at()
    numbers = Numbers(asked)
    if read is None:
        yield asked.word(
            "尚未复制台账，指标无数字。请执行 yanmen numbers copy，或等待后台任务。",
            "The ledger has not been copied yet, so indicators have no figures. Run yanmen numbers copy, or wait for the job.",
        )
    elif not numbers.read or read < min(asked.known_at, situation_pictures.end_of(asked.day)):
        moment = f"{read.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        yield asked.word(
            f"台账复制至{moment}，其后登记的不在指标之内。",
            f"The ledger was copied at {moment}: what was recorded later is not in the indicators.",
        )
    if asked.known_at < situation_pictures.end_of(asked.day):
        yield asked.word("当日尚未结束。", "The day is not over.")
    if any(day.provisional for day in situation_pictures.course_of(asked)):
        yield asked.word(
            "最近几日的感染者尚未全部报告，Rt为暂定值。",
            "Not all infections of the last days are reported yet: R is provisional.",
        )
    places = numbers.parts("new_cases")
    if suspected := places.get("suspected"):
        yield asked.word(
            f"新增中有疑似病例{number(suspected)}例。", f"{number(suspected)} of the new infections are suspected only."
        )


def _reproduction(asked: Asked) -> Iterator[Span]:
    days = situation_pictures.course_of(asked)
    if not days:
        return
    last = days[-1]
    doubt = asked.word("，暂定", ", provisional") if last.provisional else ""
    text = asked.word(
        f"Rt为{last.median:.2f}（95%区间{last.low:.2f}–{last.high:.2f}{doubt}）。",
        f" R is {last.median:.2f} (95%: {last.low:.2f}–{last.high:.2f}{doubt}).",
    )
    yield Span(text)


def _sources(asked: Asked) -> Iterator[str]:
    numbers = Numbers(asked)
    known = f"{asked.known_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    yield asked.word(
        f"来源：本系统登记的事实、措施和任务台账，数据截至{known}；每个数字链接到其清单。",
        f"Source: facts, measures and tasks recorded here, as known at {known}; each figure links to its list.",
    )
    told = [f"{numbers.title(name)}{asked.word('：', ': ')}{numbers.how(name)}" for name in SIX if name in INDICATORS]
    yield asked.word("口径 ", "Definitions. ") + asked.word("；", "; ").join(told) + asked.word("。", ".")


def _left_out(asked: Asked, count: int) -> Iterator[Block]:
    if count > 0:
        yield Paragraph((Span(asked.word(f"另有{count}项未列。", f"{count} more are not listed.")),), "note")


def _rule(name: str, zh: bool) -> str:
    rule = rule_or_none(name)
    return name if rule is None else _say(rule, zh)


def _say(thing: object, zh: bool) -> str:
    """The title of a kind, a word or a rule."""
    title = getattr(thing, "title", thing)
    if isinstance(title, dict):
        return str(title["zh" if zh else "en"])
    return str(getattr(thing, "zh" if zh else "en", thing))
