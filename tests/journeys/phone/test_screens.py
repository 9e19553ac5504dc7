"""Every screen of an officer: accessible, silent, nothing from elsewhere, from 320 px to a tablet, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from yanmen.base import credentials

pytestmark = pytest.mark.browser

LOOKS = ["zh", "en", "dark", "small", "tablet"]


@pytest.mark.parametrize("look", LOOKS)
def test_screens_of_an_officer(town: Any, phones: Any, look: str) -> None:
    phone = phones(town.url, look)
    for screen in ("welcome", "enrol", "staff", "paper", "settings"):
        phone.visit(screen)
        phone.look_at(f"{screen}-{look}")
    phone.enrol_officer(town.token())
    phone.look_at(f"scan-{look}")
    codes = {
        "pass": town.showing(11),
        "refer": town.showing(12, colour=1),
        "stop": town.showing(13, colour=2),
        "check": credentials.print_paper(town.credential(14, form=credentials.PAPER, hint="张** 001X")),
    }
    for act, text in codes.items():
        assert phone.verdict(text)[0] == act
        phone.look_at(f"{act}-{look}")
        phone.next()
    for screen in ("outbox", "end", "settings"):
        phone.visit(screen)
        phone.look_at(f"officer-{screen}-{look}")
    assert phone.faults == []


def test_sampling_binds_people_to_tubes_in_their_order(town: Any, phones: Any) -> None:
    site = sampling_site(town)
    phone = phones(town.url)
    phone.enrol_officer(town.token("sampling", site))
    phone.look_at("sample-tube")
    phone.scan("SX20221007001")
    for number in range(3):
        phone.scan(town.showing(50 + number))
        phone.page.get_by_text(f"第 {number + 1} 位").wait_for()
    phone.look_at("sample-people")
    phone.scan(town.showing(51))
    phone.page.get_by_text("此人已在本管中").wait_for()
    phone.delivered(3)
    rows = town.province.rows("SELECT person_id, tube, position FROM loop_bulk_screening_bound ORDER BY position")
    assert rows == [(50 + number, "SX20221007001", number + 1) for number in range(3)]
    assert phone.faults == []


@pytest.mark.parametrize("look", ["zh", "small"])
def test_a_sampler_is_told_of_full_used_and_few_and_takes_back_what_has_not_left(
    town: Any, phones: Any, look: str
) -> None:
    phone = phones(town.url, look)
    phone.enrol_officer(town.token("sampling", sampling_site(town)))
    page = phone.page

    def button(zh: str, en: str) -> Any:
        return page.get_by_role("button", name=zh if look == "zh" else en)

    def said(zh: str, en: str) -> Any:
        return page.get_by_text(zh if look == "zh" else en)

    page.locator("input[name=size]").nth(1).check()
    phone.scan("SX20221007001")
    for number in range(5):
        phone.scan(town.showing(50 + number))
        said(f"第 {number + 1} 位", f"place {number + 1}").wait_for()
    said("此管已满", "This tube is full").wait_for()
    assert page.locator("input[name=size]").count() == 0  # asked once
    phone.scan("SX20221007001")
    said("请换新管", "Take a new one").wait_for()
    phone.scan("SX20221007002")
    said("扫描本人的码", "Scan the person").wait_for()
    phone.scan(town.showing(52))
    said("此人今天", "was bound to SX20221007001").first.wait_for()
    phone.look_at(f"sample-again-{look}")
    button("不绑定", "Do not bind").click()
    said("扫描本人的码", "Scan the person").wait_for()
    phone.scan(town.showing(56))
    said("第 1 位", "place 1").wait_for()
    phone.until(lambda: len(bound(town)) == 6)
    town.stop()
    phone.scan(town.showing(57))
    said("第 2 位", "place 2").wait_for()
    page.wait_for_timeout(1500)
    page.locator("summary").last.click()
    phone.look_at(f"sample-tubes-{look}")
    button("换新管", "New tube").click()
    said("此管只有 2 人", "This tube has 2 of 5").first.wait_for()
    phone.look_at(f"sample-few-{look}")
    button("继续采样", "Go on with it").click()
    button("换新管", "New tube").click()
    button("封管", "Close it and").click()
    said("扫描采样管", "Scan the tube").wait_for()
    phone.scan("SX20221007002")
    button("接着用", "Go on with it").click()
    said("扫描本人的码", "Scan the person").wait_for()
    phone.scan(town.showing(58))
    said("第 3 位", "place 3").wait_for()
    assert phone.faults == []


def test_a_binding_that_has_not_left_the_phone_is_taken_back(town: Any, phones: Any) -> None:
    phone = phones(town.url)
    phone.enrol_officer(town.token("sampling", sampling_site(town)))
    phone.scan("SX20221007001")
    phone.page.get_by_text("扫描本人的码").wait_for()
    phone.scan(town.showing(50))
    phone.until(lambda: len(bound(town)) == 1)
    phone.page.get_by_role("button", name="撤销上一人").click()
    phone.page.get_by_text("本机不能撤销").wait_for()
    phone.context.set_offline(True)
    phone.scan(town.showing(51))
    phone.page.get_by_text("第 2 位").wait_for()
    phone.until(lambda: phone.waiting() == 1)
    phone.visit("sample")
    phone.page.wait_for_timeout(1000)
    phone.page.get_by_role("button", name="撤销上一人").click()
    phone.page.get_by_text("已撤销").wait_for()
    phone.scan(town.showing(52))
    phone.page.get_by_text("第 2 位").wait_for()
    phone.context.set_offline(False)
    phone.delivered(2)
    assert bound(town) == [(50, "SX20221007001", 1), (52, "SX20221007001", 2)]


def bound(town: Any) -> list[tuple[Any, ...]]:
    """Who is in which place of which tube, as the database has it."""
    return list(
        town.province.rows("SELECT person_id, tube, position FROM loop_bulk_screening_bound ORDER BY tube, position")
    )


def sampling_site(town: Any) -> int:
    """A place where samples are taken."""
    from yanmen.registry.models import Place
    from yanmen.registry.scope import acting

    scope = town.province.staff("venues.manager", "140105").scope
    with acting(scope, now=town.now):
        return int(
            Place.objects.create(kind="sampling_site", name_zh="小店采样点", area="140105", created_at=town.now).pk
        )
