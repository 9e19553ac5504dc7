"""A town of the tests: some areas of one or two counties of Taiyuan."""

import numpy as np

from yanmen.drill.world.city import Area, City, build
from yanmen.drill.world.figures import figures
from yanmen.drill.world.visits import Visits

NO_VISITS = Visits(*(np.empty(0, np.int32) for _ in range(4)))


def areas(*counties: str, each: int = 20) -> list[Area]:
    free = np.random.default_rng(1)
    return [
        Area(f"{county}{number:06d}", county, free.lognormal(0, 0.8), 112.5 + free.random(), 37.8 + free.random())
        for county in counties
        for number in range(each)
    ]


def town(people: int, *counties: str, seed: int = 7) -> City:
    return build(areas(*(counties or ("140105",))), people=people, figures=figures(), seed=seed)
