"""Contacts and the next degree equal a comparison of all with all, and Spark says what DuckDB says."""

from __future__ import annotations

import os
import random
import shutil
from collections import defaultdict
from datetime import date, timedelta
from importlib.util import find_spec

import ibis
import numpy as np
import pyarrow as pa
import pytest

from yanmen.numbers import contacts, engines, exports

START, DAY = 1_664_553_600, 86_400
TOGETHER = 600
CASES = [3, 8]


def draw(seed: int, stays: int = 400) -> list[tuple[int, int, int, int]]:
    """Place, person, arrived, seconds; some over midnight, some for twelve hours."""
    dice = random.Random(seed)
    length = [60, 600, 599, 3600, 3601, 10_800, 43_200]
    return [
        (
            dice.randrange(6),
            dice.randrange(120),
            START + dice.randrange(2 * DAY),
            dice.choice([*length, dice.randrange(60, 9000)]),
        )
        for _ in range(stays)
    ]


def export(folder, rows):
    """A file a day, as a ledger's export writes them."""
    for number in range(3):
        part = [row for row in rows if (row[2] - START) // DAY == number]
        table = exports.stays(*np.array(part, np.int64).reshape(-1, 4).T)
        exports.write(folder, date(2022, 10, 1) + timedelta(days=number), table, said={"as_of": str(number)})
    return folder


def by_comparing(rows, cases):
    """Every pair of stays; then everybody's first exposure, degree after degree."""
    met = defaultdict(list)
    for place, case, came, long in rows:
        for where, who, arrived, seconds in rows:
            first, last = max(came, arrived), min(came + long, arrived + seconds)
            if case in cases and where == place and who != case and last - first >= TOGETHER:
                met[case, who, place].append((first, last))
    first_degree = {
        key: (min(a for a, _ in times), max(b for _, b in times), sum(b - a for a, b in times), len(times))
        for key, times in met.items()
    }
    carriers: dict[int, int] = {}
    for (_, who, _), (first, *_) in first_degree.items():
        if who not in cases:
            carriers[who] = min(first, carriers.get(who, first))
    second: dict[int, int] = {}
    for place, who, came, long in rows:
        for where, one, arrived, seconds in rows:
            if who in carriers and where == place and one not in carriers and one not in cases:
                first, last = max(came, arrived, carriers[who]), min(came + long, arrived + seconds)
                if last - first >= TOGETHER:
                    second[one] = min(first, second.get(one, first))
    return first_degree, second


def ask(backend, folder):
    """Both degrees as sorted tables."""
    stays = engines.read_days(backend, folder)
    people = ibis.memtable(pa.table({"person": pa.array(CASES, pa.int64())}))
    found = contacts.contacts(stays, people, together=TOGETHER).order_by("case", "person", "place").to_pyarrow()
    carriers = contacts.exposed(ibis.memtable(found)).anti_join(people, "person")
    known = ibis.union(carriers.select("person"), people)
    return found, contacts.beyond(stays, carriers, known, together=TOGETHER).order_by("person").to_pyarrow()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_duckdb_says_what_comparing_all_with_all_says(tmp_path, seed):
    rows = draw(seed)
    with engines.duckdb() as backend:
        found, beyond = ask(backend, export(tmp_path / "days", rows))
    first, second = by_comparing(rows, CASES)
    told = {
        (row["case"], row["person"], row["place"]): (row["first"], row["last"], row["seconds"], row["times"])
        for row in found.to_pylist()
    }
    assert told == first
    assert {row["person"]: row["since"] for row in beyond.to_pylist()} == second
    assert second, "nobody in the second degree: the draw tells nothing"


@pytest.mark.skipif(not find_spec("pyspark"), reason="PySpark is not installed (pip install yanmen[spark])")
@pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java, and there is none")
@pytest.mark.filterwarnings("ignore")
def test_the_same_expression_on_spark_gives_equal_tables(tmp_path):
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    folder = export(tmp_path / "days", draw(4))
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    about = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
    }
    for name, value in about.items():
        builder = builder.config(name, value)
    session = builder.config("spark.sql.warehouse.dir", str(tmp_path / "warehouse")).getOrCreate()
    try:
        by_spark = ask(engines.spark(session), folder)
    finally:
        session.stop()
    with engines.duckdb() as backend:
        by_duckdb = ask(backend, folder)
    for one, other in zip(by_spark, by_duckdb, strict=True):
        assert one.num_rows > 0
        assert one.schema.names == other.schema.names
        assert one.schema.types == other.schema.types
        assert one.to_pylist() == other.to_pylist()


def test_a_day_is_written_whole_and_goes_as_a_whole(tmp_path):
    folder = export(tmp_path / "days", draw(5))
    assert {day.day: said["as_of"] for day, said in exports.days(folder).items()} == {1: "0", 2: "1", 3: "2"}
    assert [file.stat().st_mode & 0o077 for file in folder.iterdir()] == [0, 0, 0]
    assert exports.drop(folder, date(2022, 10, 2)) == 2
    assert list(exports.days(folder)) == [date(2022, 10, 3)]
    with engines.duckdb() as backend, pytest.raises(FileNotFoundError, match="Export the days first"):
        engines.read_days(backend, tmp_path / "nothing")
