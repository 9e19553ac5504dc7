"""Line lists on their page: seen before they are stored, told by column, handed back where refused; and what cannot be."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime

import pytest

from yanmen.base.clock import BEIJING
from yanmen.project.looks import LOOKS, seen, window
from yanmen.project.testing import show_clock
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import AccessLog
from yanmen.registry.scope import acting, system
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.models import LineListFile

PROVINCE = system("14", purpose="control")
NOW = datetime(2022, 10, 10, 9, tzinfo=BEIJING)
PLACES = {"14": "山西省", "1407": "晋中市", "140727": "祁县", "140728": "平遥县"}
HEADER = "病例编号,姓名,性别,出生日期,末次接触日期,发病日期,报告日期,病种,病例分类,区县,医院,入院日期,备注\n"
GOOD = "A1,王芳,女,1990-01-02,,2022-10-01,2022-10-02,新冠,确诊,祁县,县医院,2022-10-03,密接\nA2,李雷,男,1980-05-06,,,2022-10-07,新冠,无症状,平遥县,,,\n"
BAD = (
    "B1,测试甲,女,1990-02-31,,2022-10-01,2022-10-02,新冠,确诊,祁县,,,\n"
    "B2,测试乙,女,2022-10-05,2022-10-04,2022-10-06,2022-10-07,新冠,确诊,祁县,,,\n"
    "B3,测试丙,男,1970-01-01,,2022-10-06,2022-10-07,新冠,确诊,祁县,,,\n"
    "B4,测试丙,男,1970-01-01,,2022-10-06,2022-10-07,新冠,确诊,平遥县,,,\n"
    "B5,=HYPERLINK(1),男,1971-01-01,,2022-10-06,2022-10-07,新冠,确诊,小店区,,,\n"
    "B6,测试己,男,1972-01-01,,2023-10-06,2022-10-07,新冠,确诊,祁县,,,\n"
)


@pytest.fixture(autouse=True)
def _story(clean):
    load_areas([AreaRow(code=code, name_zh=name, name_en=f"A{code}") for code, name in PLACES.items()])
    show_clock(NOW)


def send(client, path, content=None, name="list.csv", **form):
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    files = {"file": (name, content)} if content is not None else None
    return client.post(path, data=form, files=files, headers=headers, timeout=120)


def upload(client, text, **form):
    return send(client, "/cases/line-lists/", text.encode(), **form)


def stored():
    with acting(PROVINCE):
        return sum(queries.counts(PROVINCE, now=NOW).values())


def test_a_list_is_seen_before_it_is_stored_and_its_refused_lines_come_back(sign_in):
    clerk = sign_in("cases.epidemiologist", "14")
    seen = upload(clerk, HEADER + GOOD + BAD)
    assert seen.status_code == 200
    assert "尚未入库" in seen.text
    assert stored() == 0
    for said in (
        "2022-10-04”早于出生日期2022-10-05",
        "1990-02-31”这一天不存在",
        "6 祁县; 7 平遥县",
        "没有这个地区",
        "在将来",
    ):
        assert said in seen.text
    done = send(clerk, str(seen.url))
    assert "作为第" in done.text
    assert stored() == 2
    refused = clerk.get(str(seen.url) + "refused/").text.removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(refused)))
    assert [row[0] for row in rows] == ["病例编号", "B1", "B2", "B3", "B4", "B5", "B6"]
    assert (rows[0][-1], rows[5][1]) == ("拒绝原因", "'=HYPERLINK(1)")
    mended = refused.replace("1990-02-31", "1990-02-28")
    again = upload(clerk, mended)
    send(clerk, str(again.url))
    assert stored() == 3
    with acting(PROVINCE):
        (first, second) = LineListFile.objects.order_by("sent_at")
        for row in (first, second):
            sums, counts = row.told["sums"], row.told["counts"]
            assert sums["rows"] == sum(counts.values()) + sums["blank"]
            assert row.content is None
        assert AccessLog.objects.using("owner").filter(what="export line_list refused").count() == 1


def test_forty_megabytes_are_refused_by_size_limit_and_remedy_and_nothing_is_lost(sign_in):
    clerk = sign_in("data.clerk", "14", language="en")
    answer = send(clerk, "/cases/line-lists/", b"x" * (40 * 1024 * 1024), name="big.csv")
    assert answer.status_code == 422
    said = re.sub(r"\s+", " ", answer.text)
    assert "big.csv has 40.0 MB; this page takes 5 MB and nothing was brought in." in said
    assert "yanmen import linelist" in said
    with acting(PROVINCE):
        assert not LineListFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        ("编号,发病日期\n".encode("utf-16"), "UTF-16"),
        (b"user,team\n1,2\n", "no line list"),
        (b"PK\x03\x04not a workbook", "no complete Excel file"),
        (b'{"resourceType": "Bundle", "type": "collection"}', "holds no Patient and no Condition"),
        (b'{"a": ', "bad_resource|resourceType"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_on_the_page(sign_in, content, said):
    clerk = sign_in("cases.epidemiologist", "14", language="en")
    answer = send(clerk, "/cases/line-lists/", content)
    assert re.search(said, answer.text)
    assert stored() == 0


def test_a_list_of_one_source_says_what_it_corrects(sign_in):
    clerk = sign_in("cases.epidemiologist", "14", language="en")
    send(clerk, str(upload(clerk, HEADER + GOOD, source="省疾控").url))
    seen = upload(clerk, HEADER + GOOD.replace("2022-10-01", "2022-09-30"), source="省疾控")
    assert "Apply: 0 new, 1 corrected" in seen.text
    assert "2022-10-01 → <strong>2022-09-30</strong>" in seen.text
    assert stored() == 2


def test_who_hands_a_list_out_is_logged_and_reporters_may_not(sign_in):
    expert = sign_in("cases.epidemiologist", "140727")
    with acting(PROVINCE):
        found = HEADER + GOOD
        row = actions.upload(scope=PROVINCE, name="l.csv", content=found.encode(), asked={}, by="test", now=NOW)
        actions.apply_file(scope=PROVINCE, file=row.pk, by="test", now=NOW)
    answer = send(expert, "/cases/line-lists/export/", form="csv", reason="上报省疾控")
    assert answer.headers["content-disposition"] == 'attachment; filename="cases-140727-20221010.csv"'
    assert len(answer.text.splitlines()) == 1 + 1 + 1
    with acting(PROVINCE):
        assert AccessLog.objects.using("owner").get(what="export line_list").reason == "上报省疾控"
    assert expert.get(f"/cases/line-lists/{row.pk}/").status_code == 404
    reporter = sign_in("cases.reporter", "14")
    assert reporter.get("/cases/line-lists/").status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
def test_the_page_looks_right(browser, sign_in, look):
    client = sign_in("cases.epidemiologist", "14", language=LOOKS[look][0])
    with window(browser, client, look) as page:
        base = f"{client.base_url}".rstrip("/")
        page.goto(base + "/cases/line-lists/")
        page.faults += seen(page, f"line-lists-empty-{look}")
        page.set_input_files(
            "#file", {"name": "清单.csv", "mimeType": "text/csv", "buffer": (HEADER + GOOD + BAD).encode()}
        )
        page.fill("#source", "省疾控")
        page.click("form[enctype] button")
        page.wait_for_url("**/line-lists/*-*/")
        page.faults += seen(page, f"line-list-preview-{look}")
        page.click("main form button.btn-primary")
        page.wait_for_selector(".alert-success")
        page.faults += seen(page, f"line-list-receipt-{look}")
        changed = HEADER + GOOD.replace("2022-10-01", "2022-09-30")
        page.goto(base + "/cases/line-lists/")
        page.set_input_files("#file", {"name": "清单二.csv", "mimeType": "text/csv", "buffer": changed.encode()})
        page.fill("#source", "省疾控")
        page.click("form[enctype] button")
        page.wait_for_url("**/line-lists/*-*/")
        page.faults += seen(page, f"line-list-corrects-{look}")
        page.goto(base + "/cases/line-lists/")
        page.faults += seen(page, f"line-lists-full-{look}")
        assert page.faults == []
