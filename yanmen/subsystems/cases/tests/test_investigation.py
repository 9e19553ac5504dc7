"""Clocks, the form that asks nothing already known, exposures confirmed and the source told: through the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yanmen.loop import facts
from yanmen.loop.bulk import record_bulk
from yanmen.loop.models import Fact
from yanmen.loop.run import settle
from yanmen.registry.models import Place
from yanmen.registry.scope import acting
from yanmen.subsystems.cases.tests.county import (
    CITY,
    COUNTY,
    FAR_VILLAGE,
    OTHER_COUNTY,
    PROVINCE,
    VILLAGE,
    act,
    areas,
    day,
    person,
    post,
    report,
)


@pytest.fixture(autouse=True)
def _areas(clean):
    areas()


def clocks(client, case):
    return {row["kind"]: row for row in client.get(f"/api/cases/cases/{case}/clocks").json()}


def test_each_case_has_three_clocks_that_climb_the_tree_when_they_run_out(sign_in, settings_clock):
    found = day(1)
    case = report(person(), found, now=found + timedelta(hours=3))
    settle(now=found + timedelta(hours=3, minutes=1))
    settings_clock(found + timedelta(hours=3, minutes=2))
    city = sign_in("cases.epidemiologist", CITY)
    rows = clocks(city, case)
    assert set(rows) == {"network_report", "trace_core", "investigate_case"}
    reported = rows["network_report"]
    assert (reported["state"], reported["late_seconds"]) == ("done", 3600), "reported three hours after it was found"
    assert (rows["trace_core"]["state"], rows["trace_core"]["late_seconds"], rows["trace_core"]["level"]) == (
        "open",
        None,
        VILLAGE,
    )
    late = found + timedelta(hours=5)
    settle(now=late)
    settings_clock(late)
    row = clocks(city, case)["trace_core"]
    assert (row["state"], row["late_seconds"] // 60, row["level"]) == ("failed", 60, VILLAGE[:9]), "one level up"
    counted = {(row["area"], row["kind"]): row for row in city.get("/api/cases/late").json()}
    assert counted[COUNTY, "trace_core"]["open_late"] == 1
    assert counted[COUNTY, "network_report"]["done_late"] == 1
    assert counted[COUNTY, "investigate_case"] == {
        "area": COUNTY, "kind": "investigate_case", "total": 1, "open_late": 0, "done_late": 0,
    }  # fmt: skip
    act("investigate", case, found + timedelta(hours=6))
    settle(now=found + timedelta(hours=7))
    settings_clock(found + timedelta(hours=8))
    rows = clocks(city, case)
    assert (rows["trace_core"]["state"], rows["trace_core"]["late_seconds"]) == ("done", 7200)
    assert (rows["investigate_case"]["state"], rows["investigate_case"]["late_seconds"]) == ("done", None)
    elsewhere = sign_in("cases.epidemiologist", OTHER_COUNTY)
    assert elsewhere.get("/api/cases/late").json() == []
    assert elsewhere.get(f"/api/cases/cases/{case}/clocks").status_code == 404


def lived(who, onset):
    """Made-up records: a market two days before the onset, a train that lasted into the window, one scan too early."""
    with acting(PROVINCE):
        market = Place.objects.create(kind="market", name_zh="东关市场", area=VILLAGE, created_at=onset).pk
        scans = [
            {"person": who, "place": market, "area": VILLAGE, "occurred_at": onset - timedelta(days=days), "detail": {"via": "phone"}}
            for days in (2, 9)
        ]  # fmt: skip
        for scan in scans:
            record_bulk("presence.scanned", [scan], by="edge", now=scan["occurred_at"])
        facts.record(
            "tracing.setting_told", person=who, area=COUNTY, occurred_at=onset - timedelta(days=3), by="test", now=onset,
            detail={"setting": "train", "name": "D5302", "until": (onset - timedelta(days=3, hours=-2)).isoformat()},
        )  # fmt: skip


def form(client, case):
    found = client.get(f"/api/cases/cases/{case}/investigation").json()
    return found, {section["name"]: section for section in found["sections"]}


def test_the_form_is_filled_with_what_facts_show_and_says_what_is_missing(sign_in, settings_clock):
    who = person(sex="male", phone="13800138000")
    lived(who, day(1))
    case = report(who, day(2), onset_on=day(1).date(), ct=24)
    settings_clock(day(2, 14))
    expert = sign_in("cases.epidemiologist", CITY, language="en")
    found, sections = form(expert, case)
    assert list(sections) == ["identity", "onset", "vaccination", "exposures", "stays", "contacts", "source"]
    assert found["window"] == {"first": "2022-09-24", "last": "2022-10-01"}, "seven days in the ninth edition"
    assert found["source"]["grade"] == "C"
    identity = {item["name"]: item for item in sections["identity"]["items"]}
    assert (identity["sex"]["said"]["en"], identity["phone"]["source"]) == ("Male", "register")
    assert "13800138000" not in str(found), "no secret in clear"
    assert {"document", "address"} <= set(sections["identity"]["missing"])
    onset = {item["name"]: item for item in sections["onset"]["items"]}
    assert (onset["onset_on"]["value"], onset["onset_on"]["fact"] == case, onset["symptoms"]["known"]) == (
        "2022-10-01",
        True,
        False,
    )
    assert [(row["where"], row["holds"]) for row in found["exposures"]] == [("D5302", None), ("东关市场", None)]
    act("tell_course", case, day(2, 15), symptoms=["cough", "fever"], temperature=38.6)
    act("trace_core", case, day(2, 15))
    act("admit", case, day(2, 15), facility="First hospital")
    with acting(PROVINCE):
        facts.record("tracing.contact_found", person=person("李四"), area=VILLAGE, occurred_at=day(2, 15), by="test",
                     now=day(2, 15), detail={"case": case, "degree": 1, "last_exposed": "2022-10-01"})  # fmt: skip
    settings_clock(day(2, 16))
    _, sections = form(expert, case)
    onset = {item["name"]: item for item in sections["onset"]["items"]}
    assert onset["symptoms"]["said"]["en"] == "Cough, Fever"
    assert (onset["temperature"]["value"], onset["facility"]["value"]) == (38.6, "First hospital")
    assert {item["name"]: item["value"] for item in sections["contacts"]["items"]}["close"] == 1


def test_the_eighth_edition_asks_about_fourteen_days(sign_in, settings_clock):
    found = day(2).replace(year=2021)
    case = report(person(), found, now=found, kind="asymptomatic", sampled_on=found.date())
    settings_clock(found + timedelta(hours=2))
    form_found, sections = form(sign_in("cases.epidemiologist", CITY), case)
    assert form_found["window"] == {"first": "2021-09-18", "last": "2021-10-02"}
    assert "onset_on" not in [item["name"] for item in sections["onset"]["items"]], (
        "nobody asks for an onset without symptoms"
    )


def test_exposures_are_confirmed_once_changed_and_added(sign_in, settings_clock):
    who = person()
    lived(who, day(1))
    case = report(who, day(2), onset_on=day(1).date())
    settings_clock(day(2, 14))
    expert = sign_in("cases.epidemiologist", CITY, language="en")
    ride, market = form(expert, case)[0]["exposures"]

    def say(*exposures):
        return post(expert, f"/cases/{case}/exposures", exposures=list(exposures))

    dinner = {"where": "Dinner at a cousin's", "since": day(-2, 18).isoformat(), "until": day(-2, 20).isoformat()}
    assert say({"basis": ride["basis"]}, {"basis": market["basis"], "holds": False}, dinner).json() == {
        "told": 3,
        "changed": 0,
        "repeated": 0,
    }
    again = say({"basis": ride["basis"]}, {"basis": market["basis"], "holds": False}, dinner)
    assert again.json() == {"told": 0, "changed": 0, "repeated": 3}
    assert Fact.objects.using("owner").filter(kind="cases.exposure_told").count() == 3
    assert say({"basis": market["basis"], "holds": True, "note": "Remembered"}).json()["changed"] == 1
    rows = form(expert, case)[0]["exposures"]
    assert {(row["where"], row["holds"], row["basis"] is None) for row in rows} == {
        ("D5302", True, False), ("东关市场", True, False), ("Dinner at a cousin's", True, True),
    }  # fmt: skip
    assert not form(expert, case)[1]["exposures"]["missing"]
    for wrong, word in (
        ({"basis": case}, "no such record"), ({"where": "A bar"}, "place and the time"),
        (dinner | {"until": day(-3).isoformat()}, "before the beginning"),
        ({"where": "A bar", "since": day(9).isoformat()}, "not come yet"),
    ):  # fmt: skip
        answer = say(wrong)
        assert answer.status_code == 422, wrong
        assert word in answer.text


def test_a_source_is_told_corrected_and_closes_no_ring(sign_in, settings_clock):
    first, second = report(person(), day(1)), report(person("李四"), day(3))
    far = report(person("王五", FAR_VILLAGE), day(2), area=FAR_VILLAGE)
    measles = report(person("赵六"), day(1), disease="measles")
    settings_clock(day(4))
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")

    def say(case, **more):
        return post(expert, f"/cases/{case}/source", **more)

    told = say(second, infector=first, setting="household", certainty=0.8)
    assert told.status_code == 201, told.text
    assert say(second, infector=first, setting="household", certainty=0.8).json() == told.json()
    assert say(second, infector=far, setting="venue", certainty=0.6).status_code == 201, "a case of another county"
    assert expert.get(f"/api/cases/cases/{second}/source").json()["infector"] == far
    assert say(second, infector=first, setting="household", certainty=0.9, note="Lives there").status_code == 201
    standing = Fact.objects.using("owner").filter(kind="cases.source_told")
    corrected = set(standing.exclude(corrects=None).values_list("corrects", flat=True))
    assert [each.detail["infector"] for each in standing if each.pk not in corrected] == [first]
    for case, infector, word in (
        (first, second, "cannot close"), (first, first, "cannot close"), (first, measles, "different diseases"),
        (first, "0183b000-0000-7000-8000-00000000ffff", "no such case"), (first, "Mr Wang", "no such case"),
    ):  # fmt: skip
        answer = say(case, infector=infector)
        assert answer.status_code == 422
        assert word in answer.text
    assert say(first, setting="imported").status_code == 201
    assert expert.get(f"/api/cases/cases/{first}/source").json()["setting"] == "imported"
    assert expert.get(f"/api/cases/cases/{measles}/source").json() is None
