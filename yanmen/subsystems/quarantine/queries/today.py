"""What a site has to do today: counted over all its guests by the database, and the first of each list by room."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.base.clock import local_date, start_of
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine import kinds
from yanmen.subsystems.quarantine.methods.days import temperatures_due
from yanmen.subsystems.quarantine.methods.words import CARE
from yanmen.subsystems.quarantine.models import Stay
from yanmen.subsystems.quarantine.queries import days, owed
from yanmen.subsystems.quarantine.queries.days import Test
from yanmen.subsystems.quarantine.queries.guests import TESTS, Guest, guests, named, stays
from yanmen.subsystems.quarantine.queries.statements import DAYS, statement

SHOWN = 200
TOLD = (kinds.SYMPTOMS.name, kinds.SEEN_BY_DOCTOR.name, kinds.NEED_TOLD.name, kinds.NEED_MET.name, kinds.CARED_FOR.name)


@dataclass
class SiteDay:
    """What a site has to do today: `many` says how much under each head, the lists hold the first of it.

    `unserved` is everybody who is in without a measure that wants them there.
    """

    guests: int = 0
    many: dict[str, int] = field(default_factory=dict)
    arrivals: list[Guest] = field(default_factory=list)
    tests: list[tuple[Guest, Test]] = field(default_factory=list)
    temperatures: list[tuple[Guest, int]] = field(default_factory=list)
    symptoms: list[tuple[Guest, Mapping[str, Any]]] = field(default_factory=list)
    needs: list[tuple[Guest, Mapping[str, Any]]] = field(default_factory=list)
    care: list[tuple[Guest, str]] = field(default_factory=list)
    today: list[Guest] = field(default_factory=list)
    tomorrow: list[Guest] = field(default_factory=list)
    unserved: list[Guest] = field(default_factory=list)

    @property
    def open(self) -> int:
        """Needs, symptoms that no doctor has seen, and talks that are due."""
        return self.many["needs"] + self.many["symptoms"] + self.many["care"]

    @property
    def more(self) -> dict[str, int]:
        """By list, how much is not shown."""
        lists: dict[str, Sized] = {"arrivals": self.arrivals, "tests": self.tests, "temperatures": self.temperatures}
        found = {head: max(0, self.many[head] - len(rows)) for head, rows in lists.items()}
        return found | {"open": max(0, self.open - len(self.needs) - len(self.symptoms) - len(self.care))}


def site_day(scope: Scope, *, site: int | None, now: datetime, shown: int = SHOWN) -> SiteDay:
    """Everything that is due today in a site, or in all sites of the asker's areas."""
    today, policy = local_date(now), numbers(DAYS, local_date(now))
    due = _due(scope, site, now, policy, shown)
    chosen = {number for head in due.values() for number in head["stays"]}
    known = {each.stay.pk: each for each in guests(scope, stays(scope, site=site, numbers=sorted(chosen)), now=now)}

    def first(head: str) -> list[Guest]:
        return [known[number] for number in due.get(head, {}).get("stays", ()) if number in known]

    told = SiteDay(guests=due.get("guests", {}).get("people", 0))
    told.tests = [
        (guest, each) for guest in first("tests") for each in days.tests(guest, now=now) if _owed(each, today)
    ]
    told.temperatures = [(guest, days.missing(guest, today, now, policy)) for guest in first("temperatures")]
    told.symptoms = [(guest, each) for guest in first("symptoms") for each in days.unseen(guest)]
    told.needs = [(guest, each) for guest in first("needs") for each in guest.needs]
    told.care = [(guest, each) for guest in first("care") for each in days.care_due(guest, now=now)]
    told.unserved = first("unserved")
    leaving = [(guest, days.leaves_on(guest, today=today)) for guest in told.unserved]
    told.today = [guest for guest, leaves in leaving if leaves is not None and leaves <= today]
    told.tomorrow = first("tomorrow")
    told.many = {
        head: due.get(head, {}).get("matters", 0) for head in ("tests", "symptoms", "needs", "care", "tomorrow")
    }
    told.many |= {"temperatures": due.get("temperatures", {}).get("people", 0), "today": len(told.today)}
    coming = _coming(scope, site, today)
    told.many["arrivals"] = coming.count()
    told.arrivals = named(scope, coming.order_by("during", "pk")[:shown])
    return told


def _due(scope: Scope, site: int | None, now: datetime, policy: Mapping[str, Any], shown: int) -> dict[str, Any]:
    """By head: how many people, how many matters, and the first stays."""
    today = local_date(now)
    about = owed.places_known() | {
        "area": scope.area, "site": site, "now": now, "today": today, "shown": shown, "tests": list(TESTS), "told": list(TOLD),
        "care": list(CARE) if policy.get("care_days") else [], "care_days": policy.get("care_days") or 0,
        "by": temperatures_due(today, policy),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("guests_due"), about)
        return {row["head"]: row for row in records(cursor)}


def _coming(scope: Scope, site: int | None, today: date) -> Any:
    rows = scope.within(Stay.objects, "area").filter(
        state="assigned", during__startswith__lt=start_of(today + timedelta(days=1))
    )
    rows = rows.filter(site=site) if site is not None else rows
    return rows.select_related("site__place", "room__floor")


def _owed(test: Test, today: date) -> bool:
    """Whether it was missed or is to be taken today."""
    return test.state == "missed" or (test.state == "open" and test.day <= today)
