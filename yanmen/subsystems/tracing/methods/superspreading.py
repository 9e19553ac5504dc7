"""What R and k mean: who causes most of the spread, and whether an introduction becomes an epidemic.

The number that one case infects is negative binomial with mean R and dispersion k, variance R + R²/k; k = inf is Poisson.

Sources: Lloyd-Smith, Schreiber, Kopp and Getz, "Superspreading and the effect of individual variation on disease emergence",
Nature 438 (2005) 355-359 and its supplementary notes (generating function, extinction, control of individuals and of everybody);
the share that causes 80 %: Endo, Abbott, Kucharski and Funk, Wellcome Open Research 5 (2020) 67.
Values equal those of the R package superspreading, which writes 100,000 for an infinite k; here it is infinite.
"""

from __future__ import annotations

from math import exp, inf, log

import numpy as np
from scipy.optimize import brentq
from scipy.stats import nbinom, poisson

from yanmen.base.refusals import Refusal

MOST_OFFSPRING = 10_000_000


def p_epidemic(
    R: float, k: float, *, introductions: int = 1, individual_control: float = 0.0, population_control: float = 0.0
) -> float:
    """Probability that `introductions` independent first cases start an epidemic that does not die out by itself.

    `individual_control`: share of cases who infect nobody. `population_control`: part by which everybody infects fewer.
    Refuses R < 0, k <= 0, controls outside 0 to 1 and less than one introduction.
    """
    _check(R, k)
    for name, part in (("individual_control", individual_control), ("population_control", population_control)):
        if not 0 <= part <= 1:
            raise Refusal("须在0与1之间。", "This lies between 0 and 1.", field=name, value=str(part))
    if introductions < 1:
        raise Refusal(
            "至少一例输入。", "There is at least one introduction.", field="introductions", value=str(introductions)
        )
    return 1 - _extinct(R * (1 - population_control), k, individual_control) ** introductions


def share_causing(part: float, R: float, k: float) -> float:
    """Share of cases, those who infect most first, that cause `part` (0 to 1) of all transmission.

    Endo et al. 2020: cases are ordered by the whole number they infected; the last number is divided.
    """
    _check(R, k)
    if not 0 < part < 1 or R == 0:
        raise Refusal(
            "比例须在0与1之间，且R大于0。",
            "The part lies between 0 and 1, and R above 0.",
            field="part",
            value=str(part),
        )
    law = poisson(R) if k == inf else nbinom(k, k / (k + R))
    most = min(MOST_OFFSPRING, int(law.isf(1e-12)) + 2)
    numbers = np.arange(most, 0, -1)
    cases = law.pmf(numbers)
    caused = np.cumsum(numbers * cases) / R
    at = min(int(np.searchsorted(caused, part)), most - 1)
    before = caused[at - 1] if at else 0.0
    return float(cases[:at].sum() + (part - before) * R / numbers[at])


def _extinct(R: float, k: float, silent: float) -> float:
    """Least root of s = g(s), g the generating function of offspring; below it lies the point where g' = 1."""
    kept = (1 - silent) * R
    if kept <= 1:
        return 1.0
    turning = log(kept) / R if k == inf else (k / R) * (kept ** (1 / (k + 1)) - 1)

    def surplus(s: float) -> float:
        spread = exp(-R * (1 - s)) if k == inf else (1 + R / k * (1 - s)) ** -k
        return silent + (1 - silent) * spread - s

    return float(brentq(surplus, 0.0, max(0.0, 1 - turning), xtol=1e-15, rtol=1e-13))


def _check(R: float, k: float) -> None:
    for name, value, fine in (("R", R, 0 <= R < inf), ("k", k, k > 0)):
        if not fine:
            raise Refusal("R不得为负，k须大于0。", "R is not negative, k is above 0.", field=name, value=str(value))
