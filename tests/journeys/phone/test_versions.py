"""New versions: offered, never forced, nothing lost; and what the last four versions kept or send is still understood."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from yanmen.edge import pages, testing
from yanmen.edge.pages import FOLDER
from yanmen.edge.tests import phones

pytestmark = pytest.mark.browser
CHANGED = "texts.js"
CLIENTS = sorted((FOLDER / "tests" / "clients").glob("*.json"))

KEEP = """async () => {
  const [{Store}, {newKey}, {uuid7}] = await Promise.all(["store.js", "sealing.js", "bytes.js"].map((name) => import("/phone/" + name)));
  const store = await Store.open("somebody", await newKey());
  const id = uuid7(Date.now());
  await store.keep({id, door: "passes", at: Date.now(), record: {id}});
  globalThis.store = store;
}"""
OLD_STORE = """async ({client}) => {
  const key = await crypto.subtle.generateKey({name: "AES-GCM", length: 256}, false, ["encrypt", "decrypt"]);
  const seal = async (place, value) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder();
    const how = {name: "AES-GCM", iv, additionalData: text.encode(place)};
    return {iv, data: await crypto.subtle.encrypt(how, key, text.encode(JSON.stringify(value)))};
  };
  const database = await new Promise((resolve) => {
    const request = indexedDB.open("yanmen-user-old", client.schema);
    request.onupgradeneeded = () => {
      for (const [name, {key: keyPath, indexes}] of Object.entries(client.stores)) {
        const made = request.result.createObjectStore(name, keyPath ? {keyPath} : undefined);
        for (const index of indexes) made.createIndex(index, index);
      }
    };
    request.onsuccess = () => resolve(request.result);
  });
  const rows = [];
  for (const {row, record} of client.records) rows.push({...row, sealed: await seal("record/" + row.id, record)});
  const writing = database.transaction("records", "readwrite");
  for (const row of rows) writing.objectStore("records").put(row);
  await new Promise((resolve) => { writing.oncomplete = resolve; });
  database.close();
  const {Store} = await import("/phone/store.js");
  const store = await Store.open("old", key);
  return {due: await store.due(100), counts: await store.counts()};
}"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A copy of the pages that can change, behind a socket."""
    folder = tmp_path / "phone"
    shutil.copytree(FOLDER, folder)

    @cache
    def packed(_changed: int) -> Mapping[str, pages.Page]:
        return pages.read(folder)

    def answer(path: str) -> pages.Answer:
        return pages.answer(packed((folder / CHANGED).stat().st_mtime_ns), path)

    with phones.served(answer) as url:
        yield url, folder


def controlled(page: Any) -> None:
    while not page.evaluate("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"):
        page.wait_for_timeout(50)


def test_a_new_version_waits_for_the_button_and_keeps_the_records(browser: Any, served: tuple[str, Path]) -> None:
    url, folder = served
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{url}/phone/")
    controlled(page)
    page.evaluate(KEEP)
    text = (folder / CHANGED).read_text("utf-8")
    (folder / CHANGED).write_text(text.replace("您要做什么？", "新版：您要做什么？"), "utf-8")
    page.reload()
    page.get_by_text("您要做什么？", exact=True).wait_for()
    page.get_by_role("button", name="立即更新").wait_for()
    assert page.get_by_text("新版：").count() == 0
    page.get_by_role("button", name="立即更新").click()
    page.get_by_text("新版：您要做什么？").wait_for()
    kept = page.evaluate("""new Promise((resolve) => { indexedDB.open("yanmen-user-somebody").onsuccess = ({target}) => {
      target.result.transaction("records").objectStore("records").count().onsuccess = (told) => resolve(told.target.result); }; })""")
    assert kept == 1
    assert len(page.evaluate("caches.keys()")) == 1
    context.close()


@pytest.mark.parametrize("client", CLIENTS, ids=lambda file: f"client {file.stem}")
def test_what_an_older_version_kept_is_still_delivered(browser: Any, served: tuple[str, Path], client: Path) -> None:
    told = json.loads(client.read_text("utf-8"))
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served[0]}/phone/")
    found = page.evaluate(OLD_STORE, {"client": told})
    waiting = [each["record"] for each in told["records"] if each["row"]["state"] in ("kept", "sent")]
    assert sorted(row["record"]["id"] for row in found["due"]) == sorted(record["id"] for record in waiting)
    assert {row["record"]["id"]: row["record"] for row in found["due"]} == {each["id"]: each for each in waiting}
    assert sum(found["counts"].values()) == len(told["records"])
    context.close()


@pytest.mark.parametrize("client", CLIENTS, ids=lambda file: f"client {file.stem}")
def test_what_an_older_version_sends_is_still_taken(town: Any, client: Path) -> None:
    told = json.loads(client.read_text("utf-8"))
    device = testing.officer(
        town.home, place=town.post, area="140105", role="checkpoints.officer", device=1, now=town.now
    )
    device.sign_in(town.url, town.now)
    name = testing.b64(town.pseudonym(5))
    with httpx.Client(base_url=town.url, timeout=20) as http:
        for batch in told["batches"]:
            records = [
                {**record, "id": str(testing.identifier(town.now)), "at": testing.milliseconds(town.now)}
                | ({"pseudonym": name} if record["pseudonym"] else {})
                for record in batch["records"]
            ]
            answer = device.post(http, "/edge/v1/batches", {"door": batch["door"], "records": records})
            assert answer.status_code == 200, answer.text
            assert [result[1] for result in answer.json()["results"]] == ["kept"] * len(records)


def test_the_last_four_versions_are_held() -> None:
    from yanmen.subsystems.health_code.queries.documents import CLIENTS as SERVED

    assert {file.stem for file in CLIENTS} == set(SERVED)
    assert len(SERVED) <= 4
