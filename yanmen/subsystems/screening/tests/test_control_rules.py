"""Control rules of a laboratory against the definitions of Westgard et al. 1981 and worked examples of their teaching."""

from __future__ import annotations

import pytest

from yanmen.project import cli
from yanmen.subsystems.screening.methods.levey_jennings import chart, limits, statistics
from yanmen.subsystems.screening.methods.westgard import POINTS, REJECTING, RULES, WARNING, Point, judge, z_score

ALL = (*REJECTING, *WARNING)


def runs(*zs, level="low"):
    """One value a run."""
    return [Point(number, level, z) for number, z in enumerate(zs, 1)]


def broken(points, rules=REJECTING):
    return set(judge(points, rules).rules)


@pytest.mark.parametrize(
    ("rule", "breaks", "holds"),
    [
        ("1-3s", (3.1,), (3.0,)),
        ("1-3s", (-3.01,), (-3.0,)),
        ("2-2s", (2.1, 2.2), (2.1, -2.2)),
        ("2-2s", (-2.5, -2.1), (2.1, 2.0)),
        ("4-1s", (1.1, 1.2, 1.3, 1.4), (1.1, 1.2, 1.0, 1.4)),
        ("4-1s", (-1.1, -1.2, -1.3, -1.4), (1.1, 1.2, -1.3, 1.4)),
        ("10x", (0.1,) * 10, (0.1,) * 9 + (0.0,)),
        ("10x", (-0.1,) * 10, (-0.1,) * 9),
        ("1-2s", (2.1,), (2.0,)),
        ("3-1s", (1.1, 1.2, 1.3), (1.1, 0.9, 1.3)),
        ("7T", (-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6), (-0.6, -0.4, -0.2, 0.0, 0.0, 0.4, 0.6)),
        ("7T", (0.6, 0.4, 0.2, 0.0, -0.2, -0.4, -0.6), (0.6, 0.4, 0.2, 0.0, -0.2, -0.4)),
    ],
)
def test_each_rule_breaks_where_the_paper_says_and_not_before(rule, breaks, holds):
    assert broken(runs(*breaks), [rule]) == {rule}
    assert broken(runs(*holds), [rule]) == set()


def test_r_4s_looks_within_a_run_and_not_across_runs():
    assert broken(runs(2.1, -2.1)) == set()
    assert broken([Point(1, "low", 2.1), Point(1, "low", -2.1)]) == {"R-4s"}
    assert broken([Point(1, "low", 2.1), Point(1, "high", -2.1)]) == {"R-4s"}


def test_two_levels_of_one_run_beyond_two_deviations_on_one_side_break_2_2s():
    assert broken([Point(1, "low", 2.3), Point(1, "high", 2.1)]) == {"2-2s"}
    assert broken([Point(1, "low", 2.3), Point(1, "high", 1.9)]) == set()


def test_a_worked_example_of_two_materials_day_by_day():
    """Materials of mean 200, SD 4 and mean 250, SD 5, the sizes that Westgard's own lessons use; values worked by hand."""
    days = [(203, 247), (207, 252), (209, 249), (191, 261), (196, 258), (205, 256), (214, 253), (188, 239), (205, 256)]
    points, found = [], []
    for day, (low, high) in enumerate(days, 1):
        points += [Point(day, "1", z_score(low, 200, 4)), Point(day, "2", z_score(high, 250, 5))]
        found.append(broken(points))
    assert found == [set(), set(), set(), {"R-4s"}, set(), set(), {"1-3s"}, {"2-2s"}, set()]


def test_four_in_a_row_count_across_runs_for_one_material_only():
    points = []
    for day, (low, high) in enumerate([(1.2, 0.2), (1.1, -0.3), (1.4, 0.1), (1.6, -0.2)], 1):
        points += [Point(day, "low", low), Point(day, "high", high)]
    said = judge(points, REJECTING)
    assert [(each.rule, each.level, each.values) for each in said.broken] == [("4-1s", "low", (1.2, 1.1, 1.4, 1.6))]


def test_a_rule_without_enough_history_is_skipped_and_says_so():
    said = judge(runs(0.5, 0.4), ALL)
    assert said.broken == ()
    assert {(each.rule, each.points, each.needed) for each in said.skipped} == {
        ("3-1s", 2, 3), ("4-1s", 2, 4), ("7T", 2, 7), ("10x", 2, 10),
    }  # fmt: skip
    assert judge([], ALL).skipped == ()
    assert set(POINTS) == set(RULES)


def test_an_old_breach_does_not_break_the_run_of_today():
    assert broken(runs(3.5, 0.1)) == set()


def test_a_chart_has_its_lines_at_whole_deviations():
    assert limits(30, 0.5) == {-3: 28.5, -2: 29.0, -1: 29.5, 0: 30.0, 1: 30.5, 2: 31.0, 3: 31.5}
    mean, deviation = statistics([2, 4, 4, 4, 5, 5, 7, 9])
    assert mean == 5
    assert deviation == pytest.approx(2.13809, abs=1e-5)
    assert chart("N", [])["values"] == []


def test_the_command_judges_a_file_of_controls(tmp_path, capsys):
    lines = ["run,control,lot,target,value,mean,sd"]
    values = [("R1", "C1", 32.1), ("R2", "C1", 33.2), ("R3", "C1", 33.3), ("R4", "C2", 33.4), ("R5", "C1", 34)]
    lines += [f"{run},weak_positive,{lot},N,{value},32,0.5" for run, lot, value in values]
    file = tmp_path / "controls.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    assert cli.main(["screening", "qc", str(file)]) == 1
    said = [line.split()[:4] for line in capsys.readouterr().out.splitlines()]
    rejected = [(line[0], line[3]) for line in said if len(line) == 4 and line[3] in REJECTING]
    assert rejected == [("R3", "2-2s"), ("R5", "1-3s"), ("R5", "2-2s")]
    file.write_text("run,value\n1,2\n", encoding="utf-8")
    assert cli.main(["screening", "qc", str(file)]) == 1
    assert "Write the columns" in capsys.readouterr().err
