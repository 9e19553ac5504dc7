"""Records on their way: in the pace that the edge asks for, and none stops another."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

pytestmark = pytest.mark.browser


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
    phone.until(lambda: len(town.passes()) == 1)
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
    phone.page.goto(f"{town.url}/phone/#/outbox")
    phone.page.get_by_role("button", name="立即发送").click()
    phone.until(lambda: phone.waiting() == 0)
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
