"""The copied ledger at size: the first copy, a copy of what is new, every figure made ready, one figure asked; beside PostgreSQL asked the same.

Facts, events and tasks are synthetic and written straight into the tables of a database of our own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import common

NOW = dt.datetime.fromisoformat("2022-10-31T12:00:00+00:00")
FACTS, QUICK_FACTS = 5_000_000, 500_000
DAYS, RUNS = 60, 5
PAGE_GOAL, TIMES_GOAL = 0.5, 5.0
SEEDS = """
INSERT INTO registry_area (code, level, name_zh, name_en, kind, valid_from, population_source)
SELECT code, CASE length(code) WHEN 2 THEN 'province' WHEN 4 THEN 'city' ELSE 'county' END, code, code, 'division', '2020-01-01', ''
FROM (SELECT '14' UNION SELECT '14' || lpad(n::text, 2, '0') FROM generate_series(1, 11) n
      UNION SELECT '14' || lpad(n::text, 2, '0') || lpad(m::text, 2, '0') FROM generate_series(1, 11) n, generate_series(1, 10) m) each (code)
"""
SOME_FACTS = """
INSERT INTO loop_fact (id, kind, person_id, area, occurred_at, recorded_at, recorded_by, detail)
SELECT gen_random_uuid(), CASE WHEN n %% 50 = 0 THEN 'cases.reported' WHEN n %% 5 = 0 THEN 'tracing.contact_found' ELSE 'screening.result' END,
       n %% 1000000, area, at, at + interval '1 hour', 'bench',
       CASE WHEN n %% 50 = 0 THEN jsonb_build_object('kind', CASE WHEN n %% 3 = 0 THEN 'confirmed' ELSE 'asymptomatic' END, 'setting', 'community')
            ELSE jsonb_build_object('result', CASE WHEN n %% 40 = 1 THEN 'positive' ELSE 'negative' END) END
FROM (SELECT n, %(now)s::timestamptz - interval '2 hours' - (n::float8 / %(facts)s) * %(days)s * interval '1 day' AS at,
             '14' || lpad((1 + n %% 11)::text, 2, '0') || lpad((1 + n / 11 %% 10)::text, 2, '0') || lpad((1 + n %% 9)::text, 3, '0') || '001' AS area
      FROM generate_series(1, %(facts)s) n) each
"""
QUIET, TOLD = "ALTER TABLE loop_fact DISABLE TRIGGER note_tested", "ALTER TABLE loop_fact ENABLE TRIGGER note_tested"
"""Who was tested last is the edges' to know; noting it for four million results would take a quarter of an hour."""
CORRECTIONS = """
INSERT INTO loop_fact (id, kind, person_id, area, occurred_at, recorded_at, recorded_by, detail, corrects)
SELECT gen_random_uuid(), 'fact.withdrawn', person_id, area, recorded_at, least(recorded_at + interval '2 days', %(now)s), 'bench', '{}', id
FROM loop_fact WHERE kind = 'cases.reported' AND person_id %% 20 = 0
"""
EVENTS = """
INSERT INTO loop_event (turn, at, act, measure_id, rule, kind, subject_type, subject, reason, area, state, edition_id,
                        count_from, last_day, known_on, over_hold, evidence, note)
SELECT n, at + step * 7 * interval '1 day', CASE step WHEN 0 THEN 'imposed' ELSE 'completed' END, n, rule, 'stay_and_test', 'person', n %% 1000000,
       n::text, area, CASE step WHEN 0 THEN 'in_force' ELSE 'completed' END, edition, local_date(at), local_date(at) + 7, local_date(at), false, '{}', ''
FROM (SELECT n, %(now)s::timestamptz - (n::float8 / %(measures)s) * %(days)s * interval '1 day' AS at,
             '14' || lpad((1 + n %% 11)::text, 2, '0') || lpad((1 + n / 11 %% 10)::text, 2, '0') || '001001' AS area FROM generate_series(1, %(measures)s) n) m
CROSS JOIN (VALUES (0), (1)) s (step)
CROSS JOIN (SELECT e.id AS edition, e.rule FROM loop_edition e JOIN loop_edition_stage s ON s.edition_id = e.id
            WHERE s.place = 'central_quarantine' ORDER BY e.id LIMIT 1) e
WHERE at + step * 7 * interval '1 day' <= %(now)s
"""
MEASURES = """
INSERT INTO loop_measure (id, rule, kind, subject_type, subject, reason, area, state, edition_id, count_from, last_day, known_on, since_at, evidence,
                          imposed_at, ended_at)
SELECT e.measure_id, e.rule, e.kind, e.subject_type, e.subject, e.reason, e.area, coalesce(l.state, e.state), e.edition_id, e.count_from, e.last_day,
       e.known_on, e.at, '{}', e.at, l.at
FROM loop_event e LEFT JOIN loop_event l ON l.measure_id = e.measure_id AND l.act = 'completed' WHERE e.act = 'imposed'
"""
TASKS = """
INSERT INTO loop_task (measure_id, kind, ordinal, subject_type, subject, area, role, opens_at, due_at, state, closed_at)
SELECT n, 'test', 1, 'person', n %% 1000000, area, 'sampling', at, at + interval '1 day',
       CASE WHEN n %% 9 = 0 THEN 'failed' ELSE 'done' END, at + interval '20 hours'
FROM (SELECT n, %(now)s::timestamptz - interval '2 days' - (n::float8 / %(measures)s) * %(days)s * interval '1 day' AS at,
             '14' || lpad((1 + n %% 11)::text, 2, '0') || lpad((1 + n / 11 %% 10)::text, 2, '0') || '001001' AS area FROM generate_series(1, %(measures)s) n) t
"""
NEW = """
INSERT INTO loop_fact (id, kind, person_id, area, occurred_at, recorded_at, recorded_by, detail)
SELECT gen_random_uuid(), 'cases.reported', n, '140101001001', %(now)s, %(now)s, 'bench', '{}' FROM generate_series(1, 1000) n
"""


def main(arguments: argparse.Namespace) -> None:
    facts = QUICK_FACTS if arguments.quick else FACTS
    report = common.Report("bench/ledger.py", arguments.quick)
    report.sizes = {"facts": facts, "measures": facts // 5, "tasks": facts // 5, "days": DAYS}
    report.begin()
    with common.house(arguments.keep), tempfile.TemporaryDirectory() as folder:
        load(facts)
        if arguments.only != "load":
            measure(report, Path(folder) / "ledger")
    report.machine["load after"] = f"{os.getloadavg()[0]:.1f}"
    report.end(arguments.json)


def load(facts: int) -> None:
    """A database of our own, filled."""
    from yanmen.project import vocabulary

    if common.exists("bench_ledger"):
        common.use("bench_ledger")
        return
    common.create("bench_ledger")
    vocabulary.install()
    about = {"now": NOW, "facts": facts, "days": DAYS, "measures": facts // 5}
    for text in (SEEDS, QUIET, SOME_FACTS, TOLD, CORRECTIONS, EVENTS, MEASURES, TASKS):
        run(text, about)
        run("ANALYZE", {})


def measure(report: common.Report, folder: Path) -> None:
    """What a copy and a question take, beside the SQL of the pages."""
    from django.conf import settings

    from yanmen.numbers.copying import copy_ledger
    from yanmen.numbers.cubes import make_ready

    settings.YANMEN_LEDGER = folder
    report.measure("the first copy", common.seconds(lambda: copy_ledger(folder, now=NOW)), "s")
    size = sum(file.stat().st_size for file in folder.rglob("*.parquet"))
    report.measure("files", size / 2**20, "MB")
    run(NEW, {"now": NOW})
    later = NOW + dt.timedelta(minutes=3)
    report.measure("a copy of what is new", common.seconds(lambda: copy_ledger(folder, now=later)), "s")
    full = common.seconds(lambda: copy_ledger(folder, now=later, full=True))
    report.measure("a copy that holds every day against the database", full, "s")
    report.measure("62 days of every indicator made ready, one thread", make_ready(folder), "s")
    questions(report, later)


def questions(report: common.Report, now: dt.datetime) -> None:
    """The same three questions: kept ready, asked of the files as known a week ago, and the live SQL of the pages."""
    from yanmen.desk import restrictions, situation
    from yanmen.numbers import cubes, indicators
    from yanmen.registry.scope import acting, system

    last, week = now.date(), now - dt.timedelta(days=7)
    first = last - dt.timedelta(days=29)
    scope = system("14", purpose="control")

    def live(ask: Any) -> float:
        with acting(scope):
            return common.median([common.seconds(ask) for _ in range(RUNS)])

    def asked(name: str, known_at: dt.datetime | None, forget: bool) -> float:
        def ask() -> None:
            indicators.series(scope, name, first=first, last=last, known_at=known_at)

        spent = []
        for _ in range(RUNS):
            if forget:
                cubes.forget()
            spent.append(common.seconds(ask))
        return common.median(spent)

    pairs = {
        "new_cases": lambda: situation.cases_by_day(scope, days=30, now=now),
        "held": lambda: situation.held_by_place(scope, now=now),
        "person_days": lambda: restrictions.total(scope, first=first, last=last, now=now),
        "tasks_overdue": lambda: situation.overdue_by_unit(scope, now=now),
    }
    for name, ask in pairs.items():
        ready, past, page = asked(name, None, False), asked(name, week, True), live(ask)
        report.measure(f"{name}, 30 days, kept ready", 1000 * ready, "ms")
        report.measure(f"{name}, 30 days, as known a week ago, of the files", 1000 * past, "ms")
        report.measure(
            f"{name}, live SQL of the page", 1000 * page, "ms", days=30 if name in ("new_cases", "person_days") else 1
        )
        report.ratio(f"{name}: kept ready", ready, f"<= {PAGE_GOAL} s", ready <= PAGE_GOAL)
        report.ratio(f"{name}: live SQL / kept ready", page / ready, f">= {TIMES_GOAL}", page / ready >= TIMES_GOAL)


def run(text: str, about: dict[str, Any]) -> None:
    """One statement as the owner."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(text, about or None)


if __name__ == "__main__":
    main(common.options(__doc__ or ""))
