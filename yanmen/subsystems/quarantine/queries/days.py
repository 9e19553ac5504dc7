"""The days of a guest: tests owed and told, temperatures, needs, when they leave; day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.subsystems.quarantine import kinds
from yanmen.subsystems.quarantine.methods import days as method
from yanmen.subsystems.quarantine.methods.serving import strictest
from yanmen.subsystems.quarantine.methods.words import CARE
from yanmen.subsystems.quarantine.queries.guests import TESTS, Guest
from yanmen.subsystems.quarantine.queries.statements import DAYS

AHEAD = timedelta(days=21)
STANDING = ("medicine", "dialysis", "food", "infant")


@dataclass(frozen=True)
class Test:
    """A test that a measure asks for, and what became of it: `open`, `missed`, `awaiting`, `negative`, `positive`, `grey`."""

    kind: str
    day: date
    due_at: datetime
    state: str
    rule: str
    sampled_at: datetime | None = None
    fact: str = ""

    @property
    def passed(self) -> bool:
        """Whether it was taken and negative."""
        return self.state == "negative"


@dataclass(frozen=True)
class Day:
    """One day of a guest: where policy wants them, their tests, the temperatures taken and how many are missing."""

    day: date
    place: str
    here: bool
    tests: Sequence[Test]
    checks: Sequence[Mapping[str, Any]]
    missing: int


def tests(guest: Guest, *, now: datetime) -> list[Test]:
    """Every test that their measures have asked for so far and ask for next, in order."""
    rules = {each.measure: each.rule for each in guest.stages}
    counted = {each.measure for each in guest.counted()}
    owed = [each for each in guest.duties if each["kind"] in TESTS and each["measure"] in counted]
    return [_test(guest, each, rules.get(each["measure"], ""), now) for each in owed]


def plan(guest: Guest, *, now: datetime) -> list[Day]:
    """Their days from the first to the last of any measure, with what each asks for."""
    policy = numbers(DAYS, local_date(now))
    stretches = [each.stretch for each in guest.counted()]
    owed = tests(guest, now=now)
    begun, today = local_date(guest.since), local_date(now)
    last = max([today, *(each.last for each in stretches if each.last)])
    last = min(last, today + AHEAD)
    if guest.stay.ended_at:
        last = min(last, local_date(guest.stay.ended_at))
    found = []
    for offset in range((last - begun).days + 1):
        day = begun + timedelta(days=offset)
        held = strictest(stretches, day)
        checks = [each for each in guest.checks if local_date(each["at"]) == day]
        found.append(
            Day(
                day=day,
                place=held.place if held else "",
                here=held is not None and guest.stay.site.kind in held.site_kinds,
                tests=[each for each in owed if each.day == day],
                checks=checks,
                missing=missing(guest, day, now, policy),
            )
        )
    return found


def leaves_on(guest: Guest, *, today: date) -> date | None:
    """The day on which their edition lets them go; None while nobody can say."""
    served, last = guest.served(today)
    return last + timedelta(days=1) if served and last else None


def meals(*, now: datetime) -> int | None:
    """How many meals a day are brought to the door."""
    many: int | None = numbers(DAYS, local_date(now)).get("meals")
    return many


def standing_needs(guest: Guest) -> list[Mapping[str, Any]]:
    """Medicines, food and care that they told of during the stay, met or not: what the kitchen and the nurses go by."""
    return [each for each in guest.of(kinds.NEED_TOLD.name) if each["detail"].get("need") in STANDING]


def unseen(guest: Guest) -> list[Mapping[str, Any]]:
    """Fever and symptoms told that no doctor has looked at since."""
    looks = [each["at"] for each in guest.of(kinds.SEEN_BY_DOCTOR.name)]
    return [each for each in guest.of(kinds.SYMPTOMS.name) if not any(at >= each["at"] for at in looks)]


def care_due(guest: Guest, *, now: datetime) -> list[str]:
    """What they are to be talked to about today: those whose room was given with that need, or who told it."""
    today, policy = local_date(now), numbers(DAYS, local_date(now))
    asked = {each["detail"].get("need") for each in guest.needs} | set(guest.stay.needs)
    asked |= {"language"} if "foreign_language" in asked else set()
    talks = guest.of(kinds.CARED_FOR.name)
    return [
        about
        for about in CARE
        if about in asked
        and method.care_due(
            [each["at"] for each in talks if each["detail"].get("about") == about], today=today, numbers=policy
        )
    ]


def missing(guest: Guest, day: date, now: datetime, policy: Mapping[str, Any]) -> int:
    """How many temperatures of a day were not taken that should have been by now."""
    until = min(now, guest.stay.ended_at or now)
    taken = [each["at"] for each in guest.checks if each["celsius"] is not None]
    return method.temperatures_missing(taken, day=day, since=guest.since, now=until, numbers=policy)


def _test(guest: Guest, owed: Mapping[str, Any], rule: str, now: datetime) -> Test:
    """What became of a task: the first result sampled since it opened answers it, as in the loop."""
    answers = [each for each in guest.results if each["sampled_at"] >= owed["opens_at"]]
    first = answers[0] if answers and owed["state"] == "done" else None
    if first is not None:
        state = str(first["result"])
    elif owed["state"] == "done":
        state = "awaiting"
    else:
        state = "missed" if owed["state"] == "failed" or owed["due_at"] <= now else "open"
    return Test(
        kind=owed["kind"], day=local_date(owed["opens_at"]), due_at=owed["due_at"], state=state, rule=rule,
        sampled_at=first["sampled_at"] if first else None, fact=first["fact"] if first else "",
    )  # fmt: skip
