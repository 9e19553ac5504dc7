"""A shift without a server, in a real browser: right verdicts, nothing lost, nothing twice, nobody else's records."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from yanmen.base import credentials
from yanmen.base.signing import FileSigner
from yanmen.edge.pages import FOLDER
from yanmen.edge.testing import b64

pytestmark = pytest.mark.browser

TEXTS = json.loads((FOLDER / "verdicts.json").read_text("utf-8"))


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
        assert phone.judged(made()) == (act, reason)
        assert "清单" in phone.page.locator(".verdict .known").inner_text()
        phone.shot(f"verdict-{reason}")
        phone.page.keyboard.press("Escape")
        phone.page.locator(".verdict").wait_for(state="detached")
    paper = credentials.print_paper(town.credential(22, form=credentials.PAPER, hint="张** 001X"))
    assert phone.judged(paper) == ("check", "valid")
    sheet = phone.page.locator(".verdict .body").inner_text()
    assert "张** 001X" in sheet
    assert TEXTS["paper_check_document"][0] in sheet
    phone.shot("verdict-paper")
    assert [text for text in phone.complaints if "401" not in text] == []


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
    phone.until(lambda: len(town.passes()) == 1)
    phone.until(lambda: phone.waiting() == 0)
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
    phone.until(lambda: phone.waiting() == 1)
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
    phone.until(lambda: phone.waiting() == 1)
    name = b64(town.pseudonym(33))
    raw = phone.page.evaluate(RAW)
    assert raw["records"] == 1
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
  const records = await all(store, "records");
  const rows = [...records, ...await all(store, "local")];
  const text = JSON.stringify(rows, (key, value) => plain(value));
  return {count: rows.length, records: records.length, text, keys: [user.storeKey.extractable, user.keys.privateKey.extractable]};
}"""


def test_the_server_that_is_back_is_asked_and_changes_the_verdict(town: Any, phones: Any) -> None:
    """A code that was green when it was issued: offline knowledge does not know, the edge does."""
    phone = phones(town.url)
    phone.enrol_officer(town.token())
    person = turned_red(town)
    guard, name = town.guard("checkpoints.officer", town.post), b64(town.pseudonym(person))
    with httpx.Client(base_url=town.url, timeout=20) as client:
        phone.until(lambda: guard.post(client, "/edge/v1/look", {"pseudonym": name}).json()["colour"] > 0)
    phone.scan(town.showing(person))
    phone.page.locator(".verdict[data-act=stop], .verdict[data-act=refer]").wait_for()
    assert "联网核验：现为" in phone.page.locator(".looked").inner_text()
    phone.shot("changed")
