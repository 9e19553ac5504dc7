"""Bad input in line lists: each line named with its fault in both languages, nothing guessed, nothing lost."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter

from yanmen.base.refusals import Malformed
from yanmen.subsystems.cases.methods.line_list_faults import MESSAGES
from yanmen.subsystems.cases.methods.line_list_sheets import LARGEST, open_sheet, refuse_large
from yanmen.subsystems.cases.methods.line_lists import read_line_list
from yanmen.subsystems.cases.methods.spelling import misspelt

TODAY = date(2022, 10, 10)
HEADER = "病例编号,姓名,性别,出生日期,发病日期,转归,转归日期,区县"


def read(*lines, header=HEADER, encoding="utf-8", **about):
    text = "\n".join([header, *lines]) + "\n"
    found = read_line_list("list.csv", text.encode(encoding), today=TODAY, **about)
    sums = found.sums
    assert sums.rows == len(lines) == sums.taken + sums.repaired + sums.refused + sums.blank
    return found


def faults(*lines, **about):
    return [(fault.line, fault.column, fault.code) for fault in read(*lines, **about).faults]


def test_a_chinese_sheet_is_understood_in_its_own_encoding():
    found = read("A1,王芳,女,1990-01-02,2022年10月7日,治愈,2022/10/09,小店区", encoding="gb18030")
    (case,) = found.cases
    assert (case.name, case.sex, case.onset_on, case.outcome, case.county) == (
        "王芳", "female", date(2022, 10, 7), "recovered", "小店区",
    )  # fmt: skip
    assert "gb18030" in found.form


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_separators_and_encodings_are_told_apart(separator, encoding):
    found = read(separator.join(["A1", "李雷", "2022-10-07"]), header=separator.join(["编号", "姓名", "发病日期"]), encoding=encoding)  # fmt: skip
    assert (found.cases[0].name, found.cases[0].onset_on) == ("李雷", date(2022, 10, 7))


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("A1,王芳,女,1990-01-02,2022-02-31,,,", "发病日期", "no_such_day"),
        ("A1,王芳,女,1990-01-02,2022-10-11,,,", "发病日期", "future"),
        ("A1,王芳,女,2022-10-08,2022-10-07,,,", "发病日期", "before_birth"),
        ("A1,王芳,女,1990-01-02,03/04/2022,,,", "发病日期", "ambiguous"),
        ("A1,王芳,女,1990-01-02,7.10.22,,,", "发病日期", "short_year"),
        ("A1,王芳,女,1990-01-02,last week,,,", "发病日期", "no_date"),
        ("A1,王芳,女,1990-01-02,=TODAY(),,,", "发病日期", "no_date"),
        ("A1,王芳,ERROR,1990-01-02,2022-10-07,,,", "性别", "bad_word"),
        ("A1,王芳,女,1990-01-02,2022-10-07,,,小店区、晋源区", "区县", "two_counties"),
        ("A1,王芳,女,1990-01-02,2022-10-07", "病例编号", "cells"),
    ],
)
def test_a_line_that_cannot_be_is_refused_and_the_rest_is_taken(line, column, code):
    found = read(line, "B2,李雷,男,1980-05-06,2022-10-01,,,小店区")
    assert [(fault.line, fault.column, fault.code) for fault in found.faults] == [(2, column, code)]
    assert [case.source_id for case in found.cases] == ["B2"]


def test_an_outcome_before_onset_is_set_aside_and_kept_as_written():
    found = read("A1,王芳,女,1990-01-02,2022-10-07,治愈,2022-10-01,")
    (case,) = found.cases
    assert (case.outcome_on, case.extra["转归日期"]) == (None, "2022-10-01")
    assert [fault.code for fault in found.faults] == ["outcome_early"]


def test_one_day_that_decides_itself_decides_the_others_of_its_column():
    found = read("A1,,,,03/04/2022,,,", "B2,,,,25/04/2022,,,")
    assert [case.onset_on for case in found.cases] == [date(2022, 4, 3), date(2022, 4, 25)]
    assert found.orders["onset_on"] == "dmy"


def test_days_that_contradict_each_other_decide_nothing():
    told = faults("A1,,,,03/04/2022,,,", "B2,,,,25/04/2022,,,", "C3,,,,04/25/2022,,,")
    assert told == [(2, "发病日期", "ambiguous")]
    assert read("A1,,,,03/04/2022,,,", dates="mdy").cases[0].onset_on == date(2022, 3, 4)


def test_a_formula_is_text_and_never_runs():
    link = '"=HYPERLINK(""http://x"",""y"")"'
    found = read(f"A1,{link},女,1990-01-02,2022-10-07,,,", "B2,+cmd|calc,男,,2022-10-07,,,", "C3,@SUM(1),,,,,,")
    assert [fault.code for fault in found.faults] == ["formula"] * 3
    assert found.cases[0].name == '=HYPERLINK("http://x","y")'


def test_the_same_line_again_counts_once():
    line = "A1,王芳,女,1990-01-02,2022-10-07,,,小店区"
    found = read(line, line)
    assert [(fault.line, fault.code, fault.read) for fault in found.faults] == [(3, "same_again", "2")]
    assert len(found.cases) == 1


def test_lines_of_one_number_that_differ_are_all_refused():
    told = faults("A1,王芳,女,1990-01-02,2022-10-07,,,小店区", "A1,王芳,女,1990-01-02,2022-10-06,,,小店区")
    assert told == [(2, "病例编号", "differs"), (3, "病例编号", "differs")]


def test_a_case_in_two_counties_is_said_to_be_one():
    found = read("A1,王芳,女,1990-01-02,2022-10-07,,,小店区", "A1,王芳,女,1990-01-02,2022-10-07,,,晋源区")
    assert [(fault.column, fault.code, fault.read) for fault in found.faults] == [
        ("区县", "two_counties", "小店区 / 晋源区")
    ] * 2


def test_one_person_in_two_counties_is_told_on_both_lines():
    found = read(
        "A1,王芳,女,1990-01-02,2022-10-07,,,小店区", "A2,王芳,女,1990-01-02,2022-10-08,,,晋源区",
        "A3,王芳,女,1991-01-02,2022-10-08,,,晋源区",
    )  # fmt: skip
    assert [(fault.line, fault.code, fault.read) for fault in found.faults] == [
        (2, "same_person", "2 小店区; 3 晋源区"), (3, "same_person", "2 小店区; 3 晋源区"),
    ]  # fmt: skip
    assert [case.source_id for case in found.cases] == ["A3"]


def test_a_contact_before_birth_is_refused():
    found = read("A1,2022-10-05,2022-10-04,2022-10-07", header="编号,出生日期,末次接触日期,发病日期")
    assert [(fault.column, fault.code, fault.value, fault.read) for fault in found.faults] == [
        ("末次接触日期", "before_birth", "2022-10-04", "2022-10-05")
    ]


@pytest.mark.parametrize("date_1904", [False, True])
def test_a_book_counts_its_days_from_1900_or_from_1904(date_1904):
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"date_1904": date_1904}) as workbook:
        sheet, typed = workbook.add_worksheet(), workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["编号", "发病日期"])
        sheet.write_row(1, 0, ["A1"])
        sheet.write_datetime(1, 1, date(2022, 10, 7), typed)
    found = read_line_list("list.xlsx", book.getvalue(), today=TODAY)
    assert [case.onset_on for case in found.cases] == [date(2022, 10, 7)]


def test_what_an_export_kept_from_running_is_read_as_it_was():
    (case,) = read("'=1+1,'-13.2,2022-10-07", header="编号,经度,发病日期").cases
    assert (case.source_id, case.lon) == ("=1+1", -13.2)


def test_blank_lines_and_lines_without_a_number_are_counted():
    found = read(",,,,,,,", ",王芳,女,1990-01-02,2022-10-07,,,", "B2,,,,2022-10-07,,,")
    assert (found.sums.blank, found.sums.repaired, found.sums.taken) == (1, 1, 1)
    assert found.cases[0].source_id == "L3"


@pytest.mark.parametrize(
    ("text", "age", "unit"), [("45岁", 45, "years"), ("3个月", 3, "months"), ("10 days", 10, "days"), ("7", 7, "years")]
)
def test_ages_have_units(text, age, unit):
    (case,) = read(f"A1,{text},2022-10-07", header="编号,年龄,发病日期").cases
    assert (case.age, case.age_unit) == (age, unit)


@pytest.mark.parametrize("text", ["-3", "200", "old", "5 fortnights"])
def test_ages_that_cannot_be_are_refused(text):
    assert faults(f"A1,{text},2022-10-07", header="编号,年龄,发病日期") == [(2, "年龄", "bad_number")]


def test_a_spreadsheet_that_exchanged_day_and_month_is_put_right_by_its_other_days():
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        sheet, typed = workbook.add_worksheet(), workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["编号", "发病日期"])
        for row, day in enumerate(["14/01/2020", "22/02/2020"], start=1):
            sheet.write_row(row, 0, [f"A{row}", day])
        for row, day in enumerate([date(2020, 5, 2), date(2020, 1, 31), date(2020, 2, 1)], start=3):
            sheet.write(row, 0, f"A{row}")
            sheet.write_datetime(row, 1, day, typed)
        sheet.write_row(6, 0, ["A6", 43845])
    found = read_line_list("list.xlsx", book.getvalue(), today=TODAY)
    assert [(fault.line, fault.code) for fault in found.faults] == [(4, "exchanged"), (7, "day_number")]
    assert [case.onset_on for case in found.cases] == [
        date(2020, 1, 14), date(2020, 2, 22), date(2020, 2, 5), date(2020, 1, 31), date(2020, 2, 1), date(2020, 1, 15),
    ]  # fmt: skip


def test_a_file_that_is_too_large_is_refused_before_reading_with_its_size_and_what_to_do():
    refuse_large("large.csv", 40 * 1024 * 1024)
    with pytest.raises(Malformed, match=r"big.csv has 65.0 MB, more than 64 MB; nothing was read. Split it"):
        refuse_large("big.csv", 65 * 1024 * 1024)
    with pytest.raises(Malformed, match=r"more than 64 MB"):
        open_sheet("big.csv", b"x" * (LARGEST + 1))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("编号,发病日期\n".encode("utf-16"), "UTF-16"),
        ("id,name,onset\n1,Müller,2022-10-07\n2,Gärtner,2022-10-07\n".encode("cp1252"), "Windows-1252"),
        (b"", "empty"),
        (b'id,onset\n1,"2022-10-07\n', "Line 2"),
        (b"id,onset,onset\n1,2022-10-07,2022-10-07\n", "Columns appear twice: onset"),
        (b"user,team\n1,2\n", "no line list"),
        (b"PK\x03\x04not a workbook", "no complete Excel file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole_and_named(content, said):
    with pytest.raises(Malformed, match=said) as refused:
        read_line_list("list.csv", content, today=TODAY)
    assert refused.value.zh


def test_every_fault_says_in_both_languages_what_to_do():
    for verdict, zh, en, remedy_zh, remedy_en in MESSAGES.values():
        assert verdict in ("repaired", "refused")
        assert all((zh, en, remedy_zh, remedy_en))


def test_a_rare_spelling_is_read_as_the_common_one_and_other_names_are_left_alone():
    counts = {"Military Hospital": 700, "Mitylira Hopital": 3, "Northern Clinic": 90, "Southern Clinic": 2,
              "第一医院": 50, "第二医院": 1, "Hospital 11": 60, "Hospital 12": 1}  # fmt: skip
    assert misspelt(counts) == {"Mitylira Hopital": "Military Hospital"}


def test_an_infector_of_another_file_stays_linked():
    found = read(
        "a,b,2022-10-07,seen by Dr. Li", "c,a,2022-10-08,", "d,d,2022-10-08,", header="id,infector,onset,remarks"
    )
    assert [case.infectors for case in found.cases] == [("b",), ("a",), ()]
    assert [(fault.code, fault.read) for fault in found.faults] == [("not_in_file", "b"), ("own_infector", "")]
    assert found.cases[0].extra == {"remarks": "seen by Dr. Li", "infector": "b"}


@pytest.mark.parametrize("cell", ["²", "nan", "1e400", "-1"])
@pytest.mark.parametrize("heading", ["age", "lat", "start_illness", "onset"])
def test_numbers_that_python_takes_for_numbers_and_people_do_not(cell, heading):
    found = read(f"1,{cell},x", header=f"id,{heading},disease")
    assert found.sums.refused == (0 if (cell, heading) in LEFT_EMPTY else 1)


LEFT_EMPTY = {("nan", heading) for heading in ("age", "lat", "start_illness", "onset")} | {("-1", "lat")}
