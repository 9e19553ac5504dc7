"""The picture of chains: what it says, to whom, in a browser and by keyboard."""

from __future__ import annotations

import json
import re

import pytest

from yanmen.project.looks import LOOKS, seen
from yanmen.project.testing import cookies_for, show_clock
from yanmen.subsystems.tracing.tests.chain_story import NOW, told_outbreak
from yanmen.subsystems.tracing.tests.district import COUNTY, DISTRICT

INTERACTIVE = "[data-chains][data-ready=yes]"


@pytest.fixture
def clocked(district):
    show_clock(NOW)
    return district


def drawn(text):
    return json.loads(re.search(r'<script id="chain-data" type="application/json">(.*?)</script>', text, re.S)[1])


def test_the_page_tells_told_from_inferred_and_names_nobody_to_those_who_may_not_see_names(clocked, sign_in):
    keys = told_outbreak(clocked)
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    page = tracer.get("/tracing/chains/").text
    picture = drawn(page)
    assert len(picture["nodes"]) == len(keys)
    assert {link[3] for link in picture["links"]} == {0, 1}
    assert {node[7] for node in picture["nodes"]} == {"told", "inferred", "unknown", "elsewhere"}
    assert all(node[3] == (node[7] == "unknown") for node in picture["nodes"])
    assert "合成03" in page
    staff = sign_in("command.staff", DISTRICT, language="en").get("/tracing/chains/").text
    assert "合成03" not in staff
    assert len(drawn(staff)["nodes"]) == len(keys)
    chain = re.search(r"chain=([0-9a-f-]{36})", page)[1]
    one = drawn(tracer.get(f"/tracing/chains/?chain={chain}&colour=area").text)
    assert drawn(tracer.get(f"/tracing/chains/?case={chain}&colour=area").text) == one
    assert 1 < len(one["nodes"]) <= len(keys)
    assert one["groups"] == ["榆次区"]
    empty = sign_in("tracing.tracer", COUNTY, language="en").get("/tracing/chains/").text
    assert "No case in these days" in empty
    assert sign_in("cases.reporter", DISTRICT).get("/tracing/chains/").status_code == 403
    unknown = tracer.get("/tracing/chains/?disease=measles&days=x&from=abc&chain=none")
    assert unknown.status_code in (200, 422)


def listen(page, faults):
    page.on("console", lambda line: faults.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
def test_chains_in_a_browser(clocked, browser, sign_in, look):
    told_outbreak(clocked, cases=40)
    language, options = LOOKS[look]
    faults = []
    for area, name in ((DISTRICT, "full"), (COUNTY, "empty")):
        client = sign_in("tracing.tracer", area, language=language)
        context = browser.new_context(**options)
        context.add_cookies(cookies_for(client, str(client.base_url)))
        page = context.new_page()
        listen(page, faults)
        assert page.goto(str(client.base_url).rstrip("/") + "/tracing/chains/").ok
        page.wait_for_load_state("networkidle")
        if name == "full":
            page.wait_for_selector(INTERACTIVE, timeout=8000)
            page.wait_for_timeout(500)
            page.locator("[data-node] td.key > *").nth(5).focus()
        faults += seen(page, f"chains-{name}-{look}")
        context.close()
    assert faults == []
