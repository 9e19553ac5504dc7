"""Epidemics run for their own sake: how many are infected day by day, and whom the first ones infect."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yanmen.drill.world.calibration import leading, next_generation, transmissibility, types
from yanmen.drill.world.city import City
from yanmen.drill.world.diseases import Disease
from yanmen.drill.world.draws import Ints, dice
from yanmen.drill.world.spread import Outbreak
from yanmen.drill.world.visits import Visits

Days = Callable[[int], Visits]
"""The visits of a day."""


@dataclass(frozen=True)
class Course:
    """An epidemic: infections by day, and the truth about it."""

    daily: NDArray[np.int64]
    outbreak: Outbreak


def epidemic(
    city: City, disease: Disease, visits: Days, *, seeds: Ints, seed: int, days: int, at: float = 0.0
) -> Course:
    """An epidemic without measures until nobody is infectious, or for so many days; the first are infected ``at`` this part of day 0."""
    outbreak = Outbreak(city, disease, seed=seed)
    outbreak.seed(seeds, at)
    daily = np.zeros(days, np.int64)
    daily[0] = len(seeds)
    for day in range(days):
        daily[day] += len(outbreak.step(day, visits(day)))
        if not len(outbreak.active):
            break
    return Course(daily, outbreak)


def first_generation(
    city: City, disease: Disease, visits: Days, *, seeds: Ints, seed: int, hours: tuple[float, float] = (0.0, 1.0)
) -> Outbreak:
    """Those whom the seeds infect, who infect nobody in turn. Seeds are infected at any time of these hours of the first day."""
    outbreak = Outbreak(city, disease, seed=seed)
    free = dice(seed, "first generation")
    outbreak.seed(seeds, hours[0] + free.random(len(seeds)) * (hours[1] - hours[0]))
    last = int(np.ceil(outbreak.infectious_to[seeds].max()))
    for day in range(last + 1):
        new = outbreak.step(day, visits(day))
        outbreak.infectious_to[new] = outbreak.infectious_from[new]
    return outbreak


def typical(city: City, disease: Disease, many: int, *, seed: int) -> Ints:
    """Different people of the types that a generation of cases has while everybody is susceptible."""
    free = dice(seed, "typical")
    _, shares = leading(next_generation(city, disease, transmissibility(city, disease)))
    kind = types(city)
    chance = (shares / np.maximum(np.bincount(kind, minlength=len(shares)), 1))[kind]
    return free.choice(city.people, many, replace=False, p=chance / chance.sum()).astype(np.int32)


def offspring(outbreak: Outbreak, seeds: Ints) -> NDArray[np.int64]:
    """How many each of the seeds infected."""
    infector = outbreak.infector[outbreak.infector >= 0]
    return np.bincount(infector, minlength=outbreak.city.people)[seeds]
