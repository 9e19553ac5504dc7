"""Another user, another key: what was bound to the last one goes, and nothing that waits is lost or goes out in a wrong name."""

from __future__ import annotations

import time
from typing import Any

import pytest

from yanmen.base import credentials

pytestmark = pytest.mark.browser

LI, WANG = "13800000025", "13800000026"
KEPT = """async () => {
  const { DeviceStore } = await import("/phone/device_store.js");
  const { id, keys, storeKey } = await (await DeviceStore.open()).get("user");
  const { Store } = await import("/phone/store.js");
  const { database } = await Store.open(id, storeKey);
  const names = await new Promise((resolve) => {
    database.transaction("local").objectStore("local").getAllKeys().onsuccess = ({ target }) => resolve(target.result); });
  const key = String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey)));
  const stores = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith("yanmen-user-"));
  return { key, stores, own: "yanmen-user-" + id, codes: names.filter((name) => name.startsWith("credential/")) };
}"""
HOLD = (
    """() => { navigator.locks.request("yanmen-outbox", () => new Promise((free) => { globalThis.free = free; })); }"""
)


def shown_by(town: Any, phone: Any) -> int:
    """Whose code is on the screen, signed by the key that the code names."""
    showing = credentials.read_text(phone.code())
    assert showing.by_holder
    return int(town.names.person_of(showing.credential.claims.pseudonym)[0])


def eventually(town: Any, query: str) -> list[Any]:
    """The rows, once there are any."""
    end = time.monotonic() + 30
    while time.monotonic() < end and not town.province.rows(query):
        time.sleep(0.1)
    return list(town.province.rows(query))


def test_who_takes_over_a_phone_gets_a_key_of_their_own(town: Any, phones: Any) -> None:
    li, wang = town.resident("李小明", 25, phone=LI), town.resident("王芳", 26, phone=WANG)
    phone = phones(town.url)
    phone.enrol_holder(town, LI)
    assert shown_by(town, phone) == li.pk
    before = phone.page.evaluate(KEPT)
    phone.enrol_holder(town, WANG)
    phone.page.locator(".who", has_text="王*").wait_for()
    assert shown_by(town, phone) == wang.pk
    after = phone.page.evaluate(KEPT)
    assert after["key"] != before["key"]
    assert before["stores"] != after["stores"] == [after["own"]]
    assert len(after["codes"]) == 1
    phone.enrol_officer(town.token())
    assert phone.page.evaluate(KEPT)["key"] not in (before["key"], after["key"])
    assert phone.page.evaluate(KEPT)["codes"] == []


def test_the_same_person_keeps_key_and_code(town: Any, phones: Any) -> None:
    town.resident("李小明", 25, phone=LI)
    phone = phones(town.url)
    phone.enrol_holder(town, LI)
    before = phone.page.evaluate(KEPT)
    phone.enrol_holder(town, LI)
    assert phone.page.evaluate(KEPT) == before
    assert town.province.rows("SELECT count(*) FROM registry_device") == [(1,)]


def test_an_officer_who_enrols_anew_takes_what_waits_along(town: Any, phones: Any) -> None:
    scope = town.province.staff("checkpoints.officer", "140105").scope
    phone = phones(town.url)
    phone.enrol_officer(town.token(scope=scope))
    before = phone.page.evaluate(KEPT)
    phone.page.evaluate(HOLD)
    phone.verdict(town.showing(32))
    phone.next()
    phone.enrol_officer(town.token(scope=scope))
    after = phone.page.evaluate(KEPT)
    assert after["key"] != before["key"]
    assert after["own"] == before["own"]
    phone.page.evaluate("free()")
    newest = "(SELECT max(id) FROM registry_device)"
    query = f"SELECT person_id, device = {newest} FROM loop_bulk_checkpoints_passed"
    assert eventually(town, query) == [(32, True)]


def test_a_childs_check_in_stays_the_childs_when_the_guardian_enrols_anew(town: Any, phones: Any) -> None:
    li = town.resident("李小明", 25, phone=LI)
    child = town.resident("王小宝", 27, guardian=li)
    phone = phones(town.url)
    phone.enrol_holder(town, LI)
    before = phone.page.evaluate(KEPT)
    phone.page.evaluate(HOLD)
    phone.page.get_by_role("radio", name="王**").check()
    phone.page.locator(".who", has_text="王**").wait_for()
    phone.page.goto(f"{town.url}/phone/#/checkin")
    phone.scan(town.venue_code())
    phone.page.locator(".done").wait_for()
    town.resident("赵敏", 26, phone=LI)  # from now on the number alone does not say who it is
    phone.enrol_holder(town, LI, town.province.document(25)[-4:])
    after = phone.page.evaluate(KEPT)
    assert after["key"] != before["key"]
    assert not set(after["codes"]) & set(before["codes"])
    phone.page.evaluate("free()")
    assert eventually(town, "SELECT person_id FROM loop_bulk_presence_scanned") == [(child.pk,)]


def test_a_number_that_went_to_somebody_else_does_not_bring_them_the_old_key(town: Any, phones: Any) -> None:
    li = town.resident("李小明", 25, phone=LI)
    phone = phones(town.url)
    phone.enrol_holder(town, LI)
    before = phone.page.evaluate(KEPT)
    gave_up = "UPDATE registry_person SET phone_index = NULL, phone_sealed = NULL WHERE id = %s RETURNING id"
    town.province.rows(gave_up, li.pk)
    wang = town.resident("王芳", 26, phone=LI)
    page = phone.page
    page.goto(f"{town.url}/phone/#/enrol")
    page.locator("#answer").fill(LI)
    phone.press_until(page.locator("input[autocomplete=one-time-code]"))
    page.locator("#answer").fill(town.message(LI))
    phone.press_until(page.locator(".wrong", has_text="另一人"))
    assert phone.page.evaluate(KEPT) == before
    page.goto(f"{town.url}/phone/#/code")
    phone.enrol_holder(town, LI)
    assert shown_by(town, phone) == wang.pk
    assert phone.page.evaluate(KEPT)["key"] != before["key"]


def test_the_end_of_the_document_chooses_among_those_who_share_a_number(town: Any, phones: Any) -> None:
    town.resident("李小明", 25, phone=LI)
    anna = town.resident("SMITH", 0, phone=LI, id_type="passport", id_number="E1234567A")
    phone = phones(town.url)
    page = phone.page
    page.goto(f"{town.url}/phone/#/enrol")
    page.locator("#answer").fill(LI)
    phone.press_until(page.locator("input[autocomplete=one-time-code]"))
    page.locator("#answer").fill(town.message(LI))
    phone.press_until(page.get_by_label("末四位"))
    phone.shot("tail")
    for wrong, told in (("67A", "数字或字母"), ("护照7A", "数字或字母"), ("567B", "证件末四位不符")):
        page.locator("#answer").fill(wrong)
        phone.press_until(page.locator(".wrong", has_text=told))
    page.locator("#answer").fill("567a")
    phone.press_until(page.locator(".code-card"))
    page.locator(".qr").wait_for()
    assert shown_by(town, phone) == anna.pk
