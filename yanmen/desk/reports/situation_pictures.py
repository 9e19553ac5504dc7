"""The two pictures of the situation report: counties by tier, and the curve with R."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yanmen.base.clock import start_of
from yanmen.desk import maps, printing
from yanmen.desk.reports import pictures
from yanmen.desk.reports.document import Picture
from yanmen.desk.reports.figures import Numbers
from yanmen.desk.reports.kinds import Asked
from yanmen.desk.reports.standing import tiers
from yanmen.desk.words import own_name, word
from yanmen.numbers import reproduction
from yanmen.numbers.reproduction import OfDay

DAYS = 28
MAP, CURVE = 36, 64
"""How they share the width of the page, in hundredths."""
SHORT = 3
"""Characters of a county's name that fit into a tile."""


def tiers_drawn(asked: Asked) -> Picture | None:
    """The map: each county in the colour of its strictest tier."""
    drawn = maps.tiles(asked.scope)
    if drawn is None:
        return None
    zh = asked.language == "zh"
    found = maps.painted(drawn, tiers(asked.scope, day=asked.day, known_at=asked.known_at))
    names = {unit.code: own_name(unit.code, zh) for unit in drawn.units}
    counts = {tier: sum(row["tier"] == tier for row in found) for tier in pictures.TIERS}
    said = asked.word(
        f"县级地区{len(found)}个：高风险{counts['high']}，中风险{counts['medium']}，低风险{counts['low']}。",
        f"Of {len(found)} counties {counts['high']} have a high tier, {counts['medium']} a medium, {counts['low']} a low one.",
    )
    short = {code: (name[:SHORT] if zh else name.split(" ")[0][:9]) for code, name in names.items()}
    legend = [
        (colour, asked.word("无", "none") if tier == "none" else asked.say(word(tier)))
        for tier, colour in pictures.TIERS.items()
    ]
    svg = pictures.hexes(drawn, found, short, font=printing.chinese_font())
    return Picture(
        svg, said, asked.word("风险等级", "Areas by tier"), tuple(legend), drawn.source[asked.language], share=MAP
    )


def curve_drawn(asked: Asked, numbers: Numbers) -> Picture | None:
    """The curve: infections by the day they were found, and R."""
    if not numbers.has("new_cases"):
        return None
    first = asked.day - timedelta(days=DAYS - 1)
    course = {one.day: one for one in course_of(asked)}
    days = [
        pictures.Day(
            f"{row.day:%m-%d}", row.parts or {"confirmed": row.value or 0},
            *((found.median, found.low, found.high) if (found := course.get(row.day)) else ()),
        )
        for row in numbers.series("new_cases", first=first)
    ]  # fmt: skip
    total = round(sum(sum(day.kinds.values()) for day in days))
    said = asked.word(f"近{DAYS}日共发现感染者{total}例。", f"{total} infections were found in {DAYS} days.")
    legend = tuple((colour, asked.say(word(f"case.{kind}"))) for kind, colour in pictures.KINDS.items())
    title_r = asked.word("Rt与95%区间", "R with its 95% band")
    svg = pictures.curve(days, title_r=title_r, font=printing.chinese_font())
    source = asked.word("Rt：Cori等2013", "R: Cori et al. 2013") if course else ""
    return Picture(svg, said, asked.word("每日新增", "New infections a day"), legend, source, share=CURVE)


def course_of(asked: Asked) -> list[OfDay]:
    """R day by day; nothing where it cannot be known."""
    if not Numbers(asked).has("new_cases"):
        return []
    first = asked.day - timedelta(days=DAYS - 1)
    return list(reproduction.course(asked.scope, first=first, last=asked.day, known_at=asked.known_at).days)


def end_of(day: date) -> datetime:
    """The moment at which a day is over."""
    return start_of(day + timedelta(days=1))
