"""The wall over HTTP: panels that subsystems bring, one area each, and streams that say what changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection

from yanmen.desk import wall_stream
from yanmen.desk.kinds import COMMAND
from yanmen.desk.pages import PAGES
from yanmen.desk.tests.seeding import NOW
from yanmen.desk.wall_panels import PANELS, panel, panels_of
from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.registry.scope import acting, system

Event = tuple[str, str, dict[str, Any]]


def report_cases(village: str, count: int = 3) -> None:
    """Cases come in and the loop turns."""
    with acting(system("14")):
        for _ in range(count):
            detail = {"kind": "confirmed", "setting": "community"}
            facts.record("cases.reported", area=village, occurred_at=NOW, by="import:wall", now=NOW, detail=detail)
    settle(now=NOW)


def events(answer: Any) -> Iterator[Event]:
    """What a stream says: event, id, data."""
    said: dict[str, str] = {}
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if line:
            said[name] = value
        elif "event" in said:
            yield said["event"], said.get("id", ""), json.loads(said["data"])
            said = {}
        else:
            said = {}


def stream(client: Any, *, area: str = "14", after: str = "") -> Any:
    return client.stream("GET", "/wall/stream/", params={"area": area, "after": after})


def key_on(text: str) -> str:
    return text.split('data-key="')[1].split('"')[0]


def test_every_subsystem_that_brings_a_panel_has_it_on_the_wall_with_its_time_and_source(as_staff: Any) -> None:
    text = as_staff("commander").get("/wall/").text
    mine = [one for one in panels_of(COMMAND.name) if one.name != "tiles"]
    assert 'id="panel-drill"' not in text
    assert {"chains", "testing", "rooms", "transfers", "risk"} <= {one.name for one in mine}
    assert [one.name for one in mine if f'id="panel-{one.name}"' not in text or one.source["zh"] not in text] == []
    assert [one.page for one in mine if one.page and one.page not in PAGES] == []
    assert 'data-state="failed"' not in text


def test_a_panel_that_fails_says_so_and_the_others_go_on(as_staff: Any) -> None:
    @panel(name="broken", zh="坏面板", en="Broken", order=99, role=COMMAND, source=("无", "nowhere"))
    def broken(scope: Any, *, now: Any) -> Any:
        connection.cursor().execute("SELECT no_such_column")

    try:
        text = as_staff("commander").get("/wall/").text
    finally:
        PANELS.pop("broken")
    assert text.count('data-state="failed"') == 1
    assert "此面板未能生成" in text
    assert 'data-state="said"' in text


def test_the_wall_of_an_area_is_for_those_responsible_for_it(as_staff: Any) -> None:
    taiyuan = as_staff("taiyuan")
    assert "太原市" in taiyuan.get("/wall/").text
    assert taiyuan.get("/wall/?area=1407").status_code == 422
    assert taiyuan.get("/wall/stream/?area=14").status_code == 422
    assert taiyuan.get("/wall/?area=140199").status_code == 404
    assert as_staff("clerk").get("/wall/").status_code == 403


def test_the_page_goes_down_to_a_township_and_says_what_lies_in_it(as_staff: Any) -> None:
    client = as_staff("commander")
    assert "小店区" in client.get("/wall/?area=1401").text
    county = client.get("/wall/?area=140105").text
    assert "城关街道" in county
    assert 'href="/wall/?area=1401"' in county
    assert "第1社区" in client.get("/wall/?area=140105001").text
    alone = client.get("/wall/?area=140105", headers={"HX-Request": "true"}).text
    assert "<html" not in alone
    assert 'id="wall"' in alone


def changed(client: Any, *, area: str, after: str) -> Event:
    """The first event that says that something changed: a stream ends after a while, and a browser opens the next."""
    for _ in range(8):
        with stream(client, area=area, after=after) as answer:
            for one in events(answer):
                if one[0] == "changed":
                    return one
                after = one[1]
    raise AssertionError(f"Nothing changed in {area}.")


def quiet(client: Any, area: str) -> str:
    """Where a stream of this area stands once it has told all that happened before."""
    key = key_on(client.get("/wall/").text)
    with stream(client, area=area, after=key) as answer:
        for name, id_, _ in events(answer):
            if name == "beat":
                return key
            key = id_
    raise AssertionError(f"{area} is never quiet.")


def test_a_stream_names_the_panels_of_its_area_that_changed_and_nothing_else(as_staff: Any) -> None:
    client, taiyuan = as_staff("commander"), as_staff("taiyuan")
    key, other = key_on(client.get("/wall/").text), quiet(taiyuan, "1401")
    report_cases("140981001001")
    _, id_, data = changed(client, area="14", after=key)
    assert {"figures", "curve"} <= set(data["panels"])
    assert data["panels"] == [one for one in data["panels"] if one in PANELS]
    assert set(data) == {"panels", "live", "at"}
    with stream(taiyuan, area="1401", after=other) as answer:
        name, _, told = next(events(answer))
        assert name == "beat" or "curve" not in told["panels"], "time goes on there too, but no case was reported"
    with client.stream("GET", "/wall/stream/?area=14", headers={"Last-Event-ID": id_}) as again:
        assert next(events(again))[0] == "beat"
    with client.stream("GET", "/wall/stream/?area=14", headers={"Last-Event-ID": key}) as before:
        assert {"figures", "curve"} <= set(next(events(before))[2]["panels"])


def test_changed_panels_come_alone_and_in_their_place(as_staff: Any) -> None:
    answer = as_staff("commander").get("/wall/panels/?area=14&names=figures,curve,unknown")
    assert answer.text.count("hx-swap-oob") == 2
    assert "figures;dur=" in answer.headers["Server-Timing"]
    assert "<html" not in answer.text


def test_who_finds_all_streams_taken_is_told_what_changed_and_when_to_come_again(as_staff: Any, seeded: Any) -> None:
    taken = [wall_stream._open.acquire(blocking=False) for _ in range(wall_stream.MOST)]
    try:
        answer = as_staff("commander").get("/wall/stream/?area=14&after=figures-00000000")
    finally:
        for each in taken:
            if each:
                wall_stream._open.release()
    assert "retry: 10000" in answer.text
    assert '"figures"' in answer.text
    assert '"live": false' in answer.text


def test_a_stream_ends_with_the_session(as_staff: Any, cookies: Any) -> None:
    client = as_staff("inspector")
    key = key_on(client.get("/wall/").text)
    with stream(client, after=key) as answer:
        told = events(answer)
        assert next(told)[0] == "beat"
        other = as_staff("inspector")
        form = {"csrfmiddlewaretoken": other.cookies["csrftoken"]}
        other.post("/account/logout/", data=form, headers={"Referer": f"{other.base_url}/account/logout/"})
        cookies.pop("inspector")
        assert "ended" in [name for name, _, _ in told]
