"""Delays in whole days: serial intervals, incubation, when somebody is infectious. A chance for each day, which sum to 1.

Days are dates, so both ends are known to the day only: the chance of d days is the density of the delay weighted by a triangle from
d - 1 to d + 1. With G(x) the integral of the cumulative distribution from 0 to x, that is G(d + 1) - 2 G(d) + G(d - 1). Source: Cori,
Ferguson, Fraser and Cauchemez, American Journal of Epidemiology 178 (2013) 1505-1512, web appendix 11; a gamma with `shift` 1 is
`discr_si` of the R package EpiEstim.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import ceil, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import gamma, lognorm, norm

from yanmen.base.refusals import Refusal

Floats = NDArray[np.float64]
Days = NDArray[np.int64]

TAIL = 1e-6
"""What is cut off behind the last day, before the rest is made to sum to 1."""


@dataclass(frozen=True)
class Delay:
    """`chances[n]` is the chance of `first` + n days; they sum to 1. `first` may be negative."""

    first: int
    chances: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.chances or min(self.chances) < 0 or abs(sum(self.chances) - 1) > 1e-6:
            raise Refusal(
                "各日概率不得为负，合计须为1。", "No chance is negative, and together they make 1.", field="chances"
            )

    @property
    def last(self) -> int:
        """The longest delay that has a chance."""
        return self.first + len(self.chances) - 1

    @property
    def mean(self) -> float:
        """Mean in days."""
        return sum((self.first + at) * chance for at, chance in enumerate(self.chances))

    def at(self, days: Days) -> Floats:
        """Chance of each number of days; 0 outside. Any shape in, the same shape out."""
        at = np.clip(days - self.first, -1, len(self.chances)) + 1
        found: Floats = self._fenced[at]
        return found

    def on(self, day: int) -> float:
        """Chance of one number of days."""
        at = day - self.first
        return self.chances[at] if 0 <= at < len(self.chances) else 0.0

    @cached_property
    def _fenced(self) -> Floats:
        """The chances with a 0 on either side, which every day outside is read as."""
        return np.array([0.0, *self.chances, 0.0])

    def then(self, other: Delay) -> Delay:
        """This delay followed by another, independent one: infection to onset after onset to infection, say."""
        return _scaled(self.first + other.first, np.convolve(self.chances, other.chances))


def gamma_delay(mean: float, sd: float, *, shift: int = 0) -> Delay:
    """A gamma with this mean and standard deviation in days, moved by `shift` days (`mean` counts them in; negative: before)."""
    _check(mean - shift, sd)
    shape, scale = ((mean - shift) / sd) ** 2, sd**2 / (mean - shift)
    law, heavier = gamma(shape, scale=scale), gamma(shape + 1, scale=scale)
    return _by_days(lambda x: x * law.cdf(x) - (mean - shift) * heavier.cdf(x), float(law.isf(TAIL)), shift)


def lognormal_delay(mean: float, sd: float, *, shift: int = 0) -> Delay:
    """A lognormal with this mean and standard deviation in days, moved by `shift` days as `gamma_delay` does."""
    _check(mean - shift, sd)
    sigma = sqrt(log(1 + (sd / (mean - shift)) ** 2))
    mu = log(mean - shift) - sigma**2 / 2
    law = lognorm(sigma, scale=np.exp(mu))

    def integral(x: Floats) -> Floats:
        logs = np.log(np.maximum(x, 1e-300))
        whole: Floats = x * law.cdf(x) - (mean - shift) * norm.cdf((logs - mu - sigma**2) / sigma)
        return whole

    return _by_days(integral, float(law.isf(TAIL)), shift)


def _by_days(integral: Callable[[Floats], Floats], longest: float, shift: int) -> Delay:
    days = np.arange(-2, ceil(longest) + 3, dtype=float)
    heights = integral(np.maximum(days, 0.0))
    return _scaled(shift - 1, np.maximum(np.diff(heights, 2), 0.0))


def _scaled(first: int, chances: Floats) -> Delay:
    kept = np.trim_zeros(chances)
    skipped = int(np.argmax(chances > 0))
    return Delay(first + skipped, tuple((kept / kept.sum()).tolist()))


def _check(mean: float, sd: float) -> None:
    if mean <= 0 or sd <= 0:
        raise Refusal(
            "均值与标准差须大于0天。", "Mean and standard deviation are above 0 days.", field="mean", value=f"{mean:g}"
        )
