"""Work: who has some, in which industry, and with whom."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yanmen.drill.world.draws import Flags, Floats, Ints, Small
from yanmen.drill.world.figures import INDUSTRIES, Figures

AGRICULTURE, EDUCATION = INDUSTRIES.index("agriculture"), INDUSTRIES.index("education")
LEANING = ((16, 0.1), (18, 0.3), (20, 0.6), (25, 0.85), (55, 0.6), (60, 0.4), (65, 0.25), (70, 0.1), (75, 0.0))
"""Assumed: how likely people from this age on work, before it is scaled to the county's share of employed."""
EXPONENT = 1.06
"""Tail of the sizes of firms: Axtell, Science 293 (2001) 1818-1820 (1.059)."""
LARGEST = 1_000
STAYS_IN_COUNTY = 0.85
"""Assumed: who works in the county of residence."""


def industries(
    age: NDArray[np.int16], student: Flags, county: Ints, known: Sequence[Figures], dice: np.random.Generator
) -> Small:
    """The industry of each person, an index into INDUSTRIES; -1 without work. Shares by county as in the census."""
    found = np.full(len(age), -1, np.int8)
    steps = np.array([first for first, _ in LEANING])
    likely = np.append(0.0, [share for _, share in LEANING])[np.searchsorted(steps, age, side="right")]
    likely[student] = 0
    drawn, which = dice.random(len(age)), dice.random(len(age))
    for number, one in enumerate(known):
        own = np.flatnonzero(county == number)
        chance = _scaled(likely[own], one.employed * float((age[own] >= 15).sum()))
        busy = own[drawn[own] < chance]
        found[busy] = np.searchsorted(np.cumsum(one.industries)[:-1], which[busy] * one.industries.sum(), side="right")
    return found


def _scaled(likely: Floats, total: float) -> Floats:
    """Chances of these proportions that sum to the total, none above 0.98."""
    chance = likely.copy()
    for _ in range(4):
        open_ = (chance > 0) & (chance < 0.98)
        missing = total - float(chance[~open_].sum())
        if not open_.any() or missing <= 0:
            break
        chance[open_] *= missing / float(chance[open_].sum())
        chance = np.minimum(chance, 0.98)
    return chance


def workplaces(
    workers: Ints, county: Ints, industry: Small, weight: Floats, dice: np.random.Generator
) -> tuple[Ints, int]:
    """The workplace of each of the workers, and how many there are.

    ``county``, ``industry``: of each worker; ``weight``: people by county, whence those come who go elsewhere. Colleagues share county of
    work and industry; sizes follow Zipf's law up to LARGEST, or a fiftieth of all workers.
    """
    at = np.where(
        dice.random(len(workers)) < STAYS_IN_COUNTY,
        county,
        dice.choice(len(weight), len(workers), p=weight / weight.sum()),
    )
    group = at.astype(np.int64) * len(INDUSTRIES) + industry
    order = np.lexsort((dice.random(len(workers)), group))
    largest = int(np.clip(len(workers) // 50, 5, LARGEST))
    sizes = firm_sizes(len(workers), largest, dice)
    number = np.repeat(np.arange(len(sizes)), sizes)[: len(workers)]
    cut = np.append(0, np.cumsum(np.diff(group[order]) != 0)) if len(workers) else number
    _, joined = np.unique(number + cut * np.int64(len(sizes) + 1), return_inverse=True)
    found = np.empty(len(workers), np.int32)
    found[order] = joined
    return found, int(joined.max(initial=-1)) + 1


def firm_sizes(people: int, largest: int, dice: np.random.Generator) -> NDArray[np.int64]:
    """Sizes from 1 to ``largest`` with P(size ≥ s) ~ s^-EXPONENT, until they hold everybody."""
    chances = np.arange(1, largest + 1) ** -EXPONENT - np.arange(2, largest + 2) ** -EXPONENT
    edges = np.cumsum(chances) / chances.sum()
    mean = float((np.arange(1, largest + 1) * chances).sum() / chances.sum())
    drawn = np.searchsorted(edges, dice.random(int(people / mean * 1.2) + 200)) + 1
    while drawn.sum() < people:
        drawn = np.append(drawn, drawn)
    return drawn[: int(np.searchsorted(np.cumsum(drawn), people)) + 1]
