"""Who else was there: the page of a place where cases stayed, and the way of a case, through the doors people use."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from yanmen.loop import facts
from yanmen.project.testing import show_clock
from yanmen.registry.models import Place
from yanmen.subsystems.tracing.tests.district import COUNTY, DISTRICT, make_areas
from yanmen.subsystems.tracing.tests.town import ask
from yanmen.subsystems.tracing.tests.trails import MARKET_DAY, NOW, Trail, form

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def trail(clean):
    """A case was in a market from nine to ten; two met it, one came later, one is registered elsewhere."""
    make_areas()
    show_clock(NOW)
    return Trail()


def market(trail):
    return f"/tracing/venues/{trail.market}/?case={trail.case_key}&day=2022-10-04"


def test_the_list_names_places_of_cases_and_the_page_who_was_there_at_the_same_time(trail, sign_in):
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    listed = tracer.get("/tracing/venues/").text
    assert "许坦市场" in listed
    assert "许坦面馆" in listed
    assert market(trail).replace("&", "&amp;") in listed
    page = tracer.get(market(trail)).text
    assert "王早" in page
    assert "40 min" in page
    assert page.index("王早") < page.index("赵晚")  # longest together first
    assert "registered in another area" in page
    assert "外县人" not in page
    only = tracer.get(market(trail) + "&together=1").text
    assert "赵晚" not in only
    assert "王早" in only


def test_chosen_people_become_general_contacts_from_the_minutes_they_shared(trail, sign_in):
    tracer = sign_in("tracing.tracer", DISTRICT)
    page = tracer.get(market(trail) + "&choose=1").text
    assert page.count(" checked") >= 1
    answer = form(tracer, market(trail), outcome="general", visit=[str(trail.scans["王早"])])
    assert "已判定1人" in answer.text
    assert "一般接触者" in answer.text
    (found,) = trail.rows(
        "SELECT person_id, detail ->> 'via', detail ->> 'first_exposed', detail ->> 'case' FROM loop_fact"
        " WHERE kind = 'tracing.general_contact_found'"
    )
    assert found == (trail.who["王早"], "venue", "2022-10-04", trail.case_key)
    trail.turn("2022-10-08 12:00")
    assert trail.tasks(trail.who["王早"], "risk_notice", ["open"])


def test_what_cannot_be_judged_is_refused_in_words(trail, sign_in):
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    assert "Choose at least one person" in form(tracer, market(trail), outcome="close").text
    late = form(tracer, market(trail), outcome="close", visit=[str(trail.scans["赵晚"])])
    assert late.status_code == 422
    assert "Choose at least one person" in late.text
    odd = form(tracer, market(trail), outcome="king", visit=[str(trail.scans["王早"])])
    assert "Choose what they are judged" in odd.text
    wrong = tracer.get(f"/tracing/venues/{trail.market}/?day=yesterday")
    assert wrong.status_code == 422
    assert "Write the day as 2022-10-07" in wrong.text
    assert tracer.get("/tracing/venues/999999/").status_code == 404


def test_command_sees_no_names_and_judges_nobody(trail, sign_in):
    staff = sign_in("command.staff", DISTRICT, language="en")
    page = staff.get(market(trail)).text
    assert "王*" in page
    assert "王早" not in page
    assert "张行" not in page
    refused = form(staff, market(trail), outcome="general", visit=[str(trail.scans["王早"])])
    assert refused.status_code == 422
    assert trail.rows("SELECT count(*) FROM loop_fact WHERE kind LIKE 'tracing.%%found'") == [(0,)]


def test_another_county_has_no_such_place_and_every_look_is_logged(trail, sign_in):
    assert sign_in("tracing.tracer", COUNTY).get(market(trail)).status_code == 404
    tracer = sign_in("tracing.tracer", DISTRICT)
    tracer.get(market(trail))
    tracer.get(f"/tracing/movements/{trail.case_key}/")
    logged = dict(trail.rows("SELECT what, max(count) FROM registry_accesslog GROUP BY what"))
    assert logged["visitors of a place"] == 4
    assert logged["movements of a case"] == 5


def test_a_place_on_a_quiet_day_says_so(trail, sign_in):
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    page = tracer.get(f"/tracing/venues/{trail.market}/?day=2022-10-01&case={trail.case_key}").text
    assert "Nobody was recorded here on this day" in page
    with trail.acting():
        quiet = Place.objects.create(name_zh="无人处", area=DISTRICT, created_at=MARKET_DAY).pk
    assert tracer.get(f"/tracing/venues/{quiet}/").status_code == 200


def test_the_way_is_told_in_order_and_its_public_text_names_nobody(trail, sign_in):
    tracer = sign_in("tracing.tracer", DISTRICT)
    page = tracer.get(f"/tracing/movements/{trail.case_key}/").text
    assert 'id="step-5"' in page
    assert "GS(2024)0650" in page
    assert "G692" in page
    text = page[page.index('id="public-zh"') :].split("</textarea>")[0]
    assert "10月4日：" in text
    assert "许坦市场" in text
    assert "乘坐G692列车（5车厢）" in text
    assert "安居小区" in text
    for secret in ("张行", "3号楼", "301", "12A", "王早", "1990"):
        assert secret not in text, secret
    tiles = tracer.get(f"/tracing/movements/{trail.case_key}/?map=hexes").text
    assert "示意图" in tiles


def test_what_the_case_denies_is_struck_out_and_not_published(trail, sign_in):
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    noodles = str(trail.scans["noodles"])
    trail.record(
        "cases.exposure_told", trail.who["张行"], "2022-10-08 11:00", case=trail.case_key, holds=False, basis=noodles
    )
    page = tracer.get(f"/tracing/movements/{trail.case_key}/").text
    assert "the case denies it" in page
    assert "许坦面馆" not in page[page.index('id="public-zh"') :].split("</textarea>")[0]


def test_days_that_make_no_sense_are_refused(trail, sign_in):
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    way = f"/tracing/movements/{trail.case_key}/"
    for asked in ("?since=2022-10-07&until=2022-10-01", "?since=2021-01-01", "?until=soon"):
        assert tracer.get(way + asked).status_code == 422, asked
    assert "No step of this case is on record" in tracer.get(way + "?since=2022-09-20&until=2022-09-21").text
    assert tracer.get("/tracing/movements/unheard-of/").status_code == 404


def reported_in_the_county(trail, name):
    return str(
        trail.record(
            "cases.reported", trail.who[name], "2022-10-08 10:30", area=COUNTY, kind="confirmed", setting="community"
        )
    )


def test_a_case_of_another_county_is_told_at_the_place_and_not_who_it_is(trail, sign_in):
    key = reported_in_the_county(trail, "外县人")
    tracer = sign_in("tracing.tracer", DISTRICT, language="en")
    assert "reported in 祁县" in tracer.get("/tracing/venues/").text
    path = f"/tracing/venues/{trail.market}/?case={key}&day=2022-10-04"
    page = tracer.get(path).text
    assert "This case was reported in 祁县" in page
    assert "09:50 – 10:50" in page
    assert "30 min" in page  # with 王早
    assert "10 min" in page  # with the case of the district
    assert "外县人" not in page
    assert f"/tracing/movements/{key}" not in page
    assert tracer.get(f"/tracing/movements/{key}/").status_code == 404
    answer = form(tracer, path, outcome="general", visit=[str(trail.scans["王早"])])
    assert "1 person judged" in answer.text
    assert trail.rows(
        "SELECT person_id, detail ->> 'case' FROM loop_fact WHERE kind = 'tracing.general_contact_found'"
    ) == [(trail.who["王早"], key)]
    assert sign_in("tracing.tracer", COUNTY).get(path).status_code == 404
    with trail.acting():
        facts.withdraw(UUID(key), reason="复核阴性", by="test", now=NOW)
    assert "reported in 祁县" not in tracer.get("/tracing/venues/").text


def test_a_resident_whom_another_county_reported_is_not_named_as_the_case(trail, sign_in):
    key = reported_in_the_county(trail, "王早")
    page = (
        sign_in("tracing.tracer", DISTRICT)
        .get(f"/tracing/venues/{trail.market}/?case={key}&day=2022-10-04&together=1")
        .text
    )
    assert "祁县" in page
    assert "王早" not in page
    assert "张行" in page  # who met the case, and lives here


@pytest.mark.parametrize(
    ("area", "purpose", "seen"),
    [
        (DISTRICT, "control", {("张行", True), ("", False)}),
        (COUNTY, "control", set()),
        ("1407", "control", {("张行", True), ("外县人", True)}),
        (DISTRICT, "statistics", set()),
        (DISTRICT, "self", set()),
        ("", "control", set()),
    ],
)
def test_raw_sql_tells_no_more_of_stays_of_cases_than_the_page(trail, area, purpose, seen):
    reported_in_the_county(trail, "外县人")
    rows = ask(
        "SELECT DISTINCT name, person IS NOT NULL FROM tracing_case_stays(NULL, %s, %s, %s, 100)",
        NOW - 10 * 24 * HOUR, NOW, NOW - 30 * 24 * HOUR, area=area, purpose=purpose,
    )  # fmt: skip
    assert set(rows) == seen
