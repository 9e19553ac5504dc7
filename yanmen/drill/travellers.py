"""Plainly synthetic travellers: numbered names, identity numbers of no region, journeys by census weight."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yanmen.base.identity import synthetic_resident_id
from yanmen.base.refusals import Refusal
from yanmen.registry.people import Details, register_people

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
TRANSPORTS = ("train", "road", "road", "bus", "air")
FIRST_BIRTHDAY = dt.date(1942, 1, 1)
BIRTHDAYS = 365 * 70
FAR_SHARE = 0.25


@dataclass(frozen=True)
class Traveller:
    """Somebody on the way: who, from where, to where, and when."""

    person: int
    origin: str
    destination: str
    arrived_on: dt.date
    left_on: dt.date
    expected_on: dt.date
    transport: str


def details(serial: int, area: str, rng: random.Random) -> Details:
    """A numbered person with a well-formed identity number that belongs to no region."""
    born_on = FIRST_BIRTHDAY + dt.timedelta(days=rng.randrange(BIRTHDAYS))
    sex = rng.choice(("male", "female"))
    return Details(
        name=f"演练{SURNAMES[serial % len(SURNAMES)]}{serial:06d}",
        area=area,
        id_number=synthetic_resident_id(serial % 4_000_000, born_on=born_on, sex=sex),
        phone=f"139{serial % 100_000_000:08d}",
        synthetic=True,
    )


def register(
    count: int, homes: Sequence[str], *, rng: random.Random, by: str, now: dt.datetime
) -> Iterator[tuple[int, str]]:
    """Register ``count`` people and yield (person, home area); in the caller's scope."""
    batch = 5_000
    for start in range(0, count, batch):
        rows = [details(n, rng.choice(homes), rng) for n in range(start, min(start + batch, count))]
        for row, found in zip(rows, register_people(rows, by=by, now=now), strict=True):
            if isinstance(found, Refusal):
                raise found
            yield found.person, row.area


def journeys(
    people: Sequence[tuple[int, str]],
    *,
    weights: Mapping[str, float],
    near: Mapping[str, Sequence[str]],
    days: Sequence[dt.date],
    rng: random.Random,
) -> list[Traveller]:
    """One journey a person: from a county by weight, its villages by chance, home on one of the days.

    ``near`` gives villages of a county; one traveller in four knows no more than the county.
    """
    counties = list(weights)
    origins = rng.choices(counties, weights=[weights[c] for c in counties], k=len(people))
    made = []
    for (person, home), county in zip(people, origins, strict=True):
        left_on = rng.choice(days)
        villages = near.get(county, ())
        origin = county if not villages or rng.random() < FAR_SHARE else rng.choice(villages)
        made.append(
            Traveller(
                person=person,
                origin=origin,
                destination=home,
                arrived_on=left_on - dt.timedelta(days=rng.randint(1, 6)),
                left_on=left_on,
                expected_on=left_on + dt.timedelta(days=rng.choice((0, 0, 0, 1))),
                transport=rng.choice(TRANSPORTS),
            )
        )
    return made
