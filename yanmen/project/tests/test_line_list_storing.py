"""Bad input at the command line: each fault with field, value and remedy in both languages; the rest goes on; sums equal."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import date

import pytest
import xlsxwriter

from yanmen.project.cli import main
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import acting, system
from yanmen.subsystems.cases.queries.line_list_export import cases_out

PROVINCE = system("14", purpose="control")
PLACES = {"14": "山西省", "1407": "晋中市", "140727": "祁县", "140728": "平遥县"}
HEADER = "病例编号,姓名,性别,出生日期,末次接触日期,发病日期,报告日期,病种,病例分类,区县\n"
GOOD = "A1,王芳,女,1990-01-02,,2022-10-01,2022-10-02,埃博拉,确诊,祁县\n"
BAD = {
    "2022-02-30": ("B1,测试甲,女,1990-01-02,,2022-02-30,2022-10-02,埃博拉,确诊,祁县\n", "发病日期"),
    "2022-10-04": ("B2,测试乙,女,2022-10-05,2022-10-04,2022-10-06,2022-10-07,埃博拉,确诊,祁县\n", "末次接触日期"),
    "祁县": ("B3,测试丙,男,1970-01-01,,2022-10-06,2022-10-07,埃博拉,确诊,祁县\n", "区县"),
    "平遥县": ("B4,测试丙,男,1970-01-01,,2022-10-06,2022-10-07,埃博拉,确诊,平遥县\n", "区县"),
    "2099-10-06": ("B6,测试己,男,1972-01-01,,2099-10-06,2022-10-07,埃博拉,确诊,祁县\n", "发病日期"),
    "=NOW()": ("B7,测试庚,男,1972-01-01,,=NOW(),2022-10-07,埃博拉,确诊,祁县\n", "发病日期"),
}


@pytest.fixture(autouse=True)
def _areas(clean, monkeypatch):
    load_areas([AreaRow(code=code, name_zh=name) for code, name in PLACES.items()])
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)  # this test's own database is up


def stored():
    with acting(PROVINCE):
        return [case.number for case in cases_out(PROVINCE)]


def test_each_bad_line_is_told_and_the_rest_is_stored(tmp_path, capsys):
    path, receipts = tmp_path / "list.csv", tmp_path / "receipts.csv"
    formula = "B5,=cmd(),男,1971-01-01,,2022-10-06,2022-10-07,埃博拉,确诊,祁县\n"
    path.write_text(HEADER + GOOD + formula + "".join(line for line, _ in BAD.values()), "utf-8")
    assert main(["import", "linelist", str(path), "--json", "--receipts", str(receipts)]) == 1
    found = json.loads(capsys.readouterr().out)
    sums, (kept,) = found["files"][0]["sums"], found["stored"]
    assert sums == {"rows": 8, "taken": 1, "repaired": 1, "refused": 6, "blank": 0}
    assert (kept["created"], kept["matched"], kept["rejected"]) == (2, 0, 6)
    told = {line["value"]: line for line in found["files"][0]["lines"]}
    for value, (_, column) in BAD.items():
        assert (told[value]["column"], told[value]["verdict"]) == (column, "refused")
        assert all(told[value][name] for name in ("zh", "en", "remedy_zh", "remedy_en"))
    assert told["=cmd()"]["code"] == "formula"
    with receipts.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["stored"] for row in rows] == ["created"] * 2 + ["rejected"] * 6
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "@")]
    assert sorted(stored()) == ["A1", "B5"]


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (b"", "是空文件", "is empty. Export it again"),
        (HEADER.encode("utf-16"), "编码像是 UTF-16", 'Save it as "CSV UTF-8"'),
        (
            "id,name,onset\n1,Müller,2022-10-07\n2,Gärtner,2022-10-07\n".encode("cp1252"),
            "Windows-1252",
            "nothing was read",
        ),
        (b'id,onset\n1,"2022-10-07\n', "引号没有闭合", "Line 2"),
        (b"PK\x03\x04", "不是完整的 Excel", "no complete Excel file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(tmp_path, capsys, content, zh, en):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    assert main(["import", "linelist", str(path), "--disease", "ebola"]) == 1
    said = capsys.readouterr().err
    assert zh in said
    assert en in said
    assert stored() == []


def test_a_file_that_is_too_large_is_not_even_opened(tmp_path, capsys):
    path = tmp_path / "big.csv"
    path.touch()
    os.truncate(path, 65 * 1024 * 1024)
    assert main(["import", "linelist", str(path)]) == 1
    assert "big.csv has 65.0 MB, more than 64 MB; nothing was read. Split it by lines" in capsys.readouterr().err


def test_a_book_that_counts_from_1904_keeps_its_days(tmp_path):
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"date_1904": True}) as workbook:
        sheet, typed = workbook.add_worksheet(), workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["编号", "发病日期"])
        sheet.write(1, 0, "A1")
        sheet.write_datetime(1, 1, date(2022, 10, 7), typed)
    path = tmp_path / "list.xlsx"
    path.write_bytes(book.getvalue())
    assert main(["import", "linelist", str(path), "--disease", "ebola", "--kind", "confirmed"]) == 0
    with acting(PROVINCE):
        assert [case.onset_on for case in cases_out(PROVINCE)] == [date(2022, 10, 7)]


def test_a_godata_export_keeps_the_links_between_its_cases(tmp_path, capsys):
    cases = "uuid,case_id,firstName,gender,classification,date_of_onset,date_of_reporting\nu1,C1,Test,MALE,CONFIRMED,2020-08-01,2020-08-02\nu2,C2,Other,FEMALE,CONFIRMED,2020-08-05,2020-08-06\n"
    links = "uuid,source_uuid,target_uuid,context_of_exposure,certainty_level\nr1,u1,u2,Family,3 - High\n"
    (tmp_path / "cases.csv").write_text(cases)
    (tmp_path / "relationships.csv").write_text(links)
    order = ["import", "linelist", *map(str, sorted(tmp_path.glob("*.csv"))), "--disease", "EVD", "--source", "WHO"]
    assert main([*order, "--json"]) == 0
    (kept,) = json.loads(capsys.readouterr().out)["stored"]
    assert (kept["created"], kept["links"]["created"]) == (2, 1)
    with acting(PROVINCE):
        (source,) = cases_out(PROVINCE)[1].sources
    assert (source.setting, source.certainty) == ("family", 1.0)
    main(order)
    assert "cases.csv: 2 were stored before, 0 were there, 0 corrected, 0 are not stored" in capsys.readouterr().out
