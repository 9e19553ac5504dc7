"""Beside the judging of contacts: teams share out the doors, telephones are rung, other counties are asked to find people."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from yanmen.base.refusals import Refusal
from yanmen.drill.play.points import spread
from yanmen.drill.play.town import Town
from yanmen.subsystems.tracing import actions as tracing

TRACER = "tracing.tracer"
DOORS_A_TEAM = 40
"""Assumed: doors that a team of three does in a day."""
CALLED = 20
"""Assumed: contacts whom the desk rings on a day beside those visited."""
ANSWERS = 0.7
"""Assumed: share of calls that somebody answers."""
CONTACTS = """
SELECT DISTINCT ON (f.person_id) f.person_id, f.detail ->> 'case', left(f.area, 6), local_date(f.occurred_at)
FROM loop_fact f JOIN registry_person p ON p.id = f.person_id
WHERE f.kind = 'tracing.contact_found' AND f.recorded_at > %s AND f.recorded_at <= %s AND p.area LIKE %s
  AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.kind = 'cases.reported' AND c.person_id = f.person_id)
ORDER BY f.person_id, f.recorded_at LIMIT %s
"""


def work(town: Town) -> Counter[str]:
    """A day of the tracers' desk from the first case on. Returns how many acts of each kind."""
    done: Counter[str] = Counter()
    if not town.cases:
        return done
    fresh: list[Any] = town.rows(CONTACTS, town.now - dt.timedelta(days=1), town.now, f"{town.province}%", CALLED)
    done["called"] += _ring(town, fresh)
    done["help"] += _help(town, fresh)
    done["doors_shared"] += _share_out(town)
    return done


def _share_out(town: Town) -> int:
    """Teams of every county, opened on the first day, get the doors of today."""
    if not town.by_county.get("teams"):
        for number, county in enumerate(town.scenario.areas):
            longitude, latitude = spread(county, 90 + number, 100)
            with town.acting(TRACER) as who:
                tracing.open_team(
                    area=county, name="演练随访组", capacity=DOORS_A_TEAM, longitude=longitude, latitude=latitude, **who
                )
        town.by_county["teams"] = True
    with town.acting(TRACER) as who:
        return int(tracing.plan_day(day=town.today, **who).given)


def _ring(town: Town, contacts: list[Any]) -> int:
    """Somebody rings each of them once, and keeps what was said."""
    for person, case, _, _ in contacts:
        talked = town.chance("rings", person).random() < ANSWERS
        with town.acting(TRACER) as who:
            tracing.record_call(
                person=person, case=case or "", channel="phone", outcome="answered" if talked else "no_answer",
                about="告知密接判定并核对行程（演练）", answer="配合，居家等候转运（演练）" if talked else "", **who,
            )  # fmt: skip
    return len(contacts)


def _help(town: Town, contacts: list[Any]) -> int:
    """A contact of each county is said to be in the next one, which is asked. What was asked yesterday is answered: nobody was found."""
    for request, person, area in town.by_county.pop("help", []):
        with town.acting(TRACER, area=area) as who:
            tracing.accept_help(help=request, person=person, **who)
            tracing.answer_help(help=request, person=person, outcome="not_found", note="已上门查找（演练）", **who)
    counties = list(town.scenario.areas)
    asked: list[tuple[str, int, str]] = []
    for county, other in zip(counties, counties[1:] + counties[:1], strict=True):
        for person, case, _, day in [each for each in contacts if each[2] == county and each[1]][: other != county]:
            try:
                with town.acting(TRACER, area=county) as who:
                    told = tracing.ask_help(
                        people=[person], to_area=other, case=case, last_exposed=day, degree=1, note="据称现居贵地（演练）", **who
                    )  # fmt: skip
            except Refusal:  # asked about already
                continue
            asked += [(told.help, each, other) for each in told.asked]
    town.by_county["help"] = asked
    return len(asked)
