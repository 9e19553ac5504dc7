"""Missing people and forms over HTTP: receipts that sum, a finding a person; thirteen forms become three."""

from __future__ import annotations

import re
from typing import Any

import pytest

from yanmen.loop.models import Fact
from yanmen.project.testing import show_clock
from yanmen.registry.scope import acting
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.models import Comparison, Finding, Form
from yanmen.subsystems.grid.tests.test_doors import begin, doors_made, hidden, post
from yanmen.subsystems.grid.tests.village import (
    COUNTY,
    MORNING,
    OTHER,
    VILLAGE,
    home,
    open_village,
    record,
    worker_scope,
)


@pytest.fixture
def village(clean):
    open_village()
    show_clock(MORNING)


def send(client: Any, text: str, name: str = "名单.csv", **form: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    files = {"file": (name, text.encode(), "text/csv")}
    return client.post("/grid/missing/", data={"act": "list", "title": "物业名单"} | form, files=files, headers=headers)


def test_a_list_is_held_against_the_register_and_everybody_missing_has_an_outcome(village, sign_in):
    home("幸福村1号", "王一", phone="13800000001")
    home("幸福村2号", "李二", "李三")
    record("screening.sampled", home("幸福村3号", "赵四")[0].pk, MORNING)
    worker = sign_in(WORKER, VILLAGE, language="en")
    worker.get("/grid/missing/")
    lines = [
        "姓名,电话,住址",
        "王一,13800000001,幸福村1号",
        "李二,,幸福村2号",
        "李二,,幸福村2号",
        "钱外,13800000009,出租屋",
        "周某,12345,",
    ]
    answer = send(worker, "\n".join(lines) + "\n")
    assert answer.status_code == 200, re.findall(r'role="alert">(.*?)</div>', answer.text, re.DOTALL)
    page = answer.text
    [sums] = re.findall(r"= [^<]* rejected", page)
    assert sums == "= 2 matched + 1 repeated + 1 not registered + 0 unclear + 1 rejected"
    one = Comparison.objects.using("owner").get()
    assert (one.lines, one.registered, one.missing) == (5, 4, 2)
    assert {"钱外", "李三", "赵四"} <= set(re.findall(r"钱外|李三|赵四", page))
    assert "13800000009" not in page
    assert "12345" not in page
    rows = {row.name: row for row in Finding.objects.using("owner").all()}
    assert {name: row.side for name, row in rows.items()} == {
        "钱外": "not_registered",
        "李三": "not_listed",
        "赵四": "not_listed",
    }
    assert rows["赵四"].seen_at == MORNING
    path = f"/grid/missing/{one.pk}/"
    assert post(worker, path, finding=str(rows["李三"].pk), outcome="vanished").status_code == 422
    assert "Kept." in post(worker, path, finding=str(rows["李三"].pk), outcome="elsewhere", note="在外务工").text
    told = Fact.objects.using("owner").get(kind="grid.looked_for")
    assert (told.person_id, told.detail["outcome"]) == (rows["李三"].person_id, "elsewhere")
    unknown = post(worker, path, finding=str(rows["钱外"].pk), outcome="registered")
    assert unknown.status_code == 422
    assert "register number" in unknown.text
    (new,) = home("幸福村出租屋", "钱外")
    assert "Kept." in post(worker, path, finding=str(rows["钱外"].pk), outcome="registered", person=str(new.pk)).text
    assert "在外务工" in worker.get(f"{path}?side=not_listed").text
    with acting(worker_scope(OTHER)):
        assert not Finding.objects.exists()
    assert sign_in(WORKER, OTHER).get(path).status_code == 404


def test_files_that_cannot_be_compared_say_why(village, sign_in):
    worker = sign_in(WORKER, VILLAGE, language="en")
    worker.get("/grid/missing/")
    for text, word in (
        ("颜色相近,备注\n1,2\n", "at least one of the columns"),
        ("", "file"),
        ("姓名\n王一\n姓名\n", "header comes again"),
    ):
        answer = send(worker, text)
        assert answer.status_code == 422, text
        assert word in answer.text
    assert send(worker, "姓名\n王一\n", area=OTHER).status_code == 422
    assert not Comparison.objects.using("owner").exists()


def test_who_was_not_seen_for_a_week_is_found(village, sign_in):
    home("幸福村1号", "久未见")
    record("arrivals.visited", home("幸福村2号", "昨日见")[0].pk, MORNING)
    worker = sign_in(WORKER, VILLAGE, language="en")
    worker.get("/grid/missing/")
    page = post(worker, "/grid/missing/", act="seen").text
    assert "久未见" in page
    assert "昨日见" not in page


THIRTEEN = {
    "体温日报表": ("卫健办", "姓名", "今日体温", "联系电话"),
    "返乡人员登记表": ("综治办", "姓名", "身份证号", "来源地", "返回日期", "现住址"),
    "居家人员健康监测表": ("卫生院", "姓名", "体温", "有无症状"),
    "核酸结果统计表": ("指挥部", "姓名", "核酸结果", "电话"),
    "住户基本信息表": ("民政所", "姓名", "性别", "年龄", "家庭人数"),
    "重点需求摸排表": ("社保所", "姓名", "特殊需求", "联系电话"),
    "养犬登记表": ("派出所", "姓名", "养犬数量", "犬证编号"),
    "宠物情况表": ("城管队", "养犬数量", "电话"),
    "出租房屋台账": ("住建办", "地址", "房东姓名", "租期截止日"),
    "流动人口租住表": ("派出所", "房东姓名", "租期截止日", "电话"),
    "疫苗意愿摸底表": ("卫健办", "姓名", "接种意愿", "未接种原因"),
    "老年人接种统计": ("老龄办", "年龄", "接种意愿"),
    "上门服务记录": ("指挥部", "姓名", "住址", "所需药品"),
}
"""Form, office, questions."""


def test_thirteen_forms_become_three_and_the_grid_keeps_its_minutes(village, sign_in):
    for number in range(4):
        home(f"幸福村{number + 1}号", f"人{number}")
    manager = sign_in(MANAGER.name, COUNTY, language="en")
    manager.get("/grid/forms/")
    refused = {}
    for title, (office, *questions) in THIRTEEN.items():
        form = {
            "act": "ask",
            "title": title,
            "office": office,
            "area": VILLAGE,
            "every_days": "1",
            "questions": "\n".join(questions),
        }
        answer = post(manager, "/grid/forms/", **form)
        if answer.status_code == 422:
            refused[title] = answer.text
    made = {form.title: form for form in Form.objects.using("owner").all()}
    assert set(made) == {"养犬登记表", "出租房屋台账", "疫苗意愿摸底表"}
    assert len(refused) == 10
    assert "Temperature" in refused["体温日报表"] or "体温" in refused["体温日报表"]
    assert "register" in refused["住户基本信息表"]
    assert "养犬登记表" in refused["宠物情况表"]  # another form asks it
    dogs = made["养犬登记表"]
    assert [each["title"] for each in dogs.questions] == ["养犬数量", "犬证编号"]
    assert [each["title"] for each in dogs.known] == ["姓名"]
    assert dogs.doors == 4
    assert dogs.minutes == pytest.approx(4 * 7 * 2 * 20 / 60)
    assert dogs.minutes_asked == pytest.approx(4 * 7 * (3 * 20 + 90) / 60)
    page = manager.get("/grid/forms/").text
    assert "Grid-minutes a week" in page
    wrong = post(
        manager,
        "/grid/forms/",
        act="ask",
        title="新表",
        office="办",
        area=VILLAGE,
        every_days="0",
        questions="养鸡数量",
    )
    assert wrong.status_code == 422
    assert "every_days" in wrong.text
    nowhere = post(
        manager,
        "/grid/forms/",
        act="ask",
        title="新表",
        office="办",
        area=VILLAGE,
        every_days="7",
        questions="养鸡 = farm.hens",
    )
    assert nowhere.status_code == 422
    assert "farm.hens" in nowhere.text
    mapped = post(manager, "/grid/forms/", act="ask", title="新表", office="办", area=VILLAGE, every_days="7", questions="早上热不热 = quarantine.door_visited.celsius")  # fmt: skip
    assert mapped.status_code == 422
    assert "Look it up" in mapped.text


def test_what_a_registered_form_asks_stands_in_the_one_form_and_is_asked_once_in_its_rhythm(village, sign_in):
    (wang,) = home("幸福村1号", "王一")
    manager = sign_in(MANAGER.name, COUNTY, language="en")
    manager.get("/grid/forms/")
    post(
        manager,
        "/grid/forms/",
        act="ask",
        title="养犬登记表",
        office="派出所",
        area=COUNTY,
        every_days="7",
        questions="养犬数量",
    )
    worker = sign_in(WORKER, VILLAGE, language="en")
    assert "养犬登记表" in worker.get("/grid/forms/").text
    assert (
        post(
            worker, "/grid/forms/", act="ask", title="我的表", office="我", every_days="7", questions="养鸡数量"
        ).status_code
        == 422
    )
    path = f"/grid/doors/{doors_made(worker)['幸福村1号']}/"
    form = hidden(worker.get(path).text)
    dogs = begin(form, wang.pk, "grid.answered")
    assert "1 answer kept." in post(worker, path, **form | {dogs + "answer": "两只"}).text
    assert Fact.objects.using("owner").get(kind="grid.answered").detail["answer"] == "两只"
    assert "养犬数量" not in worker.get(path).text
    form_number = str(Form.objects.using("owner").get().pk)
    assert post(worker, "/grid/forms/", act="end", form=form_number).status_code == 422
    manager.get("/grid/forms/")
    assert "Kept." in post(manager, "/grid/forms/", act="end", form=form_number).text
