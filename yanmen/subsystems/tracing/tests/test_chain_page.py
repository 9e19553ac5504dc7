"""The picture of chains: what it says, to whom, in a browser and by keyboard, and with three thousand cases."""

from __future__ import annotations

import json
import re
import time
from datetime import date

import pytest
from playwright.sync_api import expect

from yanmen.project.looks import LOOKS, seen, window
from yanmen.project.testing import show_clock
from yanmen.subsystems.tracing.tests.chain_story import NOW, many_cases, told_outbreak
from yanmen.subsystems.tracing.tests.district import COUNTY, DISTRICT

CASES = 3000
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
    assert one["at"] == -1
    assert drawn(tracer.get(f"/tracing/chains/?case={chain}&colour=area").text) == one | {"at": 0}
    assert 1 < len(one["nodes"]) <= len(keys)
    assert one["groups"] == ["榆次区"]
    empty = sign_in("tracing.tracer", COUNTY, language="en").get("/tracing/chains/").text
    assert "No case in these days" in empty
    assert sign_in("cases.reporter", DISTRICT).get("/tracing/chains/").status_code == 403
    unknown = tracer.get("/tracing/chains/?disease=measles&days=x&from=abc&chain=none")
    assert unknown.status_code in (200, 422)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_situation_report_counts_chains_names_nobody_and_knows_what_was_known(clocked, sign_in, language):
    told_outbreak(clocked)
    staff = sign_in("command.staff", DISTRICT, language="zh-hans" if language == "zh" else "en")
    report = "/reports/situation/2022-10-10"
    page = staff.get(f"{report}/").text
    figure = r'"/tracing/chains/[?]days=30(?:&amp;chain=[0-9a-f-]{36})?"[^>]*>([0-9]+)<'
    cases, chains, active, unknown, *rows = [int(text) for text in re.findall(figure, page)]
    assert min(cases, chains, rows[0]) > 0
    assert max(active, unknown) <= cases
    assert sum(rows[::3]) <= cases
    assert "合成" not in page
    chain = re.search(r"chains/[?]days=30&amp;chain=([0-9a-f-]{36})", page)[1]
    assert staff.get(f"/tracing/chains/?days=30&chain={chain}").status_code == 200
    told = staff.get(f"{report}/{language}.txt").text
    assert {"zh": f"连成传播链{chains}条", "en": f"there are {chains} chains"}[language] in told
    earlier = staff.get(f"{report}/?as_known_at=2022-10-01T12:00").text
    assert [int(text) for text in re.findall(figure, earlier)][:1] < [cases]


def test_a_candidate_who_came_from_the_case_itself_is_not_offered_as_its_source(clocked, sign_in):
    who = [clocked.person(name) for name in ("合成甲", "合成乙")]
    keys = [clocked.case(each, "2022-10-11", onset_on="2022-10-10") for each in who]
    met = {"first_exposed": date(2022, 10, 3), "last": "2022-10-09", "via": "household"}
    clocked.contact(who[1], keys[0], found="2022-10-11", **met)
    page = sign_in("tracing.tracer", DISTRICT, language="en").get("/tracing/chains/").text
    picture = drawn(page)
    (inferred,) = [at for at, node in enumerate(picture["nodes"]) if node[7] == "inferred"]
    other = picture["nodes"][1 - inferred]
    assert (other[7], other[5], other[6], [node for node, _ in other[9]]) == ("unknown", 0, [], [inferred])
    said = re.sub(r"<[^>]+>", "", page)
    name, first = picture["nodes"][inferred][4], other[4]
    assert re.search(rf"Not {name} \(\d+ %\): by the other links, {name} was infected from this case on", said)
    assert not re.search(rf"Not {first} ", said)


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
def test_chains_in_a_browser(clocked, browser, sign_in, look):
    told_outbreak(clocked, cases=40)
    faults = []
    for area, name in ((DISTRICT, "full"), (COUNTY, "empty")):
        client = sign_in("tracing.tracer", area, language=LOOKS[look][0])
        with window(browser, client, look) as page:
            assert page.goto(str(client.base_url).rstrip("/") + "/tracing/chains/").ok
            page.wait_for_load_state("networkidle")
            if name == "full":
                page.wait_for_selector(INTERACTIVE)
                page.wait_for_timeout(500)
                page.locator("[data-node] td.key > *").nth(5).focus()
            faults += [*seen(page, f"chains-{name}-{look}"), *page.faults]
    assert faults == []


@pytest.mark.browser
def test_three_thousand_cases_are_drawn_moved_pointed_at_walked_and_opened(clocked, browser, sign_in):
    many_cases(clocked, cases=CASES)
    client = sign_in("tracing.tracer", DISTRICT, language="zh-hans")
    began = time.perf_counter()
    text = client.get("/tracing/chains/?days=120").text
    answered = time.perf_counter() - began
    picture = drawn(text)
    assert len(picture["nodes"]) == CASES
    assert len(picture["links"]) > 0.8 * CASES
    assert len(picture["chains"]) > 100
    assert text.count("<tr data-node=") == 40
    for look in ("zh", "phone-zh"):
        with window(browser, client, look) as page:
            page.goto(str(client.base_url).rstrip("/") + "/tracing/chains/?days=120", wait_until="commit")
            began = time.perf_counter()
            page.wait_for_selector(INTERACTIVE, timeout=60_000)
            print(f"{CASES} cases, {look}: answered in {answered:.1f} s, drawn in {time.perf_counter() - began:.1f} s")
            faults = seen(page, f"chains-many-{look}")
            moved(page)
            walked(page, picture)
            assert faults + page.faults == []


def days_seen(page):
    return page.locator("[data-chain-range]").inner_text().split(" – ")


def moved(page):
    """Buttons zoom, a drag moves the days, and a case says who it is when it is pointed at."""
    whole = days_seen(page)
    for _ in range(2):
        page.locator("[data-chain-zoom=in]").click()
    said = page.locator("[data-chain-range]")
    expect(said).not_to_have_text(" – ".join(whole))
    near = days_seen(page)
    assert whole[0] < near[0] < near[1] < whole[1]
    chart = page.locator("[data-chains]")
    chart.evaluate("chart => chart.scrollIntoView({ block: 'start', behavior: 'instant' })")
    frame = chart.bounding_box()
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] - 120
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(5):
        page.mouse.move(x + 25 * (step + 1), y)
        page.wait_for_timeout(50)
    page.mouse.up()
    expect(said).not_to_have_text(" – ".join(near))
    assert days_seen(page) < near
    page.locator("[data-chain-zoom=all]").click()
    expect(said).to_have_text(" – ".join(whole))
    left, top = page.evaluate(
        """() => {
            const nodes = JSON.parse(document.getElementById('chain-data').textContent).nodes;
            const chart = window.echarts.getInstanceByDom(document.querySelector('[data-chains]'));
            return chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, nodes[nodes.length >> 1].slice(0, 2));
        }"""
    )
    frame = chart.bounding_box()
    page.mouse.move(frame["x"] + left, frame["y"] + top)
    page.wait_for_selector("[data-chain-tip]:not([hidden])")
    assert re.match(r"合成\d{4}", page.locator("[data-chain-said]").inner_text())


def walked(page, picture):
    """Arrow keys go along the days and to the source, and Enter opens the chain alone."""
    page.locator("[data-chains]").focus()
    for key in ("Escape", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert picture["nodes"][1][4] in page.locator("[data-chain-said]").inner_text()
    infector, infectee = next(link[:2] for link in picture["links"] if link[3] and picture["nodes"][link[1]][8] >= 0)
    while page.locator("[data-chain-said]").inner_text().split()[0] != picture["nodes"][infectee][4]:
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert picture["nodes"][infector][4] in page.locator("[data-chain-said]").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**chain=*")
    page.wait_for_selector(INTERACTIVE, timeout=60_000)
    alone = drawn(page.content())
    chain = picture["nodes"][infector][8]
    assert len(alone["nodes"]) == sum(node[8] == chain for node in picture["nodes"])
    assert picture["chains"][chain] in page.url
