"""The way of tubes to the laboratory: nothing goes unaccounted, and whose tube is lost is sampled again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from yanmen.base.refusals import Refusal
from yanmen.loop.models import Task
from yanmen.loop.run import settle
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.methods.courses import BOX
from yanmen.subsystems.screening.models import Box, Finding, Site, Trip, Tube
from yanmen.subsystems.screening.queries import transport
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import BENCH, COUNTY, HOUR, MINUTE, NOON

TEAM = Scope(None, "sampling", COUNTY)
COURIER = Scope(None, "screening.courier", "1407")


@pytest.fixture
def town(clean):
    return county.open_county()


def act(name, scope=TEAM, at=NOON + HOUR, **about):
    with acting(scope):
        return getattr(actions, name)(scope=scope, by=scope.by, now=at, **about)


def packed(town, tubes, code=""):
    site, laboratory = town
    box = act("create_box", site=site.pk, laboratory=laboratory.pk, code=code)
    for tube in tubes:
        act("pack_tube", box=box.pk, tube=tube)
    return box


def sent(town, tubes, code=""):
    box = packed(town, tubes, code)
    act("close_box", box=box.pk)
    act("send_box", box=box.pk, at=NOON + 2 * HOUR)
    return box


def carried(town, tubes, code=""):
    box = sent(town, tubes, code)
    act("depart", COURIER, NOON + 2 * HOUR, boxes=[box.pk], vehicle="晋K12345", courier="赵司机")
    act("receive_box", BENCH, NOON + 3 * HOUR, box=box.pk)
    return box


def findings():
    return sorted(Finding.objects.using("owner").values_list("kind", "tube"))


def resampled():
    tasks = Task.objects.using("owner").filter(kind="test", state="open")
    return sorted(tasks.values_list("subject", flat=True))


def test_a_box_goes_from_site_to_laboratory_and_every_tube_is_counted(town):
    site, _ = town
    persons = county.people(6)
    county.bind("T1", persons[:3], site)
    county.bind("T2", persons[3:], site)
    box = carried(town, ["T1", "T2", "T3"])
    assert Tube.objects.using("owner").get(pk="T3").members == 0
    trip = Trip.objects.using("owner").get()
    assert (trip.due_at, trip.arrived_at) == (NOON + 6 * HOUR, NOON + 3 * HOUR)
    with pytest.raises(Refusal, match="3 tubes"):
        act("reconcile_box", BENCH, NOON + 3 * HOUR, box=box.pk)
    first = act("receive_tube", BENCH, NOON + 3 * HOUR, box=box.pk, tube="T1")
    assert (first.condition, first.again) == ("received", False)
    assert act("receive_tube", BENCH, NOON + 3 * HOUR, box=box.pk, tube="T1").again
    act("receive_tube", BENCH, NOON + 3 * HOUR, box=box.pk, tube="T2", condition="damaged")
    stranger = act("receive_tube", BENCH, NOON + 3 * HOUR, box=box.pk, tube="T9")
    assert stranger.findings == ("unexpected",)
    assert act("mark_missing", BENCH, NOON + 4 * HOUR, box=box.pk) == ["T3"]
    with acting(BENCH):
        assert transport.counted(BENCH, box) == transport.Counted(3, 1, 1, 1, 1)
    act("reconcile_box", BENCH, NOON + 4 * HOUR, box=box.pk)
    assert findings() == [("damaged", "T2"), ("missing", "T3"), ("unexpected", "T9")]
    gates = {tube.pk: tube.gate for tube in Tube.objects.using("owner").all()}
    assert gates == {"T1": "received", "T2": "void", "T3": "void", "T9": "received"}
    settle(now=NOON + 4 * HOUR)
    assert resampled() == persons[3:]


def test_whose_box_is_lost_is_asked_again_until_it_is_found(town):
    site, _ = town
    persons = county.people(4)
    county.bind("T1", persons, site)
    box = sent(town, ["T1"])
    assert act("lose_box", COURIER, NOON + 5 * HOUR, box=box.pk) == 4
    settle(now=NOON + 5 * HOUR)
    assert resampled() == persons
    [task, *_] = Task.objects.using("owner").filter(kind="test", state="open")
    assert task.due_at == NOON + 29 * HOUR
    county.bind("T7", persons[:1], site, NOON + 6 * HOUR)
    settle(now=NOON + 6 * HOUR)
    assert resampled() == persons[1:]
    assert act("find_box", BENCH, NOON + 7 * HOUR, box=box.pk) == 1
    settle(now=NOON + 7 * HOUR)
    assert resampled() == []
    act("receive_tube", BENCH, NOON + 7 * HOUR, box=box.pk, tube="T1")
    assert Tube.objects.using("owner").get(pk="T1").gate == "received"


def test_a_tube_sits_in_one_live_box_and_taking_it_out_opens_the_box_again(town):
    site, laboratory = town
    first = packed(town, ["T1", "T2"])
    act("close_box", box=first.pk)
    second = act("create_box", site=site.pk, laboratory=laboratory.pk, capacity=1)
    with pytest.raises(Refusal, match=first.code):
        act("pack_tube", box=second.pk, tube="T1")
    assert act("take_out", box=first.pk, tube="T1").state == "draft"
    act("pack_tube", box=second.pk, tube="T1", typed=True, rack="A1")
    tube = Tube.objects.using("owner").get(pk="T1")
    assert (tube.box_id, tube.typed, tube.rack) == (second.pk, True, "A1")
    with pytest.raises(Refusal, match="full"):
        act("pack_tube", box=second.pk, tube="T3")
    act("discard_box", box=second.pk)
    assert Tube.objects.using("owner").get(pk="T1").gate == "sampled"
    act("pack_tube", box=first.pk, tube="T1")
    act("take_out", box=first.pk, tube="T1")
    act("take_out", box=first.pk, tube="T2")
    with pytest.raises(Refusal, match="empty"):
        act("close_box", box=first.pk)
    with pytest.raises(Refusal, match="1 to 40"):
        act("pack_tube", box=first.pk, tube="管 1")


def test_a_sent_list_is_locked_and_recalled_only_within_the_minutes(town):
    box = sent(town, ["T1"])
    with pytest.raises(Refusal, match="list locked"):
        act("pack_tube", box=box.pk, tube="T2")
    with pytest.raises(Refusal):
        act("take_out", box=box.pk, tube="T1")
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic(using="owner"):
        Tube.objects.using("owner").filter(pk="T1").update(box=None)
    with pytest.raises(Refusal, match="15 minutes"):
        act("recall_box", at=NOON + 2 * HOUR + 16 * MINUTE, box=box.pk)
    assert act("recall_box", at=NOON + 2 * HOUR + 15 * MINUTE, box=box.pk).state == "ready"
    assert Tube.objects.using("owner").get(pk="T1").gate == "boxed"


def test_the_database_takes_no_step_that_the_flow_leaves_out(town):
    site, laboratory = town
    about = {"area": site.area, "site_id": site.pk, "laboratory_id": laboratory.pk, "lab_area": laboratory.area}
    about |= {"coldest": 2, "warmest": 8}
    pairs = [(state, other) for state in BOX.states for other in BOX.states if state != other]
    for number, (state, other) in enumerate(pairs):
        made = Box.objects.using("owner").create(
            code=f"B{number}", state=state, capacity=9, packed_by="test", created_at=NOON, **about
        )
        try:
            with transaction.atomic(using="owner"):
                Box.objects.using("owner").filter(pk=made.pk).update(state=other)
        except DatabaseError:
            assert other not in BOX.steps[state].values(), (state, other)
        else:
            assert other in BOX.steps[state].values(), (state, other)


def test_a_tube_of_another_site_or_county_is_found_where_it_turns_up(town):
    site, laboratory = town
    with acting(county.PROVINCE):
        place = type(site.place).objects.create(
            kind="sampling_site", name_zh="西关采样点", area=COUNTY, created_at=NOON
        )
        Site.objects.create(
            place=place,
            area=COUNTY,
            kind="fixed",
            open_from=NOON - timedelta(days=1),
            created_at=NOON,
            created_by="test",
        )
    county.at_laboratory({"O1": 3}, Site.objects.using("owner").get(pk=place.pk), laboratory)
    Tube.objects.using("owner").filter(pk="O1").update(received_at=None, laboratory=None, lab_area="")
    box = carried(town, ["T1"])
    [seen] = [act("receive_tube", BENCH, NOON + 3 * HOUR, box=box.pk, tube="O1")]
    assert seen.findings == ("unexpected", "other_site")
    again = packed(town, [], code="BX-2")
    with pytest.raises(Refusal, match="received"):
        act("pack_tube", box=again.pk, tube="O1")


def test_a_tube_of_another_list_counts_where_it_came(town):
    first, second = carried(town, ["T1", "T2"]), carried(town, ["T3"], "BX-2")
    act("receive_tube", BENCH, NOON + 3 * HOUR, box=first.pk, tube="T1")
    assert act("receive_tube", BENCH, NOON + 3 * HOUR, box=second.pk, tube="T2").findings == ("unexpected",)
    act("receive_tube", BENCH, NOON + 3 * HOUR, box=second.pk, tube="T3")
    for box in (first, second):
        act("reconcile_box", BENCH, NOON + 3 * HOUR, box=box.pk)
    assert {tube.gate for tube in Tube.objects.using("owner").all()} == {"received"}


def test_temperatures_out_of_range_are_said_with_how_long(town):
    box = sent(town, ["T1"])
    for minute, celsius in ((0, 4.5), (10, 9.1), (25, 8.4), (30, 6.0)):
        within = act("record_temperature", COURIER, NOON + 3 * HOUR + minute * MINUTE, box=box.pk, celsius=celsius)
        assert within == (2 <= celsius <= 8)
    with acting(COURIER):
        said = transport.temperatures(COURIER, box)
    assert (len(said.readings), said.outside, said.minutes_outside, said.last.celsius) == (4, 2, 20, 6.0)
    with pytest.raises(Refusal):
        act("record_temperature", COURIER, box=box.pk, celsius=300)


def test_who_is_delivered_late_into_a_lost_tube_is_asked_too(town):
    from yanmen.subsystems.screening.jobs import every_minute

    site, _ = town
    persons = county.people(3)
    box = sent(town, ["T1"])
    assert act("lose_box", COURIER, NOON + 5 * HOUR, box=box.pk) == 0
    county.bind("T1", persons, site)
    for minute in (0, 1):
        every_minute(NOON + 6 * HOUR + minute * MINUTE)
    settle(now=NOON + 6 * HOUR + MINUTE)
    assert resampled() == persons


def test_the_command_audits_tubes_with_the_rest(town):
    from yanmen.project.commands.audit import balances

    site, laboratory = town
    county.at_laboratory({"T1": 0}, site, laboratory)
    assert balances(NOON) == []
    Tube.objects.using("owner").filter(pk="T1").update(laboratory=None)
    told = {fault["check"]: fault["row"] for fault in balances(NOON)}
    assert set(told) == {"tube_held_by_nobody", "nobody_lost_tubes"}
    assert (told["tube_held_by_nobody"]["tube"], told["nobody_lost_tubes"]["lost"]) == ("T1", 1)
