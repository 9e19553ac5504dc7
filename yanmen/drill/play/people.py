"""Residents: everybody of the synthetic city in the register, in households, with numbered names and impossible documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np

from yanmen.base.identity import synthetic_resident_id
from yanmen.base.refusals import Refusal
from yanmen.drill.play.town import Town
from yanmen.registry.people import Details, register_households, register_people

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
BATCH = 5_000


def move_in(town: Town, tick: Callable[[int], None]) -> None:
    """Register everybody, household by household; `tick` hears how many more."""
    city, numbers = town.city, []
    firsts = np.unique(city.household, return_index=True)[1]
    with town.acting("arrivals.officer") as who:
        homes = [(city.areas[city.home[first]].code, f"演练路{number}号") for number, first in enumerate(firsts)]
        households = register_households(homes, now=town.now)
        for start in range(0, city.people, BATCH):
            rows = [_details(town, each, households) for each in range(start, min(start + BATCH, city.people))]
            for found in register_people(rows, by=who["by"], now=town.now):
                if isinstance(found, Refusal):
                    raise found
                numbers.append(found.person)
            tick(len(rows))
    town.persons = np.array(numbers, np.int64)
    town.index = {number: each for each, number in enumerate(numbers)}


def name_of(index: int) -> str:
    """The name of a resident: plainly numbered."""
    return f"演练{SURNAMES[index % len(SURNAMES)]}{index:06d}"


def document_of(town: Town, index: int) -> str:
    """The identity number of a resident: of no region there is."""
    sex = "male" if town.city.male[index] else "female"
    return synthetic_resident_id(index, born_on=born_on(town, index), sex=sex)


def phone_of(index: int) -> str:
    """The telephone number of a resident who has one."""
    return f"139{index:08d}"


def born_on(town: Town, index: int) -> dt.date:
    """The birthday of a resident, some day of the year that makes the age right."""
    days = int(town.city.age[index]) * 365.25 + 1 + (index * 37) % 364
    return town.scenario.starts_on - dt.timedelta(days=int(days))


def _details(town: Town, index: int, households: list[int]) -> Details:
    city = town.city
    household = int(city.household[index])
    return Details(
        name=name_of(index),
        area=city.areas[city.home[index]].code,
        id_number=document_of(town, index),
        phone=phone_of(index) if city.has_phone[index] else "",
        address=f"演练路{household}号",
        household=households[household],
        synthetic=True,
    )
