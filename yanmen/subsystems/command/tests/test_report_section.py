"""Orders stand in the situation report, each figure with its list, as they were on the report's day whenever it is written."""

from __future__ import annotations

import io
import re

import docx
import pypdfium2
import pytest

from yanmen.loop.run import settle
from yanmen.project.testing import show_clock
from yanmen.subsystems.command.tests.test_orders import (
    CITY,
    COUNTY,
    at,
    call,
    client_of,
    mine,
    order_of,
    province,
)

__all__ = ["province"]
DAY = "/reports/situation/2022-10-01"
FIGURES = '"/command/orders/{0}/(?:[?]state=([a-z]+))?"[^>]*>([0-9]+)<'


def figures(page, order):
    return {state or "units": int(text) for state, text in re.findall(FIGURES.format(order), page)}


def plain(text):
    return "".join(text.split())


def test_a_report_says_how_far_orders_were_on_its_day_and_links_each_figure(province, sign_in):
    city, county = client_of(sign_in, CITY), client_of(sign_in, COUNTY)
    assert "<h3>Orders</h3>" not in city.get(f"{DAY}/").text
    given = order_of(city, {"kind": "below", "level": "county"}, due_at=at(10).isoformat())["id"]
    call(county, f"/receipts/{mine(county)}/accept", {})
    show_clock(at(9))
    call(county, f"/receipts/{mine(county)}/done", {"note": "采样点已布设"})
    show_clock(at(12))
    settle(now=at(12))
    page = city.get(f"{DAY}/").text
    assert figures(page, given) == {"units": 2, "done": 1, "verified": 0, "late": 1}
    assert "<h3>Orders</h3>" in page
    said = re.sub(r"<[^>]+>|\s+", "", page)
    assert "1orderswith2units:50%ofthemsaydone,1arelate." in said
    for link in ('href="/command/"', 'href="/command/late/?show=all"'):
        assert link in page
    for state, many in (("done", 1), ("late", 1), ("verified", 0)):
        units = city.get(f"/command/orders/{given}/?state={state}").text
        assert units.count('data-label="State"') == many, state
    whole = client_of(sign_in, "14").get(f"{DAY}/").text
    assert f"/command/orders/{given}/" not in whole, "the province reads what it ordered itself"

    call(city, f"/orders/{given}/verify", {"units": [COUNTY]})
    show_clock(at(40))
    call(city, f"/orders/{given}/recall", {"why": "并入新指令"})
    before = city.get(f"{DAY}/?as_known_at=2022-10-01T20:59").text
    assert figures(before, given) == {"units": 2, "done": 1, "verified": 0, "late": 1}
    assert figures(city.get(f"{DAY}/").text, given) == {"units": 2, "done": 0, "verified": 1, "late": 1}
    assert "<h3>Orders</h3>" not in city.get("/reports/situation/2022-10-03/").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_orders_stand_in_every_form_of_the_report(province, sign_in, language):
    city = client_of(sign_in, CITY)
    order_of(city, {"kind": "below", "level": "county"})
    wanted = {
        "zh": ["指令落实", "办理指令1件", "报办结待核实"],
        "en": ["Orders", "1 orders with 2 units", "Said done, to verify"],
    }
    told = city.get(f"{DAY}/{language}.txt").text
    paper = pypdfium2.PdfDocument(city.get(f"{DAY}/{language}.pdf").content)
    printed = "".join(each.get_textpage().get_text_range() for each in paper)
    word = docx.Document(io.BytesIO(city.get(f"{DAY}/{language}.docx").content))
    typed = "".join(word.element.body.itertext())
    for text in (told, printed, typed):
        for each in ["全员核酸准备", *wanted[language]]:
            assert plain(each) in plain(text.replace("\u00ad", "")), each
