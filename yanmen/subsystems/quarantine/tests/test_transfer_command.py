"""`yanmen transfers plan`: on the database, taken over or not, and on a published problem."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest

from yanmen.project.cli import main
from yanmen.registry.models import Place
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine.actions import requests, transfers
from yanmen.subsystems.quarantine.models import Run, Transfer
from yanmen.subsystems.quarantine.tests.city import (
    CENTRES,
    COUNTY,
    DISTRICT,
    NOON,
    PROVINCE,
    household,
    open_city,
    site,
    vehicle,
)
from yanmen.subsystems.quarantine.tests.test_routing import SQUARE


@pytest.fixture
def yanmen(clean, monkeypatch, capsys):
    """The command on the database of this test."""
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)

    def call(*arguments):
        code = main(arguments)
        said = capsys.readouterr()
        return SimpleNamespace(returncode=code, stdout=said.out, stderr=said.err)

    return call


def test_a_plan_is_told_beside_no_plan_and_taken_over_when_asked(yanmen):
    open_city()
    hotel = site(COUNTY)
    people = [each for size in (1, 2, 3, 9) for each in household(size)]
    x, y = CENTRES[DISTRICT]
    with acting(PROVINCE) as scope:
        Place.objects.create(kind="other", name_zh="广场", area=DISTRICT, created_at=NOON, longitude=x, latitude=y)
        about = {"scope": scope, "by": "test", "now": NOON}
        asked = requests.request_transfers(people=[each.pk for each in people], to_place=hotel.pk, **about)
        transfers.approve(transfers=[each.pk for each in asked], **about)
    vehicle(seats=6), vehicle(seats=4)
    now = (NOON + timedelta(minutes=5)).isoformat()
    ask = ("transfers", "plan", "--seconds", "0.5", "--now", now)
    told = yanmen(*ask)
    assert told.returncode == 0, told.stderr
    assert "15 人 people，4 组 parties，2 车 vehicles" in told.stdout
    assert "没有合适车辆 no vehicle that can take them: 1" in told.stdout
    assert not Run.objects.using("owner").exists()
    plan = json.loads(yanmen(*ask, "--json", "--adopt", "--area", DISTRICT[:4]).stdout)
    assert len(plan["left"]) == 9
    assert plan["adopted"] == {"runs": 1, "people": 6, "skipped": 0}
    assert plan["plan"]["kilometres"] < plan["without"]["kilometres"]
    assert Transfer.objects.using("owner").filter(state="planned", run__state="planned").count() == 6
    assert yanmen(*ask, "--adopt").stdout.endswith("已采用 adopted: 1 趟 runs，6 人 people，略过 left out 0\n")
    assert Run.objects.using("owner").filter(state="planned").count() == 1
    assert "待转运 to be brought: 0" in yanmen(*ask, "--area", COUNTY).stdout


def test_a_published_problem_is_solved_beside_its_best_known(yanmen, tmp_path):
    file = tmp_path / "four.vrp"
    file.write_text(SQUARE)
    (tmp_path / "four.sol").write_text("Cost 40\n")
    told = yanmen("transfers", "plan", "--vrp", str(file), "--seconds", "0.2")
    assert told.returncode == 0
    assert "费用 cost 42，车辆 vehicles 2" in told.stdout
    assert "已知最好 best known 40，差距 gap 5.00%" in told.stdout
    file.write_text("nothing")
    wrong = yanmen("transfers", "plan", "--vrp", str(file))
    assert wrong.returncode == 1
    assert "CVRPLIB" in wrong.stderr
    assert yanmen("transfers", "plan", "--vrp", str(tmp_path / "none.vrp")).returncode == 1
