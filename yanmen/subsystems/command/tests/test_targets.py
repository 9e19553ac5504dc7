"""The number of units that the form of an order shows is the number it freezes; what the world becomes later changes nothing."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from yanmen.loop.facts import record
from yanmen.loop.models import Task
from yanmen.loop.run import settle
from yanmen.project.looks import window
from yanmen.project.testing import show_clock
from yanmen.registry import people
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Place
from yanmen.registry.scope import acting, system
from yanmen.subsystems.command.models import Receipt
from yanmen.subsystems.command.tests.test_orders import (
    CITY,
    COUNTY,
    START,
    TOWN,
    VILLAGE,
    at,
    client_of,
    province,
)

__all__ = ["province"]
NEW = "/command/orders/new/"
ORDER = {"title": "排查", "text": "入户排查。", "document": "1号", "urgency": "urgent", "clauses": "", "due_at": ""}
QUESTIONS = {
    "below": ({"level": "village"}, ["140702001001", "140702001002", "140702002001"]),
    "areas": ({"areas": f"{COUNTY} 榆次区\n{TOWN}，140703001"}, ["140702", "140702001", "140703001"]),
    "tier": ({"level": "township", "tiers": "high"}, [TOWN]),
    "places": ({"level": "county", "place_kind": "market"}, [COUNTY, "140703"]),
    "tasks": ({"level": "county", "task_kind": "draw_zone"}, [COUNTY]),
}


@pytest.fixture
def outbreak(province):
    """A case in one village, which makes a zone of it with a task; a market in either county."""
    with acting(system("14", purpose="control")):
        ill = people.register_person(
            name="王小明", area=VILLAGE, born_on=date(1990, 5, 1), synthetic=True, by="test", now=START
        ).pk
        told = {"case": str(ill), "disease": "covid19", "kind": "confirmed", "onset_on": "2022-09-30"}
        record("cases.reported", person=ill, area=VILLAGE, occurred_at=START, by="doctor", now=START, detail=told)
        for area in (TOWN, "140703001"):
            Place.objects.using("owner").create(kind="market", name_zh="东关市场", area=area, created_at=START)
    settle(now=START)


def send(client, path, **form):
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(NEW).text)[1]
    return client.post(path, data=form | {"csrfmiddlewaretoken": token}, headers={"Referer": str(client.base_url)})


def shown(client, **target):
    """The number that the form shows for a target."""
    return int(re.search(r'name="counted" value="(\d+)"', send(client, "/command/orders/count/", **target).text)[1])


def frozen():
    """Units of the order given last."""
    last = Receipt.objects.using("owner").order_by("-order_id").first().order_id
    return sorted(Receipt.objects.using("owner").filter(order=last).values_list("area", flat=True))


@pytest.mark.parametrize("kind", QUESTIONS)
def test_what_the_form_counts_is_what_the_order_freezes_whatever_changes_later(outbreak, sign_in, kind):
    city = client_of(sign_in, CITY)
    more, wanted = QUESTIONS[kind]
    if kind == "below":
        more |= {"areas": COUNTY}
    many = shown(city, kind=kind, **more)
    given = send(city, NEW, kind=kind, counted=f"{many}", **ORDER, **more)
    assert given.status_code == 200
    assert (many, frozen()) == (len(wanted), wanted)
    path = f"/command/orders/{re.search(r'/command/orders/([0-9]+)/', str(given.url))[1]}/"
    assert f"{many} unit" in city.get(path).text

    load_areas([AreaRow("140702003", "新华街道", "Xinhua"), AreaRow("140702001003", "新建社区", "Xinjian")])
    Place.objects.using("owner").filter(area=TOWN).update(kind="other")
    with acting(system("14", purpose="control")):
        detail = {"boundary": "北关", "residents": 900}
        record("risk_areas.drawn", area=VILLAGE, occurred_at=at(1), by="x", now=at(1), detail=detail)
        detail = {"persons": 900, "positives": 0, "pending": 0}
        for day in range(1, 12):
            moment = at(24 * day)
            record(
                "risk_areas.full_test_completed", area=VILLAGE, occurred_at=moment, by="x", now=moment, detail=detail
            )
            settle(now=moment)
    show_clock(at(24 * 12))
    settle(now=at(24 * 12))
    assert frozen() == wanted
    page = city.get(path).text
    assert f"{many} unit" in page
    more, fewer = {"below": (1, 0), "areas": (0, 0)}.get(kind, (0, 1))
    again = f"Asked again now, the target names {more} more units and {fewer} fewer."
    assert (again in page) is (kind != "areas")


def test_the_page_of_an_order_names_its_units_and_says_its_own_words(province, sign_in):
    city, speaks_chinese = client_of(sign_in, CITY), client_of(sign_in, CITY, "zh-hans")
    given = send(city, NEW, **ORDER, kind="areas", areas=f"{COUNTY}\n140703")
    assert re.findall(r'data-label="Unit"><div>(\w+)', given.text) == ["Yuci", "Taigu"]
    page = speaks_chinese.get(given.url.path).text
    assert all(f"<dt>{word}</dt>" in page for word in ("文件", "对象"))
    assert "办理中</a>" in speaks_chinese.get("/command/").text
    assert "提交请示</button>" in speaks_chinese.get("/command/requests/").text


def test_an_order_is_not_given_to_other_units_than_were_seen(outbreak, sign_in):
    county = client_of(sign_in, COUNTY)
    target = {"kind": "below", "level": "village"}
    many = shown(county, **target)
    load_areas([AreaRow("140702002002", "新建社区", "Xinjian")])
    refused = send(county, NEW, counted=f"{many}", **ORDER, **target)
    assert refused.status_code == 422
    assert f"You saw {many} units; now {many + 1} fit." in refused.text
    assert '<option value="village" selected' in refused.text
    assert not Receipt.objects.using("owner").exists()
    again = send(county, NEW, **ORDER | {"kind": "tasks", "level": "village", "task_kind": "no_such_task"})
    assert "No unit fits." in again.text
    kept = send(county, NEW, counted="0", **ORDER, kind="tier", level="village", tiers=["high", "medium"]).text
    assert [f'value="{one}" checked' in kept for one in ("high", "medium", "low")] == [True, True, False]


@pytest.mark.parametrize(
    ("areas", "said"),
    [
        ("140799", "There is no area with the code 140799. Check it."),
        (f"{TOWN} {COUNTY}\n{COUNTY}", "Take your own area off the list."),
        ("", "Name the units by the codes of their areas."),
    ],
)
def test_a_list_of_units_with_a_fault_is_refused_with_its_remedy(province, sign_in, areas, said):
    county = client_of(sign_in, COUNTY if "140799" not in areas else CITY)
    assert said in send(county, "/command/orders/count/", kind="areas", areas=areas).text
    refused = send(county, NEW, **ORDER, kind="areas", areas=areas)
    assert (refused.status_code, said in refused.text) == (422, True)


def test_the_task_of_an_order_opens_the_rules_hours_before_its_deadline(province, sign_in):
    city = client_of(sign_in, CITY)
    form = ORDER | {"kind": "areas", "areas": COUNTY, "due_at": f"{at(61):%Y-%m-%dT%H:%M}"}
    assert send(city, NEW, **form).status_code == 200
    settle(now=at(1))
    owed = Task.objects.using("owner").filter(kind="carry_out_order")
    settle(now=at(40))
    assert [(each.opens_at, each.due_at) for each in owed] == [(at(61) - timedelta(hours=24), at(61))]


@pytest.mark.browser
def test_the_count_follows_the_form_and_the_order_goes_to_as_many(outbreak, sign_in, browser):
    city = client_of(sign_in, CITY)
    home = str(city.base_url).rstrip("/")
    with window(browser, city, "dark") as page:
        page.goto(home + NEW)
        counted = page.locator("#counted b")
        expect(counted).to_have_text("2")
        page.select_option("#kind", "places")
        page.select_option("#place_kind", "market")
        page.select_option("#level", "township")
        expect(page.locator("#counted")).to_contain_text("Beiguan, Mingxing")
        page.select_option("#kind", "tier")
        page.check("input[name=tiers][value=high]")
        expect(counted).to_have_text("1")
        for name in ("title", "text", "document"):
            page.fill(f"#{name}", ORDER[name])
        page.get_by_role("button", name="Give the order").click()
        expect(page.get_by_text("1 unit, frozen")).to_be_visible()
        assert page.faults == []
    assert frozen() == [TOWN]
