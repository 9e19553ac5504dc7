"""A shift without a server, in a real browser: right verdicts, nothing lost, nothing twice, nobody else's records."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from yanmen.base import credentials
from yanmen.base.signing import FileSigner
from yanmen.edge.pages import FOLDER
from yanmen.edge.testing import b64

pytestmark = pytest.mark.browser

TEXTS = json.loads((FOLDER / "verdicts.json").read_text("utf-8"))
DEATHS = ["the tab", "the process"]
FEED = """async (texts) => {
  for (const text of texts) {
    document.querySelector("#typed").value = text;
    document.querySelector(".typing").requestSubmit();
    await new Promise((resolve) => setTimeout(resolve, 12));
  }
}"""


def said(verdict: tuple[str, str]) -> tuple[str, str]:
    """Act and code of the reason."""
    act, text = verdict
    return act, next((code for code, both in TEXTS.items() if text in both), text)


def turned_red(town: Any) -> int:
    """Somebody is reported as a case; the site publishes what that changes. Answers with the person's number."""
    town.province.report_case(town.province.staff("cases.epidemiologist", "1401"), 77, "140105")
    town.province.turn()
    ((person,),) = town.province.rows("SELECT id FROM registry_person WHERE name = '病例77'")
    return int(person)


def revoked(town: Any, person: int) -> FileSigner:
    """The key of a phone that was enrolled and then reported as lost."""
    from yanmen.registry.devices import Entrant, enrol_holder
    from yanmen.registry.models import Device
    from yanmen.registry.scope import acting, oneself
    from yanmen.subsystems.health_code import actions

    signer, scope = FileSigner.generate(), oneself(person, "140105")
    entrant = Entrant(person, None, "140105", "病例77", "0000")
    with acting(scope, now=town.now):
        until = town.now.replace(year=2023)
        device = enrol_holder(
            entrant, form=Device.PHONE, public_key=signer.public_key, client="", until=until, now=town.now
        )
        actions.revoke_own(scope=scope, number=device.pk, by=scope.by, now=town.now)
    return signer


def tampered(town: Any) -> str:
    """Red made green, and shown again by the same phone."""
    red = town.credential(21, colour=2)
    mark = bytes.fromhex("3a00010000")
    return credentials.show(red.replace(mark + b"\x02", mark + b"\x00"), town.holder, town.now)


def test_each_code_gets_its_verdict_without_the_server(town: Any, phones: Any) -> None:
    person = turned_red(town)
    lost = revoked(town, person)
    town.publish()
    town.stop()
    town.start()
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    town.stop()
    phone.reload()
    at = int(town.now.timestamp())
    codes = {
        "valid": ("pass", lambda: town.showing(11)),
        "expired": ("check", lambda: town.showing(12, expires_at=at - 120)),
        "not_yet_valid": ("check", lambda: town.showing(13, not_before=at + 900)),
        "bad_signature": ("stop", lambda: tampered(town)),
        "screenshot": ("check", lambda: town.showing(14, age=95)),
        "showing_missing": ("check", lambda: credentials.print_paper(town.credential(15))),
        "holder_mismatch": ("stop", lambda: town.showing(16, device=FileSigner.generate())),
        "status_changed": ("refer", lambda: town.showing(person)),
        "revoked": ("refer", lambda: town.showing(17, device=lost, holder_key=lost.public_key)),
        "colour_yellow": ("refer", lambda: town.showing(18, colour=1)),
        "colour_red": ("stop", lambda: town.showing(19, colour=2)),
        "malformed": ("check", lambda: town.showing(20)[:-7]),
        "too_long": ("check", lambda: "YM1:" + "A" * 1300),
    }
    for reason, (act, made) in codes.items():
        assert said(phone.verdict(made())) == (act, reason)
        assert "清单" in phone.page.locator(".verdict .known").inner_text()
        phone.shot(f"verdict-{reason}")
        phone.page.keyboard.press("Escape")
        phone.page.locator(".verdict").wait_for(state="detached")
    paper = credentials.print_paper(town.credential(22, form=credentials.PAPER, hint="张** 001X"))
    assert said(phone.verdict(paper)) == ("check", "valid")
    sheet = phone.page.locator(".verdict .body").inner_text()
    assert "张** 001X" in sheet
    assert TEXTS["paper_check_document"][0] in sheet
    phone.shot("verdict-paper")
    assert [text for text in phone.complaints if "401" not in text] == []


@pytest.mark.parametrize("victim", DEATHS)
def test_a_thousand_passes_arrive_once_though_it_dies_while_sending(town: Any, phones: Any, victim: str) -> None:
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    town.stop()
    phone.reload()
    phone.scan(town.showing(1000))
    for start in range(1001, 2000, 111):
        phone.page.evaluate(FEED, [town.showing(person) for person in range(start, start + 111)])
    wait(lambda: waiting(phone) == 1000)
    phone.shot("thousand-kept")
    town.start()
    phone.page.get_by_role("button", name="立即发送").click()
    wait(lambda: len(town.passes()) > 0, pause=0.002)
    if victim == "the tab":
        page = phone.context.new_page()
        phone.page.close()
        phone.page = page
    else:
        phone.die()
    early = len(town.passes())
    if victim == "the process":
        phone.switch_on()
    phone.page.goto(f"{town.url}/phone/#/outbox")
    wait(lambda: waiting(phone) == 0)
    phone.shot("thousand-delivered")
    rows = town.passes()
    assert len(rows) == 1000
    assert {row[1] for row in rows} == set(range(1000, 2000))
    assert len({row[0] for row in rows}) == 1000
    assert {row[2:] for row in rows} == {("in", 1, "green", "valid", "")}
    print(f"{early} of 1000 had arrived when {victim} died")


def waiting(phone: Any) -> int:
    """How many records the phone still has to deliver, as its outbox screen says."""
    phone.page.goto(f"{phone.url}/phone/#/outbox")
    numbers = phone.page.locator(".tally.four dd")
    numbers.first.wait_for()
    kept, sent, *_ = numbers.all_inner_texts()
    return int(kept) + int(sent)


def wait(true: Any, *, seconds: float = 120, pause: float = 0.25) -> None:
    """Until something is so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(pause)


def test_nobody_takes_over_while_records_wait(town: Any, phones: Any) -> None:
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    town.stop()
    phone.reload()
    phone.verdict(town.showing(31))
    phone.page.keyboard.press("Escape")
    phone.page.goto(f"{town.url}/phone/#/end")
    phone.page.get_by_text("还有 1 条未送达").wait_for()
    assert phone.page.get_by_role("button", name="交班并清除").count() == 0
    phone.shot("end-waiting")
    town.start()
    wait(lambda: len(town.passes()) == 1)
    wait(lambda: waiting(phone) == 0)
    phone.page.goto(f"{town.url}/phone/#/end")
    phone.page.get_by_role("button", name="交班并清除").click()
    phone.page.get_by_text("我是工作人员").wait_for()
    names = [each["name"] for each in phone.page.evaluate("indexedDB.databases()")]
    assert names == ["yanmen"]
    assert phone.page.evaluate(KEPT_OF_DEVICE) == ["clock"]


KEPT_OF_DEVICE = """new Promise((resolve) => { indexedDB.open("yanmen").onsuccess = ({target}) => {
  target.result.transaction("kept").objectStore("kept").getAllKeys().onsuccess = (told) => resolve(told.target.result); }; })"""


def test_another_account_is_refused_while_records_of_the_first_wait(town: Any, phones: Any) -> None:
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    town.stop()
    phone.verdict(town.showing(32))
    phone.page.keyboard.press("Escape")
    wait(lambda: waiting(phone) == 1)
    phone.page.evaluate("globalThis.held = navigator.locks.request('yanmen-outbox', () => new Promise(() => {})); 1")
    town.start()
    phone.page.goto(f"{town.url}/phone/#/staff")
    phone.scan(town.token("venues.staff", town.venue))
    phone.page.locator(".wrong", has_text="1 条").wait_for()


def test_records_at_rest_are_sealed(town: Any, phones: Any) -> None:
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    town.stop()
    phone.verdict(town.showing(33))
    phone.page.keyboard.press("Escape")
    name = b64(town.pseudonym(33))
    raw = phone.page.evaluate(RAW)
    assert raw["count"] >= 3
    assert name not in raw["text"]
    assert raw["keys"] == [False, False]


RAW = """async () => {
  const open = (name) => new Promise((resolve) => { indexedDB.open(name).onsuccess = ({target}) => resolve(target.result); });
  const all = (db, store) => new Promise((resolve) => { db.transaction(store).objectStore(store).getAll().onsuccess = ({target}) => resolve(target.result); });
  const plain = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : value;
  const device = await open("yanmen");
  const user = (await all(device, "kept")).find((each) => each && each.storeKey);
  const store = await open("yanmen-user-" + user.id);
  const rows = [...await all(store, "records"), ...await all(store, "local")];
  const text = JSON.stringify(rows, (key, value) => plain(value));
  return {count: rows.length, text, keys: [user.storeKey.extractable, user.keys.privateKey.extractable]};
}"""


def test_an_edge_that_is_busy_is_left_in_peace(town: Any, phones: Any) -> None:
    """Retry-After is kept to: the phone waits as long as it was told."""
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    asked: list[float] = []

    def busy(route: Any) -> None:
        asked.append(time.monotonic())
        body = {"zh": "服务器忙。", "en": "Busy.", "field": "", "value": ""}
        if len(asked) == 1:
            route.fulfill(
                status=503, headers={"Retry-After": "3"}, content_type="application/json", body=json.dumps(body)
            )
        else:
            route.continue_()

    phone.page.route("**/edge/v1/batches", busy)
    phone.verdict(town.showing(34))
    phone.page.keyboard.press("Escape")
    wait(lambda: phone.page.wait_for_timeout(100) or len(town.passes()) == 1)
    assert len(asked) == 2
    assert 2.9 <= asked[1] - asked[0] < 10


def test_a_wrong_record_does_not_stop_the_others(town: Any, phones: Any) -> None:
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    town.stop()
    phone.page.evaluate(OLD_RECORD)
    phone.reload()
    phone.verdict(town.showing(35))
    phone.page.keyboard.press("Escape")
    town.start()
    wait(lambda: waiting(phone) == 0)
    assert [row[1] for row in town.passes()] == [35]
    states = phone.page.locator(".rows .state").all_inner_texts()
    assert sum("被退回" in state for state in states) == 1
    phone.shot("outbox-refused")


OLD_RECORD = """async () => {
  const [{Store}, {DeviceStore}, {uuid7}] = await Promise.all(
    ["store.js", "device_store.js", "bytes.js"].map((name) => import("/phone/" + name)));
  const user = await (await DeviceStore.open()).get("user");
  const store = await Store.open(user.id, user.storeKey);
  const at = Date.UTC(2020, 0, 1);
  const record = {id: uuid7(at), at, pseudonym: null, direction: "in", lane: 1, shown: "none", reason: "nocode",
    knowledge_minutes: 0, vehicle: "", group: null};
  await store.keep({id: record.id, door: "passes", at, record});
}"""


def test_the_server_that_is_back_is_asked_and_changes_the_verdict(town: Any, phones: Any) -> None:
    """A code that was green when it was issued: offline knowledge does not know, the edge does."""
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    person = turned_red(town)
    wait(lambda: httpx.get(f"{town.url}/edge/v1/health").json()["image"]["people"] >= person)
    time.sleep(1.5)
    phone.scan(town.showing(person))
    phone.page.locator(".verdict[data-act=stop], .verdict[data-act=refer]").wait_for()
    assert "联网核验：现为" in phone.page.locator(".looked").inner_text()
    phone.shot("changed")
