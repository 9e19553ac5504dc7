"""A line list becomes facts once: every line has a receipt, people are registered, and nothing is stored twice."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime

import pytest
from django.db import connection

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.project.cli import main
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import ImportBatch, Person
from yanmen.registry.scope import acting, system
from yanmen.subsystems.cases import actions
from yanmen.subsystems.cases.methods.line_lists import read_line_list
from yanmen.subsystems.cases.tests.test_line_lists import LISTS

TIANJIN = LISTS / "tianjin_singapore/Tianjin 135 cases_revised.xlsx"
PROVINCE = system("14", purpose="control")
NOW = datetime(2022, 10, 10, 9, tzinfo=BEIJING)
PLACES = {"14": "山西省", "1407": "晋中市", "140727": "祁县", "140728": "平遥县"}
TEXT = (
    "病例编号,姓名,性别,出生日期,发病日期,报告日期,病例分类,区县,就诊医院,备注\n"
    "A1,王芳,女,1990-01-02,2022-10-07,2022-10-08,确诊病例,祁县,县医院,密接\n"
    "A2,李雷,男,1980-05-06,,2022-10-08,无症状感染者,平遥县,,\n"
    "A3,,男,,2022-10-06,2022-10-07,疑似病例,140728,,\n"
    "A4,韩梅,女,1991-02-31,2022-10-06,2022-10-07,确诊病例,祁县,,\n"
    "A5,赵六,男,1970-01-01,2022-10-06,2022-10-07,确诊病例,小店区,,\n"
    "A6,孙七,男,1970-01-01,2022-10-06,2022-10-07,排除,祁县,,\n"
)


@pytest.fixture(autouse=True)
def _areas(clean):
    load_areas([AreaRow(code=code, name_zh=name) for code, name in PLACES.items()])


def store(text=TEXT, *, kind="", disease="covid19", source="", now=NOW):
    found = read_line_list("list.csv", text.encode(), today=date(2022, 10, 10))
    reading = actions.Reading(kind=kind, disease=disease, source=source)
    return actions.bring_in(scope=PROVINCE, found=found, reading=reading, by="test", now=now)


def stored():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fact.area, fact.detail ->> 'kind', fact.detail ->> 'number_in_list', person.name, fact.recorded_by"
            " FROM loop_fact AS fact LEFT JOIN registry_person AS person ON person.id = fact.person_id"
            " WHERE fact.kind = 'cases.reported' ORDER BY 3"
        )
        return cursor.fetchall()


def test_each_case_becomes_a_fact_and_each_line_has_a_receipt():
    receipt = store().receipt
    by = f"import:{receipt.batch}"
    assert (receipt.total, receipt.created, receipt.matched, receipt.rejected) == (6, 3, 0, 3)
    with acting(PROVINCE):
        assert stored() == [
            ("140727", "confirmed", "A1", "王芳", by),
            ("140728", "asymptomatic", "A2", "李雷", by),
            ("140728", "suspected", "A3", None, by),
        ]
    told = {row.line: (row.field, row.value) for row in receipt.rows if row.outcome == "rejected"}
    assert told == {5: ("出生日期", "1991-02-31"), 6: ("area", "小店区"), 7: ("classification", "no_case")}


def test_columns_that_are_not_stored_are_named():
    assert store().receipt.ignored == ("备注",)


def test_the_same_file_again_adds_nothing_and_returns_its_receipt():
    first, again = store().receipt, store().receipt
    assert (again.repeated, again.batch, again.counts) == (True, first.batch, first.counts)
    with acting(PROVINCE):
        assert (len(stored()), Person.objects.count()) == (3, 2)
        assert ImportBatch.objects.count() == 1


def test_another_file_with_the_same_lines_and_a_new_one_adds_the_new_one():
    store()
    receipt = store(TEXT + "A7,周八,女,1999-09-09,2022-10-08,2022-10-09,确诊病例,祁县,,\n").receipt
    assert (receipt.created, receipt.matched, receipt.rejected) == (1, 3, 3)
    with acting(PROVINCE):
        assert (len(stored()), Person.objects.count()) == (4, 3)


def test_what_the_list_does_not_say_is_asked_for():
    text = "编号,发病日期\n1,2022-10-07\n"
    assert store(text, disease="").receipt.rows[0].field == "disease"
    assert store(text).receipt.rows[0].field == "classification"
    assert store(text, kind="confirmed").receipt.created == 1
    misspelt = "编号,发病日期,病种\n1,2022-10-07,covd\n"
    assert store(misspelt, kind="confirmed", disease="").receipt.rows[0].value == "covd"


@pytest.mark.skipif(not TIANJIN.exists(), reason="the line lists are not here: set YANMEN_DATA")
def test_the_135_of_tianjin_are_stored_without_people():
    found = read_line_list(TIANJIN.name, TIANJIN.read_bytes(), today=NOW.date())
    reading = actions.Reading(kind="confirmed", disease="covid19")
    receipt = actions.store_line_list(scope=PROVINCE, found=found, reading=reading, by="test", now=NOW).receipt
    assert (receipt.total, receipt.created, receipt.rejected) == (135, 135, 0)
    with acting(PROVINCE):
        assert (len(stored()), Person.objects.count()) == (135, 0)


def test_a_case_of_a_line_list_can_be_withdrawn_and_reported_again():
    receipt = store().receipt
    with acting(PROVINCE):
        person = Person.objects.get(name="王芳").pk
        about = {"person": person, "area": "140727", "kind": "confirmed", "found_at": NOW, "by": "test", "now": NOW}
        with pytest.raises(Refusal, match="already has an open case"):
            actions.report(**about)
        facts.withdraw(receipt.rows[0].subject, reason="假阳性", by="test", now=NOW)
        assert actions.report(**about).created


def test_the_command_stores_a_list_and_says_so_line_by_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)  # this test's own database is up
    path, receipts = tmp_path / "list.csv", tmp_path / "receipts.csv"
    path.write_text(TEXT, "utf-8")
    order = ["import", "linelist", str(path), "--disease", "covid19", "--receipts", str(receipts)]
    assert main(order) == 1
    said = capsys.readouterr().out
    assert "list.csv: 3 are stored, 0 were there, 0 corrected, 3 are not stored" in said
    assert "备注: 1 → 未保存 not kept" in said
    with receipts.open(encoding="utf-8-sig", newline="") as file:
        assert [row["stored"] for row in csv.DictReader(file)] == ["created"] * 3 + ["rejected"] * 3
    main([*order, "--json"])
    (again,) = json.loads(capsys.readouterr().out)["stored"]
    assert (again["repeated"], again["created"]) == (True, 3)
