"""The daily report comes out as it went in, and says of itself what does not balance."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta

import docx
import pypdfium2
import pytest

from yanmen.base.clock import BEIJING
from yanmen.desk.reports.document import from_dict
from yanmen.desk.reports.forms import in_form
from yanmen.desk.reports.kinds import written
from yanmen.loop.facts import record_many
from yanmen.project import state
from yanmen.project.cli import main
from yanmen.project.tests.kept_reports import data_folder, from_figures
from yanmen.registry.areas import load_pack
from yanmen.registry.people import register_person
from yanmen.registry.scope import acting, system
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.methods.bulletin import parse
from yanmen.subsystems.cases.methods.bulletin_text import text
from yanmen.subsystems.cases.methods.report import Item, Report, Statement

PROVINCE = system("14", purpose="control")
NOW = datetime(2022, 10, 12, 9, tzinfo=BEIJING)
TEXTS = data_folder(state.ROOT) / "shanxi" / "bulletins_2022.jsonl"
FIGURES = state.ROOT / "packs" / "shanxi" / "reports" / "daily_2022.csv"
YEAR_LEFT_OUT = {date(2022, 10, 7): ("10月7日0-24时", "2022年10月7日0-24时")}
"""Where our text differs from the commission's: it leaves the year out once."""


@pytest.fixture(scope="module", autouse=True)
def _areas(db):
    load_pack(state.ROOT / "packs" / "shanxi" / "areas", divisions=None)


@pytest.fixture
def province():
    with acting(PROVINCE):
        yield PROVINCE


def take_in(report, now=NOW):
    return actions.import_bulletin(scope=PROVINCE, report=report, by="test", now=now)


def real_texts():
    if not TEXTS.is_file():
        pytest.skip(f"the commission's texts are not at hand: {TEXTS}")
    lines = [json.loads(line) for line in TEXTS.read_text("utf-8").splitlines() if line.strip()]
    return [(date.fromisoformat(line["report_date"]), line["text"]) for line in lines]


def test_a_real_report_comes_out_as_the_commission_wrote_it(clean, province):
    codes = queries.place_codes(province)
    for day, original in real_texts():
        report = parse(original, report_date=day, codes=codes)
        take_in(report)
        document = written("daily", province, day=day, known_at=NOW, language="zh")
        assert document.wording == original.strip().replace(*YEAR_LEFT_OUT.get(day, ("", "")), 1)
        assert parse(document.wording, codes=codes) == report


def test_figures_that_were_restated_come_out_again(clean, province):
    """These figures are always at hand: four days, their places, which turned and which came from abroad."""
    with FIGURES.open(encoding="utf-8", newline="") as lines:
        told = {(row["date"], row["kind"]): int(row["headline"]) for row in csv.DictReader(lines)}
    reports = from_figures(FIGURES)
    assert {(str(r.day), s.kind): s.headline for r in reports for s in r.statements} == told
    for report in reports:
        take_in(report)
        document = written("daily", province, day=report.day, known_at=NOW, language="zh")
        read = parse(document.wording, codes=queries.place_codes(province))
        assert (read.statements, read.province) == (report.statements, "山西省")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_of_a_report_has_the_same_figures(clean, province, language):
    report = from_figures(FIGURES)[1]
    take_in(report)
    document = written("daily", province, day=report.day, known_at=NOW, language=language)
    body = "".join(span.text for block in document.blocks[:2] for span in block.spans)
    kept = json.loads(in_form(document, "json", address=""))
    assert (kept.pop("digest"), from_dict(kept)) == (document.digest, document)
    word = docx.Document(io.BytesIO(in_form(document, "docx", address="https://yanmen.example")))
    assert body == "".join(line.text for line in word.paragraphs if line.style.name == "Body Text")
    assert all(link.address.startswith("https://yanmen.example/bulletins/") for link in _links(word))
    paper = pypdfium2.PdfDocument(in_form(document, "pdf", address="https://yanmen.example"))
    printed = "".join(page.get_textpage().get_text_range() for page in paper)
    assert "".join(body.split()) in "".join(printed.split())


def test_nothing_imported_is_counted_from_the_facts(clean, province):
    found = datetime(2022, 10, 5, 10, tzinfo=BEIJING)
    first, second, third = (f"00000000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
    people = [_person(name) for name in ("甲", "乙", "丙")]
    rows = [
        _row(first, people[0], "140727", found, kind="confirmed", setting="community"),
        _row(second, people[1], "140727", found - timedelta(days=1), kind="asymptomatic", setting="community"),
        _row(third, people[2], "140105", found - timedelta(days=9), kind="confirmed", setting="community"),
    ]
    record_many("cases.reported", rows, by="test", now=found)
    turned = {"case": second, "from": "asymptomatic", "to": "confirmed"}
    record_many("cases.reclassified", [_about(people[1], "140727", found, turned)], by="test", now=found)
    record_many("cases.discharged", [_about(people[2], "140105", found, {"case": third})], by="test", now=found)
    document = written("daily", province, day=found.date(), known_at=NOW, language="zh")
    assert document.wording == (
        "2022年10月5日0-24时,山西省新增本土新冠肺炎确诊病例2例(晋中市祁县新增1例,无症状感染者转为确诊病例1例),"
        "新增治愈出院1例(太原市小店区1例)。累计报告确诊病例3例,治愈出院1例,现有在院隔离治疗2例(晋中市祁县2例)。现有疑似病例0例。\n"
        "2022年10月5日0-24时,山西省无新增境外输入确诊病例。累计报告境外输入性确诊病例0例,治愈出院0例。现有疑似病例0例。\n"
        "2022年10月5日0-24时,山西省无新增无症状感染者。当日转为确诊病例1例(晋中市祁县1例)。尚在医学观察的无症状感染者0例。\n"
        "累计追踪到密切接触者0人(含境外输入病例密切接触者)。当日解除医学观察0人。尚在医学观察的密切接触者0人。"
    )
    before = written("daily", province, day=found.date(), known_at=found - timedelta(minutes=1), language="zh")
    assert "无新增本土新冠肺炎确诊病例" in before.wording
    listed = queries.cases_counted(province, figure="in_hospital", day=found.date(), known_at=NOW, area="140727")
    assert {row["key"] for row in listed} == {first, second}


def test_a_headline_that_its_places_do_not_make_up_is_said(clean, province):
    places = (Item("晋中市祁县", "晋中市", "祁县", "140727", 3),)
    take_in(Report("山西省", date(2022, 10, 6), (Statement("asymptomatic_new", 5, places),)))
    document = written("daily", province, day=date(2022, 10, 6), known_at=NOW, language="en")
    assert any("the headline is 5, the places add up to 3" in _said(block) for block in document.blocks)
    assert any(cell.text == "3 ≠ 5" for cell in document.spans())


def test_the_command_writes_text_that_the_importer_reads(clean, monkeypatch, tmp_path, capsysbinary):
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)
    with acting(PROVINCE):
        report = from_figures(FIGURES)[0]
        take_in(report)
    kept = tmp_path / "daily.txt"
    assert main(["report", "daily", "2022-04-22", "--out", str(kept)]) == 0
    assert parse(kept.read_text("utf-8")).digest == report.digest
    for form, head in (("pdf", b"%PDF"), ("docx", b"PK")):
        file = tmp_path / f"daily.{form}"
        assert main(["report", "daily", "2022-04-22", "--format", form, "--lang", "en", "--out", str(file)]) == 0
        assert file.read_bytes().startswith(head)
    assert text(report) + "\n" == kept.read_text("utf-8")


def _person(name):
    return register_person(name=name, area="140727", synthetic=True, by="test", now=NOW - timedelta(days=30)).pk


def _row(key, person, area, at, **detail):
    return {"id": key} | _about(person, area, at, {"case": key} | detail)


def _about(person, area, at, detail):
    return {"person": person, "area": area, "occurred_at": at, "detail": detail}


def _said(block):
    return "".join(span.text for span in getattr(block, "spans", ()))


def _links(word):
    return [link for line in word.paragraphs for link in line.hyperlinks]
