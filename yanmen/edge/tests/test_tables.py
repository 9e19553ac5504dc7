"""The edge's own lists say what the owners' kinds say, and its rows are what PostgreSQL reads."""

import datetime as dt
from uuid import UUID

import psycopg
import pytest

from yanmen.edge import packing
from yanmen.edge.bounded import Bounded
from yanmen.edge.tables import TABLES, Table
from yanmen.loop.catalogue import catalogue
from yanmen.project.cli import load_catalogue


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
def test_columns_are_those_of_the_kind(template_database: str, table: Table) -> None:
    load_catalogue()
    kind = catalogue.fact(table.kind)
    assert (table.name, dict(table.detail), table.matters) == (kind.table, dict(kind.detail), kind.matters)


def test_a_packed_row_is_read_by_postgresql_as_it_was_meant(db: str) -> None:
    row = packing.row(
        11,
        UUID(int=5).bytes,
        None,
        packing.where(-3, "140105"),
        packing.moment(1_665_100_000_123),
        packing.moment(0),
        packing.text("设备")
        + packing.boolean(True)
        + packing.smallint(-2)
        + packing.integer(70_000)
        + packing.uuid(None),
    )
    with psycopg.connect(db) as connection:
        connection.execute(
            "CREATE TEMPORARY TABLE read (id uuid, person bigint, place bigint, area text, occurred timestamptz,"
            " recorded timestamptz, who text, claimed boolean, lane smallint, minutes integer, together uuid)"
        )
        with connection.cursor().copy("COPY read FROM STDIN (FORMAT binary)") as copy:
            copy.write(packing.copied([row]))
        found = connection.execute("SELECT * FROM read").fetchone()
    assert found == (
        UUID(int=5),
        None,
        -3,
        "140105",
        dt.datetime(2022, 10, 6, 23, 46, 40, 123_000, dt.UTC),
        dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
        "设备",
        True,
        -2,
        70_000,
        None,
    )


def test_a_bounded_memory_keeps_what_is_asked_for_and_never_grows() -> None:
    memory: Bounded[int, int] = Bounded(100)
    for number in range(1, 10_000):
        memory.put(number, number)
        assert memory.get(1) == 1
        assert len(memory) <= 100
    assert memory.get(9_999) == 9_999
    assert memory.get(5_000) is None
