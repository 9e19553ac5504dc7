"""What the edges may do with the loop's tables, and how they hear of changes."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from yanmen.loop import outbox
from yanmen.loop.bulk import record_bulk
from yanmen.loop.tests.conftest import noon
from yanmen.project import database
from yanmen.registry.scope import acting, system

HOME = "140105"


@pytest.fixture
def edge(db: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.edge_url(db, by_password=False), autocommit=True) as connection:
        yield connection


def test_who_tells_is_heard_in_order(db: str, edge: psycopg.Connection) -> None:
    edge.execute("LISTEN yanmen_outbox")
    with transaction.atomic():
        first = outbox.tell("venues.changed", {"places": [7]}, now=noon("2022-01-10"))
    second = outbox.tell("venues.changed", {"places": [8]}, now=noon("2022-01-10"))
    heard = edge.execute("SELECT seq, topic, body FROM loop_outbox WHERE seq >= %s ORDER BY seq", [first]).fetchall()
    assert heard == [(first, "venues.changed", {"places": [7]}), (second, "venues.changed", {"places": [8]})]
    assert [each.payload for each in edge.notifies(timeout=1, stop_after=2)] == [str(first), str(second)]


@pytest.mark.parametrize("topic", ["loop.turned", "health_code.negatives", "devices.revoked"])
def test_nobody_makes_up_what_edges_believe_as_it_is_told(db: str, topic: str) -> None:
    with pytest.raises(Exception, match="own"), transaction.atomic():
        outbox.tell(topic, {"version": 1, "people": [[1, 1]], "devices": [1]}, now=noon("2022-01-10"))
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT outbox_put(%s, '{}', now())", [topic])


@pytest.mark.parametrize(
    "call",
    [
        "outbox_tell('venues.changed', '{}', now())",
        "outbox_put('devices.revoked', '{\"devices\": [1]}', now())",
        "keep_alarm('made_up', 'nobody', 1, '{}')",
        "tell_negatives('{1}', now())",
    ],
)
def test_an_edge_tells_the_others_nothing(edge: psycopg.Connection, call: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        edge.execute(f"SELECT {call}")


def test_no_function_of_the_owner_is_everybodys_to_call(db: str) -> None:
    with psycopg.connect(db) as owner:
        found = owner.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
            " AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)"
        ).fetchall()
    assert found == []


def test_an_edge_adds_check_ins_and_can_read_none(db: str, edge: psycopg.Connection) -> None:
    with acting(system("14")):
        scan = {"area": HOME, "occurred_at": noon("2022-01-10")}
        record_bulk("presence.scanned", [scan], by="test", now=noon("2022-01-10"))
    copy = (
        "COPY loop_bulk_presence_scanned (id, person_id, area, occurred_at, recorded_at, recorded_by, via) FROM STDIN"
    )
    with edge.cursor().copy(copy) as rows:
        moment = noon("2022-01-10")
        rows.write_row(["017e4202-5a00-7000-8000-000000000001", 5, HOME, moment, moment, "device:1", "phone"])
    for table in ("loop_bulk_presence_scanned", "loop_fact", "loop_status", "registry_person", "loop_measure"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            edge.execute(f"SELECT count(*) FROM {table}")
    for change in (
        "DELETE FROM loop_bulk_presence_scanned",
        "UPDATE loop_status SET value = 'red'",
        "DELETE FROM loop_outbox",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            edge.execute(change)


def test_an_edge_asks_for_health_codes_by_version(clean: str, edge: psycopg.Connection) -> None:
    with psycopg.connect(clean, autocommit=True) as owner:
        owner.execute("SET ROLE yanmen_loop")
        for person, value, version in ((1, "red", 10), (2, "green", 11)):
            owner.execute(
                "INSERT INTO loop_status (subject_type, subject, status, value, area, version, since, because)"
                " VALUES ('person', %s, 'health_code', %s, '1401', %s, now(), '{}')",
                [person, value, version],
            )
    assert edge.execute("SELECT * FROM edge_statuses(0)").fetchall() == [(1, "red", 10), (2, "green", 11)]
    assert edge.execute("SELECT * FROM edge_statuses(10)").fetchall() == [(2, "green", 11)]
