"""Reading campaigns: which there are, how far their rounds are by part, and who is missing, household by household."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.models import Campaign, Part, Round
from yanmen.subsystems.screening.queries.statements import BINDINGS, MASS_TEST, statement

PAGE = 50
HOUSEHOLDS = 100
UP_TO_5_MILLION = 5_000_000
TIERS = ("none", "low", "medium", "high")


@dataclass(frozen=True)
class Progress:
    """How far a round, or a part of it, is."""

    people: int
    sampled: int
    here: int
    counted_at: datetime | None = None

    @property
    def missing(self) -> int:
        """How many are not sampled yet."""
        return max(self.people - self.sampled, 0)

    @property
    def percent(self) -> float:
        """Sampled people in percent, rounded down: a hundred is everybody."""
        return int(1000 * self.sampled / self.people) / 10 if self.people else 0.0


@dataclass(frozen=True)
class Household:
    """Behind one door: who of them was not sampled in the round."""

    area: str
    address: str
    people: list[dict[str, Any]]


def campaigns(scope: Scope, *, over: bool = False, limit: int = PAGE) -> list[Campaign]:
    """Campaigns in the asker's areas and those that include them, the latest first."""
    states = ("ended", "cancelled") if over else ("planned", "running")
    return list(_visible(scope).filter(state__in=states).order_by("-starts_at", "-pk")[:limit])


def campaign(scope: Scope, number: int) -> Campaign | None:
    """One campaign that concerns the asker's areas."""
    return _visible(scope).filter(pk=number).first()


def rounds(scope: Scope, of: Campaign) -> list[Round]:
    """The rounds of a campaign in their order."""
    return list(of.rounds.order_by("number"))


def round_of(scope: Scope, number: int) -> Round | None:
    """One round of a campaign that concerns the asker's areas."""
    found: Round | None = (
        Round.objects.filter(pk=number, campaign__in=_visible(scope)).select_related("campaign").first()
    )
    return found


def parts(scope: Scope, of: Round) -> list[tuple[Part, Progress]]:
    """The asker's parts of a round in their order, each with how far it is."""
    rows = Part.objects.filter(_meets(scope, "area"), round=of).order_by("order", "pk")
    return [(row, Progress(row.people, row.sampled, row.sampled_here, row.counted_at)) for row in rows]


def progress(found: list[tuple[Part, Progress]]) -> Progress:
    """Parts added up."""
    told = [each for _, each in found]
    counted = [each.counted_at for each in told if each.counted_at]
    return Progress(
        sum(each.people for each in told), sum(each.sampled for each in told), sum(each.here for each in told),
        min(counted, default=None),
    )  # fmt: skip


def households(scope: Scope, of: Round, *, after: str = "", limit: int = HOUSEHOLDS) -> tuple[list[Household], str]:
    """Who is missing, door by door, and the key of the next page. Those whom others test where they are do not count."""
    area, _, rest = after.partition("|")
    address, _, number = rest.rpartition("|")
    rows = _missing(
        scope, of, area=area, address=address, number=int(number) if number.isdigit() else 0, limit=limit * 4
    )
    found: list[Household] = []
    for row in rows:
        if not found or (found[-1].area, found[-1].address) != (row["area"], row["address"]) or not row["address"]:
            if len(found) == limit:
                break
            found.append(Household(row["area"], row["address"], []))
        found[-1].people.append(row)
    shown = sum(len(each.people) for each in found)
    last = rows[shown - 1] if found and (shown < len(rows) or len(rows) == limit * 4) else None
    return found, f"{last['area']}|{last['address']}|{last['person']}" if last else ""


def missing_people(scope: Scope, of: Round) -> Iterator[dict[str, Any]]:
    """Everybody who is missing, in the order of their doors, for a file."""
    yield from _missing(scope, of, limit=None)


def missing_counts(scope: Scope, of: Round) -> dict[str, int]:
    """How many people are missing, and how many more are in quarantine or hospital and tested there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE NOT elsewhere), count(*) FILTER (WHERE elsewhere) FROM screening_missing(%s, %s)",
            [of.pk, places_elsewhere(of)],
        )
        missing, elsewhere = cursor.fetchone()
    return {"missing": missing, "elsewhere": elsewhere}


def places_elsewhere(of: Round) -> list[str]:
    """Places of stay in which people are tested by those who look after them."""
    return list(numbers(BINDINGS, local_date(of.opens_at)).get("places_elsewhere", []))


def delivery_minutes(scope: Scope, of: Round) -> int:
    """How long after a round closes its phones may still deliver before whoever is missing is told."""
    return int(numbers(BINDINGS, local_date(of.closes_at)).get("delivery_minutes", 0))


def open_on(of: Round) -> Q:
    """Sites that are open at some time of a round."""
    return Q(open_from__lt=of.closes_at) & (Q(open_to=None) | Q(open_to__gt=of.opens_at))


def within_hours(scope: Scope, *, people: int, now: datetime) -> int | None:
    """In how many hours so many people are to be tested, as the guide in force says; none when it asks for no such testing."""
    policy = numbers(MASS_TEST, local_date(now))
    if not policy:
        return None
    if "within" in policy:
        return int(policy["within"])
    days = policy["days_up_to_5_million" if people <= UP_TO_5_MILLION else "days_above_5_million"]
    return 24 * (max(days) if isinstance(days, list) else int(days))


def people_of(scope: Scope, area: str) -> int:
    """How many people are registered in an area."""
    return sum(registered(scope, area, len(area)).values())


def registered(scope: Scope, area: str, length: int) -> dict[str, int]:
    """People registered in an area by the first characters of their area codes; merged records count once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(p.area, %s), count(*) FROM registry_person p"
            " WHERE p.area >= %s AND p.area < %s AND p.same_as_id IS NULL GROUP BY 1",
            [length, area, area + "~"],
        )
        return dict(cursor.fetchall())


def tiers(scope: Scope, area: str) -> dict[str, str]:
    """Areas in, of or around an area that have a risk tier."""
    with connection.cursor() as cursor:
        cursor.execute(statement("tiers"), {"area": area})
        return dict(cursor.fetchall())


def _missing(
    scope: Scope, of: Round, *, area: str = "", address: str = "", number: int = 0, limit: int | None
) -> list[dict[str, Any]]:
    about: dict[str, Any] = {
        "round": of.pk,
        "places": places_elsewhere(of),
        "area": area,
        "address": address,
        "number": number,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement("missing"), about)
        return records(cursor)


def _visible(scope: Scope) -> QuerySet[Campaign]:
    return Campaign.objects.filter(_meets(scope, "area"))


def _meets(scope: Scope, field: str) -> Q:
    """An area within the scope, or one that includes it: a village works at its county's campaign."""
    around = [scope.area[:length] for length in (2, 4, 6, 9, 12) if length < len(scope.area)]
    return Q(**{f"{field}__gte": scope.area, f"{field}__lt": scope.area + "~"}) | Q(**{f"{field}__in": around})
