"""A drill says so wherever it speaks: pages, the API, telephones, paper; and it takes nobody who may be real."""

import datetime as dt
import io
import json

import pypdfium2
import pytest
from django.conf import settings

from yanmen.base.drill_mark import FILE, DrillMark, put_mark
from yanmen.base.identity import synthetic_resident_id
from yanmen.base.refusals import Refusal
from yanmen.desk import printing, wall
from yanmen.desk.screens.drill import FIGURES
from yanmen.project.testing import visitor
from yanmen.registry.people import register_person
from yanmen.registry.scope import Scope, acting

NOW = dt.datetime(2022, 10, 10, tzinfo=dt.UTC)
MARK = DrillMark(zh="城市输入病例", en="An imported case in a city", scenario="imported_case_city", people=100, days=3)


@pytest.fixture
def drill(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "YANMEN_HOME", tmp_path)
    put_mark(tmp_path, MARK)
    return tmp_path


def test_every_page_and_the_api_say_that_this_is_a_drill(clean, sign_in, live, drill):
    staff, stranger = sign_in("command.staff", "14"), visitor(live.url)
    for client, path in ((staff, "/"), (staff, "/people/"), (stranger, "/account/login/"), (staff, "/no/such/page")):
        page = client.get(path, follow_redirects=True, headers={"Accept-Language": "en"})
        assert page.headers["X-Yanmen-Drill"] == "imported_case_city", path
        assert "An imported case in a city, nobody here is real" in page.text, path
        assert "<title>演练 Drill · " in page.text
    assert staff.get("/api/facts").headers["X-Yanmen-Drill"] == "imported_case_city"
    (drill / FILE).write_text("{", "utf-8")
    assert "演练：（说明文件损坏）" in stranger.get("/account/login/", headers={"Accept-Language": "zh"}).text
    (drill / FILE).unlink()
    assert "X-Yanmen-Drill" not in stranger.get("/account/login/").headers


def test_the_wall_of_a_drill_shows_its_score_once_there_is_one(clean, sign_in, live, drill):
    staff = sign_in("command.staff", "14")
    assert "This drill has no score yet." in staff.get("/wall/", headers={"Accept-Language": "en"}).text
    metrics = [{"id": name, "zh": name, "en": name, "value": 0.5, "unit": "share"} for name in FIGURES]
    told = {"verdict": {"zh": "10 人感染", "en": "10 people were infected"}, "metrics": metrics}
    (drill / "score.json").write_text(json.dumps(told), "utf-8")
    wall.forget()
    text = staff.get("/wall/", headers={"Accept-Language": "en"}).text
    assert "10 people were infected" in text
    assert "50%" in text


def test_telephones_keep_the_mark_for_work_without_a_network(clean, live, drill):
    page = visitor(live.url).get("/grid/phone/").text
    assert "<title>演练 Drill · " in page
    assert MARK.both in page


@pytest.mark.skipif(not printing.chinese_font(), reason="no Chinese font")
def test_paper_carries_the_mark_on_every_page(drill):
    (drill / "note.typ").write_text(
        "#set page(width: 120mm, height: 60mm)\nA first page.\n#pagebreak()\nAnd another.", "utf-8"
    )
    paper = pypdfium2.PdfDocument(io.BytesIO(printing.pdf(drill / "note.typ", {})))
    for page, own in zip(paper, ("A first page.", "And another."), strict=True):
        words = page.get_textpage().get_text_range()
        assert own in words
        assert MARK.both[-20:] in words.replace("\r\n", " ")


def test_a_drill_takes_nobody_who_may_be_real(clean, drill):
    def register(**more):
        with acting(Scope(account=None, role="command.staff", area="14")):
            return register_person(name="张三", area="140105", by="test", now=NOW, **more)

    with pytest.raises(Refusal, match="no document that may be a real person's"):
        register(id_number="11010519491231002X")
    assert register().synthetic
    assert register(id_number=synthetic_resident_id(1, born_on=dt.date(1990, 1, 1), sex="male")).synthetic
    (drill / FILE).unlink()
    assert not register(id_number="11010519491231002X").synthetic
