"""Figures from the copied ledger are those of the database: today's pages, a past moment, every area."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
from collections import Counter
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import connections

from yanmen.base.clock import at, local_date
from yanmen.desk import restrictions, situation
from yanmen.desk.tests.seeding import NOW, TODAY
from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.numbers import columns, engines, indicators
from yanmen.numbers.copying import copy_ledger, receipt_of
from yanmen.numbers.cubes import counted, make_ready
from yanmen.numbers.indicators.words import Indicator
from yanmen.numbers.keeping import keep
from yanmen.numbers.ledger import Ledger
from yanmen.project.looks import LOOKS, toured
from yanmen.registry.scope import Scope, acting, system

AREAS = ("14", "1401", "140105")
LATER = NOW + timedelta(hours=1)


@pytest.fixture(scope="module")
def copied(seeded: Any, tmp_path_factory: Any) -> Any:
    """The seeded outbreak with corrections and withdrawals in between, copied."""
    from django.conf import settings

    before, settings.YANMEN_LEDGER = settings.YANMEN_LEDGER, tmp_path_factory.mktemp("ledger")
    _correct_some()
    done = copy_ledger(settings.YANMEN_LEDGER, now=LATER)
    make_ready(settings.YANMEN_LEDGER)
    yield done
    settings.YANMEN_LEDGER = before


def _correct_some() -> None:
    dice = random.Random(3)
    with acting(system("14")):
        reports = facts_in_database("cases.reported", NOW)
        for id, *_ in dice.sample(reports, 6):
            facts.withdraw(id, reason="假阳性", by="account:1", now=NOW - timedelta(hours=dice.randrange(1, 90)))
        for id, *_ in dice.sample(facts_in_database("cases.reported", NOW), 4):
            when = NOW - timedelta(hours=dice.randrange(1, 60))
            facts.correct(id, detail={"kind": "asymptomatic"}, by="account:1", now=when)
    settle(now=LATER)


def facts_in_database(kind: str, known_at: datetime) -> list[tuple[Any, ...]]:
    with connections["loop"].cursor() as cursor:
        cursor.execute(
            "SELECT id, area, local_date(occurred_at), coalesce(detail ->> 'kind', 'confirmed')"
            " FROM known_facts(%s) WHERE kind = %s ORDER BY id",
            [known_at, kind],
        )
        return cursor.fetchall()


def test_every_row_of_the_database_is_in_a_file_and_a_second_copy_writes_what_differs(copied: Any) -> None:
    with connections["loop"].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM loop_fact), (SELECT count(*) FROM loop_event), (SELECT count(*) FROM loop_task)"
        )
        in_facts, in_events, in_tasks = cursor.fetchone()
    tables = receipt_of(indicators.folder()).tables
    assert sum(sum(days.values()) for name, days in tables.items() if name.startswith("fact/")) == in_facts
    assert sum(tables["event"].values()) == in_events
    assert sum(tables["register/loop_task"].values()) == in_tasks
    assert copied.full
    again = copy_ledger(indicators.folder(), now=LATER)
    assert (again.written, again.dropped, again.full) == (3, 0, False), "the three small tables, and nothing else"
    assert copy_ledger(indicators.folder(), now=LATER, full=True).written == 3


@pytest.mark.parametrize("area", AREAS)
def test_cases_as_known_at_any_moment_are_those_of_known_facts(copied: Any, area: str) -> None:
    dice = random.Random(area)
    for _ in range(4):
        known_at = NOW - timedelta(minutes=dice.randrange(60 * 24 * 9))
        last = local_date(known_at)
        told = indicators.series(
            scope(area), "new_cases", first=TODAY - timedelta(days=13), last=last, known_at=known_at
        )
        wanted = Counter(
            (day, kind)
            for _, where, day, kind in facts_in_database("cases.reported", known_at)
            if where.startswith(area)
        )
        assert {(row.day, part): count for row in told.rows for part, count in row.parts.items()} == wanted
        assert told.known_at == known_at


@pytest.mark.parametrize("area", AREAS)
def test_figures_are_those_of_the_situation_page(copied: Any, area: str) -> None:
    asker = scope(area)
    with acting(asker):
        by_day = situation.cases_by_day(asker, days=10, now=LATER)
        by_place = {row["place"]: row["people"] for row in situation.held_by_place(asker, now=LATER)}
        figures = {row["name"]: row["value"] for row in situation.figures(asker, now=LATER)}
        ledger = restrictions.total(asker, first=TODAY - timedelta(days=6), last=TODAY, now=LATER)
        by_rule = {
            row["name"]: row["person_days"]
            for row in restrictions.by("rule", asker, first=TODAY - timedelta(days=6), last=TODAY, now=LATER)
        }
    told = indicators.series(asker, "new_cases", first=min(by_day), last=TODAY)
    assert {row.day: dict(row.parts) for row in told.rows} == by_day
    under = indicators.figure(asker, "under_measures").one
    assert (under.value, {**under.parts}) == (sum(by_place.values()), by_place)
    assert value(asker, "held") == figures["held"]
    assert value(asker, "over_hold") == figures["over_hold"]
    assert value(asker, "tasks_overdue") == figures["overdue"]
    assert value(asker, "person_days", days=7) == ledger["person_days"]
    assert indicators.figure(asker, "person_days_by_rule", days=7).one.parts == by_rule


def test_units_add_up_and_a_city_asks_for_no_other(copied: Any) -> None:
    from yanmen.base.refusals import NotAllowed

    cities = indicators.table(scope("14"), "new_cases", days=10)
    assert sum(row.value or 0 for row in cities.rows) == value(scope("14"), "new_cases", days=10)
    assert {len(row.area) for row in cities.rows} == {4}
    with pytest.raises(NotAllowed):
        indicators.figure(scope("1401"), "new_cases", area="1402")


def test_what_is_kept_ready_is_what_the_ledger_answers(copied: Any) -> None:
    asker = scope("14")
    for name in indicators.INDICATORS:
        ready = indicators.series(asker, name, first=TODAY - timedelta(days=5), last=TODAY)
        asked = indicators.series(asker, name, first=TODAY - timedelta(days=70), last=TODAY)
        assert ready.rows == asked.rows[-6:], name


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_indicator_has_its_page(copied: Any, as_staff: Any, language: str) -> None:
    client = as_staff("commander", language)
    listed = client.get("/numbers/").text
    for name in ("new_cases", "held", "share_in_time", "turn_round"):
        assert f"/numbers/{name}/" in listed
        page = client.get(f"/numbers/{name}/?known_at=2022-10-05T20:00&area=1401")
        assert page.status_code == 200, page.text[-2000:]
        assert "10-05" in page.text or "5 Oct" in page.text
    assert (
        "EpiEstim" in client.get("/numbers/reproduction/").text or "Cori" in client.get("/numbers/reproduction/").text
    )
    assert client.get("/numbers/new_case/").status_code == 422
    assert client.get("/numbers/held/?known_at=gestern").status_code == 422


def test_a_past_moment_is_what_was_known_then(copied: Any, as_staff: Any) -> None:
    told = (
        as_staff("commander")
        .get("/api/numbers/new_cases/?first=2022-09-27&last=2022-10-05&known_at=2022-10-05T20:00")
        .json()
    )
    wanted = Counter(str(day) for _, _, day, _ in facts_in_database("cases.reported", at(date(2022, 10, 5), 20)))
    assert {row["day"]: row["value"] for row in told["days"] if row["value"]} == wanted
    assert told["known_at"].startswith("2022-10-05T20:00")
    assert {row["area"][:2] for row in told["areas"]} == {"14"}


def test_a_city_gets_its_own_numbers_and_a_venue_none(copied: Any, as_staff: Any) -> None:
    assert as_staff("taiyuan").get("/api/numbers/held/?area=1409").status_code == 422
    assert as_staff("taiyuan").get("/numbers/held/").status_code == 200
    assert as_staff("clerk").get("/numbers/").status_code == 403
    assert as_staff("clerk").get("/api/numbers/").status_code == 403


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_a_file_is_marked_and_logged(copied: Any, as_staff: Any, form: str) -> None:
    from yanmen.registry.models import AccessLog

    answer = as_staff("commander").get(f"/numbers/new_cases/?form={form}")
    assert f'filename="new_cases-14-2022-10-09.{form}"' in answer.headers["Content-Disposition"]
    if form == "csv":
        assert "kind=numbers-new_cases rows=" in answer.text.splitlines()[-1]
    if form == "parquet":
        table = pq.read_table(io.BytesIO(answer.content))
        whole = [row for row in table.to_pylist() if row["area"] == "14" and not row["part"]]
        assert sum(row["value"] for row in whole) == sum(1 for _ in facts_in_database("cases.reported", LATER))
        assert b"rows=" in table.schema.metadata[b"yanmen.stamp"]
    assert AccessLog.objects.using("owner").filter(what="export numbers-new_cases").exists()


def test_the_command_copies_and_shows(copied: Any, capsys: Any, monkeypatch: Any) -> None:
    from yanmen.project.cli import main

    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)
    assert main(["numbers", "copy", "--full"]) == 0
    assert main(["numbers", "show", "new_cases", "--area", "14", "--days", "14", "--day", "2022-10-09", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert sum(row["value"] for row in told["rows"]) == len(facts_in_database("cases.reported", LATER))
    assert not keep(indicators.folder(), now=receipt_of(indicators.folder()).moment + timedelta(minutes=2)), (
        "it was copied just now"
    )
    assert main(["numbers", "list"]) == 0
    assert "turn_round" in capsys.readouterr().out


def scope(area: str) -> Scope:
    return system(area, purpose="control")


def value(asker: Scope, name: str, days: int = 1) -> Any:
    return indicators.figure(asker, name, days=days).one.value


def test_what_is_new_is_copied_and_what_was_deleted_leaves(copied: Any) -> None:
    later = LATER + timedelta(minutes=10)
    before = value(scope("140105"), "new_cases")
    with acting(system("14")):
        new = facts.record("cases.reported", area="140105001001", occurred_at=later, by="account:1", now=later)
    settle(now=later)
    done = copy_ledger(indicators.folder(), now=later)
    assert not done.full
    assert done.written < sum(len(days) for days in receipt_of(indicators.folder()).tables.values()) / 2
    assert value(scope("140105"), "new_cases") == before + 1
    assert indicators.figure(scope("140105"), "new_cases", known_at=LATER).one.value == before
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM loop_fact WHERE id = %s", [new])
        cursor.execute("DELETE FROM loop_task WHERE id % 3 = 0")
    copy_ledger(indicators.folder(), now=later, full=True)
    assert value(scope("140105"), "new_cases") == before
    with connections["loop"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM loop_task WHERE state IN ('open', 'failed') AND due_at < %s", [later])
        assert value(scope("14"), "tasks_overdue") == cursor.fetchone()[0]


@pytest.mark.skipif(not find_spec("pyspark"), reason="PySpark is not installed (pip install yanmen[spark])")
@pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java, and there is none")
@pytest.mark.filterwarnings("ignore")
def test_every_indicator_says_the_same_on_spark(copied: Any, tmp_path: Any) -> None:
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    for name, given in {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
    }.items():
        builder = builder.config(name, given)
    session = builder.config("spark.sql.warehouse.dir", str(tmp_path / "warehouse")).getOrCreate()
    try:
        by_spark = answers(engines.spark(session))
    finally:
        session.stop()
    with engines.duckdb() as backend:
        assert answers(backend) == by_spark


def answers(backend: Any) -> dict[str, list[tuple[Any, ...]]]:
    last = columns.number_of(TODAY)
    ledger = Ledger(backend, indicators.folder(), known_at=columns.micro(LATER), first=last - 3, last=last)
    found = {}
    for one in indicators.INDICATORS.values():
        if isinstance(one, Indicator):
            rows = counted(one.rows(ledger), one, [2, 6]).to_pyarrow().to_pylist()
            found[one.id] = sorted(
                (row["width"], row["unit"], row["day"], row["part"], round(row["value"], 6)) for row in rows
            )
    return found


@pytest.mark.browser
@pytest.mark.parametrize("look", ["zh", "dark", "phone"])
def test_the_numbers_fit_every_screen(copied: Any, live: Any, browser: Any, as_staff: Any, look: str) -> None:
    paths = {"all": "/numbers/", "one": "/numbers/new_cases/", "rt": "/numbers/reproduction/"}
    assert toured(browser, as_staff("commander", LOOKS[look][0]), look, paths, "numbers") == []
