"""Reports in a real browser: the list, a preview, and a published report of which something changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test import override_settings

from yanmen.base.clock import BEIJING
from yanmen.loop.facts import record_many
from yanmen.loop.run import settle
from yanmen.numbers import indicators
from yanmen.numbers.copying import copy_ledger
from yanmen.numbers.cubes import make_ready
from yanmen.project import state
from yanmen.project.looks import LOOKS, toured
from yanmen.project.testing import show_clock
from yanmen.registry.areas import load_pack
from yanmen.registry.scope import acting, system
from yanmen.subsystems.reports import actions

pytestmark = pytest.mark.browser
PROVINCE = system("14", purpose="control")
NOON = datetime(2022, 10, 5, 12, tzinfo=BEIJING)
MORNING = datetime(2022, 10, 6, 7, 30, tzinfo=BEIJING)


@pytest.fixture(scope="module")
def story(db, tmp_path_factory):
    """Three weeks of infections in two counties, both reports of a day, the daily one published and out of date since."""
    load_pack(state.ROOT / "packs" / "shanxi" / "areas", divisions=None)
    detail = {"kind": "confirmed", "setting": "community"}
    rows = [
        {"area": area, "occurred_at": NOON - timedelta(days=back), "detail": detail}
        for back in range(20)
        for area in ("140727", "140105")
        for _ in range(1 + back % 3)
    ]
    with override_settings(YANMEN_LEDGER=str(tmp_path_factory.mktemp("ledger"))):
        with acting(PROVINCE):
            record_many("cases.reported", rows, by="test", now=NOON)
        settle(now=NOON)
        copy_ledger(indicators.folder(), now=MORNING)
        make_ready(indicators.folder())
        with acting(PROVINCE):
            made = {
                kind: actions.draft(scope=PROVINCE, kind=kind, day=date(2022, 10, 5), by="job:reports", now=MORNING)
                for kind in ("daily", "situation")
            }
            daily = made["daily"]
            actions.publish(scope=PROVINCE, report=daily.pk, digest=daily.digest, by="account:1", now=MORNING)
            late = {"area": "140728", "occurred_at": NOON, "detail": detail}
            record_many("cases.reported", [late], by="test", now=MORNING)
        yield {
            "list": "/reports/", "daily": f"/reports/{daily.pk}/", "situation": f"/reports/{made['situation'].pk}/",
            "preview": "/reports/situation/2022-10-05/", "counted": "/cases/counted/2022-10-05/in_hospital/",
        }  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_reports_are_seen_by_everybody(story, sign_in, browser, look):
    show_clock(MORNING + timedelta(hours=1))
    client = sign_in("command.staff", language=LOOKS[look][0])
    assert toured(browser, client, look, story, "reports") == []
