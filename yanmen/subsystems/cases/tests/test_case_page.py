"""The page of a case and the list of cases, as reporters and epidemiologists use them."""

from __future__ import annotations

import pytest
from django.conf import settings

from yanmen.desk import clock
from yanmen.loop.run import settle
from yanmen.registry.models import AccessLog
from yanmen.subsystems.cases.tests.county import COUNTY, areas, day, person, report

NOW = day(8)


@pytest.fixture
def noon(clean, monkeypatch):
    """The site's clock stands at noon of the eighth of October."""
    areas()
    monkeypatch.setattr(settings, "YANMEN_CLOCK", NOW)
    monkeypatch.setattr(clock, "_started", clock.time.monotonic())


@pytest.fixture
def case(noon):
    """A confirmed case of the eighth, reported at nine, three hours ago."""
    key = report(person(), day(8, 9), ct=24.0, onset_on=day(7).date())
    settle(now=NOW)
    return key


def post(client, path, **form):
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=form, headers=headers)


def part(page, name):
    """The part of the page that belongs to one act."""
    start = page.index(f'name="act" value="{name}"')
    return page[page.rindex("<details", 0, start) : page.index("</details>", start)]


def test_clocks_say_what_was_in_time_what_runs_and_what_is_over(case, sign_in):
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")
    page = expert.get(f"/cases/{case}/").text
    assert "clock-kept" in page  # reported at once
    assert "clock-over" in page  # to be audited within two hours
    assert "clock-running" in page  # to be investigated within a day
    assert "overdue" in page
    listed = expert.get("/cases/?late=1").text
    assert case in listed
    assert "run out (1)" in listed
    post(expert, f"/cases/{case}/", act="audit")
    assert "done late" in expert.get(f"/cases/{case}/").text


def test_the_course_is_told_and_the_checklist_says_what_is_met_and_by_what(case, sign_in):
    reporter = sign_in("cases.reporter", COUNTY, language="en")
    page = post(reporter, f"/cases/{case}/", act="course", temperature="38.4", symptoms=["fever", "cough"]).text
    assert "Tell the course" in page
    assert "course-data" in page
    assert "criterion-unmet" in page
    assert "38.4℃" in page
    wrong = post(reporter, f"/cases/{case}/", act="course", temperature="hot")
    assert wrong.status_code == 422
    assert "A temperature is a number" in wrong.text
    assert "hot" in part(wrong.text, "course"), "what was typed stays"
    early = post(reporter, f"/cases/{case}/", act="discharge")
    assert early.status_code == 422
    assert "give the reason" in early.text
    gone = post(reporter, f"/cases/{case}/", act="discharge", reason="Moved to another hospital").text
    assert "Followed up" in gone
    assert "Discharged" in gone


def test_an_act_that_is_not_possible_says_why(case, sign_in):
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")
    page = expert.get(f"/cases/{case}/").text
    assert "Only after the discharge." in page
    assert "There is no positive since a discharge." in page
    assert "No death is recorded." in page


def test_a_death_closes_the_case_and_can_be_taken_back(case, sign_in):
    reporter = sign_in("cases.reporter", COUNTY, language="en")
    page = post(reporter, f"/cases/{case}/", act="death", cause="pneumonia").text
    assert "nothing more is recorded here" in page
    back = post(reporter, f"/cases/{case}/", act="take_back_death", reason="another person").text
    assert "nothing more is recorded here" not in back


def test_a_reporter_has_no_acts_of_the_epidemiologist_and_command_none(case, sign_in):
    reporter = sign_in("cases.reporter", COUNTY)
    page = reporter.get(f"/cases/{case}/").text
    assert 'value="audit"' not in page
    assert post(reporter, f"/cases/{case}/", act="audit").status_code == 422
    staff = sign_in("command.staff", COUNTY)
    assert 'name="act"' not in staff.get(f"/cases/{case}/").text
    assert post(staff, f"/cases/{case}/", act="admit", facility="x").status_code == 422


def test_the_list_filters_by_disease_and_keeps_the_filter_in_its_tabs(noon, sign_in):
    report(person(), day(7))
    measles = report(person("李小红"), day(6), disease="measles")
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")
    page = expert.get("/cases/?disease=measles").text
    assert measles in page
    assert "王小明" not in page
    assert "disease=measles&amp;stage=" in page
    assert "Measles (1)" in page
    assert expert.get("/cases/?disease=unheard&stage=none&late=2").status_code == 200
    assert expert.get("/cases/not-a-key/").status_code == 404


def test_every_look_at_a_case_is_logged(case, sign_in):
    sign_in("cases.epidemiologist", COUNTY).get(f"/cases/{case}/")
    assert AccessLog.objects.using("owner").filter(what="case page").count() == 1


def test_a_re_positive_shows_its_ct_the_line_and_what_follows(noon, sign_in):
    key = report(person(), day(8, 9), setting="re_positive", ct=30.0)
    settle(now=NOW)
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")
    page = expert.get(f"/cases/{key}/").text
    assert "After the discharge" in page
    assert "Day of the course" in page
    done = post(expert, f"/cases/{key}/", act="assess", risk="none", note="PCR repeated")
    assert done.status_code == 200
