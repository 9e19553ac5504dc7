"""The page of a case and the list of cases, as reporters and epidemiologists use them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.project.testing import show_clock
from yanmen.registry.models import AccessLog
from yanmen.registry.scope import acting
from yanmen.subsystems.cases.tests.county import (
    CITY,
    COUNTY,
    FAR_VILLAGE,
    OTHER_COUNTY,
    PROVINCE,
    VILLAGE,
    areas,
    day,
    person,
    report,
)

NOW = day(8)


@pytest.fixture
def noon(clean):
    """The site's clock stands at noon of the eighth of October."""
    areas()
    show_clock(NOW)


@pytest.fixture
def case(noon):
    """A confirmed case of the eighth, reported at seven, five hours ago, who had come by train."""
    who = person()
    key = report(who, day(8, 7), ct=24.0, onset_on=day(7).date())
    ride = {"setting": "train", "name": "G692", "unit": "5", "until": day(5, 11).isoformat()}
    with acting(PROVINCE):
        facts.record(
            "tracing.setting_told", person=who, area=VILLAGE, occurred_at=day(5, 9), by="test", now=day(5, 9), detail=ride
        )  # fmt: skip
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
    assert "clock-over" in page  # the core trajectory, within four hours
    assert "clock-running" in page  # to be investigated within a day
    assert "overdue" in page
    listed = expert.get("/cases/?late=1").text
    assert case in listed
    assert "run out (1)" in listed
    post(expert, f"/cases/{case}/", act="trace")
    settle(now=NOW + timedelta(minutes=1))
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


def test_the_form_asks_only_what_is_not_known(case, sign_in):
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")
    page = expert.get(f"/cases/{case}/").text
    asked = page[page.index('value="answers"') : page.index("Record the answers")]
    assert 'name="onset_on"' not in asked, "the report says it"
    assert 'name="temperature"' in asked
    known = page[page.index("Known already") :]
    assert "2022-10-07" in known
    assert "register" in known
    nothing = post(expert, f"/cases/{case}/", act="answers")
    assert "Answer at least one question" in nothing.text
    page = post(
        expert, f"/cases/{case}/", act="answers", temperature="38.9", symptoms="fever", severity="mild",
        facility="Qixian hospital",
    ).text  # fmt: skip
    assert "Nobody has to be asked anything more" in page
    assert "38.9" in page


def test_each_exposure_takes_one_word_and_places_nobody_recorded_are_added(case, sign_in):
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")
    page = expert.get(f"/cases/{case}/").text
    assert "1 record waits" in page
    (basis,) = set(re.findall(r'value="([0-9a-f-]{36}):yes"', page))
    page = post(expert, f"/cases/{case}/", act="exposure", exposure=f"{basis}:no").text
    assert "denied" in page
    page = post(expert, f"/cases/{case}/", act="exposure", exposure=f"{basis}:yes").text
    assert "holds" in page
    assert post(expert, f"/cases/{case}/", act="exposure", exposure="x:yes").status_code == 422
    assert post(expert, f"/cases/{case}/", act="exposure", exposure=f"{basis}:maybe").status_code == 422
    page = post(expert, f"/cases/{case}/", act="add_exposure", where="Wedding", since="2022-10-04T18:00").text
    assert "Wedding" in page
    assert "told in the interview" in page
    late = post(expert, f"/cases/{case}/", act="add_exposure", where="Wedding", since="2023-10-04T18:00")
    assert "has not come yet" in late.text
    assert 'value="Wedding"' in late.text, "what was typed stays"


def test_a_source_is_told_corrected_and_taken_back(case, sign_in):
    other = report(person("李四", born=date(1980, 1, 1)), day(4))
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")
    page = post(expert, f"/cases/{case}/", act="source", infector=other, setting="household", certainty="0.8").text
    assert f"/cases/{other}/" in page
    assert "0.8" in page
    ring = post(expert, f"/cases/{other}/", act="source", infector=case, setting="household")
    assert "A chain cannot close" in ring.text
    wrong = post(expert, f"/cases/{case}/", act="source", infector="nobody", setting="venue", certainty="very")
    assert wrong.status_code == 422
    page = post(expert, f"/cases/{case}/", act="no_source", reason="mistaken").text
    assert "No source is told yet." in page


def test_two_reports_of_one_person_are_compared_merged_and_taken_apart(case, sign_in):
    again = report(person(), day(8, 10), onset_on=day(7).date())
    expert = sign_in("cases.epidemiologist", COUNTY, language="en")
    assert "This may be a second report" in expert.get(f"/cases/{case}/").text
    page = expert.get("/cases/duplicates/").text
    assert "Same name, sex and date of birth" in page or "Same name and county" in page
    assert "Say why they are one case" in post(expert, "/cases/duplicates/", act="merge", case=again, into=case).text
    page = post(expert, "/cases/duplicates/", act="merge", case=again, into=case, reason="typed twice").text
    assert "typed twice" in page
    assert "No two reports look like one case" in page
    followed = expert.get(f"/cases/{again}/")
    assert str(followed.url).endswith(f"/cases/{case}/")
    assert "was merged into this case" in followed.text
    page = post(expert, "/cases/duplicates/", act="unmerge", case=again, reason="two sisters").text
    assert "both reports stand again" in page
    assert str(expert.get(f"/cases/{again}/").url).endswith(f"/cases/{again}/")
    assert post(expert, "/cases/duplicates/", act="swap").status_code == 422
    assert sign_in("cases.reporter", COUNTY).get("/cases/duplicates/").status_code == 403


def test_a_case_handed_over_is_closed_here_and_open_there(case, sign_in):
    city = sign_in("cases.epidemiologist", CITY, language="en")
    wrong = post(city, f"/cases/{case}/", act="hand_over", to_area="999999", reason="lives there")
    assert wrong.status_code == 422
    page = post(city, f"/cases/{case}/", act="hand_over", to_area=FAR_VILLAGE, reason="lives there").text
    assert "handed over from" in page
    there = sign_in("cases.epidemiologist", OTHER_COUNTY, language="en").get(f"/cases/{case}/").text
    assert "handed over from" in there
    assert "Report is right and complete" in there
    here = sign_in("cases.epidemiologist", COUNTY, language="en").get(f"/cases/{case}/").text
    assert "the case goes on there" in here
    assert "nothing more is recorded here" in here
