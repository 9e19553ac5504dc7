"""A laboratory's screens: queue, plate, run, controls, in Chinese and English; two people; a chart that draws."""

from __future__ import annotations

import re
from html import unescape

import pytest

from yanmen.project.looks import seen, window
from yanmen.registry.scope import acting
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.methods.plate_maps import parse_map, proposed, stands, written
from yanmen.subsystems.screening.models import Run, Tube
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import BENCH, HOUR, NOON, OTHER
from yanmen.subsystems.screening.tests.test_control_history import run_of
from yanmen.subsystems.screening.tests.test_laboratory import CONTROLS, sheet


@pytest.fixture
def town(clean):
    return county.open_county()


def post(client, path, files=None, **form):
    data = form | {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post(path, data=data, files=files, headers={"Referer": str(client.base_url)})


def test_a_plate_is_typed_pasted_or_proposed():
    assert stands("D6", "NC") == ("D6", "", "negative", "")
    assert stands("E9", "wp:C1") == ("E9", "", "weak_positive", "C1")
    text = "孔位,样本,批号\nA1,T1\nD6\tNC\nE9;弱阳性质控（第三方）;C1\n\n"
    lines = [("A1", "T1", "", ""), ("D6", "", "negative", ""), ("E9", "", "weak_positive", "C1")]
    assert parse_map(text) == lines
    assert parse_map("\n".join(written(*line) for line in lines)) == lines
    made = proposed([f"T{n}" for n in range(200)], [("negative", "")] * 3 + [("weak_positive", "C1")], 96, "seed")
    assert len(made) == len({at for at, *_ in made}) == 96
    assert sum(bool(tube) for _, tube, *_ in made) == 92


def test_a_run_goes_through_the_screens_of_two_people(town, sign_in):
    site, bench = town
    persons = county.people(3)
    county.bind("T1", persons, site)
    county.at_laboratory({"T1": 3, "T2": 0}, site, bench)
    technician, reviewer = sign_in("laboratory", OTHER), sign_in("laboratory.reviewer", OTHER, language="en")
    page = technician.get("/screening/laboratory/").text
    assert "T1" in page
    assert "检测工作台" in page
    proposal = technician.get(f"/screening/laboratory/{bench.pk}/load/?propose").text
    cells = {name: unescape(value) for name, value in re.findall(r'name="(w-\w+)" value="([^"]*)"', proposal) if value}
    assert sorted(cells.values()) == ["NC", "NC", "NC", "T1", "T2", "WP"]
    about = {"code": "R1", "instrument": "PCR-1", "kit": "K", "lot": "L1"}
    refused = post(technician, f"/screening/laboratory/{bench.pk}/load/", **about, **cells)
    assert refused.status_code == 422
    assert "阳性质控须注明批号" in refused.text
    text = "A1,T1\nB1,T2\n" + "\n".join(written(at, "", name, lot) for at, (name, lot) in CONTROLS.items())
    loaded = post(technician, f"/screening/laboratory/{bench.pk}/load/", **about, map=text)
    assert loaded.status_code == 200
    run = Run.objects.using("owner").get()
    path = f"/screening/runs/{run.pk}/"
    content = sheet(("A1", "T1", "", ""), ("B1", "T9", 20, 21)) + b"Z1,T1,N,20\n"
    page = post(technician, path, act="measure", files={"file": ("run.csv", content)}).text
    assert "仪器文件与板图不符" in page or "differ" in page or "T9" in page
    assert "A1至H12" in page
    assert post(technician, path, act="release").status_code == 422
    finding = re.search(r'name="finding" value="(\d+)"', page)[1]
    assert post(technician, path, act="accept").status_code == 422
    assert post(technician, path, act="differ", finding=finding, note="核对无误").status_code == 200
    assert post(technician, path, act="accept").status_code == 200
    shown = reviewer.get(path).text
    assert "Accepted by the technician" in shown
    assert "Release as reviewer" in shown
    released = post(reviewer, path, act="release")
    assert "3 people told that they are negative" in released.text
    assert Tube.objects.using("owner").get(pk="T2").result == "positive"
    corrected = post(reviewer, path, act="correct", tube="T2", result="negative", note="swapped")
    assert corrected.status_code == 200
    assert Tube.objects.using("owner").get(pk="T2").result == "negative"
    assert sign_in("sampling", OTHER).get(path).status_code == 403


@pytest.mark.browser
def test_the_chart_of_a_control_draws_and_pages_fit_a_phone(town, sign_in, browser):
    site, bench = town
    with acting(BENCH):
        for target in ("N", "ORF1ab"):
            actions.state_lot(
                scope=BENCH, laboratory=bench.pk, lot="C1", control="weak_positive", target=target, mean=32, deviation=0.5,
                by="account:1", now=NOON,
            )  # fmt: skip
    for number, ct in enumerate((32.1, 31.8, 32.4, 33.2, 33.3, 34.0), 1):
        run, _ = run_of(site, bench, number, ct, NOON + number * HOUR)
    reviewer = sign_in("laboratory.reviewer", OTHER, language="en")
    with window(browser, reviewer, "phone") as page:
        for path in (
            f"/screening/laboratory/{bench.pk}/controls/",
            f"/screening/runs/{run.pk}/",
            "/screening/laboratory/",
        ):
            page.goto(f"{reviewer.base_url}{path}")
            page.faults += seen(page, path.strip("/").replace("/", "-"))
            if "controls" in path:
                page.wait_for_selector("[data-chart=control] canvas")
        assert page.faults == []
