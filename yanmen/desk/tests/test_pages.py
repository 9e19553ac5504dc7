"""Pages over HTTP, on a real outbreak: everything opens, in both languages, within the scope and no further."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from yanmen.desk import patience
from yanmen.desk.tests.conftest import send

PATHS = [
    "/wall/",
    "/wall/?area=140105",
    "/tasks/?role=all",
    "/tasks/?due=overdue&role=all&area=1401",
    "/measures/?state=all",
    "/facts/",
    "/areas/?q=小店",
    "/areas/14/",
    "/areas/140105/",
    "/people/",
    "/policy/",
    "/policy/?day=2022-11-20",
    "/policy/rule/arrivals.from_high_risk_area/",
    "/policy/diff/?from=2022-10-01&to=2022-11-12",
    "/policy/try/",
    "/ledger/",
    "/ledger/?by=rule",
    "/ledger/?by=edition",
    "/ledger/?by=kind",
    "/alarms/",
    "/import/",
]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_opens_for_the_commander(path: str, language: str, as_staff: Any) -> None:
    answer = as_staff("commander", language).get(path)
    assert answer.status_code == 200, answer.text[-3000:]
    assert f'lang="{language}"' in answer.text.lower()


def test_the_person_page_says_which_lines_hold_and_what_clears_it(as_staff: Any, seeded: Any) -> None:
    text = as_staff("commander").get(f"/people/{seeded.held}/").text
    assert "执行中的措施及其理由" in text
    assert "最早可解除日期" in text or "原因消除即解除" in text
    assert "可就该事实提出申诉" in text


def test_numbers_are_masked_until_a_reason_is_given_and_logged(as_staff: Any, seeded: Any) -> None:
    from yanmen.registry.models import AccessLog

    clerk = as_staff("commander")
    page = clerk.get(f"/people/{seeded.held}/").text
    assert re.search(r"990000\*{8}", page)
    refused = send(clerk, f"/people/{seeded.held}/reveal/", field="id_number", reason=" ")
    assert refused.status_code == 422
    shown = send(clerk, f"/people/{seeded.held}/reveal/", field="id_number", reason="核对身份")
    assert re.search(r"990000\d{11}[\dX]", shown.text)
    what = AccessLog.objects.using("owner").filter(person_id=seeded.held).values_list("what", "reason")
    assert ("reveal id_number", "核对身份") in list(what)
    assert ("person page", "") in list(what)


def test_a_city_sees_no_other_city(as_staff: Any) -> None:
    taiyuan = as_staff("taiyuan")
    assert taiyuan.get("/areas/140105/").status_code == 200
    assert taiyuan.get("/areas/140902/").status_code == 404
    assert "忻州市" not in taiyuan.get("/tasks/?role=all").text


def test_a_person_of_another_city_is_not_found(as_staff: Any, seeded: Any) -> None:
    from yanmen.registry.models import Person

    elsewhere = Person.objects.using("owner").filter(area__startswith="1409").first()
    assert as_staff("taiyuan").get(f"/people/{elsewhere.pk}/").status_code == 404


def test_breaking_the_glass_needs_a_reason(as_staff: Any) -> None:
    assert send(as_staff("taiyuan"), "/people/emergency/", number="1", reason="急").status_code == 422


def test_a_closed_page_says_why_and_who_can_grant_it(as_staff: Any) -> None:
    answer = as_staff("clerk").get("/ledger/")
    assert answer.status_code == 403
    assert "督查员" in answer.text
    assert "演练账号管理员" in answer.text


def test_a_question_that_does_not_end_is_stopped_and_says_so(
    as_staff: Any, db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_staff("commander")
    monkeypatch.setattr(patience, "SECONDS", 0.2)
    with psycopg.connect(db) as other:
        other.execute("LOCK TABLE registry_importbatch IN ACCESS EXCLUSIVE MODE")
        answer = client.get("/import/")
    assert answer.status_code == 503
    assert "请缩小地区或日期范围" in answer.text
    assert client.get("/import/").status_code == 200


def test_a_stranger_is_sent_to_sign_in_and_back(live: Any) -> None:
    answer = live.get("/ledger/")
    assert answer.url.path == "/account/login/"
    assert "next=/ledger/" in str(answer.url)


def test_lists_go_on_by_key_without_gaps_or_repeats(as_staff: Any) -> None:
    client, path, seen = as_staff("commander"), "/tasks/?role=all&state=failed", []
    while path:
        text = client.get(path).text
        seen += re.findall(r'<time datetime="([^"]+)"', text.split('id="rows"')[1])
        after = re.search(r'hx-get="(\?[^"]+)"', text)
        path = "/tasks/" + after[1].replace("&amp;", "&") if after else ""
    from yanmen.loop.models import Task

    assert seen == sorted(seen)
    assert len(seen) == Task.objects.using("loop").filter(state="failed").count()


def test_the_language_switch_holds_for_the_session(as_staff: Any) -> None:
    client = as_staff("inspector")
    send(client, "/language/setlang/", language="en", next="/wall/")
    assert "Restriction ledger" in client.get("/wall/").text


def test_somebody_without_a_role_is_told_what_to_ask_for(live: Any, seeded: Any) -> None:
    from yanmen.desk.tests.conftest import PASSWORD, _sign_in
    from yanmen.desk.tests.seeding import NOW
    from yanmen.registry.accounts import create_account

    create_account(username="nobody", name="新人", password=PASSWORD, now=NOW, using="owner")
    with pytest.raises(AssertionError, match="账号管理员"):
        _sign_in(live, "nobody")


def test_five_wrong_passwords_lock_the_account_for_a_while(live: Any, seeded: Any) -> None:
    live.get("/account/login/")
    for _ in range(6):
        answer = send(live, "/account/login/", login="author", password="wrong-password")
    assert "登录失败次数过多" in answer.text


def test_who_owes_nothing_is_shown_the_pages_of_their_role(as_staff: Any) -> None:
    told = as_staff("clerk", "en").get("/tasks/").text
    own = told.partition("Pages of your role")[2].partition("</nav>")[0]
    assert '<a class="btn" href="/bulletins/">' in own
