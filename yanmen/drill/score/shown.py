"""A score on a terminal: the sentence, the numbers, the days as bars, the faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

GROUPS = (
    ("发现 Finding", ("infections", "found", "not_found", "not_findable", "found_share", "wrongly_reported", "from_infection", "from_infection_90", "from_infectious", "from_infectious_90", "from_onset", "from_onset_90", "before_onset", "before_infectious")),
    ("控制 Control", ("held_before_infectious", "tracing_recall", "tracing_precision", "contacts", "outside_control", "time_to_zero")),
    ("代价 Cost", ("held_people", "person_days", "found_per_1000", "false_days", "needless_days", "over_hold_days", "tests", "tubes", "rooms_peak", "overdue", "overdue_share", "acts_a_resident")),
)  # fmt: skip
BAR = 24
SIGNS = ("[dim]未埋设 not planted[/]", "[red]漏掉 missed[/]", "[green]发现 found[/]")


def show(told: Mapping[str, Any], console: Console) -> None:
    """Print the whole score."""
    scenario = told["scenario"]
    console.rule(f"[bold]{scenario['zh']} {scenario['en']}[/]")
    console.print(
        f"{scenario['people']:,} 人 people · {scenario['days']} 天 days from {scenario['starts_on']} · {scenario['disease']}"
        f" · {scenario['edition'] or '当日版本 edition of the day'} · seed {scenario['seed']}"
    )
    console.print(f"[bold]{told['verdict']['zh']}[/]")
    console.print(f"[bold]{told['verdict']['en']}[/]\n")
    console.print(_numbers(told))
    console.print(_days(told))
    if told["faults"]:
        console.print(_faults(told))
    if told["by_clause"]:
        console.print(_clauses(told))


def figure(row: Mapping[str, Any]) -> str:
    """A number as people read it; a dash where it cannot be said."""
    value = row["value"]
    if value is None:
        return "未达到 not reached" if row["id"] == "time_to_zero" else "–"
    if row["unit"] == "share":
        return f"{value:.0%}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _numbers(told: Mapping[str, Any]) -> Table:
    rows = {row["id"]: row for row in told["metrics"]}
    table = Table(title="得分 Score", show_lines=False)
    table.add_column("")
    table.add_column("", justify="right")
    table.add_column("单位 unit", style="dim")
    for title, names in GROUPS:
        table.add_section()
        table.add_row(f"[bold]{title}[/]", "", "")
        for name in names:
            row = rows[name]
            table.add_row(f"{row['zh']} {row['en']}", figure(row), f"{row['unit_zh']} {row['unit_en']}".strip())
    return table


def _days(told: Mapping[str, Any]) -> Table:
    most = max((max(day["infected"], day["found"]) for day in told["by_day"]), default=0) or 1
    table = Table("日期 Day", "感染 infected", "", "发现 found", "", "管控 held", "房间 rooms", title="逐日 By day")
    for day in told["by_day"]:
        bars = ["█" * round(BAR * day[name] / most) for name in ("infected", "found")]
        table.add_row(
            day["day"][5:], str(day["infected"]), f"[magenta]{bars[0]}[/]", str(day["found"]), f"[green]{bars[1]}[/]",
            f"{day['held']:,}", str(day["rooms"]),
        )  # fmt: skip
    return table


def _faults(told: Mapping[str, Any]) -> Table:
    table = Table(
        "差错 Fault", "天 day", "软件 The software", "何时何处 when, where", title="预设的差错 Faults planted"
    )
    for each in told["faults"]:
        sign = SIGNS[each["planted"] + each["found"]]
        where = f"{each['at'][5:16].replace('T', ' ')} {each['page']}".strip()
        title = f"{each['title']['zh']} {each['title']['en']}"
        table.add_row(title, str(each["day"]), f"{sign} {each['zh']}\n{each['en']}", where)
    return table


def _clauses(told: Mapping[str, Any]) -> Table:
    table = Table("规则 Rule", "人 people", "人日 person-days", title="管控人日 Person-days by rule")
    for row in told["by_clause"][:12]:
        table.add_row(f"{row['zh']} {row['en']}", f"{row['people']:,}", f"{row['person_days']:,}")
    return table
