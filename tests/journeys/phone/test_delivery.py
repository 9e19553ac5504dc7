"""What a phone kept without a server arrives: all of it, each once, whatever dies."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

DEATHS = ["the tab", "the process"]
FEED = """async (texts) => {
  for (const text of texts) {
    document.querySelector("#typed").value = text;
    document.querySelector(".typing").requestSubmit();
    await new Promise((resolve) => setTimeout(resolve, 12));
  }
}"""


@pytest.mark.parametrize("victim", DEATHS)
def test_a_thousand_passes_arrive_once_though_it_dies_while_sending(town: Any, phones: Any, victim: str) -> None:
    phone = phones(town.url, folder=True)
    phone.enrol_officer(town.token())
    town.stop()
    phone.reload()
    phone.scan(town.showing(1000))
    for start in range(1001, 2000, 111):
        phone.page.evaluate(FEED, [town.showing(person) for person in range(start, start + 111)])
    phone.until(lambda: phone.waiting() == 1000)
    phone.shot("thousand-kept")
    town.start()
    phone.page.get_by_role("button", name="立即发送").click()
    phone.until(lambda: len(town.passes()) > 0, pause=0.002)
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
    phone.until(lambda: phone.waiting() == 0)
    phone.shot("thousand-delivered")
    rows = town.passes()
    assert len(rows) == 1000
    assert {row[1] for row in rows} == set(range(1000, 2000))
    assert len({row[0] for row in rows}) == 1000
    assert {row[2:] for row in rows} == {("in", 1, "green", "valid", "")}
    print(f"{early} of 1000 had arrived when {victim} died")
