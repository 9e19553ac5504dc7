"""Two thousand contacts are named at eight in the morning in eleven counties: everybody has a room, a seat in a vehicle and a time.

All people are synthetic.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine.models import Stay, Transfer
from yanmen.subsystems.quarantine.tests.counties import COUNTIES, EIGHT, PROVINCE, Province, brought


@pytest.fixture(autouse=True)
def commands_here(clean: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run on the database of this test."""
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)


def test_everybody_has_a_room_a_seat_and_a_time(clean, capsys, sign_in):
    province = Province(seed=6)
    province.furnish(list(COUNTIES), rooms=100, vans=10)
    people = province.contacts(list(COUNTIES), 2_000)
    dispatcher = sign_in("quarantine.dispatcher", "14")
    said = brought(dispatcher, capsys, EIGHT + timedelta(minutes=10), seconds=30)
    with acting(PROVINCE):
        stays = set(Stay.objects.exclude(group="case").values_list("person_id", flat=True))
        rows = list(Transfer.objects.values("state", "run_id", "pick_up_at", "arrive_at", "due_at"))
    assert stays == {each.pk for each in people}
    assert len(rows) == 2_000 + len(COUNTIES), "the contacts, and the case of each county"
    assert all(each["state"] == "planned" and each["run_id"] and each["pick_up_at"] for each in rows)
    assert all(each["pick_up_at"] < each["arrive_at"] <= each["due_at"] for each in rows)
    plan, without = said["plan"], said["without"]
    print(said["figures"], plan, without, sep="\n")
    assert said["figures"]["plan"]["km"] <= said["figures"]["greedy"]["km"]
    assert said["figures"]["plan"]["mixed_floors"] <= said["figures"]["greedy"]["mixed_floors"]
    assert plan["kilometres"] < without["kilometres"]
    assert plan["last_arrival"] < without["last_arrival"]
