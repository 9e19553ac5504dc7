"""A sampling team without a network: one person by code, a child by the guardian's phone, others by identity card."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from yanmen.base import credentials
from yanmen.base.clock import BEIJING
from yanmen.base.identity import check_digit, document_number, synthetic_resident_id
from yanmen.base.refusals import Refusal
from yanmen.edge import pages
from yanmen.edge.tests.phones import served
from yanmen.registry.details import ID_TYPES

pytestmark = pytest.mark.browser

NOW = datetime(2022, 10, 7, 9, tzinfo=BEIJING)
FAULTS = {
    "shape": "it needs 18",
    "check": "its check digit",
    "region": "its first six",
    "birth": "its birth date",
    "paper": "A document number has",
}
READ = """async ({cases, now}) => {
  const [{faultOf, plain, TYPES}, {TEXTS}] = await Promise.all(["identity.js", "texts.js"].map((name) => import("/phone/" + name)));
  const types = Object.fromEntries(TYPES.map((type) => [type, TEXTS["card.type." + type]]));
  return {faults: cases.map(([type, text]) => faultOf(type, plain(text), now)), types};
}"""
KEPT = """async () => {
  const name = (await indexedDB.databases()).map(({ name }) => name).find((name) => name.startsWith("yanmen-user-"));
  const database = await new Promise((resolve) => { indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result); });
  const all = {};
  for (const store of ["records", "local"]) {
    all[store] = await new Promise((resolve) => {
      database.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => resolve(target.result); });
  }
  database.close();
  const sealed = all.records.filter((row) => row.sealed).length;
  return {text: JSON.stringify(all), doors: all.records.map((row) => row.door), sealed};
}"""

EXPIRED = """async ({now}) => {
  const [{Store}, {newKey}, {uuid7}] = await Promise.all(["store.js", "sealing.js", "bytes.js"].map((name) => import("/phone/" + name)));
  const store = await Store.open("somebody", await newKey());
  for (const [door, days] of [["cards", 15], ["cards", 13], ["passes", 15]]) {
    const at = now - days * 86400000;
    const id = uuid7(at);
    await store.keep({id, door, at, record: {id}});
    await store.mark({[id]: {state: "refused", reason: null}});
  }
  await store.expire(now);
  return (await store.newest(9)).map(({door}) => door).sort();
}"""


def with_check(first17: str) -> str:
    return first17 + check_digit(first17)


def test_the_phone_reads_numbers_as_the_register_does(browser: Any) -> None:
    good = synthetic_resident_id(7, born_on=date(1980, 5, 4), sex="male")
    numbers = [
        good, f" {good[:6]}-{good[6:14]} {good[14:].lower()} ", good[:17], good[:17] + ("0" if good[17] != "0" else "1"),
        good[0] + good[2] + good[1] + good[3:], with_check("14010519491231002"), with_check("00010519491231002"),
        with_check("81000019900101001"), with_check("81010019900101001"), with_check("91115619900101001"), with_check("90015619900101001"),
        with_check("14010520220230001"), with_check("14010520200229001"), with_check("14010521000229001"), with_check("14010518791231001"),
        with_check("14010518800101001"), with_check("14010520221007001"), with_check("14010520221008001"), with_check("14010500990101001"),
        with_check("14010519901301001"), "", "１４０１０５１９４９１２３１００２Ｘ", "x" * 18,
    ]  # fmt: skip
    cases = [["resident", text] for text in numbers]
    cases += [["passport", text] for text in ("e12 345-67", "E123", "E12345678901234567890", "护照12345", "12345")]
    with served(pages.respond) as url:
        page = browser.new_page()
        page.goto(f"{url}/phone/")
        found = page.evaluate(READ, {"cases": cases, "now": NOW.timestamp() * 1000})
        page.close()
    for (kind, text), fault in zip(cases, found["faults"], strict=True):
        try:
            document_number(kind, text, today=NOW.date())
            expected = None
        except Refusal as refusal:
            expected = next(name for name, said in FAULTS.items() if said in refusal.en)
        assert fault == expected, (kind, text)
    assert {fault for fault in found["faults"] if fault} == set(FAULTS)
    assert found["types"] == {key: list(both) for key, both in ID_TYPES.items() if key}


def test_a_refused_document_is_forgotten_when_nobody_would_take_it_any_more(browser: Any) -> None:
    with served(pages.respond) as url:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{url}/phone/")
        assert page.evaluate(EXPIRED, {"now": NOW.timestamp() * 1000}) == ["cards", "passes"]
        context.close()


@pytest.mark.parametrize("look", ["zh", "small"])
def test_people_by_code_and_by_card_arrive_once(town: Any, phones: Any, look: str) -> None:
    site = sampling_site(town)
    known = town.resident("李小明", 15)
    own = town.province.document
    phone = phones(town.url, look)
    phone.enrol_officer(town.token("sampling", site))
    page = phone.page

    def button(zh: str, en: str) -> Any:
        return page.get_by_role("button", name=zh if look == "zh" else en)

    def said(zh: str, en: str) -> Any:
        return page.get_by_text(zh if look == "zh" else en).first

    def bound_at(place: int) -> None:
        said(f"第 {place} 位", f"place {place}").wait_for()

    phone.context.set_offline(True)
    phone.scan(own(15))  # the card of a person is no tube
    said("这是人的码", "This is a person's code").wait_for()
    phone.scan("SX20221007001")
    phone.scan(town.showing(50))
    bound_at(1)
    phone.scan(town.showing(51, form=credentials.COMPANION, hint="王** 001X"))
    bound_at(2)
    button("用身份证登记", "By identity card").click()
    page.keyboard.type(own(15)[:17] + ("0" if own(15)[17] != "0" else "1"))
    page.keyboard.press("Enter")
    said("校验码不符", "The check digit does not fit").wait_for()
    phone.look_at(f"sample-card-{look}")
    page.locator("#card-number").fill("")
    page.keyboard.type(own(15))
    page.keyboard.press("Enter")
    assert page.locator("#card-name").evaluate("field => field === document.activeElement")
    page.keyboard.press("Enter")
    said("请填写姓名", "Give the name").wait_for()
    page.keyboard.type("李小明")
    page.keyboard.press("Enter")
    bound_at(3)
    page.locator("h1").evaluate("element => element.focus()")
    page.keyboard.type(own(15))  # a reader, with the scanner open
    page.keyboard.press("Enter")
    page.locator("#card-name").fill("李小明")
    button("绑定", "Bind").click()
    said("此人已在本管中", "already in this tube").wait_for()
    page.locator("#card-type").select_option("passport")
    page.locator("#card-number").fill("E7654321")
    page.locator("#card-name").fill("SMITH ANNA")
    button("绑定", "Bind").click()
    bound_at(4)
    button("撤销上一人", "Undo the last").click()
    said("已撤销", "Taken back").wait_for()
    phone.scan(town.showing(52))
    bound_at(4)
    kept = page.evaluate(KEPT)
    assert sorted(kept["doors"]) == ["cards", "samples", "samples", "samples"]
    assert kept["sealed"] == 4
    assert not [secret for secret in (own(15), "李小明", "E7654321", "SMITH") if secret in kept["text"]]
    phone.context.set_offline(False)
    phone.delivered(4)
    assert page.evaluate(KEPT)["sealed"] == 0
    assert bound(town) == [(50, 1), (51, 2), (known.pk, 3), (52, 4)]
    assert phone.faults == []


def test_a_site_that_is_down_holds_up_no_code_and_a_wrong_name_is_corrected(town: Any, phones: Any) -> None:
    known = town.resident("李小明", 15)
    phone = phones(town.url)
    phone.enrol_officer(town.token("sampling", sampling_site(town)))
    page, tries = phone.page, []

    def down(route: Any) -> None:
        tries.append(route)
        body = {"zh": "后台暂时无法访问。", "en": "The site does not answer.", "field": "", "value": ""}
        if len(tries) == 1:
            route.fulfill(status=503, content_type="application/json", body=json.dumps(body))
        elif len(tries) == 2:  # taken, but nobody heard of it
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/site/api/screening/devices/cards", down)
    phone.context.set_offline(True)
    phone.scan("SX20221007001")
    for place, (number, name) in enumerate([(15, "李晓明"), (16, "王芳")], 1):
        page.get_by_role("button", name="用身份证登记").click()
        page.locator("#card-number").fill(town.province.document(number))
        page.locator("#card-name").fill(name)
        page.get_by_role("button", name="绑定").click()
        page.get_by_text(f"第 {place} 位").first.wait_for()
    phone.scan(town.showing(50))
    page.get_by_text("第 3 位").first.wait_for()
    phone.context.set_offline(False)
    phone.until(lambda: (50, 3) in bound(town))
    phone.until(lambda: len(tries) == 3)
    phone.until(lambda: phone.waiting() == 0)
    page.get_by_text("李晓明 · SX20221007001 第 1 位").wait_for()
    page.get_by_text("该证件已用另一姓名登记").wait_for()
    phone.shot("card-refused")
    ((stranger,),) = town.province.rows("SELECT id FROM registry_person WHERE name = '王芳'")
    assert bound(town) == [(stranger, 2), (50, 3)]
    page.get_by_role("button", name="更正").click()
    page.locator("#card-name").fill("李小明")
    phone.complaints.clear()  # the browser told of the answers that failed
    phone.look_at("card-mended")
    page.get_by_role("button", name="绑定").click()
    phone.until(lambda: bound(town) == [(known.pk, 1), (stranger, 2), (50, 3)])
    page.get_by_text("该证件已用另一姓名登记").wait_for(state="detached")
    assert phone.faults == []


def bound(town: Any) -> list[tuple[Any, ...]]:
    """Who is at which place of the tube."""
    return list(town.province.rows("SELECT person_id, position FROM loop_bulk_screening_bound ORDER BY tube, position"))


def sampling_site(town: Any) -> int:
    """A place where samples are taken."""
    from yanmen.registry.models import Place
    from yanmen.registry.scope import acting

    scope = town.province.staff("venues.manager", "140105").scope
    with acting(scope, now=town.now):
        return int(
            Place.objects.create(kind="sampling_site", name_zh="小店采样点", area="140105", created_at=town.now).pk
        )
