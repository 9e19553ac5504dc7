"""Bulk facts: stored once, waking nobody whom nothing holds, dropped by the day with a receipt."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yanmen.base.ids import uuid7
from yanmen.base.signing import FileSigner, verify
from yanmen.loop.bulk import drop_expired, record_bulk
from yanmen.loop.facts import FactFault, Receipt, record
from yanmen.loop.retention import receipt_text
from yanmen.loop.run import settle
from yanmen.loop.tests.conftest import noon
from yanmen.loop.tests.test_turn import COUNTY, HOME, outbreak, person, places, rows, stay

pytestmark = pytest.mark.usefixtures("toy", "places")
__all__ = ["places"]
TABLE = "loop_bulk_presence_scanned"


def scan(*people: int, day: str = "2022-01-10", area: str = HOME) -> Receipt:
    rows("default", "SELECT 1")
    checks = [{"person": who, "area": area, "occurred_at": noon(day), "detail": {"claimed": False}} for who in people]
    return record_bulk("presence.scanned", checks, by="test", now=noon(day))


def woken() -> list[tuple]:
    return rows("loop", "SELECT DISTINCT subject_type, subject FROM loop_wake ORDER BY 1, 2")


def test_check_ins_in_a_calm_province_wake_nobody() -> None:
    assert scan(*(person(f"P{n}") for n in range(20))) == Receipt(created=20, repeated=0)
    assert woken() == []
    assert rows("default", f"SELECT count(*), bool_or(claimed) FROM {TABLE}") == [(20, False)]


def test_the_same_batch_again_is_the_same_facts() -> None:
    rows("default", "SELECT 1")
    now = noon("2022-01-10")
    batch = [{"id": uuid7(now), "person": 1, "area": HOME, "occurred_at": now} for _ in range(5)]
    assert record_bulk("presence.scanned", batch, by="test", now=now) == Receipt(5, 0)
    assert record_bulk("presence.scanned", [*batch, *batch[:1]], by="test", now=now) == Receipt(0, 6)


def test_a_check_in_wakes_whom_a_measure_holds_and_nobody_else() -> None:
    lin, wang = person("Lin"), person("Wang Fang")
    stay(lin, "2022-01-10")
    outbreak("2022-01-10")
    settle(now=noon("2022-01-10"))
    scan(lin, wang)
    assert woken() == [("person", lin)]


def test_a_check_in_wakes_whoever_was_in_an_area_under_a_measure() -> None:
    wang = person("Wang Fang")
    outbreak("2022-01-10")
    settle(now=noon("2022-01-10"))
    scan(wang, area=COUNTY)
    assert woken() == [("person", wang)]


def test_check_ins_of_several_days_lie_in_a_partition_each() -> None:
    scan(1, day="2022-01-10")
    scan(1, day="2022-01-12")
    parts = rows("owner", f"SELECT tableoid::regclass::text, count(*) FROM {TABLE} GROUP BY 1 ORDER BY 1")
    assert parts == [(f"{TABLE}_20220110", 1), (f"{TABLE}_20220112", 1)]


def test_a_relation_sees_a_check_in_until_it_is_withdrawn() -> None:
    scan(1)
    [(number,)] = rows("loop", "SELECT id FROM known_presence_scanned(%s)", noon("2022-01-11"))
    rows("default", "SELECT 1")
    record(
        "fact.withdrawn",
        area=HOME,
        person=1,
        occurred_at=noon("2022-01-11"),
        corrects=number,
        by="test",
        now=noon("2022-01-11"),
    )
    assert rows("loop", "SELECT id FROM known_presence_scanned(%s)", noon("2022-01-11")) == []
    assert len(rows("loop", "SELECT id FROM known_presence_scanned(%s)", noon("2022-01-10"))) == 1


def test_a_day_past_its_retention_goes_as_a_whole_and_a_signed_receipt_stays() -> None:
    signer = FileSigner.generate()
    scan(1, 2, 3, day="2022-01-10")
    scan(1, day="2022-02-01")
    now = noon("2022-02-10")
    dropped = drop_expired(signer=signer, now=now)
    assert [(kind, day.isoformat(), facts) for kind, day, facts in dropped if facts] == [
        ("presence.scanned", "2022-01-10", 3)
    ]
    assert rows("owner", f"SELECT count(*) FROM {TABLE}") == [(1,)]
    columns = ("kind", "day", "facts", "checksum", "signature")
    [told] = [
        dict(zip(columns, row, strict=True))
        for row in rows("default", "SELECT kind, day, facts, checksum, signature FROM loop_disposal WHERE facts > 0")
    ]
    assert verify(public_key=signer.public_key, message=receipt_text(told), signature=bytes(told["signature"]))
    assert drop_expired(signer=signer, now=now) == []


def test_another_area_does_not_see_a_check_in_and_nobody_changes_one() -> None:
    from django.db import ProgrammingError, connections, transaction

    scan(1, area=HOME)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('yanmen.area', '1401', false)")
        cursor.execute(f"SELECT count(*) FROM {TABLE}")
        assert cursor.fetchone() == (0,)
    for statement in (
        f"UPDATE {TABLE} SET claimed = true",
        f"DELETE FROM {TABLE}",
        f"SELECT drop_bulk_partition('{TABLE}', '2022-01-10')",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows("default", statement)


def test_an_ordinary_kind_is_refused_in_bulk_and_a_bulk_kind_one_by_one() -> None:
    with pytest.raises(FactFault, match="record_bulk"):
        record("presence.scanned", area=HOME, occurred_at=noon("2022-01-10"), by="test", now=noon("2022-01-10"))
    with pytest.raises(FactFault, match="no bulk kind"):
        record_bulk("toy.tested", [], by="test", now=noon("2022-01-10") + timedelta(days=1))
