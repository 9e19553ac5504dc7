"""School classes: who learns with whom, and who teaches them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yanmen.drill.world.draws import Ints, ranges


@dataclass(frozen=True)
class Level:
    """A kind of school. ``enrolled``: share of these ages; ``size``: pupils a class; ``teachers``: a class."""

    name: str
    first: int
    last: int
    enrolled: float
    size: int
    teachers: float


LEVELS = (
    Level("kindergarten", 3, 5, 0.852, 30, 2.0),
    Level("primary", 6, 11, 0.999, 38, 1.5),
    Level("junior", 12, 14, 0.999, 43, 1.5),
    Level("senior", 15, 17, 0.912, 45, 1.5),
    Level("university", 18, 21, 0.544, 40, 1.0),
)
"""Enrolment: Ministry of Education, Statistical Bulletin on the Development of Education 2020 (gross rates 85.2, 91.2 and 54.4 %; compulsory
schooling taken as complete). Sizes and teachers: assumed, classes of 30 to 45."""


def classes(age: NDArray[np.int16], county: Ints, dice: np.random.Generator) -> tuple[Ints, NDArray[np.int8]]:
    """The class of each person (-1: none) and the level of each class.

    People are sorted by area, so the n-th stretch of the pupils of one county and year of age is a neighbourhood's class.
    """
    found = np.full(len(age), -1, np.int32)
    levels: list[NDArray[np.int8]] = []
    made = 0
    pupil = dice.random(len(age))
    for number, level in enumerate(LEVELS):
        own = np.flatnonzero((age >= level.first) & (age <= level.last) & (pupil < level.enrolled))
        group = county[own].astype(np.int64) * 200 + age[own]
        order = np.argsort(group, kind="stable")
        _, counts = np.unique(group, return_counts=True)
        share = np.maximum(1, np.ceil(counts / level.size - 0.2)).astype(np.int64)
        rank = ranges(np.zeros_like(counts), counts)
        within = rank * np.repeat(share, counts) // np.repeat(counts, counts)
        found[own[order]] = made + np.repeat(np.cumsum(share) - share, counts) + within
        made += int(share.sum())
        levels.append(np.full(int(share.sum()), number, np.int8))
    return found, np.concatenate(levels)


def teachers(
    candidates: Ints, candidate_county: Ints, level: NDArray[np.int8], class_county: Ints, dice: np.random.Generator
) -> tuple[Ints, Ints]:
    """Who teaches which class: (person, class). Of each county as many as its classes need and it has."""
    wanted = np.array([each.teachers for each in LEVELS])[level]
    posts = np.repeat(np.arange(len(level)), np.floor(wanted + dice.random(len(level))).astype(np.int64))
    people, held = [], []
    for one in np.unique(class_county):
        there = dice.permutation(posts[class_county[posts] == one])
        own = dice.permutation(candidates[candidate_county == one])
        count = min(len(there), len(own))
        people.append(own[:count])
        held.append(there[:count])
    return np.concatenate(people).astype(np.int32), np.concatenate(held).astype(np.int32)
