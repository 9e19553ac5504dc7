"""A follower on a real database: what changes there is soon known here, and nothing is missed."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connections, transaction

from yanmen.base import cose
from yanmen.base.clock import FixedClock, SystemClock
from yanmen.base.signing import FileSigner
from yanmen.edge.follow import follow
from yanmen.edge.image import Image
from yanmen.edge.image_files import statuses_path
from yanmen.edge.registers import Post, Venue
from yanmen.loop.facts import record
from yanmen.loop.outbox import tell
from yanmen.loop.run import settle
from yanmen.project import database

NOON = datetime(2022, 10, 5, 4, tzinfo=UTC)
CUT_OFF = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yanmen_edge' AND datname = %s
"""
"""Edges of this database alone: tests of other databases run on the same server."""
COUNTY, HOME = "140121", "140202"


class Machine:
    """One machine of an edge: its folder, its reader, and a follower that can be stopped."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self.image = Image(folder)
        self.clock = SystemClock()
        self._url = database.edge_url(url, by_password=False)

    @contextmanager
    def following(self) -> Iterator[Image]:
        loop = asyncio.new_event_loop()
        task = loop.create_task(follow(self._url, self.folder, clock=self.clock))

        def run() -> None:
            with pytest.raises(asyncio.CancelledError):
                loop.run_until_complete(task)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield self.image
        finally:
            loop.call_soon_threadsafe(task.cancel)
            thread.join(20)
            loop.close()


@pytest.fixture
def machine(clean: str, tmp_path: Path) -> Machine:
    return Machine(clean, tmp_path)


@pytest.fixture
def owner(clean: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(clean, autocommit=True, options="-c role=yanmen_owner") as connection:
        connection.execute(
            "INSERT INTO registry_area (code, level, name_zh, name_en, kind, valid_from, population_source)"
            " SELECT c, 'county', c, c, 'division', '2020-01-01', '' FROM unnest(%s::text[]) c"
            " WHERE NOT EXISTS (SELECT FROM registry_area a WHERE a.code = c)",
            [[COUNTY, HOME]],
        )
        yield connection
    connections.close_all()


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def person(owner: psycopg.Connection) -> int:
    row = owner.execute(
        "INSERT INTO registry_person (name, sex, id_type, area, address, post, synthetic, created_at)"
        " VALUES ('synthetic', '', '', %s, '', '', true, %s) RETURNING id",
        [HOME, NOON],
    ).fetchone()
    return row[0]


def status(owner: psycopg.Connection, who: int, value: str, version: int) -> None:
    """A status as the loop leaves it, and its message. Straight into the tables: thousands of turns take long."""
    with owner.transaction():
        owner.execute(
            "INSERT INTO loop_status (subject_type, subject, status, value, area, version, since, because)"
            " VALUES ('person', %s, 'health_code', %s, %s, %s, now(), '{}')"
            " ON CONFLICT (subject, subject_type, status) DO UPDATE SET value = excluded.value, version = excluded.version",
            [who, value, HOME, version],
        )
        message(owner, version, "loop.turned", {"version": version})


def message(owner: psycopg.Connection, seq: int, topic: str, body: object) -> None:
    owner.execute(
        "INSERT INTO loop_outbox (seq, at, topic, body) OVERRIDING SYSTEM VALUE VALUES (%s, clock_timestamp(), %s, %s)",
        [seq, topic, json.dumps(body)],
    )
    owner.execute("SELECT pg_notify('yanmen_outbox', %s)", [str(seq)])


def scope() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('yanmen.area', '14', true), set_config('yanmen.purpose', 'prevention', true)")


def came_from_the_county(who: int) -> None:
    """Somebody comes home from a county in which the disease spreads."""
    day = NOON.date().isoformat()
    stay = {"origin": COUNTY, "arrived_origin_on": "2022-09-20", "left_origin_on": day}
    case = {"kind": "confirmed", "setting": "community", "wide_spread": True, "case": "test-1"}
    with transaction.atomic():
        scope()
        record("cases.reported", area=COUNTY, occurred_at=NOON, by="test", now=NOON, detail=case)
        record("arrivals.stayed", person=who, area=HOME, occurred_at=NOON, by="test", now=NOON, detail=stay)


def test_a_turn_of_the_loop_reaches_the_image(machine: Machine, owner: psycopg.Connection) -> None:
    who, other = person(owner), person(owner)
    with machine.following() as image:
        until(lambda: image.ready)
        assert (image.people, image.colour(who)) == (other, 0)
        came_from_the_county(who)
        settle(now=NOON)
        until(lambda: image.colour(who) > 0)
        assert image.colour(other) == 0
        (last,) = owner.execute("SELECT max(seq) FROM loop_outbox").fetchone()
        until(lambda: image.seq == last)


def test_a_snapshot_and_what_follows_say_the_same(
    machine: Machine, owner: psycopg.Connection, clean: str, tmp_path: Path
) -> None:
    status(owner, 7, "red", 3)
    status(owner, 8, "yellow", 4)
    with machine.following() as image:
        until(lambda: image.seq == 4)
        status(owner, 8, "green", 6)
        status(owner, 9, "red", 9)
        until(lambda: image.seq == 9)
        colours = [image.colour(number) for number in range(1, 12)]
    late = Machine(clean, tmp_path / "late")
    with late.following() as image:
        until(lambda: image.seq == 9)
        assert [image.colour(number) for number in range(1, 12)] == colours == [0] * 6 + [2, 0, 2, 0, 0]


def test_the_last_word_holds_when_messages_come_in_a_heap(machine: Machine, owner: psycopg.Connection) -> None:
    message(owner, 1, "nobody.listens", {})
    with machine.following() as image:
        until(lambda: image.ready)
        with owner.transaction():
            for seq in range(2, 2502):
                message(owner, seq, "health_code.negatives", {"people": [[seq % 10 + 1, seq]]})
            message(owner, 2502, "health_code.negatives", {"people": [[1, None]]})
        until(lambda: image.seq == 2502)
        assert [image.negative(number) for number in range(1, 12)] == [None, 2501, *range(2492, 2500), None]


def place(owner: psycopg.Connection, kind: str) -> int:
    row = owner.execute(
        "INSERT INTO registry_place (kind, name_zh, name_en, area, address, longitude, latitude, created_at)"
        " VALUES (%s, '某处', 'Somewhere', %s, '', 112.5, 37.8, %s) RETURNING id",
        [kind, HOME, NOON],
    ).fetchone()
    return row[0]


def test_devices_posts_and_people_come_in(machine: Machine, owner: psycopg.Connection) -> None:
    tell("nobody.listens", {}, now=NOON)
    with machine.following() as image:
        until(lambda: image.ready)
        post = place(owner, "road")
        owner.execute(
            "INSERT INTO checkpoints_post (place_id, area, kind, direction, lanes, roads, open_from, created_at, created_by)"
            " VALUES (%s, %s, 'road', 'in', 2, '[]', %s, %s, 'test')",
            [post, HOME, NOON, NOON],
        )
        tell("checkpoints.changed", {"places": [post, post + 1], "by": "test"}, now=NOON)
        owner.execute("SELECT outbox_put('devices.revoked', '{\"devices\": [77]}', %s)", [NOON])
        who = person(owner)
        until(lambda: 77 in image.revoked and image.people == who)
        assert image.post(post) == Post(post, HOME, "road", "in")
        assert (image.post(post + 1), 78 in image.revoked) == (None, False)


def test_a_venue_comes_in_with_the_snapshot_and_its_new_seed_by_message(
    machine: Machine, owner: psycopg.Connection
) -> None:
    shop = place(owner, "market")
    owner.execute(
        "INSERT INTO venues_venue (place_id, area, kind, seed, seeded_at, stay_minutes, capacity, opened_at, opened_by, closed_by)"
        " VALUES (%s, %s, 'market', %s, %s, 45, 30, %s, 'test', '')",
        [shop, HOME, b"12345678", NOON, NOON],
    )
    tell("nobody.listens", {}, now=NOON)
    with machine.following() as image:
        until(lambda: image.ready)
        assert image.venue(shop) == Venue(shop, HOME, "market", b"12345678", 45, 30, 112.5, 37.8, True)
        owner.execute("UPDATE venues_venue SET seed = %s, closed_at = %s", [b"87654321", NOON])
        tell("venues.changed", {"places": [shop]}, now=NOON)
        until(lambda: not image.venue(shop).open)
        assert image.venue(shop).seed == b"87654321"


def words(owner: psycopg.Connection, seq: int, order: list[str]) -> bytes:
    """Publish an order of statuses."""
    body = cose.sign1(json.dumps({"order": order}).encode(), FileSigner.generate())
    owner.execute(
        "INSERT INTO health_code_publication (name, seq, body, basis, at, expires_at) VALUES ('words', %s, %s, '', %s, %s)",
        [seq, body, NOON, NOON],
    )
    tell("edge.documents", {"names": ["words"], "by": "test"}, now=NOON)
    return body


def test_published_words_say_the_order_of_statuses(machine: Machine, owner: psycopg.Connection) -> None:
    who = person(owner)
    status(owner, who, "red", 1)
    owner.execute("SELECT setval(pg_get_serial_sequence('loop_outbox', 'seq'), 1)")
    with machine.following() as image:
        until(lambda: image.ready)
        assert image.colour(who) == 2
        body = words(owner, 1, ["green", "blue", "yellow", "red"])
        until(lambda: image.colour(who) == 3)
        assert image.documents["words"] == body
    with machine.following() as image:
        body = words(owner, 2, ["green", "blue", "yellow", "red"])
        until(lambda: image.documents["words"] == body)
        assert image.colour(who) == 3


def test_a_restarted_follower_goes_on_by_sequence(machine: Machine, owner: psycopg.Connection) -> None:
    status(owner, 7, "red", 1)
    with machine.following() as image:
        until(lambda: image.seq == 1)
    owner.execute("DELETE FROM loop_status")  # a snapshot would now miss person 7
    status(owner, 8, "yellow", 2)
    with machine.following() as image:
        until(lambda: image.seq == 2)
        assert (image.colour(7), image.colour(8)) == (2, 1)
    assert statuses_path(machine.folder, 1).exists()


def trimmed(owner: psycopg.Connection) -> None:
    owner.execute("DELETE FROM loop_outbox WHERE seq <= 3")


def restored(owner: psycopg.Connection) -> None:
    """A backup from before message 2 came back, and other things happened since."""
    owner.execute("DELETE FROM loop_outbox WHERE seq >= 2")
    for seq in (2, 3, 4):
        message(owner, seq, "loop.turned", {"version": seq})


def emptied(owner: psycopg.Connection) -> None:
    owner.execute("DELETE FROM loop_outbox")


@pytest.mark.parametrize("happening", [trimmed, restored, emptied])
@pytest.mark.parametrize("running", [False, True], ids=["follower stopped", "follower running"])
def test_a_gap_in_the_outbox_means_a_new_snapshot(
    machine: Machine, owner: psycopg.Connection, happening: Callable[[psycopg.Connection], None], running: bool
) -> None:
    status(owner, 7, "red", 1)
    status(owner, 8, "red", 2)
    with machine.following() as image:
        until(lambda: image.seq == 2)
        if running:
            change_behind_its_back(owner, happening)
            until(lambda: image.colour(7) == 0)
    if not running:
        change_behind_its_back(owner, happening)
        with machine.following() as image:
            until(lambda: image.colour(7) == 0)
    assert (image.colour(8), statuses_path(machine.folder, 1).exists()) == (2, False)


def change_behind_its_back(owner: psycopg.Connection, happening: Callable[[psycopg.Connection], None]) -> None:
    with owner.transaction():
        owner.execute("DELETE FROM loop_status WHERE subject = 7")
        message(owner, 3, "loop.turned", {"version": 3})
        message(owner, 4, "loop.turned", {"version": 4})
        happening(owner)


def test_a_damaged_image_is_built_again(machine: Machine, owner: psycopg.Connection) -> None:
    status(owner, 7, "red", 1)
    with machine.following() as image:
        until(lambda: image.seq == 1)
    (machine.folder / "header").write_bytes(b"\x01" * 256)
    again = Image(machine.folder)
    assert not again.ready
    with machine.following():
        until(lambda: again.ready)
        assert again.colour(7) == 2


def test_one_of_two_followers_writes_and_the_other_takes_over(
    machine: Machine, owner: psycopg.Connection, clean: str
) -> None:
    second = Machine(clean, machine.folder)
    with second.following():
        with machine.following():
            status(owner, 7, "red", 1)
            until(lambda: machine.image.seq == second.image.seq == 1)
        status(owner, 7, "yellow", 2)
        until(lambda: machine.image.seq == second.image.seq == 2)
        assert machine.image.colour(7) == second.image.colour(7) == 1


def test_a_status_nobody_published_stops_the_image_and_not_the_reads(
    machine: Machine, owner: psycopg.Connection
) -> None:
    status(owner, 7, "red", 1)
    with machine.following() as image:
        until(lambda: image.seq == 1)
        status(owner, 8, "purple", 2)
        time.sleep(1)
        assert (image.seq, image.colour(7)) == (1, 2)
        status(owner, 8, "yellow", 3)
        until(lambda: image.seq == 3)
        assert image.colour(8) == 1


def test_without_the_database_reads_go_on_and_the_age_grows(
    machine: Machine, owner: psycopg.Connection, clean: str
) -> None:
    machine.clock = FixedClock(NOON)
    status(owner, 7, "red", 1)
    name = owner.info.dbname
    with machine.following() as image:
        until(lambda: image.seq == 1)
        assert image.age(NOON) == 0
        with psycopg.connect(clean, dbname="postgres", autocommit=True) as admin:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            admin.execute(CUT_OFF, [name])
            later = machine.clock.move(timedelta(minutes=3))
            time.sleep(1.5)
            assert (image.age(later), image.colour(7)) == (180, 2)
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        status(owner, 7, "green", 2)
        until(lambda: image.seq == 2)
        assert (image.age(later), image.colour(7)) == (0, 0)
