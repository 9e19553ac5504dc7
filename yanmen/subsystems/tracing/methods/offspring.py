"""R and k of a negative binomial distribution of offspring, by maximum likelihood with profile-likelihood intervals.

Z ~ NB(mean R, dispersion k): P(Z = z) = Γ(z + k) / (z! Γ(k)) (k / (k + R))^k (R / (k + R))^z, variance R + R²/k. The best R is the
mean whatever k is; k maximises the profile. Where the variance is not above the mean the best k is infinite (Poisson).

Sources: Lloyd-Smith, "Maximum likelihood estimation of the negative binomial dispersion parameter for highly overdispersed
data, with applications to infectious diseases", PLoS ONE 2 (2007) e180; intervals where twice the loss of log
likelihood is the quantile of χ² with one degree of freedom: Venzon and Moolgavkar, Applied Statistics 37 (1988) 87-94.

Offspring are those that somebody found: where links are missing R is too low, and where only large clusters are looked
into it is too high and k too low.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, inf, log, nan

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln
from scipy.stats import chi2

from yanmen.base.refusals import Refusal

FLATTEST = (-12.0, 16.0)
"""Natural logarithms between which k is looked for; from the upper one on the distribution is Poisson to eight digits."""

STEPS = 57


@dataclass(frozen=True)
class Offspring:
    """`n` cases; R and k with intervals (low, high) at `level`. k is infinite where nothing speaks against Poisson, nan where all are 0."""

    n: int
    R: float
    R_interval: tuple[float, float]
    k: float
    k_interval: tuple[float, float]
    level: float
    log_likelihood: float


def fit_offspring(counts: Iterable[int], *, level: float = 0.95) -> Offspring:
    """R and k of the numbers that each case infected, the zeros among them.

    Refuses no case at all, a negative number, and a level outside 0 to 1.
    """
    given = np.array(list(counts))
    if not given.size:
        raise Refusal("没有病例，无法估计。", "There is no case to estimate from.", field="counts")
    if given.min() < 0 or not 0 < level < 1:
        raise Refusal(
            "感染人数不得为负，置信水平须在0与1之间。", "No number is negative; the level lies between 0 and 1.", field="counts"
        )  # fmt: skip
    seen = _Seen(*np.unique(given.astype(float), return_counts=True))
    loss = float(chi2.ppf(level, 1)) / 2
    if seen.mean == 0:
        return Offspring(seen.n, 0.0, (0.0, loss / seen.n), nan, (nan, nan), level, 0.0)
    k, best = _best_k(seen, seen.mean)
    limit = best - loss
    return Offspring(seen.n, seen.mean, _interval_of_R(seen, limit), k, _interval_of_k(seen, k, limit), level, best)


def dispersion(counts: Iterable[int]) -> float:
    """k alone, as `fit_offspring` finds it, without the intervals that take most of its time; nan where all are 0 or there are none."""
    given = np.array(list(counts))
    if not given.size or given.sum() == 0:
        return nan
    seen = _Seen(*np.unique(given.astype(float), return_counts=True))
    return _best_k(seen, seen.mean)[0]


class _Seen:
    """Numbers that occur, and how often."""

    def __init__(self, values: NDArray[np.float64], times: NDArray[np.int64]) -> None:
        self.values, self.times = values, times
        self.n = int(times.sum())
        self.mean = float(values @ times) / self.n
        self._factorials = float(times @ gammaln(values + 1))

    def log_likelihood(self, R: float, k: float) -> float:
        if k == inf:
            return float(self.times @ (self.values * log(R) - R)) - self._factorials
        return float(self.log_likelihoods(R, np.array([k]))[0])

    def log_likelihoods(self, R: float, k: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of each finite k, at one R."""
        z, each_k = self.values[:, None], k[None, :]
        rising = gammaln(z + each_k) - gammaln(each_k)
        each = rising - each_k * np.log1p(R / each_k) + z * (log(R) - np.log(each_k + R))
        found: NDArray[np.float64] = self.times @ each - self._factorials
        return found


def _best_k(seen: _Seen, R: float) -> tuple[float, float]:
    """The k that fits best at this R, and its log likelihood."""
    grid = np.linspace(*FLATTEST, STEPS)
    heights = seen.log_likelihoods(R, np.exp(grid))
    at = int(np.argmax(heights))
    poisson = seen.log_likelihood(R, inf)
    if at == STEPS - 1 or heights[at] <= poisson:
        return inf, max(poisson, float(heights[at]))
    found = minimize_scalar(
        lambda each: -seen.log_likelihood(R, exp(each)),
        bounds=(grid[max(0, at - 1)], grid[at + 1]), method="bounded", options={"xatol": 1e-10},
    )  # fmt: skip
    return exp(found.x), -float(found.fun)


def _interval_of_k(seen: _Seen, k: float, limit: float) -> tuple[float, float]:
    def above(each: float) -> float:
        return seen.log_likelihood(seen.mean, exp(each)) - limit

    middle = min(log(k), FLATTEST[1]) if k < inf else FLATTEST[1]
    low = exp(_crossing(above, middle, FLATTEST[0])) if above(FLATTEST[0]) < 0 else 0.0
    high = exp(_crossing(above, middle, FLATTEST[1])) if k < inf and above(FLATTEST[1]) < 0 else inf
    return low, high


def _interval_of_R(seen: _Seen, limit: float) -> tuple[float, float]:
    def above(each: float) -> float:
        return _best_k(seen, exp(each))[1] - limit

    middle, reach = log(seen.mean), 1.0
    while above(middle + reach) > 0 and reach < 64:
        reach *= 2
    down = 1.0
    while above(middle - down) > 0 and down < 64:
        down *= 2
    low = 0.0 if above(middle - down) > 0 else exp(_crossing(above, middle, middle - down))
    high = inf if above(middle + reach) > 0 else exp(_crossing(above, middle, middle + reach))
    return low, high


def _crossing(above: Callable[[float], float], one: float, other: float) -> float:
    return float(brentq(above, one, other, xtol=1e-9))
