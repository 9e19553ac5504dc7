"""Where residents can be tested now, and how long they wait: at the doors for strangers and for the team of a site."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest
from django.test import override_settings

from yanmen.project.testing import show_clock
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Place
from yanmen.registry.scope import acting
from yanmen.subsystems.screening.methods.hours import next_opening, on_day, read_hours
from yanmen.subsystems.screening.methods.waiting import Norm, Seen, wait
from yanmen.subsystems.screening.models import Site
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import COUNTY, HOUR, MINUTE, NOON, OTHER, PROVINCE

NORM = Norm(report_minutes=30, pace_people=10, long_wait_minutes=60, a_desk_hour=60)
SITES, PAGE = "/api/screening/public/sites", "/screening/open-sites/"
LONG_AGO = NOON - timedelta(days=9)


def make_site(name, area=COUNTY, *, at=(112.33, 37.36), **about):
    with acting(PROVINCE):
        place = Place.objects.create(
            kind="sampling_site", name_zh=name, name_en=f"Site {name}", address="新建路1号", area=area, created_at=NOON,
            longitude=at[0], latitude=at[1],
        )  # fmt: skip
        given = {"kind": "convenience", "desks": 2, "open_from": LONG_AGO, "created_at": LONG_AGO, "created_by": "test"}
        return Site.objects.create(place=place, area=area, **given | about)


@pytest.fixture
def town(clean):
    """Saturday noon: one site each that is open, reported, closed by its hours, closed for good, at people's doors."""
    site, _laboratory = county.open_county()
    load_areas([AreaRow(code=f"{COUNTY}100", name_zh="昭馀镇", name_en="Zhaoyu")])
    show_clock(NOON)
    daily = read_hours("1-7 07:00-21:00")
    return {
        "plain": site,
        "daily": make_site("城北", f"{COUNTY}100", hours=daily),
        "busy": make_site("城南", hours=daily, at=(112.34, 37.33)),
        "weekdays": make_site("城东", hours=read_hours("1-5 08:00-12:00; 1-5 14:00-18:00"), at=(112.36, 37.35)),
        "gone": make_site("旧点", hours=daily, open_to=NOON - HOUR),
        "coming": make_site("新点", hours=daily, open_from=NOON + timedelta(days=2), at=(112.30, 37.37)),
        "door": make_site("上门", kind="door", hours=daily),
        "far": make_site("古城", OTHER, hours=daily, at=(112.17, 37.20)),
    }


def reported(site, people, at):
    with acting(PROVINCE):
        Site.objects.filter(pk=site.pk).update(queue_people=people, queue_at=at)


def told(live, area=COUNTY):
    answer = live.get(SITES, params={"area": area})
    assert answer.status_code == 200, answer.text
    return {each["place"]: each for each in answer.json()["sites"]}


def post(client, path, **form):
    return client.post(path, data=form, headers=safe(client))


def safe(client):
    return {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}


def test_a_stranger_sees_open_sites_first_then_the_shortest_wait(town, live):
    reported(town["busy"], 130, NOON - 5 * MINUTE)
    reported(town["daily"], 8, NOON - 20 * MINUTE)
    answer = live.get(SITES, params={"area": COUNTY})
    assert answer.headers["cache-control"] == "public, max-age=30"
    assert "cookie" not in answer.headers.get("vary", "").lower()
    names = [each["name"]["zh"] for each in answer.json()["sites"]]
    assert names == ["城北", "城南", "东观采样点", "城东", "新点"]
    found = told(live)
    assert town["gone"].pk not in found
    assert town["door"].pk not in found
    daily = found[town["daily"].pk]
    assert (daily["state"]["value"], daily["today"], daily["opens_at"]) == ("open", ["07:00–21:00"], None)
    assert daily["wait"] == {
        "band": "minutes",
        "minutes": 4,
        "basis": "report",
        "zh": "等候约4分钟",
        "en": "Wait: about 4 min",
    }
    assert (daily["queue"]["people"], daily["queue"]["recent"]) == (8, True)
    assert (daily["area_name"]["en"], daily["county_name"]["zh"], daily["address"]) == ("Zhaoyu", "祁县", "新建路1号")
    assert (found[town["busy"].pk]["wait"]["band"], found[town["busy"].pk]["wait"]["zh"]) == ("long", "等候超过1小时")
    plain = found[town["plain"].pk]
    assert (plain["state"]["value"], plain["today"], plain["wait"]["band"]) == ("unsaid", [], "unknown")


def test_closed_sites_say_when_they_open(town, live):
    found = told(live)
    weekdays = found[town["weekdays"].pk]
    assert (weekdays["state"]["value"], weekdays["today"], weekdays["wait"]) == ("closed", [], None)
    assert weekdays["opens_at"] == "2022-10-03T08:00:00+08:00"
    coming = found[town["coming"].pk]
    assert (coming["state"]["value"], datetime.fromisoformat(coming["opens_at"])) == (
        "closed",
        NOON + timedelta(days=2),
    )


def test_an_old_report_is_called_so_and_the_pace_tells_what_it_can(town, live):
    reported(town["daily"], 8, NOON - 31 * MINUTE)
    persons = county.people(40)
    county.bind("T1", persons[:12], town["daily"], NOON - 14 * MINUTE)
    county.bind("T2", persons[12:40], town["busy"], NOON - 10 * MINUTE)
    found = told(live)
    daily, busy = found[town["daily"].pk], found[town["busy"].pk]
    assert daily["queue"]["recent"] is False
    assert (daily["wait"]["band"], daily["wait"]["basis"]) == ("none", "pace")
    assert (busy["queue"], busy["wait"]["band"], busy["wait"]["basis"]) == (None, "busy", "pace")
    reported(town["busy"], 25, NOON - MINUTE)
    assert told(live)[town["busy"].pk]["wait"]["minutes"] == 9


def test_areas_are_asked_for_by_their_codes(town, live):
    assert [each["name"]["zh"] for each in told(live, OTHER).values()] == ["古城"]
    assert told(live, "140729") == {}
    assert len(told(live, "1407")) == 6
    assert len(told(live, "")) == 6
    for wrong in ("14072", "祁县", "99", "140727' OR 1=1"):
        assert live.get(SITES, params={"area": wrong}).status_code == 422, wrong
    assert live.get("/api/screening/holder/county").status_code == 401
    counties = live.get(f"{SITES}/counties").json()
    assert [(each["code"], each["name"]["zh"], each["sites"]) for each in counties] == [(COUNTY, "祁县", 5), (OTHER, "平遥县", 1)]  # fmt: skip


def test_the_page_is_open_to_everybody_in_both_languages(town, live):
    reported(town["daily"], 0, NOON - 5 * MINUTE)
    page = live.get(PAGE, params={"area": COUNTY})
    assert (page.status_code, page.headers["cache-control"], len(page.history)) == (200, "private, max-age=30", 0)
    for text in ("城北", "没有排队", "0人排队，11:55报告", "暂无近期报告", "2022-10-03 08:00", "时间未公布"):
        assert text in page.text, text
    assert "古城" not in page.text
    assert f'href="#site-{town["daily"].pk}" aria-label="1 城北: 没有排队" class="spot spot-none"' in page.text
    english = live.get(PAGE, headers={"Accept-Language": "en"}).text
    assert "Site 古城" in english
    assert "No queue" in english
    assert "这里没有面向公众的采样点" in live.get(PAGE, params={"area": "140729"}).text
    wrong = live.get(PAGE, params={"area": "14072"})
    assert (wrong.status_code, "14072" in wrong.text) == (422, True)


def test_who_asks_too_often_is_told_when_to_come_back(town, live, monkeypatch):
    from yanmen.desk import networks

    monkeypatch.setattr(networks, "take_turn", lambda rates, *, now: 17)
    for path in (SITES, PAGE, f"{SITES}/counties"):
        answer = live.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "17"), path


def test_the_team_of_a_site_reports_its_queue(town, live, sign_in):
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        team = sign_in("sampling", COUNTY)
        elsewhere = sign_in("sampling", OTHER)
        courier = sign_in("screening.courier", COUNTY)
    number = town["busy"].pk
    path = f"/api/screening/sites/{number}/queue"
    made = team.post(path, json={"people": 35}, headers=safe(team))
    assert (made.status_code, made.json()["queue_people"]) == (200, 35)
    assert told(live)[number]["wait"]["zh"] == "等候约20分钟"
    for people in (-1, 5001):
        assert team.post(path, json={"people": people}, headers=safe(team)).status_code == 422
    refused = elsewhere.post(path, json={"people": 1}, headers=safe(elsewhere))
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "place")
    assert courier.post(path, json={"people": 1}, headers=safe(courier)).status_code == 403
    assert httpx.post(f"{live.url}{path}", json={"people": 1}).status_code == 403
    closed = f"/api/screening/sites/{town['gone'].pk}/queue"
    assert team.post(closed, json={"people": 1}, headers=safe(team)).status_code == 422
    screen = f"/screening/sites/{number}/"
    assert "排队人数" in post(team, screen, act="queue", people="0").text
    assert Site.objects.using("owner").get(pk=number).queue_people == 0
    assert post(team, screen, act="queue", people="").status_code == 422
    assert post(team, screen, act="queue", people="6000").status_code == 422
    assert post(team, screen, act="close").status_code == 422
    assert post(elsewhere, screen, act="queue", people="9").status_code in (404, 422)
    assert Site.objects.using("owner").get(pk=number).queue_people == 0


def test_the_wait_follows_the_report_then_the_pace_then_says_that_nobody_knows():
    def waits(norm=NORM, **about):
        found = wait(Seen(desks=2, **about), norm, NOON)
        return found.band, found.minutes, found.basis

    fresh = {"reported_at": NOON - MINUTE}
    assert waits(people=0, **fresh) == ("none", None, "report")
    assert waits(people=7, **fresh) == ("minutes", 4, "report")
    assert waits(people=43, **fresh) == ("minutes", 25, "report")
    assert waits(people=121, **fresh) == ("long", 60, "report")
    slow = {"bound": 15, "bound_since": NOON - 15 * MINUTE}
    assert waits(people=7, **fresh, **slow) == ("minutes", 7, "report")
    just_opened = {"bound": 9, "bound_since": NOON - 2 * MINUTE}
    assert waits(people=7, **fresh, **just_opened) == ("minutes", 4, "report")
    stale = {"people": 7, "reported_at": NOON - 31 * MINUTE}
    assert waits(**stale) == ("unknown", None, "")
    assert waits(**stale, **slow) == ("none", None, "pace")
    assert waits(bound=29, bound_since=NOON - 15 * MINUTE) == ("minutes", 15, "pace")
    assert waits(bound=30, bound_since=NOON - 15 * MINUTE) == ("busy", None, "pace")
    assert waits(None, people=7, **fresh) == ("unknown", None, "")
    shorter = Norm(report_minutes=30, pace_people=10, long_wait_minutes=45, a_desk_hour=60)
    assert wait(Seen(2, 200, NOON), shorter, NOON).said["en"] == "Wait: more than 45 min"


def test_hours_of_a_day_and_the_next_opening():
    hours = read_hours("1-5 14:00-18:00; 1-5 08:00-12:00; 6 09:00-12:00")
    assert on_day(hours, NOON) == ["09:00–12:00"]
    assert on_day(hours, NOON + timedelta(days=2)) == ["08:00–12:00", "14:00–18:00"]
    assert next_opening(hours, NOON) == NOON + timedelta(days=2) - 4 * HOUR
    assert next_opening(hours, NOON - 4 * HOUR) == NOON - 3 * HOUR
    assert next_opening([], NOON) is None
