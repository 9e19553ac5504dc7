"""Reports are drafted by themselves, reviewed and published by people, and never change after that."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import docx
import pypdfium2
import pytest
from django.test import override_settings

from yanmen.base.clock import BEIJING
from yanmen.base.drill_mark import DrillMark
from yanmen.desk import drill_mark
from yanmen.desk.reports.forms import in_form
from yanmen.desk.reports.kinds import written
from yanmen.loop.facts import record_many
from yanmen.loop.models import Task
from yanmen.loop.run import settle
from yanmen.numbers.copying import copy_ledger
from yanmen.numbers.indicators import folder
from yanmen.project.testing import emergency_in, show_clock
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import acting, system
from yanmen.subsystems.reports import jobs, queries

PROVINCE = system("14", purpose="control")
DAY = date(2022, 10, 5)
MORNING = datetime(2022, 10, 6, 7, 30, tzinfo=BEIJING)
LATER = MORNING + timedelta(hours=1)
PLACES = {"14": "山西省", "1407": "晋中市", "140727": "祁县", "140728": "平遥县"}
BULLETIN = (
    "2022年10月5日0-24时,山西省新增本土新冠肺炎确诊病例3例(晋中市祁县2例、晋中市平遥县1例)。"
    "2022年10月5日0-24时,山西省新增无症状感染者4例(晋中市平遥县4例)。"
)


@pytest.fixture(autouse=True)
def _province(clean, tmp_path):
    load_areas([AreaRow(code=code, name_zh=name, name_en=f"A{code}") for code, name in PLACES.items()])
    found = datetime(2022, 10, 5, 10, tzinfo=BEIJING)
    with acting(PROVINCE):
        rows = [
            {
                "area": "140727",
                "occurred_at": found - timedelta(days=back),
                "detail": {"kind": "confirmed", "setting": "community"},
            }
            for back in (0, 0, 1)
        ]
        record_many("cases.reported", rows, by="test", now=found)
    settle(now=found)
    with override_settings(YANMEN_LEDGER=str(tmp_path / "ledger")):
        yield


def copied(now=MORNING):
    copy_ledger(folder(), now=now)


def send(client, path, *, form=None, **body):
    """What a browser sends: a form, or a call of the API."""
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=form, headers=headers) if form else client.post(path, json=body, headers=headers)


def test_yesterdays_reports_are_drafted_in_the_morning_and_ask_for_a_review():
    early = MORNING.replace(hour=6)
    assert jobs.every_minute(early) == []
    assert jobs.every_minute(MORNING) == ["14 daily"]
    copied()
    assert jobs.every_minute(MORNING) == ["14 situation"]
    assert jobs.every_minute(MORNING) == []
    settle(now=MORNING)
    with acting(PROVINCE):
        due = Task.objects.filter(kind="review_report", state="open").values_list("role", "due_at")
        assert list(due) == [("command.staff", MORNING + timedelta(hours=2))] * 2


def test_an_area_in_emergency_has_a_report_of_its_own_each_morning_until_it_is_back_in_peace(sign_in):
    emergency_in("140727", now=MORNING, days=1)
    copied()
    assert jobs.every_minute(MORNING) == ["14 daily", "14 situation", "140727 situation"]
    settle(now=MORNING)
    show_clock(MORNING)
    county = sign_in("command.staff", "140727")
    assert [each["area"] for each in county.get("/api/reports/").json()] == ["140727"]
    with acting(system("140727")):
        assert Task.objects.filter(kind="review_report", state="open", area="140727").count() == 1
    peace = MORNING + timedelta(days=2)
    settle(now=peace)
    copied(peace)
    assert jobs.every_minute(peace) == ["14 daily", "14 situation"]


def test_what_was_published_stays_and_its_page_shows_what_is_said_differently_now(sign_in):
    jobs.every_minute(MORNING)
    settle(now=MORNING)
    with acting(PROVINCE):
        draft = queries.draft_of(PROVINCE, kind="daily", day=DAY)
    show_clock(MORNING)
    staff = sign_in("command.staff")
    published = send(staff, f"/reports/{draft.pk}/", form={"digest": draft.digest})
    assert published.status_code in (200, 302), published.text
    settle(now=LATER)
    with acting(PROVINCE):
        assert Task.objects.filter(kind="review_report", state="open").count() == 0
        more = {
            "area": "140728",
            "occurred_at": MORNING - timedelta(days=1),
            "detail": {"kind": "confirmed", "setting": "community"},
        }
        record_many("cases.reported", [more], by="test", now=LATER)
    show_clock(LATER)
    page = staff.get(f"/reports/{draft.pk}/").text
    assert "发布后的变化" in page
    told = staff.get(f"/api/reports/kept/{draft.pk}").json()
    assert told["figures"]["confirmed_new"]["text"] == "2"
    assert staff.get(f"/api/reports/daily/{DAY}").json()["figures"]["confirmed_new"]["text"] == "3"
    before = (LATER - timedelta(minutes=1)).isoformat()
    assert staff.get(f"/api/reports/daily/{DAY}", params={"as_known_at": before}).json()["digest"] == draft.digest


def test_a_draft_that_was_written_over_is_not_published_unread(sign_in):
    show_clock(MORNING)
    staff = sign_in("command.staff")
    first = send(staff, "/api/reports/", kind="daily", day=str(DAY)).json()
    send(staff, "/api/cases/bulletins", text=BULLETIN)
    second = send(staff, "/api/reports/", kind="daily", day=str(DAY)).json()
    assert second["id"] == first["id"]
    refused = send(staff, f"/api/reports/kept/{first['id']}/publish", digest=first["digest"])
    assert refused.status_code == 422
    assert "Read it again" in refused.text
    done = send(staff, f"/api/reports/kept/{first['id']}/publish", digest=second["digest"])
    assert done.json()["published_at"]


def test_an_inspector_reads_and_does_not_publish(sign_in):
    show_clock(MORNING)
    jobs.every_minute(MORNING)
    with acting(PROVINCE):
        draft = queries.draft_of(PROVINCE, kind="daily", day=DAY)
    inspector = sign_in("inspector")
    assert inspector.get(f"/reports/{draft.pk}/").status_code == 200
    assert send(inspector, f"/reports/{draft.pk}/", form={"digest": draft.digest}).status_code == 422


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_situation_report_has_the_same_figures_in_every_form(language):
    copied()
    with acting(PROVINCE):
        document = written("situation", PROVINCE, day=DAY, known_at=MORNING, language=language)
    assert document.figures()["new_cases"].text == "2"
    paper = pypdfium2.PdfDocument(in_form(document, "pdf", address="https://yanmen.example"))
    printed = _plain("".join(page.get_textpage().get_text_range() for page in paper))
    assert 1 <= len(paper) <= 3
    word = docx.Document(io.BytesIO(in_form(document, "docx", address="https://yanmen.example")))
    typed = _plain("".join(word.element.body.itertext()))
    told = _plain(in_form(document, "txt", address="").decode())
    lead = _plain("".join(span.text for span in document.blocks[0].spans))
    assert all(lead in text for text in (printed, typed, told))
    for figure in document.blocks[1].figures:
        assert all(_plain(figure.title + figure.value.text) in text for text in (printed, typed, told))


def test_a_drills_report_says_so_on_every_page(monkeypatch):
    copied()
    monkeypatch.setattr(drill_mark, "mark", lambda: DrillMark(zh="十月演练", en="October drill"))
    with acting(PROVINCE):
        for kind in ("daily", "situation"):
            document = written(kind, PROVINCE, day=DAY, known_at=MORNING, language="zh")
            pages = pypdfium2.PdfDocument(in_form(document, "pdf", address="https://yanmen.example"))
            assert all("演练：十月演练" in page.get_textpage().get_text_range() for page in pages)
            word = docx.Document(io.BytesIO(in_form(document, "docx", address="https://yanmen.example")))
            assert "演练：十月演练" in word.sections[0].header.paragraphs[0].text
            assert "演练：十月演练" in in_form(document, "txt", address="").decode()


def _plain(text):
    return "".join(text.replace("\u00ad", "").split())
