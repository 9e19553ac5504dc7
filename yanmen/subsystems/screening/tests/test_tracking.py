"""Every tube has a holder or an end; whoever waits sees where their result is; pages and API of the way."""

from __future__ import annotations

from datetime import timedelta

from yanmen.desk import clock
from yanmen.registry.scope import acting, oneself
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.methods.hops import expected, outside
from yanmen.subsystems.screening.models import Finding, Tube
from yanmen.subsystems.screening.queries import conservation, tracking
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import BENCH, COUNTY, HOUR, MINUTE, NOON, OTHER, PROVINCE
from yanmen.subsystems.screening.tests.test_transport import COURIER, act, carried, packed, sent, town

__all__ = ["town"]


def looked(now=NOON + MINUTE):
    from yanmen.subsystems.screening.jobs import every_minute

    every_minute(now)


def posted(client, url, **form):
    client.get(url)
    data = form | {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post(url, data=data, headers={"Referer": str(client.base_url)})


def results_of(person, now):
    scope = oneself(person, COUNTY)
    with acting(scope):
        return tracking.own_results(scope, now=now)


def test_every_tube_is_at_one_gate_with_one_holder_and_the_audit_is_clean(town):
    site, laboratory = town
    persons = county.people(14)
    for number in range(7):
        county.bind(f"T{number}", persons[2 * number : 2 * number + 2], site)
    looked()
    act("depart", COURIER, NOON + 2 * HOUR, boxes=[sent(town, ["T1"]).pk], vehicle="晋K1", courier="赵司机")
    sent(town, ["T2"])
    packed(town, ["T3"])
    box = carried(town, ["T4", "T5", "T6"])
    for tube in ("T4", "T5"):
        act("receive_tube", BENCH, NOON + 3 * HOUR, box=box.pk, tube=tube)
    act("mark_missing", BENCH, NOON + 3 * HOUR, box=box.pk)
    act("reconcile_box", BENCH, NOON + 3 * HOUR, box=box.pk)
    run = county.measured({"T5": "negative"}, laboratory, NOON + HOUR)
    with acting(BENCH):
        actions.release_run(scope=BENCH, run=run.pk, by="account:2", now=NOON + 5 * HOUR)
    with acting(PROVINCE):
        found = conservation.balance(PROVINCE, now=NOON + 5 * HOUR)
    by_gate = {gate: tubes for gate, (tubes, _, _) in found.by_gate().items() if tubes}
    assert by_gate == {"sampled": 1, "boxed": 1, "sent": 2, "received": 1, "released": 1, "void": 1}
    assert (found.tubes, found.held, found.ended, found.late) == (7, 5, 2, 2)
    assert sum(members for _, members, _ in found.by_gate().values()) == 14
    holders = {(each.gate, each.holder): (each.name, each.hand) for each in found.holdings}
    assert holders["sent", "courier"] == ("赵司机", "晋K1")
    assert holders["sampled", "site"][0] == "东观采样点"
    assert holders["received", "laboratory"][0] == "平遥实验室"
    assert holders["boxed", "box"][1] == "东观采样点"
    assert conservation.audit(PROVINCE, now=NOON + 5 * HOUR) == []


def test_the_audit_names_what_does_not_balance(town):
    site, laboratory = town
    persons = county.people(4)
    county.bind("T1", persons[:2], site)
    county.bind("T2", persons[2:], site)
    looked()
    county.at_laboratory({"T9": 0}, site, laboratory)
    tubes = Tube.objects.using("owner")
    tubes.filter(pk="T1").update(void_at=NOON + HOUR, void_why="lost")
    tubes.filter(pk="T2").update(members=5, boxed_at=NOON + HOUR)
    tubes.filter(pk="T9").update(sent_at=NOON + 9 * HOUR)
    found = {(each["check"], each["row"]["tube"]) for each in conservation.audit(PROVINCE, now=NOON + 2 * HOUR)}
    assert found == {
        ("void_not_told", "T1"),
        ("members_against_bindings", "T2"),
        ("tube_held_by_nobody", "T2"),
        ("tube_out_of_order", "T9"),
    }


def test_whoever_waits_sees_gate_queue_and_likely_time_and_nobody_elses(town):
    site, laboratory = town
    persons = county.people(6)
    for number in range(3):
        county.bind(f"T{number}", persons[2 * number : 2 * number + 2], site, NOON + number * MINUTE)
    looked(NOON + 5 * MINUTE)
    assert results_of(persons[0], NOON + HOUR)[0]["gate"]["value"] == "sampled"
    box = carried(town, ["T0", "T1", "T2"])
    for number in range(3):
        act("receive_tube", BENCH, NOON + 3 * HOUR + number * MINUTE, box=box.pk, tube=f"T{number}")
    [waits] = results_of(persons[4], NOON + 3 * HOUR + 30 * MINUTE)
    assert (waits["gate"]["value"], waits["result"], waits["ahead"], waits["expected_at"]) == (
        "received",
        None,
        2,
        None,
    )
    run = county.measured({"T0": "negative", "T1": "positive"}, laboratory, NOON + 2 * HOUR)
    with acting(BENCH):
        actions.release_run(scope=BENCH, run=run.pk, by="account:2", now=NOON + 6 * HOUR)
    [told] = results_of(persons[0], NOON + 7 * HOUR)
    assert (told["gate"]["value"], told["result"]["value"], told["next"]) == ("released", "negative", [])
    [held] = results_of(persons[2], NOON + 7 * HOUR)
    assert held["result"]["value"] == "reactive"
    [later] = results_of(persons[4], NOON + 7 * HOUR)
    assert (later["ahead"], later["site"]["zh"], later["laboratory"]["zh"]) == (0, "东观采样点", "平遥实验室")
    assert [step["value"] for step in later["next"]] == ["logged", "measured", "released"]
    assert later["expected_at"] > NOON + 7 * HOUR
    with acting(oneself(persons[0], COUNTY)):
        assert not Tube.objects.exists()
        assert not Finding.objects.exists()
    with acting(PROVINCE):
        hops = {hop.gate: hop for hop in tracking.turn_round(PROVINCE, now=NOON + 7 * HOUR)}
        [line] = tracking.backlog(PROVINCE, now=NOON + 7 * HOUR)
        [oldest] = tracking.oldest(PROVINCE, now=NOON + 7 * HOUR)
        grouped = tracking.turn_round(PROVINCE, now=NOON + 7 * HOUR, by="laboratory")
    assert (hops["sent"].tubes, hops["sent"].median, hops["received"].median) == (3, 3600, 3660)
    assert {hop.gate: hop for hop in grouped if hop.key is None} == hops
    assert {hop.key for hop in grouped if hop.gate == "released"} == {None, laboratory.pk}
    assert (line.waiting, line.coming, line.on_machine) == (1, 0, 0)
    assert (oldest["tube"].pk, oldest["gate"], oldest["late"]) == ("T2", "received", False)


def test_times_expected_stop_where_nobody_knows_and_never_lie_in_the_past():
    found = expected("sent", NOON, {"received": 3600, "logged": 600}, now=NOON + 2 * HOUR)
    assert found == {"received": NOON + 2 * HOUR, "logged": NOON + 2 * HOUR + 10 * MINUTE}
    assert expected("released", NOON, {}, now=NOON) == {}
    readings = [(NOON + 10 * MINUTE, 9.0), (NOON, 5.0), (NOON + 20 * MINUTE, 1.0)]
    assert outside(readings, 2, 8) == (2, timedelta(minutes=10))


def test_a_box_is_packed_carried_and_counted_on_screens(town, sign_in, monkeypatch):
    site, laboratory = town
    monkeypatch.setattr(clock, "now", lambda: NOON + HOUR)
    county.bind("T1", county.people(2), site)
    looked()
    team = sign_in("sampling", area=COUNTY, language="en")
    page = posted(team, "/screening/boxes/", site=site.pk, laboratory=laboratory.pk, code="BX-7")
    assert "BX-7" in page.text
    url = str(page.url.path)
    assert "In the box" in posted(team, url, act="scan", tube="T1").text
    twice = posted(team, url, act="scan", tube="T1")
    assert (twice.status_code, "in this box already" in twice.text) == (422, True)
    posted(team, url, act="scan", tube="T2", typed="on")
    assert "by hand" in team.get(url).text
    posted(team, url, act="temperature", celsius="9.5")
    assert "1 reading out of range" in posted(team, url, act="close").text
    assert "Sent, list locked" in posted(team, url, act="send").text
    courier = sign_in("screening.courier", area=COUNTY, language="en")
    assert "1 box to collect" in courier.get("/screening/transport/").text
    number = url.split("/")[-2]
    left = posted(courier, "/screening/transport/", boxes=number, vehicle="晋K12345", courier="赵司机")
    assert "晋K12345" in left.text
    bench = sign_in("laboratory", area=OTHER, language="en")
    assert "晋K12345" in bench.get("/screening/receiving/").text
    counting = posted(bench, "/screening/receiving/", code="BX-7")
    assert "Scan each tube" in counting.text
    assert 'class="seen seen-good"' in posted(bench, url, act="found", tube="T1").text
    assert 'class="seen seen-warn"' in posted(bench, url, act="found", tube="X9").text
    assert posted(bench, url, act="reconcile").status_code == 422
    posted(bench, url, act="missing")
    assert "Reconciled" in posted(bench, url, act="reconcile").text
    assert posted(team, url, act="reconcile").status_code == 422
    staff = sign_in("command.staff", area="14", language="en")
    assert "Hop by hop" in staff.get("/screening/turn-round/?tube=T1").text
    assert "平遥实验室" in staff.get("/screening/balance/").text
    assert sign_in("screening.courier", area=COUNTY).get("/screening/balance/").status_code == 403


def test_the_same_way_over_the_api(town, sign_in, monkeypatch):
    site, laboratory = town
    monkeypatch.setattr(clock, "now", lambda: NOON + HOUR)
    team, bench = sign_in("screening.manager", area=COUNTY), sign_in("laboratory", area=OTHER)

    def call(client, method, path, body=None, status=200):
        client.get("/screening/turn-round/")
        headers = {"X-CSRFToken": client.cookies["csrftoken"], "Referer": str(client.base_url)}
        answer = client.request(method, f"/api/screening{path}", json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    box = call(team, "POST", "/boxes", {"site": site.pk, "laboratory": laboratory.pk}, 201)["id"]
    call(team, "POST", f"/boxes/{box}/tubes", {"tube": "T1", "rack": "A"}, 201)
    call(team, "POST", f"/boxes/{box}/tubes", {"tube": "T2"}, 201)
    assert call(team, "DELETE", f"/boxes/{box}/tubes/T2")["tubes"] == 1
    for step, state in (("ready", "ready"), ("send", "sent")):
        assert call(team, "POST", f"/boxes/{box}/{step}")["state"] == state
    call(team, "POST", "/trips", {"boxes": [box], "vehicle": "晋K1", "courier": "赵"}, 201)
    assert call(team, "POST", f"/boxes/{box}/recall", status=422)["errors"][0]["field"] == "state"
    assert call(team, "POST", f"/boxes/{box}/temperatures", {"celsius": 5}, 201) == {"within": True}
    assert call(bench, "POST", f"/boxes/{box}/receive")["state"] == "received"
    assert call(bench, "POST", f"/boxes/{box}/received", {"tube": "T1"}, 201)["condition"] == "received"
    assert call(bench, "POST", f"/boxes/{box}/reconcile") == {"state": "reconciled", "people": 0}
    said = call(bench, "GET", f"/boxes/{box}")
    assert [(each["tube"], each["condition"]) for each in said["listed"]] == [("T1", "received")]
    assert call(bench, "GET", "/tubes/T1/where")["gate"] == "received"
    assert call(team, "GET", "/balance")["tubes"] == 2
    assert call(team, "GET", "/backlog")[0]["waiting"] == 1
    assert {hop["gate"] for hop in call(team, "GET", "/turn-round?by=site")} == {"boxed", "sent", "received"}
    call(bench, "POST", f"/boxes/{box}/send", status=403)
    call(bench, "GET", "/holder/results", status=401)
