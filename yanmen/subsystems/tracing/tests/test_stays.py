"""Stays follow the facts; who met whom equals a comparison of all with all; another county sees nothing."""

from __future__ import annotations

import json
import random
from datetime import timedelta

import pytest
from django.conf import settings

from yanmen.base.refusals import NotAllowed
from yanmen.project.cli import main
from yanmen.project.testing import show_clock
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.tracing.actions.exporting import export
from yanmen.subsystems.tracing.actions.packing import pack
from yanmen.subsystems.tracing.jobs import STAYS, every_minute
from yanmen.subsystems.tracing.queries import stays
from yanmen.subsystems.tracing.queries.degrees import degrees
from yanmen.subsystems.tracing.tests.district import COUNTY, DISTRICT, make_areas, moment
from yanmen.subsystems.tracing.tests.town import LATE, NIGHT, Town, ask, busy_days

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
EVER, THEN = moment("2022-10-01"), moment("2022-10-20")


@pytest.fixture
def town(clean):
    make_areas()
    return Town()


def test_stays_end_with_the_next_check_in_on_leaving_or_after_twelve_hours(town):
    market, noodles = town.places(DISTRICT, DISTRICT)
    lin, wang, zhao = town.people(3)
    for who, place, at in (
        (lin, market, NIGHT),
        (lin, noodles, NIGHT + 3 * HOUR),
        (wang, noodles, NIGHT),
        (zhao, market, NIGHT),
    ):
        town.scan(who, place, at)
    town.leave(wang, noodles, NIGHT + 35 * MINUTE)
    assert town.follow(NIGHT + 13 * HOUR).added == 4
    with town.acting() as scope:
        told = {who: [(each.place, each.left - each.arrived) for each in stays.stays_of(scope, who, since=EVER, until=THEN)]
                for who in (lin, wang, zhao)}  # fmt: skip
        there = stays.at_place(scope, noodles, since=NIGHT, until=NIGHT + HOUR)
    assert told == {
        lin: [(market, 3 * HOUR), (noodles, 12 * HOUR)],
        wang: [(noodles, 35 * MINUTE)],
        zhao: [(market, 12 * HOUR)],
    }
    assert [(each.person, each.area, each.via) for each in there] == [(wang, DISTRICT, "scanner")]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_happens_in_whatever_order_the_stays_are_those_of_the_facts(town, seed):
    dice = random.Random(seed)
    people, places = busy_days(town, dice)
    town.follow(NIGHT)
    some = dice.sample(sorted(town.scans), 12)
    doubts = [town.doubt(each, NIGHT + HOUR) for each in some[:6]]
    for each in some[6:]:
        town.withdraw(each, town.scans[each][0], NIGHT + HOUR)
    town.merge(people[3], people[1], NIGHT + HOUR)
    town.merge(people[7], people[3], NIGHT + HOUR)
    town.follow(NIGHT + 2 * HOUR)
    town.withdraw(doubts[0], town.scans[some[0]][0], NIGHT + 3 * HOUR)
    town.out.remove(some[0])
    town.scan(people[1], places[0], NIGHT - 4 * HOUR, told=NIGHT + 3 * HOUR)
    town.follow(LATE)
    assert town.written() == town.expected()
    assert town.follow(LATE + MINUTE).added == 0
    assert town.rows("SELECT count(*) FROM tracing_waiting") == [(0,)]
    town.rows("DELETE FROM tracing_stay RETURNING 1")
    town.follow(LATE + HOUR, everyone=True)
    assert town.written() == town.expected()


@pytest.mark.parametrize("packed", ["nothing", "one day", "all days", "and changed since"])
def test_who_met_whom_equals_a_comparison_of_all_with_all_however_the_days_are_kept(town, packed):
    dice = random.Random(packed)
    people, places = busy_days(town, dice)
    town.merge(people[3], people[1], NIGHT)
    town.follow(LATE)
    if packed != "nothing":
        until = NIGHT.date() - timedelta(days=packed == "one day")
        assert max(pack(by="test", now=LATE - timedelta(days=packed == "one day"))) == until
    if packed == "and changed since":
        for each in dice.sample(sorted(town.scans), 9):
            town.doubt(each, LATE + HOUR)
        town.scan(people[5], places[1], NIGHT - 20 * HOUR, told=LATE + HOUR)
        town.follow(LATE + HOUR)
        assert town.rows("SELECT count(*) > 0 FROM tracing_unpacked") == [(True,)]
    _compare(town, people)
    if packed == "and changed since":
        pack(by="test", now=LATE + 3 * HOUR)
        assert town.rows("SELECT count(*) FROM tracing_unpacked") == [(0,)]
        _compare(town, people)


def test_exported_days_tell_the_same_degrees_and_follow_what_is_packed(town, tmp_path):
    dice = random.Random(9)
    people, places = busy_days(town, dice)
    town.follow(LATE)
    packed = pack(by="test", now=LATE)
    assert export(folder=tmp_path, by="test", now=LATE) == sorted(packed)
    assert export(folder=tmp_path, by="test", now=LATE) == []
    about = {"since": EVER, "until": THEN, "minutes": 15}
    first = {who for who, _ in town.met(people[0], **about)}
    with town.acting() as scope:
        one, two = degrees(scope, people[:1], folder=tmp_path, minutes=15)
        assert set(one["person"].to_pylist()) == first
        assert not set(two["person"].to_pylist()) & (first | {people[0]})
        with pytest.raises(NotAllowed):
            degrees(scope.narrowed(DISTRICT), people[:1], folder=tmp_path, minutes=15)
    town.scan(people[5], places[1], NIGHT - 20 * HOUR, told=LATE + HOUR)
    town.follow(LATE + HOUR)
    pack(by="test", now=LATE + 3 * HOUR)
    assert export(folder=tmp_path, by="test", now=LATE + 3 * HOUR) == [(NIGHT - 20 * HOUR).date()]
    export(folder=tmp_path, by="test", now=LATE + timedelta(days=40))
    assert list(tmp_path.iterdir()) == []


def test_the_command_counts_the_degrees_of_all_cases(town, tmp_path, monkeypatch, capsys):
    people, _ = busy_days(town, random.Random(9))
    town.follow(LATE)
    town.case(people[0], "2022-10-07")
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)
    monkeypatch.setattr(settings, "YANMEN_HOME", tmp_path)
    show_clock(LATE)
    command = ["tracing", "degrees", "--minutes", "15", "--degree", "3"]
    assert main(command) == 1
    assert "No finished day" in capsys.readouterr().err
    pack(by="test", now=LATE)
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    first = {who for who, _ in town.met(people[0], since=EVER, until=THEN, minutes=15)}
    assert (told["cases"], told["degrees"][0]["people"], told["degrees"][0]["contacts_already"]) == (1, len(first), 0)
    assert [row["degree"] for row in told["degrees"]] == [1, 2, 3]
    assert main(command) == 0
    assert "degree 2" in capsys.readouterr().out
    every_minute(LATE + timedelta(days=40))
    assert list((tmp_path / STAYS).iterdir()) == []


def _compare(town, people):
    for minutes in (0, 15, 90):
        about = {"since": NIGHT - 30 * HOUR, "until": NIGHT - HOUR, "minutes": minutes}
        for who in people[:8]:
            with town.acting() as scope:
                found = stays.met_by(scope, who, **about)
            told = {(m.person, m.place): (m.first_at, m.last_at, m.minutes, m.times, set(m.facts)) for m in found}
            right = town.met(who, **about)
            assert told == {key: (a, b, int(s // 60), n, f) for key, (a, b, s, n, f) in right.items()}
            assert [m.minutes for m in found] == sorted((m.minutes for m in found), reverse=True)
        with town.acting() as scope:
            all_ = stays.met_by_all(scope, people, **about)
        columns = (all_.case, all_.person, all_.place, all_.seconds, all_.times)
        told = {(who, one, place): (spent, n) for who, one, place, spent, n in zip(*map(list, columns), strict=True)}
        assert told == {(who, *key): (row[2], row[3]) for who in people for key, row in town.met(who, **about).items()}


def test_what_a_phone_claims_waits_until_it_counts_however_long_that_takes(town):
    (market,) = town.places(DISTRICT)
    (lin,) = town.people(1)
    town.scan(lin, market, NIGHT, claimed=True)
    assert town.follow(NIGHT + MINUTE).added == 0
    town.follow(NIGHT + 20 * HOUR)
    town.rows(
        "INSERT INTO venues_judging (at, up_to, settled_to, scans, doubted) VALUES (%s, %s, %s, 1, 0) RETURNING 1",
        NIGHT + 21 * HOUR, NIGHT + 21 * HOUR, NIGHT + 21 * HOUR,
    )  # fmt: skip
    assert town.follow(NIGHT + 22 * HOUR).added == 1
    assert town.written() == town.expected()


def test_taking_a_decision_apart_gives_each_their_own_stays_again(town):
    from yanmen.registry import matching

    (market,) = town.places(DISTRICT)
    lin, again = town.people(2)
    town.scan(lin, market, NIGHT - 5 * HOUR)
    town.scan(again, market, NIGHT - 2 * HOUR)
    town.merge(lin, again, NIGHT)
    town.follow(NIGHT + MINUTE)
    assert [row[0] for row in town.written()] == [lin, lin]
    with town.acting() as scope:
        assert len(stays.stays_of(scope, again, since=EVER, until=THEN)) == 2
        matching.undo(decision=matching.decisions_on(lin)[0].pk, by="test", now=NIGHT + HOUR)
    town.same.clear()
    town.follow(NIGHT + 2 * HOUR)
    assert town.written() == town.expected()


def test_days_go_when_their_trail_is_over(town):
    (market,) = town.places(DISTRICT)
    (lin,) = town.people(1)
    town.scan(lin, market, NIGHT)
    town.follow(NIGHT + MINUTE)
    assert len(town.written()) == 1
    assert NIGHT.date() in pack(by="test", now=NIGHT + timedelta(days=3))
    town.follow(NIGHT + timedelta(days=32))
    assert town.rows("SELECT count(*) FROM tracing_crowd UNION ALL SELECT count(*) FROM tracing_packed") == [(0,), (0,)]
    assert town.written() == []
    assert town.rows("SELECT count(*) FROM pg_inherits WHERE inhparent = 'tracing_stay'::regclass") == [(0,)]


def test_another_county_sees_nothing_and_nobody_writes_stays_by_hand(town):
    from django.db import DatabaseError

    here, there = town.places(DISTRICT, COUNTY)
    lin, wang = town.people(2)
    for who in (lin, wang):
        town.scan(who, here, NIGHT)
        town.scan(who, there, NIGHT + HOUR, area=COUNTY)
    town.follow(NIGHT + 14 * HOUR)
    assert len(ask("SELECT * FROM tracing_stay", area="14")) == 4
    assert {row[2] for row in ask("SELECT * FROM tracing_stay", area=COUNTY)} == {COUNTY}
    assert ask("SELECT * FROM tracing_stay", area="1401") == ask("SELECT * FROM tracing_stay") == []
    for purpose in ("statistics", "administration", "self"):
        assert ask("SELECT * FROM tracing_stay", area="14", purpose=purpose) == []
    pack(by="test", now=NIGHT + timedelta(days=2))
    assert {row[2] for row in ask("SELECT * FROM tracing_crowd", area=COUNTY)} == {COUNTY}
    assert (
        ask("SELECT * FROM tracing_crowd", area="14", purpose="statistics") == ask("SELECT * FROM tracing_crowd") == []
    )
    for statement in (
        "DELETE FROM tracing_stay",
        "SELECT * FROM tracing_waiting",
        "SELECT tracing_drop_days(now()::date)",
    ):
        with pytest.raises(DatabaseError, match="permission denied"):
            ask(statement, area="14")
    north = Scope(None, "tracing.tracer", COUNTY)
    with acting(north):
        met = stays.met_by(north, lin, since=EVER, until=THEN, minutes=10)
    assert [(each.person, each.place) for each in met] == [(wang, there)]
