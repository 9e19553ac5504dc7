"""Codes on paper: printed at the desk, good at every door, taken back when lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from yanmen.base import credentials
from yanmen.base.changes import Changes
from yanmen.base.verdict import DoorPolicy, judge
from yanmen.subsystems.health_code.tests.conftest import MORNING, form, keys_of


@pytest.fixture
def desk(town, sign_in):
    """A desk in Xiaodian, and Granny Li who has no telephone."""
    town.granny = town.resident("李秀英")
    town.clerk = sign_in("health_code.keeper", "140105")
    return town


def sheet(desk, client=None):
    return (client or desk.clerk).get(f"/health-code/{desk.granny.pk}/paper/")


def print_one(desk, purpose="老人无手机"):
    return form(desk.clerk, f"/health-code/{desk.granny.pk}/paper/", purpose=purpose)


def codes(desk):
    """What the QR codes of all papers say, oldest first."""
    rows = desk.rows("SELECT credential FROM health_code_papercode ORDER BY id")
    return [credentials.print_paper(bytes(row)) for (row,) in rows]


def at_the_door(desk, code):
    keys = keys_of(desk)
    ((body,),) = desk.rows("SELECT body FROM edge_documents() WHERE name = 'changes'")
    changes = Changes.read(bytes(body), keys, desk.now())
    return judge(code, keys=keys, changes=changes, policy=DoorPolicy(), now=desk.now())


def test_a_paper_is_printed_in_both_languages_with_what_it_is_good_for(desk):
    assert "此人没有纸质码" in sheet(desk).text
    page = print_one(desk)
    assert page.status_code == 200, page.text[-3000:]
    for words in (
        "健康码（纸质）",
        "Health code on paper",
        "有效至",
        "Good until",
        "李**",
        desk.tail(desk.granny),
        "<svg",
    ):
        assert words in page.text, words
    assert "12-28" in page.text, "thirty days"
    assert not re.search(r'style="', page.text)
    ((purpose, reason),) = desk.rows(
        "SELECT p.purpose, l.reason FROM health_code_papercode p, registry_accesslog l WHERE l.what = 'paper code'"
    )
    assert purpose == reason == "老人无手机"


def test_a_paper_needs_a_purpose_and_a_role(desk, sign_in):
    assert print_one(desk, purpose=" ").status_code == 422
    reader = sign_in("arrivals.officer", "140105")
    page = sheet(desk, reader)
    assert page.status_code == 200
    assert 'name="purpose"' not in page.text
    form(reader, f"/health-code/{desk.granny.pk}/paper/", purpose="试试")
    assert codes(desk) == []
    elsewhere = sign_in("health_code.keeper", "140106")
    assert sheet(desk, elsewhere).status_code == 404


def test_a_door_passes_a_paper_with_a_look_at_the_document(desk):
    from yanmen.subsystems.health_code.jobs import every_minute

    print_one(desk)
    every_minute(desk.now())
    verdict = at_the_door(desk, codes(desk)[0])
    assert (verdict.act, verdict.reason, verdict.notes) == ("check", "valid", ("paper_check_document",))
    assert verdict.claims.hint == f"李** {desk.tail(desk.granny)}"


def test_a_new_paper_takes_the_old_one_back_and_doors_know_within_a_minute(desk):
    from yanmen.subsystems.health_code.jobs import every_minute

    print_one(desk)
    desk.at(MORNING + timedelta(minutes=10))
    print_one(desk, purpose="上一张弄湿了")
    desk.at(MORNING + timedelta(minutes=11))
    every_minute(desk.now())
    old, new = codes(desk)
    assert at_the_door(desk, old).reason == "revoked"
    assert at_the_door(desk, new).reason == "valid"


def test_a_lost_paper_is_taken_back_with_a_reason(desk):
    from yanmen.subsystems.health_code.jobs import every_minute

    print_one(desk)
    ((number,),) = desk.rows("SELECT id FROM health_code_papercode")
    path = f"/health-code/{desk.granny.pk}/paper/"
    assert form(desk.clerk, path, revoke=str(number), reason="").status_code == 422
    page = form(desk.clerk, path, revoke=str(number), reason="买菜时遗失")
    assert "上一张纸质码已于" in page.text
    every_minute(desk.now())
    assert at_the_door(desk, codes(desk)[0]).reason == "revoked"


def test_a_paper_shows_its_colour_and_a_status_that_changes_later_reaches_the_doors(desk):
    from yanmen.subsystems.health_code.jobs import every_minute

    print_one(desk)
    later = desk.at(MORNING + timedelta(days=3))
    desk.status(desk.granny, "red", later)
    every_minute(desk.now())
    assert at_the_door(desk, codes(desk)[0]).reason == "status_changed"
    print_one(desk, purpose="状态变化后重印")
    every_minute(desk.at(later + timedelta(minutes=1)))
    assert at_the_door(desk, codes(desk)[1]).reason == "colour_red"


def test_the_last_negative_stands_on_the_paper(desk):
    from yanmen.loop import facts
    from yanmen.registry.scope import acting, system

    for hours, result in ((50, "negative"), (30, "negative"), (5, "positive"), (3, "grey")):
        with acting(system("14", purpose="control")):
            facts.record(
                "screening.result",
                person=desk.granny.pk,
                area="140105",
                occurred_at=MORNING - timedelta(hours=hours),
                detail={"result": result, "method": "nat"},
                by="lab",
                now=MORNING,
            )
    print_one(desk)
    claims = credentials.read_text(codes(desk)[0]).credential.claims
    assert claims.negative_minutes == int((MORNING - timedelta(hours=30)).timestamp()) // 60
