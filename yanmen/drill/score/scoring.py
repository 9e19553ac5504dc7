"""A score: every number of a run, its days, its faults, and a sentence that says how it went."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from yanmen.base.clock import at
from yanmen.drill.scenario import Scenario
from yanmen.drill.score import faults, measuring
from yanmen.drill.score.knowledge import ACTS, Knowledge, read_knowledge, reading
from yanmen.drill.score.truth import Truth, read_truth
from yanmen.drill.score.words import BY_ID, METRICS, UNITS
from yanmen.loop.catalogue import catalogue
from yanmen.loop.policies import numbers, shelf

FILE = "score.json"
NORM = "drill.score"


def score(scenario: Scenario, folder: Path) -> dict[str, Any]:
    """The score of a run whose truth lies in ``folder``, against the database this process is connected to."""
    truth, now = read_truth(folder), at(scenario.last_day, 23, 59)
    known = read_knowledge(now=now)
    chosen = numbers(NORM, scenario.last_day)
    about: dict[str, Any] = {"starts_on": scenario.starts_on, "days": scenario.days}
    values = measuring.measured(truth, known, **about, quiet_days=int(chosen["quiet_days"]))
    with reading() as cursor:
        planted = [faults.judged(each, cursor=cursor, starts_on=scenario.starts_on, now=now) for each in truth.faults]
    left = Counter(each["kind"] for each in planted)
    unplanted = []
    for each in scenario.faults:
        left[each.kind] -= 1
        if left[each.kind] < 0:
            unplanted.append(faults.unplanted(each))
    values["faults_found"] = sum(each["found"] for each in planted) / len(planted) if planted else None
    return {
        "scenario": said(scenario),
        "parameters": dict(chosen),
        "until": now.isoformat(),
        "metrics": [_metric(each.id, values[each.id]) for each in METRICS],
        "by_day": measuring.by_day(truth, known, **about),
        "by_clause": measuring.by_clause(known, _rule_title),
        "tasks": _tasks(known),
        "acts": _acts(known),
        "faults": [*planted, *unplanted],
        "verdict": verdict(values, planted, scenario),
        "seconds": _seconds(truth),
    }


def said(scenario: Scenario) -> dict[str, Any]:
    """What was rehearsed, for the record."""
    named = ("id", "zh", "en", "summary_zh", "summary_en", "people", "days", "disease", "edition", "seed")
    return {name: getattr(scenario, name) for name in named} | {
        "starts_on": scenario.starts_on.isoformat(),
        "areas": list(scenario.areas),
        "packs": [str(path) for path in scenario.packs],
        "behaviour": asdict(scenario.behaviour),
        "capacity": asdict(scenario.capacity),
    }


def values_of(told: Mapping[str, Any]) -> dict[str, float | None]:
    """The numbers of a stored score by id."""
    return {row["id"]: row["value"] for row in told["metrics"]}


def write(told: Mapping[str, Any], folder: Path) -> Path:
    """Keep a score beside the installation it is about."""
    file = folder / FILE
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(told, ensure_ascii=False, indent=1, default=str), "utf-8")
    draft.replace(file)
    return file


def verdict(values: Mapping[str, float | None], planted: list[dict[str, Any]], scenario: Scenario) -> dict[str, str]:
    """One sentence or two that somebody understands who did not build this."""
    v = {name: 0 if value is None else value for name, value in values.items()}
    zero = values["time_to_zero"]
    stopped = zero is not None
    missed = [each for each in planted if not each["found"]]
    return {
        "zh": f"{scenario.days} 天内 {v['infections']:.0f} 人感染，发现 {v['found']:.0f} 人（{v['found_share']:.0%}），"
        + (f"中位在感染后 {v['from_infection']:.1f} 天发现；" if values["from_infection"] is not None else "")
        + (f"第 {zero:.0f} 天后管控外再无感染。" if stopped else f"传播尚未阻断：管控外感染 {v['outside_control']:.0f} 人。")
        + f"管控 {v['held_people']:,.0f} 人、{v['person_days']:,.0f} 人日，其中从未感染者 {v['false_days']:,.0f} 人日。"
        + (f"预设差错 {len(planted)} 项，发现 {len(planted) - len(missed)} 项" if planted else "")
        + (f"，漏掉：{'、'.join(each['title']['zh'] for each in missed)}" if missed else "")
        + ("。" if planted else ""),
        "en": f"In {scenario.days} days {v['infections']:.0f} people were infected; {v['found']:.0f} were found ({v['found_share']:.0%})"
        + (f", half of them within {v['from_infection']:.1f} days of infection. " if values["from_infection"] is not None else ". ")
        + (f"After day {zero:.0f} nobody was infected outside control. " if stopped else f"Spread has not stopped: {v['outside_control']:.0f} were infected outside control. ")
        + f"{v['held_people']:,.0f} people were held for {v['person_days']:,.0f} person-days, {v['false_days']:,.0f} of them of people never infected."
        + (f" Of {len(planted)} planted faults the software found {len(planted) - len(missed)}" if planted else "")
        + (f"; missed: {', '.join(each['title']['en'] for each in missed)}" if missed else "")
        + ("." if planted else ""),
    }  # fmt: skip


def _metric(name: str, value: float | None) -> dict[str, Any]:
    metric = BY_ID[name]
    zh, en = UNITS[metric.unit]
    return asdict(metric) | {"value": value, "unit": metric.unit, "unit_zh": zh, "unit_en": en}


def _tasks(known: Knowledge) -> list[dict[str, Any]]:
    rows = []
    for row in known.tasks:
        kind = catalogue.tasks.get(row["kind"])
        rows.append(dict(row) | {"zh": kind.zh if kind else row["kind"], "en": kind.en if kind else row["kind"]})
    return rows


def _acts(known: Knowledge) -> list[dict[str, Any]]:
    rows = [{"kind": "screening.bound", "zh": "混采采样", "en": "Sampled into a tube", "times": known.samples["bound"]}]
    rows += [
        {"kind": kind, "zh": ACTS[kind][0], "en": ACTS[kind][1], "times": times} for kind, times in known.acts.items()
    ]
    return sorted(rows, key=lambda row: -row["times"])


def _rule_title(rule: str) -> tuple[str, str]:
    found = next((each for each in shelf.policy().rules if each.id == rule), None)
    return (found.zh, found.en) if found else (rule, rule)


def _seconds(truth: Truth) -> float:
    spent = truth.days[-1].get("seconds") if truth.days else None
    return float(sum(spent.values())) if isinstance(spent, dict) else float(spent or 0)
