"""`yanmen import linelist`: sums and faults in both languages, a receipt for every line, and no database for a preview."""

import csv
import json

import pytest

from yanmen.project.cli import main

GOOD = "编号,姓名,性别,发病日期,区县\nA1,王芳,女,2022-10-07,祁县\nB2,李雷,男,2022-02-31,祁县\nC3,=cmd(),男,2022-10-06,平遥县\n,,,,\n"


@pytest.fixture
def linelist(tmp_path, capsys):
    def call(*arguments, **files):
        paths = []
        for name, text in files.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(text, "utf-8")
            paths.append(str(path))
        code = main(["import", "linelist", *paths, *arguments, "--preview"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_preview_says_the_sums_and_each_fault_in_both_languages(linelist):
    code, said, _ = linelist(cases=GOOD)
    assert code == 1
    assert "4 lines: 1 taken, 1 repaired, 1 refused, 1 blank." in said
    assert "共 4 行：采用 1，修正 1，拒绝 1，空行 1。" in said
    assert "3: 发病日期 2022-02-31 [refused]" in said
    assert "“2022-02-31”这一天不存在。请核对日期。" in said
    assert "there is no such day. Check the date." in said


def test_every_line_has_a_receipt_and_no_cell_of_it_is_a_formula(linelist, tmp_path):
    receipts = tmp_path / "receipts.csv"
    linelist("--receipts", str(receipts), cases=GOOD)
    with receipts.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["outcome"], row["case"]) for row in rows] == [
        ("2", "taken", "A1"), ("3", "refused", ""), ("4", "repaired", "C3"),
    ]  # fmt: skip
    assert rows[2]["value"] == "'=cmd()"


def test_programs_get_json_with_pairs_and_what_they_rest_on(linelist):
    code, said, _ = linelist(
        "--json", cases=GOOD.replace("2022-02-31", "2022-10-08"), pairs="infector,case_id\nA1,B2\nX9,C3\nA1,A1\n"
    )
    found = json.loads(said)
    assert code == 1
    assert found["files"][0]["sums"] == {"rows": 4, "taken": 2, "repaired": 1, "refused": 0, "blank": 1}
    pairs = found["pairs"][0]
    assert (pairs["taken"], pairs["refused"], pairs["infectors_not_in_the_lists"]) == (2, 1, 1)
    assert pairs["lines"][0]["code"] == "self_pair"


def test_an_order_of_days_is_asked_for_and_then_used(linelist):
    text = "id,onset\n1,03/04/2020\n"
    code, said, _ = linelist(cases=text)
    assert (code, "--dates dmy, mdy or ymd" in said) == (1, True)
    code, said, _ = linelist("--dates", "dmy", cases=text)
    assert (code, "1 taken" in said) == (0, True)


def test_a_list_of_divisions_refuses_places_outside_it(linelist, tmp_path):
    divisions = tmp_path / "divisions.csv"
    divisions.write_text("province,county\n山西省,祁县\n", "utf-8")
    text = "编号,发病日期,省,区县\nA1,2022-10-07,山西省,祁县\nB2,2022-10-07,山西省,不存在县\n"
    code, said, _ = linelist("--divisions", str(divisions), cases=text)
    assert (code, "3: 区县 不存在县 [refused]" in said) == (1, True)


WIDE = "id,onset\n1,2022-10-07\n".encode("utf-16").decode("latin-1")


@pytest.mark.parametrize(
    ("text", "said"), [("", "is empty"), ("a,b\n1,2\n", "no line list"), (WIDE, "nothing was read")]
)
def test_a_file_that_is_none_is_refused_with_its_reason(linelist, text, said):
    code, out, err = linelist(cases=text)
    assert (code, out) == (1, "")
    assert said in err


def test_a_missing_file_is_named(capsys, tmp_path):
    assert main(["import", "linelist", str(tmp_path / "none.csv"), "--preview"]) == 1
    assert "none.csv: No such file" in capsys.readouterr().err
