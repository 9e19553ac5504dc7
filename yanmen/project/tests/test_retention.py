"""The daily job months later: what is past its retention is gone, with a receipt, and the audit still holds."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import connections

from yanmen.base.clock import BEIJING
from yanmen.base.ids import uuid7
from yanmen.base.retention import Kept
from yanmen.base.signing import FileSigner, verify
from yanmen.loop.audit import audit
from yanmen.loop.bulk import record_bulk
from yanmen.loop.facts import record
from yanmen.loop.models import EdgeRun
from yanmen.loop.retention import dispose, kept_models, receipt_text
from yanmen.loop.run import settle
from yanmen.project.commands import retention
from yanmen.project.commands.work import daily
from yanmen.registry.models import Account, Device, Enrolment, Notice, Person, Place
from yanmen.registry.scope import Scope, acting, system

START = datetime(2022, 9, 1, 9, tzinfo=BEIJING)
COUNTY = "140105"


@pytest.fixture
def county(clean):
    from yanmen.registry.areas import AreaRow, load_areas
    from yanmen.registry.people import register_person

    load_areas([AreaRow("14", "山西省"), AreaRow("1401", "太原市"), AreaRow(COUNTY, "小店区")])
    with acting(system("14", purpose="control")):
        return [register_person(name=name, area=COUNTY, by="test", now=START) for name in ("张兰", "李梅")]


def later(days: int) -> datetime:
    return START + timedelta(days=days)


def counted(table: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_passes_and_check_ins_are_gone_after_thirty_days(county):
    person = county[0]
    with acting(Scope(None, "checkpoints.officer", COUNTY)):
        row = {"person": person.pk, "place": 1, "area": COUNTY, "occurred_at": START}
        record_bulk("checkpoints.passed", [row | {"detail": {"direction": "in"}}], by="test", now=START)
        record_bulk("presence.scanned", [row | {"detail": {"claimed": False}}], by="test", now=START)
    tables = ("loop_bulk_checkpoints_passed", "loop_bulk_presence_scanned")
    daily(now=later(30))
    assert [counted(table) for table in tables] == [1, 1]
    daily(now=later(31))
    assert [counted(table) for table in tables] == [0, 0]
    assert [counted(f"pg_class WHERE relname = '{table}_20220901'") for table in tables] == [0, 0]


def rows_of_the_registers(person: Person) -> None:
    """One row of each register that holds people for a time, all over on the first day."""
    from yanmen.registry.accounts import create_account

    owner = {"using": "owner"}
    account: Account = create_account(username="li", name="李", now=START, using="owner")
    place = Place.objects.using("owner").create(kind="checkpoint", name_zh="出口", area=COUNTY, created_at=START)
    end = START + timedelta(hours=8)
    about = {"area": COUNTY, "enrolled_at": START, "expires_at": end}
    Device(kind="holder", person=person, public_key=b"k", revoked_at=START, **about).save(**owner)
    Enrolment(kind="holder", digest=b"d", made_at=START, expires_at=end).save(**owner)
    EdgeRun(name="gate:8100", started_at=START, heard_at=end, ended_at=end).save(**owner)
    Notice(person=person, area=COUNTY, at=START, kind="emergency", zh="知", en="told").save(**owner)
    registered = apps.get_model
    registered("registry", "RateWindow")(asker=b"a", count=1, ends_at=end).save(**owner)
    registered("registry", "ApiKey")(
        digest=b"k", account=account, role="inspector", area=COUNTY, created_at=START, expires_at=end
    ).save(**owner)
    registered("health_code", "PaperCode")(
        person=person, area=COUNTY, pseudonym=b"p", credential=b"c", colour=0, hint="张*", purpose="老人",
        issued_at=START, issued_by="test", expires_at=end,
    ).save(**owner)  # fmt: skip
    post = registered("checkpoints", "Post")(
        place=place, area=COUNTY, kind="highway", open_from=START, created_at=START, created_by="test"
    )
    post.save(**owner)
    made = {"area": COUNTY, "created_at": START, "created_by": "test"}
    shift = registered("checkpoints", "Shift")(post=post, starts_at=START, ends_at=end, needed=1, **made)
    shift.save(**owner)
    hours = {"starts_at": START, "ends_at": end}
    registered("checkpoints", "Turn")(shift=shift, account=account, duty="check_codes", **hours, **made).save(**owner)
    registered("checkpoints", "ShiftNote")(shift=shift, area=COUNTY, at=START, by="test", text="老张发热").save(**owner)
    batch = registered("registry", "ImportBatch")(kind="people", digest="d", area=COUNTY, at=START, by="test")
    batch.save(**owner)
    registered("registry", "ImportRow")(batch=batch, line=1, outcome="created", subject="1").save(**owner)
    for state, ended in (("received", end), ("departed", None)):
        registered("checkpoints", "HandOver")(
            person_id=person.pk, post_id=post.pk, area=COUNTY, to_area=COUNTY, state=state, opened_at=START, opened_by="test",
            leave_by=end, arrive_by=end, ended_at=ended,
        ).save(**owner)  # fmt: skip
    registered("screening", "Tube")(code="T1", area=COUNTY, capacity=10, first_at=START, last_at=START).save(**owner)
    found = {"kind": "overfull", "tube": "T1", "area": COUNTY, "person_id": person.pk, "found_at": START}
    registered("screening", "Finding")(**found).save(**owner)
    registered("cases", "LineListFile")(
        id=uuid7(START), area=COUNTY, name="list.csv", digest="d", size=1, sent_at=START, sent_by="test"
    ).save(**owner)
    team = registered("tracing", "Team")(area=COUNTY, name="一队", capacity=9, opened_at=START, opened_by="test")
    team.save(**owner)
    registered("tracing", "Stop")(
        team_id=team.pk,
        area=COUNTY,
        day=START.date(),
        position=1,
        person_id=person.pk,
        planned_at=START,
        planned_by="test",
    ).save(**owner)
    registered("command", "Shift")(
        area=COUNTY, name="张兰", starts_at=START, ends_at=end, written_at=START, written_by="test"
    ).save(**owner)
    registered("command", "Handover")(area=COUNTY, at=START, by="test", from_name="张兰", to_name="李梅").save(**owner)
    stayed_and_carried(person, place, end)
    walked_and_missed(person, end)


def walked_and_missed(person: Person, end: datetime) -> None:
    """A grid that was closed, somebody who was missing on a list, and what was said of them at their door."""
    names = ("Cell", "Comparison", "Finding", "Door", "Edit")
    owner, grid = {"using": "owner"}, {name: apps.get_model("grid", name) for name in names}
    grid["Cell"](area=COUNTY, name="一网格", opened_at=START, opened_by="test", closed_at=end).save(**owner)
    compared = grid["Comparison"](area=COUNTY, title="物业名单", kind="list", at=START, by="test")
    compared.save(**owner)
    grid["Finding"](comparison=compared, area=COUNTY, side="not_listed", person_id=person.pk, name="张兰").save(**owner)
    door = grid["Door"](area=COUNTY, address="合成路1号", made_at=START, made_by="test")
    door.save(**owner)
    grid["Edit"](
        key=uuid7(START), door=door, area=COUNTY, person_id=person.pk, field="lives_here", value="yes", outcome="created",
        said_at=START, recorded_at=end, by="test",
    ).save(**owner)  # fmt: skip


def stayed_and_carried(person: Person, place: Place, end: datetime) -> None:
    """A stay in quarantine that has ended, and the transfer there."""
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    owner = {"using": "owner"}
    kept = {
        name: apps.get_model("quarantine", name)
        for name in ("Site", "Floor", "Room", "Stay", "Transfer", "Plan", "Conflict", "Cycle", "Errand", "RunPlan")
    }
    site = kept["Site"](place=place, area=COUNTY, kind="hotel", created_at=START, created_by="test")
    site.save(**owner)
    floor = kept["Floor"](site=site, area=COUNTY, level=2, name="2")
    floor.save(**owner)
    room = kept["Room"](floor=floor, site=site, area=COUNTY, number="201")
    room.save(**owner)
    about = {"person_id": person.pk, "party": person.pk, "area": COUNTY, "ended_at": end, "ended_by": "test"}
    hours = DateTimeTZRange(START, end)
    stay = kept["Stay"](
        site=site, room=room, home_area=COUNTY, during=hours, holds=hours, state="left", assigned_at=START,
        assigned_by="test", **about,
    )  # fmt: skip
    stay.save(**owner)
    kept["Transfer"](
        to_area=COUNTY, from_text="家", from_longitude=112, from_latitude=37, to_longitude=112, to_latitude=37,
        state="cancelled", requested_at=START, requested_by="test", due_at=end, **about,
    ).save(**owner)  # fmt: skip
    kept["Plan"](area=COUNTY, made_at=START, made_by="test", rows=[]).save(**owner)
    kept["Errand"](
        kind="rooms", area=COUNTY, role="test", asked_at=START, asked_by="test", state="done", ended_at=end,
    ).save(**owner)  # fmt: skip
    kept["RunPlan"](area=COUNTY, made_at=START, made_by="test").save(**owner)
    kept["Conflict"](
        stay=stay,
        person_id=person.pk,
        area=COUNTY,
        home_area=COUNTY,
        kind="no_measure",
        found_at=START,
        resolved_at=end,
    ).save(**owner)
    kept["Cycle"](
        person_id=person.pk, site=site, area=COUNTY, zone="service", duty="logistics", entered_at=START, entered_by="test",
        ends_on=START.date(), left_at=end, left_by="test",
    ).save(**owner)  # fmt: skip


def test_rows_of_the_registers_go_when_their_time_is_over_and_what_is_open_stays(county):
    rows_of_the_registers(county[0])
    tables = {model._meta.db_table: kept for model, kept in kept_models()}
    before = {table: counted(table) for table in tables if table != "loop_outbox"}
    assert all(before.values()), before
    daily(now=START + timedelta(hours=9))
    rate = "registry_ratewindow"
    assert {table for table in before if counted(table) < before[table]} == {rate}, "its time is over at once"
    daily(now=later(90))
    assert counted("registry_device") == 1, "ninety days are not over before the hour at which it ended"
    daily(now=later(1096))
    assert {table: counted(table) for table in before} == dict.fromkeys(before, 0) | {"checkpoints_handover": 1}
    with connections["loop"].cursor() as cursor:
        cursor.execute("SELECT kind, day::text, facts FROM loop_disposal")
        told = cursor.fetchall()
    assert ("registry.device", "2022-09-01", 1) in told
    assert ("checkpoints.handover", "2022-09-01", 1) in told
    shown = {name: said for name, *said in retention.rows()}
    assert shown["registry.device"][:2] == ["90 days 天 (expires_at)", 1]
    assert shown["presence.scanned"][:2] == ["30 days 天", 0]


def test_a_large_day_goes_in_batches_each_with_its_receipt(county):
    for number in range(25):
        Enrolment(kind="holder", digest=bytes([number]), made_at=START, expires_at=START).save(using="owner")
    signer = FileSigner.generate()
    gone = dispose(signer=signer, now=later(3), batch=10)
    assert [each.rows for each in gone if each.kind == "registry.enrolment"] == [10, 10, 5]
    names = ("kind", "day", "part", "facts", "checksum", "left_facts", "left_digest", "signature")
    with connections["loop"].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(names)} FROM loop_disposal ORDER BY id")
        receipts = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert [each["part"] for each in receipts] == [0, 1, 2]
    for each in receipts:
        assert verify(public_key=signer.public_key, message=receipt_text(each), signature=bytes(each["signature"]))
    assert dispose(signer=signer, now=later(3)) == []


def test_facts_go_by_their_kind_and_the_sealed_day_can_still_be_checked(county):
    from django.conf import settings

    with acting(system("14", purpose="control")):
        for person in county:
            record(
                "tracing.companion_flagged", person=person.pk, area=COUNTY, occurred_at=START, by="test", now=START,
                detail={"case": "1", "minutes_together": 1},
            )  # fmt: skip
            record("screening.result", person=person.pk, area=COUNTY, occurred_at=START, by="test", now=START,
                   detail={"result": "negative"})  # fmt: skip
    settle(now=START)
    daily(now=later(30))
    assert counted("loop_fact") == 4
    assert daily(now=later(31)) >= 2
    assert counted("loop_fact") == 2
    key = FileSigner.open(settings.YANMEN_SIGNING_KEY).public_key
    assert audit(now=later(31), public_key=key)["breaks"] == []
    assert daily(now=later(31)) == 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM loop_fact WHERE person_id = %s", [county[0].pk])
    assert [each["check"] for each in audit(now=later(31), public_key=key)["breaks"]] == ["broken_days"]


def test_a_fact_beneath_a_measure_in_force_stays_however_old(county):
    case, _ = county
    with acting(system("14", purpose="control")):
        record("checkpoints.rode_with_case", person=case.pk, area=COUNTY, occurred_at=START, by="test", now=START,
               detail={"case_fact": "00000000-0000-7000-8000-000000000001", "passed_on": "2022-09-01"})  # fmt: skip
    settle(now=START)
    assert counted("loop_measure WHERE state = 'in_force'") == 1
    daily(now=later(181))
    assert counted("loop_fact") == 1
    assert audit(now=later(181))["breaks"] == []


def test_only_the_worker_may_delete_what_is_kept_for_a_time(clean):
    asked = "SELECT has_table_privilege(%s, %s, 'DELETE'), EXISTS (SELECT FROM pg_policies WHERE tablename = %s AND 'yanmen_loop' = ANY (roles) AND cmd IN ('DELETE', 'ALL'))"
    with connections["owner"].cursor() as cursor:
        for model, kept in kept_models():
            assert isinstance(kept, Kept)
            cursor.execute(asked, ["yanmen_loop", model._meta.db_table, model._meta.db_table])
            assert cursor.fetchone() == (True, True), model
            cursor.execute(asked, ["yanmen_app", model._meta.db_table, model._meta.db_table])
            assert cursor.fetchone()[0] is False, model
