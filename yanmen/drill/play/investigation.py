"""Epidemiologists and tracers: what tasks say is owed about a case, in the order of deadlines, as many as there are hands for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal
from yanmen.drill.play.town import Town
from yanmen.subsystems.cases import actions as cases
from yanmen.subsystems.tracing import actions as tracing
from yanmen.subsystems.tracing.queries.proposals import proposals

CASES_A_TEAM, TEAM = 4, 3
"""Assumed: cases a team of three finishes in a day."""
JUDGED_A_TRACER = 25
"""Assumed: proposals a tracer judges in a day."""
COLLEAGUES = 12
"""Assumed: as many colleagues a case names at most."""
CLOSE_MINUTES = 45
"""Assumed: who was with a case so long is judged a close contact by the tracers of a drill. The rules judge what follows from it."""
FINDER = "job:tracing"
LINKED = """
SELECT detail ->> 'case', detail ->> 'via' FROM loop_fact
WHERE kind = 'tracing.contact_found' AND person_id = %s AND recorded_at <= %s ORDER BY recorded_at LIMIT 1
"""


def work_cases(town: Town) -> int:
    """Audit reports, finish investigations, tell sources. Returns how many cases were investigated."""
    for task in town.owed("audit_report"):
        if case := town.cases.get(task["subject"]):
            with town.acting("cases.epidemiologist") as who:
                cases.audit_report(case=case, note="核对无误", **who)
    hands = max(CASES_A_TEAM, town.scenario.capacity.tracers // TEAM * CASES_A_TEAM)
    done = [task["subject"] for task in town.owed("investigate_case") if task["subject"] in town.cases][:hands]
    for person in done:
        _investigate(town, person)
    for task in town.owed("find_source"):
        if task["subject"] in town.cases:
            _tell_source(town, task["subject"])
    return len(done)


def judge(town: Town) -> int:
    """Tracers judge whom venues propose, the surest first. Returns how many people."""
    if not town.cases:
        return 0
    most = max(10, town.scenario.capacity.tracers * JUDGED_A_TRACER)
    with town.acting("tracing.tracer") as who:
        rows = proposals(who["scope"], finder=FINDER, now=town.now).rows[:most]
    judged = 0
    for verdict in ("close", "general"):
        keys = [row.key for row in rows if ((row.minutes or 0) >= CLOSE_MINUTES) == (verdict == "close")]
        for start in range(0, len(keys), 200):
            try:
                with town.acting("tracing.tracer") as who:
                    judged += tracing.judge_proposed(proposed=keys[start : start + 200], verdict=verdict, **who)
            except Refusal:
                continue  # somebody else's records changed the list: it is looked at tomorrow
    return judged


def care(town: Town) -> int:
    """Grid workers tell general contacts of the risk and follow up close ones. Returns how many."""
    done = 0
    for task in town.owed("risk_notice", "contact_visit"):
        with town.acting("grid_officer") as who:
            if task["kind"] == "risk_notice":
                tracing.tell_risk(person=task["subject"], channel="phone", **who)
            else:
                tracing.record_visit(person=task["subject"], temperature=36.5, symptoms=False, channel="phone", **who)
            done += 1
    return done


def _investigate(town: Town, person: int) -> None:
    """The core of the trajectory, whom the case names, and the finished investigation."""
    case, index = town.cases[person], town.index.get(person)
    with town.acting("cases.epidemiologist") as who:
        cases.trace_core(case=case, note="核心信息", **who)
    if index is not None:
        _settings(town, index, "class", town.city.school_class, 1.0, 60)
        _settings(town, index, "workplace", town.city.workplace, town.scenario.behaviour.recalls, COLLEAGUES)
    with town.acting("cases.epidemiologist") as who:
        cases.investigate(case=case, note="流调完成", **who)


def _settings(town: Town, index: int, setting: str, group: np.ndarray, recalls: float, most: int) -> None:
    """The list of a class, or the colleagues whom the case names: each was there on the case's last days."""
    number = int(group[index])
    if number < 0:
        return
    rng = town.chance(setting, index)
    others = [int(each) for each in np.flatnonzero(group == number) if each != index]
    near = rng.sample(others, min(most, len(others)))
    named = [index, *(each for each in near if rng.random() < recalls)]
    day = town.today - dt.timedelta(days=1)
    since = dt.datetime.combine(day, dt.time(8), tzinfo=BEIJING)
    with town.acting("tracing.tracer") as who:
        for each in named:
            tracing.tell_setting(
                person=int(town.persons[each]), setting=setting, name=f"演练{'班级' if setting == 'class' else '单位'}{number}", at=since,
                until=since + dt.timedelta(hours=8), **who,
            )  # fmt: skip


def _tell_source(town: Town, person: int) -> None:
    """Who was known as a contact of a case before was infected by it, as far as anybody can say."""
    found: list[Any] = town.rows(LINKED, person, town.now)
    if not found or found[0][0] == town.cases[person]:
        return
    with town.acting("cases.epidemiologist") as who:
        try:
            cases.tell_source(
                case=town.cases[person], infector=found[0][0], setting=found[0][1] or "unknown", certainty=0.8, **who
            )
        except Refusal:
            cases.tell_source(case=town.cases[person], setting="unknown", certainty=0.5, **who)
