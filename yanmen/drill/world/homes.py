"""Households of a county and the ages of those who live in them, from its census figures."""

import numpy as np
from numpy.typing import NDArray

from yanmen.drill.world.draws import Flags, Floats, Small, shared_out
from yanmen.drill.world.figures import BANDS, Figures

LARGEST = 8
GROWN_UP = 18
A_GENERATION = 27.0
"""Assumed: years between the generations of a household."""

ROLES = {1: "00000000", 2: "00cccccc", 3: "00cggccc", 4: "00cgghhc"}
"""Who stands where in a household of so many generations: 0 parents, c their children, g and h the generations above. The letters that
a smaller household keeps are in ROLES_OF_SIZE."""
ROLES_OF_SIZE = {
    (2, 2): "0c", (3, 3): "0cg", (3, 4): "00cg", (4, 4): "0cgh", (4, 5): "00cgh", (4, 6): "00cggh",
}  # fmt: skip
STEPS = {"0": 0, "c": -1, "g": 1, "h": 2}
BASES = {1: ((27.0, 5.0, 0.35), (60.0, 10.0, 0.65)), 2: ((38.0, 8.0, 0.75), (58.0, 8.0, 0.25)), 3: ((37.0, 6.0, 1.0),), 4: ((33.0, 5.0, 1.0),)}  # fmt: skip
"""Assumed: age of the middle generation by generations of the household, as (mean, deviation, share)."""


def sizes(people: int, figures: Figures, dice: np.random.Generator) -> Small:
    """Household sizes that sum to ``people``: the census share of one person, else 2 + Poisson with the census mean."""
    more = (figures.household_size - figures.one_person) / (1 - figures.one_person) - 2
    count = int(people / figures.household_size * 1.1) + 20
    drawn = np.minimum(2 + dice.poisson(max(more, 0.01), count), LARGEST)
    drawn[dice.random(count) < figures.one_person] = 1
    ends = np.cumsum(drawn)
    last = int(np.searchsorted(ends, people))
    found = drawn[: last + 1].astype(np.int8)
    found[-1] -= ends[last] - people
    return found


def generations(size: Small, figures: Figures, dice: np.random.Generator) -> Small:
    """How many generations each household holds: the census shares, larger households first."""
    order = np.argsort(-(size + dice.normal(0, 1.2, len(size))))
    found = np.ones(len(size), np.int8)
    free = size[order] > 1
    for count in (4, 3, 2):
        fits = np.flatnonzero(free & (size[order] >= count))
        taken = fits[: round(float(figures.generations[count - 1]) * len(size))]
        found[order[taken]] = count
        free[taken] = False
    return found


def _steps() -> NDArray[np.int8]:
    """Generations above or below the parents, by generations of the household, size and standing."""
    table = np.zeros((5, LARGEST + 1, LARGEST), np.int8)
    for count, usual in ROLES.items():
        for size in range(1, LARGEST + 1):
            letters = ROLES_OF_SIZE.get((count, size), usual)[:size]
            table[count, size, : len(letters)] = [STEPS[letter] for letter in letters]
    return table


STEP = _steps()


def ages(
    size: Small, generation: Small, figures: Figures, dice: np.random.Generator
) -> tuple[NDArray[np.int16], Flags]:
    """Age and sex of each member, household by household.

    Each gets a likely age from generation and standing; then the county's ages, in exactly the census shares, are dealt out in
    the order of these, so that both hold: shares of ages, and who lives with whom. The first of a household is grown up.
    """
    household = np.repeat(np.arange(len(size)), size)
    standing = np.arange(len(household)) - np.repeat(np.cumsum(size, dtype=np.int64) - size, size)
    step = STEP[generation[household], size[household], standing]
    base = np.empty(len(size))
    for count, parts in BASES.items():
        own = np.flatnonzero(generation == count)
        which = dice.choice(len(parts), len(own), p=[part[2] for part in parts])
        mean, spread = np.array([part[0] for part in parts]), np.array([part[1] for part in parts])
        base[own] = dice.normal(mean[which], spread[which])
    likely = base[household] + A_GENERATION * step + dice.normal(0, 2.5, len(household))
    return _dealt(likely, standing == 0, figures, dice), _sex(standing, step, figures, dice)


def _dealt(likely: Floats, first: Flags, figures: Figures, dice: np.random.Generator) -> NDArray[np.int16]:
    """The county's ages in the order of the likely ones; children only to those who are not the first of a household."""
    pool = _pool(len(likely), figures, dice)
    children = int(np.searchsorted(pool, GROWN_UP))
    others = np.flatnonzero(~first)
    young = others[np.argsort(likely[others], kind="stable")[:children]]
    left = np.ones(len(likely), bool)
    left[young] = False
    rest = np.flatnonzero(left)
    rest = rest[np.argsort(likely[rest], kind="stable")]
    found = np.empty(len(likely), np.int16)
    found[young], found[rest] = pool[: len(young)], pool[len(young) :]
    return found


def _pool(people: int, figures: Figures, dice: np.random.Generator) -> NDArray[np.int16]:
    """Ages in the census shares, sorted. Inside a group every year alike; the open group falls off by a sixth a year (assumed)."""
    counts = shared_out(people, figures.ages)
    found = np.repeat(np.array(BANDS), counts) + dice.integers(0, 5, people)
    oldest = people - int(counts[-1])
    found[oldest:] = np.minimum(BANDS[-1] + dice.geometric(1 / 6, people - oldest) - 1, 105)
    return np.sort(found).astype(np.int16)


def _sex(standing: NDArray[np.int64], step: NDArray[np.int8], figures: Figures, dice: np.random.Generator) -> Flags:
    """The census share of men; the second of a couple is of the other sex."""
    male = dice.random(len(standing)) < figures.men
    couple = np.flatnonzero((standing == 1) & (step == 0))
    male[couple] = ~male[couple - 1]
    return male
