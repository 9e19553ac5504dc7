"""`yanmen mode`: who signs, what waits, what is in force and how it goes back, with every fault named in both languages."""

import re
from types import SimpleNamespace

import pytest

from yanmen.loop.run import settle
from yanmen.project.cli import main
from yanmen.project.moments import moment
from yanmen.project.testing import show_clock
from yanmen.project.testing_doors import new_account
from yanmen.registry.areas import AreaRow, load_areas

NOW = moment("2022-10-07T10:00")
SAID = ("--document", "晋疫防〔2022〕9号", "--clause", "第二条")
STEPS = ("140105", "140106", "--from", "2022-10-07", "--until", "2022-10-20", "--apart", "2", "--unready", "演练")


@pytest.fixture
def mode(clean, monkeypatch, capsys):
    """The command on the database of this test, and two accounts that may sign."""
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)
    load_areas([AreaRow(code, f"区{code}") for code in ("14", "1401", "140105", "140106")])
    show_clock(NOW)

    def call(*arguments):
        code = main(["mode", *arguments])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    call.city = ("--unit", "太原市疫情防控办", "--by", new_account("command.staff", "1401"))
    call.province = ("--unit", "省疫情防控办", "--by", new_account("command.staff", "14"))
    return call


def number_in(text):
    return re.search(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)[0]


def test_a_switch_is_proposed_approved_listed_renewed_and_undone(mode):
    made = mode("propose", *STEPS, *SAID, *mode.city)
    assert (made.code, "待另一单位批准" in made.out, "Another unit has to approve it" in made.out) == (0, True, True)
    switch = number_in(made.out)
    assert mode("list").out.count("待另一单位批准") == 2

    approved = mode("approve", switch, *mode.province)
    assert approved.out == "已批准 2 个地区。\nApproved: 2 areas.\n"
    settle(now=NOW)
    shown = mode("list", "1401").out
    assert re.search(r"140105 .*2022-10-07 – 2022-10-20 .*应急中 Emergency", shown)
    assert re.search(r"140106 .*2022-10-09 – 2022-10-22 .*已批准，待转", shown)
    assert "140105" not in mode("list", "140106").out

    [step] = [number_in(line.replace(switch, "")) for line in shown.splitlines() if "140105" in line]
    renewed = mode("renew", step, "--until", "2022-10-30", "--unready", "演练", *SAID, *mode.city)
    assert "Renewal proposed: " in renewed.out, renewed.err
    again = mode("undo", switch, "--document", "10号", "--reason", "误判", "--area", "140106", *mode.city)
    assert "0 reversed, 1 cancelled" in again.out
    rest = mode("undo", switch, "--document", "10号", "--reason", "误判", *mode.city)
    assert "恢复平时 1 个地区，未转即撤销 0 个。" in rest.out
    settle(now=NOW)
    assert "Gone back to peace" in mode("list", "140105").out


def test_preflight_says_what_is_missing_and_what_to_do(mode):
    shown = mode("preflight", "1401")
    assert shown.code == 0
    assert "fail" in shown.out
    assert "roster" in shown.out.lower()


def faulty(*arguments, **instead):
    """A proposal in which one thing is not as it should be."""
    given = {
        "--from": "2022-10-07",
        "--until": "2022-10-20",
        "--unready": "演练",
        "--document": "9号",
        "--clause": "二",
    }
    more = {f"--{name}": text for name, text in instead.items()}
    return ["propose", *(arguments or ("140105",)), *(part for pair in (given | more).items() for part in pair)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            faulty("140199"),
            ("area: 140199", "没有代码为 140199 的县", "There is no county with the code 140199. Check it."),
        ),
        (faulty("1402"), ("area: 1402", "没有代码为 1402 的", "Check it.")),
        (
            faulty("14"),
            ("area: 14\n", "不在您的管辖范围（1401）内。请联系当地处理。", "Ask the unit responsible there."),
        ),
        (faulty("太原"), ("太原", "不是行政区划代码", "Give 2, 4, 6, 9 or 12 digits")),
        (faulty(disease="flu"), ("disease: flu", "没有病种“flu”，可选：covid19、", "Choose one of: covid19, ")),
        (faulty(desk="cases"), ("desk: cases", "该业务没有平战之分", "At that desk a mode changes nothing")),
        (faulty(until="2022-12-20"), ("ends_on: 2022-12-20", "一次至多30天", "At most 30 days at a time")),
        (
            faulty(**{"from": "2022-10-06"}),
            ("starts_on: 2022-10-06", "转入日期不得早于今天", "It switches today or later"),
        ),
        (faulty(apart="31"), ("apart_days: 31", "相邻地区间隔为0至30天", "0 to 30 days")),
        (faulty(unready=""), ("unready_reason: ", "继续须写明理由", "Say why it goes on all the same")),
        (faulty(clause=" "), ("clause: ", "缺少条款", "Name the clause")),
        (faulty(by="nobody"), ("by: nobody", "不是指挥部工作人员的账号", "Sign as one of them")),
        (["approve", "7"], ("switch: 7", "请从列表中取其编号", "Take its number from the list")),
        (["undo", "7", "--document", "1", "--reason", " "], ("reason: ", "须写明理由和文件", "Say why")),
        (["renew", "7", "--until", "2022-10-30", *SAID], ("proposal: 7", "请从列表中取其编号", "Take its number")),
    ],
)
def test_what_is_wrong_is_named_with_its_value_and_remedy(mode, arguments, said):
    signed = mode.city if "--by" not in arguments else mode.city[:2]
    refused = mode(*arguments, *signed)
    assert refused.code == 1
    for part in said:
        assert part in refused.err
    assert "propos" not in refused.out


@pytest.mark.parametrize(("field", "text"), [("from", "7/10"), ("until", "2022-10-32"), ("apart", "-2")])
def test_what_is_no_day_or_number_is_named_before_anything_is_asked(mode, capsys, field, text):
    with pytest.raises(SystemExit) as stopped:
        mode(*faulty(), f"--{field}={text}", *mode.city)
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert f"--{field}: “{text}”不是" in said
    assert "Write 2" in said


def test_who_proposed_does_not_approve_and_nothing_is_approved_or_undone_twice(mode):
    switch = number_in(mode("propose", *STEPS, *SAID, *mode.city).out)
    own = mode("approve", switch, "--unit", "省疫情防控办", *mode.city[2:])
    assert (own.code, "Somebody of another unit has to approve." in own.err) == (1, True)
    mode("approve", switch, *mode.province)
    assert "Nothing of this switch waits for approval." in mode("approve", switch, *mode.province).err
    back = ("undo", switch, "--document", "10号", "--reason", "误判", *mode.province)
    assert "area: 1402" in mode(*back, "--area", "1402").err
    assert mode(*back).code == 0
    assert "Nothing of it is left to undo" in mode(*back).err


def test_without_areas_there_is_nothing_to_list_and_the_command_says_so(mode, sweeper):
    sweeper.execute("TRUNCATE registry_area CASCADE")
    refused = mode("list")
    assert (refused.code, "没有辖区，请先导入。" in refused.err) == (1, True)
