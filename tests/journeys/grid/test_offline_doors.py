"""A grid worker's day without a network, in a real browser: nothing is lost and nothing arrives twice, whatever dies."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from yanmen.project.testing import PASSWORD, new_account
from yanmen.subsystems.grid.kinds import WORKER
from yanmen.subsystems.grid.tests.phones import CONTROLLED
from yanmen.subsystems.grid.tests.village import VILLAGE

pytestmark = pytest.mark.browser
NEEDS = (
    "SELECT detail->>'need', detail->>'urgent' FROM loop_fact WHERE kind = 'quarantine.need_told' AND person_id = %s"
)
ACTIVE = (
    """navigator.serviceWorker.getRegistration("/grid/phone/").then(found => found?.active?.state === "activated")"""
)
VISIT, RESULT = "quarantine.door_visited", "screening.result"


def visited(phone: Any, village: Any, house: int, room: int) -> None:
    """Go to a door, answer for everybody, save."""
    phone.visit(f"door/{village.door(house, room)}")
    for name in (f"人{house}{room}", f"伴{house}{room}"):
        person = village.people[name]
        phone.fill(person, VISIT, found="yes", celsius="36.5")
        phone.fill(person, RESULT, result="negative")
    phone.save()


def test_a_day_without_a_network(village: Any, phones: Any, sign_in: Any) -> None:
    phone = phones(sign_in(WORKER, VILLAGE))
    assert len(phone.today()) == 4
    phone.offline()
    visited(phone, village, 1, 101)
    assert village.door(1, 101) in phone.today("all")
    assert village.door(1, 101) in phone.today("open")  # whether the home is fit is still owed
    phone.page.reload()
    phone.page.locator(".doors li").first.wait_for()
    visited(phone, village, 2, 101)
    phone.page.close()
    phone.open()
    phone.page.locator(".doors li").first.wait_for()
    visited(phone, village, 3, 301)
    phone.visit(f"door/{village.door(3, 301)}")
    phone.tell_need(village.people["伴3301"], need="food", urgent="yes", text="牛奶")
    phone.save()
    records = phone.records()
    assert set(records.values()) <= {"kept", "sent"}, "a browser that does not know that it is offline tries"
    assert len(records) == 13
    assert village.facts(*records) == 0
    phone.offline(False)
    phone.delivered()
    assert village.facts(*records) == 13
    assert village.rows(NEEDS, village.people["伴3301"]) == [("food", "true")]
    assert set(phone.records().values()) == {"accepted"}
    assert phone.complaints == []


def test_somebody_signs_in_on_the_phone_and_has_the_doors(village: Any, phones: Any, live: Any) -> None:
    name = new_account(WORKER, VILLAGE)
    phone = phones(live, signed_in=False)
    phone.page.get_by_role("link", name="登录").click()
    phone.page.locator("input[name=login]").fill(name)
    phone.page.locator("input[name=password]").fill(PASSWORD)
    phone.page.locator("input[name=password]").press("Enter")
    phone.ready()
    assert len(phone.today()) == 4
    door = village.door(2, 601)
    phone.visit(f"door/{door}")
    phone.edit("how_to_reach", "后门")
    phone.visit("today")
    phone.visit(f"door/{door}")
    assert phone.shown("how_to_reach") == "后门"  # typed, not yet saved


def test_a_page_that_was_asked_for_before_its_worker_was_there_is_kept_too(
    phones: Any, network: Any, live: Any
) -> None:
    worker, page = Event(), Event()
    network.late = {"/grid/phone/icon-512.png": worker}  # a page has no use for it: only its worker asks
    phone = phones(live, url=network.url, signed_in=False)
    phone.until(lambda: "/grid/phone/icon-512.png" in network.held)
    network.late["/grid/phone/"] = page
    beside = phone.context.new_page()
    beside.goto(f"{network.url}/account/login/")
    phone.page.evaluate("() => { setTimeout(() => location.reload()); }")
    phone.until(lambda: "/grid/phone/" in network.held)
    worker.set()
    while not beside.evaluate(ACTIVE):
        beside.wait_for_timeout(50)
    with phone.page.expect_event("load"):
        page.set()
    phone.until(lambda: phone.page.evaluate(CONTROLLED))


@pytest.mark.parametrize("when", ["before the site had it", "after the site committed it"])
@pytest.mark.parametrize("death", ["crash", "close"])
def test_a_page_that_dies_while_it_sends_loses_and_doubles_nothing(
    village: Any, phones: Any, network: Any, sign_in: Any, when: str, death: str
) -> None:
    phone = phones(sign_in(WORKER, VILLAGE), url=network.url)
    phone.offline()
    for house, room in ((1, 101), (2, 601)):
        visited(phone, village, house, room)
    phone.visit(f"door/{village.door(3, 301)}")
    phone.edit("people_at_home", "5")
    phone.edit("how_to_reach", "按两次门铃")
    phone.save()
    records = phone.records()
    assert len(records) == 10
    network.swallow, network.answers_only = ("/api/grid/answers", "/api/grid/edits"), when.startswith("after")
    phone.offline(False)
    phone.until(lambda: bool(network.held))
    early = village.facts(*records) + village.edits(*records)
    assert (early > 0) == when.startswith("after")
    if death == "crash":
        phone.crash()
    else:
        phone.page.close()
    network.swallow = ()
    phone.open()
    phone.delivered()
    assert set(phone.records()) == set(records)
    assert set(phone.records().values()) == {"accepted"}
    assert (village.facts(*records), village.edits(*records)) == (8, 2)
    assert village.rows("SELECT count(*) FROM grid_edit") == [(2,)]
    assert village.rows("SELECT count(*) FROM loop_fact WHERE kind = %s", VISIT) == [(4,)]
    print(f"{early} of 10 had arrived when the page died ({death}, {when})")


def test_a_bad_record_stops_no_other_and_a_session_that_is_over_keeps_all(
    village: Any, phones: Any, sign_in: Any
) -> None:
    worker = sign_in(WORKER, VILLAGE)
    phone = phones(worker)
    phone.offline()
    visited(phone, village, 1, 101)
    phone.page.evaluate(SPOILT, {"person": village.people["人2101"]})
    visited(phone, village, 2, 101)
    phone.sign_out()
    phone.offline(False)
    phone.page.reload()
    phone.page.locator(".notice.warn", has_text="登录已过期").wait_for()
    records = phone.records()
    assert len(records) == 10
    assert set(records.values()) <= {"kept", "sent"}
    assert phone.page.get_by_role("link", name="登录").get_attribute("href") == "in/"
    assert village.facts(*records) == 0
    phone.sign_in(worker)
    phone.page.reload()
    phone.delivered()
    assert sorted(phone.records().values()) == ["accepted"] * 8 + ["refused"] * 2
    assert village.facts(*records) == 8
    assert phone.page.locator(".state[data-state=refused] small").all_inner_texts() != []
    assert phone.page.locator(".notice.warn").count() == 0


@pytest.mark.parametrize("when", ["while the doors come in", "while they are kept"])
def test_doors_are_replaced_at_once_or_not_at_all(
    village: Any, phones: Any, network: Any, sign_in: Any, when: str
) -> None:
    phone = phones(sign_in(WORKER, VILLAGE), url=network.url)
    before = phone.today("all")
    if when == "while the doors come in":
        phone.visit("settings")
        network.swallow, network.answers_only = ("/api/grid/pack",), True
        phone.page.get_by_role("button", name="立即更新资料").click()
        phone.until(lambda: "/api/grid/pack" in network.held)
        phone.page.locator(".fetching").wait_for()
    else:
        assert phone.page.evaluate(HALF) == ["it died", 1]
    phone.page.close()
    phone.offline()
    phone.open()
    phone.page.locator(".doors li").first.wait_for()
    assert phone.today("all") == before
    network.swallow = ()
    phone.offline(False)
    phone.visit("settings")
    phone.page.get_by_role("button", name="立即更新资料").click()
    phone.until(lambda: phone.page.locator(".fetching").count() == 0)
    assert phone.today("all") == before


HALF = """async () => {
  const [{DeviceStore}, {Store}, {fetchPack}] = await Promise.all(["device_store.js", "store.js", "pack.js"].map((name) => import("/grid/phone/" + name)));
  const { id: user, storeKey } = await (await DeviceStore.open("yanmen-grid")).get("user");
  const store = await Store.open(user, storeKey);
  const clock = { now: () => Date.parse("2022-12-10T08:10:00+08:00") };
  let parts = 0;
  const told = ({ kept }) => { if (kept) { parts += 1; throw new Error("it died"); } };
  const fault = await fetchPack({ store, clock, etag: null, told }).catch((error) => error);
  return [fault.message, parts];
}"""


SPOILT = """async ({person}) => {
  const [{DeviceStore}, {Store}, {uuid7}] = await Promise.all(["device_store.js", "store.js", "bytes.js"].map((name) => import("/grid/phone/" + name)));
  const { id: user, storeKey } = await (await DeviceStore.open("yanmen-grid")).get("user");
  const store = await Store.open(user, storeKey);
  const kept = async (record) => { const id = uuid7(Date.now()); await store.keep({id, door: "answers", at: record.at, record: {id, ...record}}); };
  const { at } = await store.opened((await store.newest(1))[0]);
  await kept({at, kind: "quarantine.door_visited", person, said: {found: "perhaps"}});
  await kept({at, kind: 7, person: "nobody", said: []});
}"""


def test_nobody_else_comes_in_and_nobody_leaves_while_records_wait(village: Any, phones: Any, sign_in: Any) -> None:
    first, second = sign_in(WORKER, VILLAGE), sign_in(WORKER, VILLAGE)
    phone = phones(first)
    phone.offline()
    visited(phone, village, 1, 101)
    phone.visit("settings")
    phone.page.get_by_text("还有 4 条未送达").wait_for()
    assert phone.page.get_by_role("button", name="清除本机数据").count() == 0
    phone.sign_out()
    phone.sign_in(second)
    phone.offline(False)
    phone.page.reload()
    phone.page.locator(".notice.warn", has_text="别的账号").wait_for()
    records = phone.records()
    assert set(records.values()) <= {"kept", "sent"}
    assert village.facts(*records) == 0
    phone.sign_out()
    phone.sign_in(first)
    phone.page.reload()
    phone.delivered()
    assert village.facts(*records) == 4
    phone.visit("settings")
    phone.page.get_by_role("button", name="清除本机数据").click()
    phone.page.locator("#main[data-screen=welcome]").wait_for()
    names = [each["name"] for each in phone.page.evaluate("indexedDB.databases()")]
    assert names == ["yanmen-grid"]
    phone.page.reload()
    phone.page.locator("#main[data-screen=welcome]").wait_for()


def test_what_lies_on_the_phone_is_sealed(village: Any, phones: Any, sign_in: Any) -> None:
    phone = phones(sign_in(WORKER, VILLAGE))
    phone.offline()
    visited(phone, village, 1, 101)
    raw = phone.page.evaluate(RAW)
    assert raw["rows"] > 5
    assert raw["extractable"] is False
    assert not any(word in raw["text"] for word in ("幸福小区", "人1101", "36.5", "dialysis"))


RAW = """async () => {
  const open = (name) => new Promise((resolve) => { indexedDB.open(name).onsuccess = ({target}) => resolve(target.result); });
  const all = (db, store) => new Promise((resolve) => { db.transaction(store).objectStore(store).getAll().onsuccess = ({target}) => resolve(target.result); });
  const plain = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : value;
  const user = (await all(await open("yanmen-grid"), "kept")).find((each) => each && each.storeKey);
  const store = await open("yanmen-user-" + user.id);
  const rows = [...await all(store, "records"), ...await all(store, "local")];
  return {rows: rows.length, text: JSON.stringify(rows, (key, value) => plain(value)), extractable: user.storeKey.extractable};
}"""
