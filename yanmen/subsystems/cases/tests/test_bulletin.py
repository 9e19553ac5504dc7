"""The daily report is read whole or refused whole, and the refusal says what is wrong."""

from __future__ import annotations

import csv
import json
import os
from datetime import date
from pathlib import Path

import pytest

from yanmen.subsystems.cases.methods.bulletin import parse
from yanmen.subsystems.cases.methods.bulletin_files import read
from yanmen.subsystems.cases.methods.report import BulletinError

OCTOBER_7 = (
    "10月7日0-24时，甲省新增本土新冠肺炎确诊病例6例（东山市北县1例、东山市南县无症状感染者转为确诊病例3例、南县新增2例）。"
    "当日转为确诊病例3例（东山市南县3例）。"
)
CODES = {
    "东山市": "9901",
    "东山市北县": "990121",
    "东山市南县": "990122",
    "西山市": "9902",
    "西山市郊区": "990211",
}


def problems(text, **options):
    with pytest.raises(BulletinError) as caught:
        parse(text, **options)
    return caught.value.problems


def test_a_short_name_continues_the_county_named_before():
    report = parse(OCTOBER_7, year=2022)
    new = report.statement("confirmed_new")
    assert [(item.place, item.count, item.converted) for item in new.items] == [
        ("东山市北县", 1, False),
        ("东山市南县", 3, True),
        ("东山市南县", 2, False),
    ]
    assert report.day == date(2022, 10, 7)
    assert report.province == "甲省"


def test_an_item_without_a_name_belongs_to_the_county_before_it():
    report = parse(
        "2022年4月22日0-24时,甲省新增本土确诊病例2例(东山市北县新增1例,无症状感染者转为确诊病例1例)。",
        codes=CODES,
    )
    items = report.statement("confirmed_new").items
    assert [(item.code, item.converted) for item in items] == [
        ("990121", False),
        ("990121", True),
    ]


def test_a_tampered_headline_is_refused_with_the_difference():
    (problem,) = problems(OCTOBER_7.replace("确诊病例6例", "确诊病例16例"), year=2022)
    assert problem.field == "confirmed_new"
    assert problem.value == "16"
    assert "相差+10" in problem.zh
    assert "difference +10" in problem.en


def test_a_headline_without_its_places_is_refused():
    (problem,) = problems("2022年10月7日0-24时,甲省新增无症状感染者32例。")
    assert problem.field == "asymptomatic_new"
    assert "+32" in problem.en


@pytest.mark.parametrize("length", [30, 45, 60, 75, len(OCTOBER_7) - 1])
def test_a_text_cut_off_anywhere_is_refused(length):
    (problem,) = problems(OCTOBER_7[:length], year=2022)
    assert problem.field == "text"
    assert "cut off" in problem.en


def test_a_date_without_a_year_is_refused_unless_the_year_is_given():
    (problem,) = problems(OCTOBER_7)
    assert problem.field == "date"
    assert problem.value == "10月7日"
    assert parse(OCTOBER_7, report_date=date(2022, 10, 7)).day == date(2022, 10, 7)


def test_a_report_that_names_two_days_is_refused():
    (problem,) = problems(OCTOBER_7, report_date=date(2022, 10, 8))
    assert problem.value == "2022-10-07、2022-10-08"


def test_an_unknown_county_is_refused_with_a_suggestion():
    (problem,) = problems(OCTOBER_7.replace("东山市北县", "东山市背县"), year=2022, codes=CODES)
    assert problem.field == "place"
    assert problem.value == "东山市背县"
    assert "Did you mean" in problem.remedy_en


def test_a_short_name_known_only_to_the_register_is_found_there():
    report = parse(
        "2022年10月7日0-24时,甲省新增无症状感染者2例(西山市郊区1例、北县1例)。",
        codes=CODES,
    )
    assert [item.place for item in report.statement("asymptomatic_new").items] == [
        "西山市郊区",
        "东山市北县",
    ]


def test_cases_from_abroad_count_in_the_sum_and_have_no_county():
    report = parse("2022年4月22日0-24时,甲省新增无症状感染者10例(东山市北县9例、境外输入1例)。")
    assert [(item.place, item.imported) for item in report.statement("asymptomatic_new").items] == [
        ("东山市北县", False),
        ("", True),
    ]


def test_a_number_of_an_unknown_kind_is_refused_not_passed_over():
    (problem,) = problems(OCTOBER_7 + "新增重症病例2例。", year=2022)
    assert problem.value == "新增重症病例2例"


def test_everything_wrong_is_said_at_once():
    text = OCTOBER_7.replace("确诊病例6例", "确诊病例7例").replace("南县3例）", "南县4例）")
    assert {problem.field for problem in problems(text, year=2022)} == {
        "confirmed_new",
        "converted",
    }


def test_full_width_and_half_width_writing_say_the_same():
    assert (
        parse(OCTOBER_7, year=2022).digest == parse(OCTOBER_7.replace("，", ",").replace("（", "("), year=2022).digest
    )


def test_every_problem_is_told_in_both_languages_with_a_remedy():
    for text in ("", "你好。", OCTOBER_7[:40], OCTOBER_7.replace("1例", "一例")):
        for problem in problems(text, year=2022):
            assert all(
                (
                    problem.field,
                    problem.zh,
                    problem.en,
                    problem.remedy_zh,
                    problem.remedy_en,
                )
            )


def test_the_same_report_twice_is_refused_as_already_imported():
    line = json.dumps({"report_date": "2022-10-07", "text": OCTOBER_7}, ensure_ascii=False)
    (report,) = read("day.jsonl", line.encode())
    with pytest.raises(BulletinError, match="already been imported"):
        read("days.jsonl", f"{line}\n{line}\n".encode())
    with pytest.raises(BulletinError, match="已经导入"):
        read("again.jsonl", line.encode(), imported=[report.digest])


def test_a_line_of_a_file_cut_short_is_named():
    line = json.dumps({"report_date": "2022-10-07", "text": OCTOBER_7}, ensure_ascii=False)
    with pytest.raises(BulletinError, match="Line 2") as caught:
        read("days.jsonl", f"{line}\n{line[:50]}".encode())
    assert caught.value.problems[0].field == "line 2"


def test_totals_by_city_must_add_up_to_the_confirmed_total():
    with pytest.raises(BulletinError, match=r"difference \+2"):
        read(
            "day.yaml",
            "时间: 2020-01-25\n省: 甲省\n确诊: 9例\n确诊详情: 东山市4例、西山市3例\n".encode(),
        )


def test_cured_without_a_city_are_noted_not_hidden():
    text = "时间: 2020-02-06\n省: 甲省\n确诊: 3例\n治愈: 12例\n确诊详情: 东山市3例\n治愈详情: 东山市6例\n"
    (report,) = read("day.yaml", text.encode())
    assert report.statement("cumulative_cured").unplaced == 6
    assert "6 of 12" in report.notes[0].en


def test_a_file_of_another_kind_is_refused():
    with pytest.raises(BulletinError, match="not read"):
        read("day.pdf", b"%PDF")
    with pytest.raises(BulletinError, match="UTF-8"):
        read("day.txt", "确诊".encode("gbk"))


# Real reports, written by others.

SHANXI = Path(os.environ.get("YANMEN_SHARED_DATA", Path(__file__).parents[5] / "shared" / "data")) / "shanxi"
real = pytest.mark.skipif(not SHANXI.is_dir(), reason=f"the real reports are not at {SHANXI}")


@real
def test_the_four_reports_of_2022_give_the_figures_counted_by_hand():
    reports = read("bulletins_2022.jsonl", (SHANXI / "bulletins_2022.jsonl").read_bytes())
    found = {
        (
            report.day.isoformat(),
            s.kind,
            str(s.headline),
            str(s.total),
            str(len(s.items)),
        )
        for report in reports
        for s in report.statements
    }
    with (SHANXI / "bulletins_2022_expected.csv").open() as file:
        expected = {
            (
                row["date"],
                row["kind"],
                row["headline"],
                row["sum_of_counties"],
                row["n_items"],
            )
            for row in csv.DictReader(file)
        }
    assert found == expected
    assert not [note for report in reports for note in report.notes]


@real
def test_every_county_of_the_four_reports_is_in_the_register_of_divisions():
    cities = _register("gbt2260_city.csv")
    names = {code[:4]: name for code, name in cities.items()}
    counties = _register("gbt2260_area.csv")
    codes = {name: code[:4] for code, name in cities.items()}
    codes |= {names[code[:4]] + name: code for code, name in counties.items()}
    reports = read(
        "bulletins_2022.jsonl",
        (SHANXI / "bulletins_2022.jsonl").read_bytes(),
        codes=codes,
    )
    items = [item for report in reports for statement in report.statements for item in statement.items]
    assert all(item.code for item in items if not item.imported)


def _register(name):
    with (SHANXI / name).open() as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


@real
def test_the_sixteen_days_of_2020_read_the_same_from_both_forms():
    folder = SHANXI / "bulletins_2020"
    tables = {path.stem: read(path.name, path.read_bytes())[0] for path in sorted(folder.glob("*.csv"))}
    prose = {path.stem: read(path.name, path.read_bytes())[0] for path in sorted(folder.glob("*.yaml"))}
    assert len(tables) == len(prose) == 16
    assert {report.digest for report in tables.values()} == {report.digest for report in prose.values()}
    last = tables["2020-02-06山西省"]
    assert last.statement("cumulative_confirmed").headline == 96
    assert last.statement("cumulative_confirmed").total == 96
    assert last.statement("suspected").headline == 54
    assert last.statement("cumulative_cured").headline == 12
