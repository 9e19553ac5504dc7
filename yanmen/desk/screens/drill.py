"""How the drill of this installation went: its score beside the truth, which nobody in the software could see while it ran."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from yanmen.desk import drill_mark
from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.desk.pages import PAGES, Page, page
from yanmen.desk.templatetags.desk import say
from yanmen.desk.wall_panels import panel
from yanmen.registry.scope import Scope

FILE = "score.json"
FIGURES = ("found_share", "from_infection", "before_infectious", "tracing_recall", "outside_control", "person_days")
GROUPS = (
    ({"zh": "发现得多、多快", "en": "How many were found, and how soon"}, ("infections", "found", "not_found", "not_findable", "wrongly_reported", "from_infection_90", "from_infectious", "from_infectious_90", "from_onset", "from_onset_90", "before_onset")),
    ({"zh": "是否控制住", "en": "Was it brought under control"}, ("held_before_infectious", "tracing_precision", "contacts", "time_to_zero")),
    ({"zh": "代价", "en": "What it cost"}, ("held_people", "found_per_1000", "false_days", "needless_days", "over_hold_days", "tests", "tubes", "rooms_peak", "overdue", "overdue_share", "acts_a_resident")),
)  # fmt: skip
WORDS = {
    "by_day": {"zh": "逐日：感染（真实）与发现", "en": "By day: infected (truth) and found"},
    "by_day_note": {"zh": "真实感染只有演练知道，软件看不到。", "en": "Who is infected only the drill knows; the software does not see it."},
    "infected": {"zh": "感染（真实）", "en": "Infected (truth)"},
    "found": {"zh": "已发现", "en": "Found"},
    "chart": {"zh": "图：每天的真实感染人数与发现人数", "en": "Chart: people infected and people found by day"},
    "faults": {"zh": "预设的差错", "en": "Faults planted"},
    "faults_note": {"zh": "故意埋下；看软件自己能不能发现。", "en": "Made on purpose, to see whether the software notices by itself."},
    "fault": {"zh": "差错", "en": "Fault"},
    "software": {"zh": "软件的发现", "en": "What the software says"},
    "when": {"zh": "时间与位置", "en": "When and where"},
    "is_found": {"zh": "发现", "en": "Found"},
    "missed": {"zh": "漏掉", "en": "Missed"},
    "rule": {"zh": "规则", "en": "Rule"},
    "people": {"zh": "人", "en": "People"},
    "person_days": {"zh": "人日", "en": "Person-days"},
    "clauses": {"zh": "各条规则的管控人日", "en": "Person-days held by rule"},
    "clauses_note": {"zh": "同一天受两条规则管控的，两条都计。", "en": "A day under two rules counts under both."},
    "tasks": {"zh": "任务逾期", "en": "Tasks late"},
    "task": {"zh": "任务", "en": "Task"},
    "due": {"zh": "到期", "en": "Due"},
    "late": {"zh": "逾期", "en": "Late"},
    "open": {"zh": "仍未完成", "en": "Still owed"},
    "no_fault": {"zh": "本场景没有预设差错。", "en": "No fault was planted in this scenario."},
    "nobody": {"zh": "没有人被管控。", "en": "Nobody was held."},
    "unscored": {"zh": "这次演练还没有评分。", "en": "This drill has no score yet."},
    "unscored_hint": {"zh": "演练结束后自动评分；也可运行 yanmen drill score。", "en": "It is scored when it ends, or by `yanmen drill score`."},
    "day": {"zh": "第 {} 天", "en": "day {}"},
    "of_days": {"zh": "天", "en": "days"},
    "not_reached": {"zh": "未达到", "en": "not reached"},
}  # fmt: skip


@page(
    "drill/",
    role=(COMMAND, INSPECTOR),
    name="desk.drill",
    zh="演练得分",
    en="Score of the drill",
    icon="scale",
    nav=False,
)
def drill(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The score of the drill that this installation is."""
    mark = drill_mark.mark()
    if mark is None:
        raise Http404
    told = _told()
    context: dict[str, Any] = {"mark": mark, "words": WORDS, "told": told}
    if told:
        rows = _said(told)
        context |= {
            "figures": [rows[name] for name in FIGURES],
            "groups": [(title, [rows[name] for name in names]) for title, names in GROUPS],
            "chart": _chart(told),
            "faults": [row | {"where": _where(row["page"], scope.role)} for row in told["faults"]],
            "late_tasks": [row for row in told["tasks"] if row["late"]][:20],
            "clauses": told["by_clause"][:20],
        }
    return render(request, "desk/drill.html", context)


@panel(
    name="drill", zh="演练得分", en="Score of the drill", order=28, width=5, role=(COMMAND, INSPECTOR), page="desk.drill",
    source=("演练结束时对照真实感染评分；软件看不到真实感染", "scored at the end against who was infected, which the software cannot see"),
    nothing=("这次演练还没有评分。", "This drill has no score yet."), where=lambda: drill_mark.mark() is not None,
)  # fmt: skip
def score(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """The drill in one sentence and its six figures, whatever area of it is looked at (`scope`, `now`)."""
    told = _told()
    if told is None:
        return None
    rows = _said(told)
    return {"verdict": told["verdict"], "figures": [rows[name] for name in FIGURES]}


def _where(path: str, role: str) -> Page | None:
    """The page on which a fault is seen, where the reader may open it."""
    try:
        found = PAGES.get(resolve(path.partition("?")[0]).url_name or "") if path else None
    except Resolver404:  # a score of another edition of the software
        return None
    return found if found and found.opens_for(role) else None


def figure(row: Mapping[str, Any]) -> str:
    """A number as people read it, with its unit where one number alone would puzzle."""
    value = row["value"]
    if value is None:
        return say(WORDS["not_reached"]) if row["id"] == "time_to_zero" else "–"
    if row["unit"] == "share":
        return f"{value:.0%}"
    said = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    return f"{said} {say(WORDS['of_days'])}" if row["unit"] == "days" else said


def _said(told: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Its numbers by name, each with how people read it."""
    return {row["id"]: row | {"said": figure(row)} for row in told["metrics"]}


def _told() -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((settings.YANMEN_HOME / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _chart(told: Mapping[str, Any]) -> dict[str, Any]:
    days = told["by_day"]
    return {
        "days": [day["day"][5:] for day in days],
        "series": [
            {"name": say(WORDS["infected"]), "values": [day["infected"] for day in days]},
            {"name": say(WORDS["found"]), "values": [day["found"] for day in days], "line": True, "tone": 2},
        ],
    }
