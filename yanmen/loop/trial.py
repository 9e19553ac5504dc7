"""Trying policy before it is published, and replaying the same facts under other editions."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any

from django.db import connections

from yanmen.base.clock import BEIJING, local_date
from yanmen.loop import policies
from yanmen.loop.catalogue import Catalogue, catalogue
from yanmen.loop.policy.load import load_packs
from yanmen.loop.policy.publish import publish
from yanmen.loop.policy.words import NamedEdition, Policy
from yanmen.loop.program import compile_program
from yanmen.loop.shadow import Shadow, shadow

Progress = Callable[[str, int, int], None]
DAY_END = dt.timedelta(days=1) - dt.timedelta(minutes=1)


def try_pack(
    folders: Sequence[Path], *, now: dt.datetime, alias: str = "loop", words: Catalogue = catalogue
) -> dict[str, Any]:
    """Who would change, by measure and area, if these packs were in force now.

    ``changes`` has a row for each (rule, area, act): imposed, revised or lifted, and how many.
    """
    return try_policy(load_packs(folders), now=now, alias=alias, words=words)


def try_policy(
    policy: Policy, *, now: dt.datetime, alias: str = "loop", words: Catalogue = catalogue
) -> dict[str, Any]:
    """As ``try_pack``, with a policy in hand."""
    started = perf_counter()
    before = policies.program(local_date(now), alias=alias, words=words)
    with shadow(alias, words, now) as trial:
        session = trial.session(now)
        session.script("copy_standing")
        program = compile_program(policy, words, publish(policy, alias=alias), local_date(now))
        for rule, editions in before.states.items():
            session.run("store_rule_state", rule=rule, editions=editions)
        every = {*program.states, *before.states}
        differing = {rule for rule in every if program.states.get(rule) != before.states.get(rule)}
        report = trial.turn(program.only(differing), now)
        rows = session.rows("differences")
    changes = [dict(zip(("kind", "rule", "area", "act", "subjects"), row, strict=True)) for row in rows]
    return {
        "as_of": local_date(now).isoformat(),
        "looked_at": report.subjects,
        "changes": changes,
        "seconds": perf_counter() - started,
    }


def named_editions(policy: Policy) -> dict[str, NamedEdition]:
    """The editions of the protocol that packs name, by id."""
    return {edition.id: edition for pack in policy.packs for edition in pack.editions}


def replay(
    names: Sequence[str],
    *,
    until: dt.datetime,
    alias: str = "loop",
    words: Catalogue = catalogue,
    progress: Progress = lambda name, done, total: None,
) -> list[dict[str, Any]]:
    """The same facts, day by day, under each named edition: people held, person-days, tests, rooms.

    Which places hold a person, and which need a room, the packs say. Editions are replayed side by side,
    each on a connection of its own.
    """
    known = named_editions(policies.shelf.policy())
    policies.program(local_date(until), alias=alias, words=words)
    days = _days(alias, until)

    def one(name: str) -> dict[str, Any]:
        try:
            return _replay_one(known[name], days, until, alias, words, progress)
        finally:
            connections[alias].close()

    with ThreadPoolExecutor(max_workers=min(len(names), os.cpu_count() or 1) or 1) as side_by_side:
        return list(side_by_side.map(one, names))


def _replay_one(
    edition: NamedEdition,
    days: Sequence[dt.date],
    until: dt.datetime,
    alias: str,
    words: Catalogue,
    progress: Progress,
) -> dict[str, Any]:
    policy = policies.shelf.policy()
    frozen_on = edition.valid_to - dt.timedelta(days=1) if edition.valid_to else edition.valid_from
    program = compile_program(policy, words, policies.shelf.ids(alias), frozen_on, frozen=True)
    with shadow(alias, words, until) as trial:
        after = dt.datetime.min.replace(tzinfo=dt.UTC)
        for number, day in enumerate(days):
            moment = min(_day_end(day), until)
            session = trial.session(moment)
            if number == 0:
                for rule, editions in program.states.items():
                    session.run("store_rule_state", rule=rule, editions=editions)
            session.run("wake_recorded", after=after)
            trial.turn(program, moment)
            after = moment
            progress(edition.id, number + 1, len(days))
        return {
            "edition": edition.id,
            "zh": edition.zh,
            "en": edition.en,
            "frozen_on": frozen_on.isoformat(),
            **_totals(trial, until, policy.places("holds"), policy.places("room")),
        }


def _totals(trial: Shadow, until: dt.datetime, places: Sequence[str], room_places: Sequence[str]) -> dict[str, Any]:
    session = trial.session(until)
    [(people, tests, imposed, lifted)] = session.rows("totals", places=list(places))
    held = {place: {"people": n, "person_days": d} for place, n, d in session.rows("held", places=list(places))}
    rooms = session.value("peak_rooms", room_places=list(room_places)) or 0
    return {
        "people": people,
        "person_days": sum(row["person_days"] for row in held.values()),
        "tests": tests,
        "rooms": rooms,
        "imposed": imposed,
        "lifted": lifted,
        "by_place": held,
    }


def _days(alias: str, until: dt.datetime) -> list[dt.date]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT min(local_date(recorded_at)) FROM loop_fact WHERE recorded_at <= %s", [until])
        (first,) = cursor.fetchone()
    if first is None:
        return []
    return [first + dt.timedelta(days=n) for n in range((local_date(until) - first).days + 1)]


def _day_end(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=BEIJING) + DAY_END
