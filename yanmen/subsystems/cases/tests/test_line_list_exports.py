"""Line lists out and in again: every case is matched, whatever the form; nothing in a file runs; who exports is logged."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
from fhir.resources.R4B.bundle import Bundle

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Malformed, NotAllowed
from yanmen.project.cli import main
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import AccessLog
from yanmen.registry.scope import acting, system
from yanmen.subsystems.cases import actions
from yanmen.subsystems.cases.methods.godata import read_export, sources
from yanmen.subsystems.cases.methods.line_list_sheets import open_sheet
from yanmen.subsystems.cases.methods.line_lists import read_line_list
from yanmen.subsystems.cases.tests.test_line_lists import DATA, LISTS

PROVINCE = system("14", purpose="control")
NOW = datetime(2022, 10, 10, 9, tzinfo=BEIJING)
PLACES = {"14": "山西省", "1407": "晋中市", "140727": "祁县", "140728": "平遥县"}
TEXT = (
    "病例编号,姓名,性别,出生日期,发病日期,报告日期,病种,病例分类,区县,乡镇,现住址,医院,入院日期,转归,转归日期,infector,感染日期,年龄\n"
    "A1,王芳,女,1990-01-02,2022-10-01,2022-10-02,埃博拉,确诊,祁县,昭馀镇,'=1+1,县医院,2022-10-03,死亡,2022-10-08,X9,2022-09-20,\n"
    "A2,,男,,2022-10-06,2022-10-07,EVD,疑似,平遥县,,,,,治愈,2022-10-09,A1,,41岁\n"
    "A3,李雷,,,,2022-10-07,新冠,无症状,,,,,,出院,2022-10-09,,,3个月\n"
    "+A4,,,,2022-10-06,,麻疹,确诊,祁县,,,,,死亡,,A2;A1,,\n"
)


@pytest.fixture(autouse=True)
def _areas(clean):
    load_areas([AreaRow(code=code, name_zh=name) for code, name in PLACES.items()])


def bring_in(name, content, *, pairs=(), **reading):
    found = read_line_list(name, content, today=NOW.date())
    asked = actions.Reading(**({"kind": "confirmed", "disease": "covid19"} | reading))
    return found, actions.bring_in(scope=PROVINCE, found=found, reading=asked, by="test", now=NOW, pairs=pairs)


def sent(form, **about):
    return actions.export_line_list(scope=PROVINCE, form=form, by="test", now=NOW, **about)


@pytest.mark.parametrize("source", ["", "省疾控"])
@pytest.mark.parametrize("form", ["csv", "xlsx", "fhir", "godata"])
def test_what_goes_out_comes_in_as_the_same_cases(form, source):
    _, stored = bring_in("list.csv", TEXT.encode(), source=source)
    assert (stored.receipt.created, stored.links.created) == (4, 4)
    content, pairs = sent(form), []
    if form == "godata":
        files = actions.unpacked(content)
        export = read_export([open_sheet(name, file) for name, file in files.items()])
        content, pairs = files["cases.csv"], sources(export)
    found, again = bring_in(f"list.{form}", content, pairs=pairs)
    assert found.faults == () or {fault.code for fault in found.faults} <= {"formula", "not_in_file"}
    assert (again.receipt.total, again.receipt.matched, again.corrected) == (4, 4, {})
    assert [(count.created, count.corrected) for count in again.courses.values()] == [(0, 0)] * 3
    assert (again.links.created, again.links.corrected) == (0, 0)
    assert again.links.matched == (3 if form == "godata" else 4)


def test_cells_that_a_spreadsheet_would_run_are_quoted_and_the_last_line_says_who_exported_what():
    bring_in("list.csv", TEXT.encode())
    rows = list(csv.reader(io.StringIO(sent("csv", language="en", reason="for the province").decode("utf-8-sig"))))
    assert rows[0][:3] == ["case_key", "case_id", "disease"]
    cells = {cell for row in rows for cell in row}
    assert {"'=1+1", "'+A4"} <= cells
    assert not [cell for cell in cells if cell[:1] in "=+-@" and cell]
    assert rows[-1][0].startswith("#yanmen-export kind=line_list rows=4 by=system area=14")
    with acting(PROVINCE):
        log = AccessLog.objects.get(what="export line_list")
    assert (log.count, log.reason) == (4, "for the province")


def test_an_export_that_was_cut_short_is_refused_when_it_comes_back():
    bring_in("list.csv", TEXT.encode())
    lines = sent("csv").decode("utf-8-sig").splitlines()
    with pytest.raises(Malformed, match="should have 4 lines and has 3"):
        read_line_list("list.csv", "\n".join(lines[:2] + lines[3:]).encode(), today=NOW.date())


def test_only_the_own_area_and_only_the_disease_asked_for_go_out():
    bring_in("list.csv", TEXT.encode())
    county = system("140728", purpose="control")
    rows = actions.export_line_list(scope=county, form="csv", by="test", now=NOW).decode("utf-8-sig").splitlines()
    assert len(rows) == 1 + 1 + 1
    assert len(sent("csv", disease="ebola").splitlines()) == 1 + 2 + 1
    with pytest.raises(NotAllowed):
        actions.export_line_list(scope=system("14", purpose="statistics"), form="csv", by="test", now=NOW)


def test_a_corrected_export_corrects_its_cases():
    bring_in("list.csv", TEXT.encode())
    text = sent("csv").decode("utf-8-sig").replace("2022-10-06", "2022-10-05")
    _, stored = bring_in("list.csv", text.encode())
    assert (stored.receipt.matched, len(stored.corrected)) == (4, 2)
    foreign = text.replace(stored.receipt.rows[0].subject, "0183b5bf-f600-7ffb-8f80-8e9d492921d4").replace("A1", "B1")
    _, stored = bring_in("list.csv", foreign.encode())
    assert (stored.receipt.rows[0].outcome, stored.receipt.rows[0].field) == ("rejected", "case_key")


def test_a_bundle_is_valid_r4_and_ndjson_says_the_same():
    bring_in("list.csv", TEXT.encode())
    content = sent("fhir")
    assert len(Bundle.model_validate_json(content).entry) == 9
    entries = json.loads(content)["entry"]
    found = read_line_list(
        "list.ndjson", "\n".join(json.dumps(one["resource"]) for one in entries).encode(), today=NOW.date()
    )
    assert (found.form, found.sums.rows, found.sums.refused) == ("fhir ndjson", 4, 0)


@pytest.mark.skipif(not (DATA / "fhir").is_dir(), reason="the examples of R4 are not here: set YANMEN_DATA")
def test_conditions_of_others_are_read_and_what_is_not_valid_is_refused_by_itself():
    resources = [
        json.loads((DATA / "fhir" / f"{name}.json").read_text())
        for name in ("Patient-f001", "Condition-f001", "Condition-f205")
    ]
    resources.append({"resourceType": "Condition", "id": "broken", "onsetDateTime": "yesterday"})
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    found = read_line_list("bundle.json", json.dumps(bundle).encode(), today=NOW.date())
    assert (found.sums.rows, found.sums.refused) == (3, 1)
    assert found.cases[0].name
    (fault,) = [fault for fault in found.faults if fault.code == "bad_resource"]
    assert (fault.line, fault.value) == (4, "broken")
    assert fault.column.startswith("Condition.")


@pytest.mark.skipif(not LISTS.is_dir(), reason="the line lists are not here: set YANMEN_DATA")
def test_every_case_of_the_known_lists_comes_back_matched():
    for name, disease in (
        ("fluH7N9_china_2013.csv", "h7n9"),
        ("tianjin_singapore/Tianjin 135 cases_revised.xlsx", "covid19"),
    ):
        path = LISTS / name
        _, first = bring_in(path.name, path.read_bytes(), disease=disease)
        content = sent("csv", disease=disease)
        _, again = bring_in("back.csv", content)
        assert (again.receipt.matched, again.receipt.rejected, again.corrected) == (first.receipt.created, 0, {})
        assert (again.links.created, again.links.corrected, again.links.matched) == (0, 0, first.links.created)


def test_the_command_exports_in_every_form_and_reads_it_again(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)  # this test's own database is up
    bring_in("list.csv", TEXT.encode())
    for form in ("csv", "xlsx", "fhir", "godata"):
        where = tmp_path / ("godata" if form == "godata" else f"list.{form}")
        assert main(["export", "linelist", str(where), "--format", form, "--reason", "test"]) == 0
        files = sorted(map(str, where.iterdir())) if form == "godata" else [str(where)]
        main(["import", "linelist", *files, "--json"])
        (stored,) = json.loads(capsys.readouterr().out.split("\n", 1)[1])["stored"]
        assert (stored["matched"], stored["rejected"], stored["corrected"]) == (4, 0, 0)
