"""How many people each infected person infects, day by day: the effective reproduction number R.

Cori A, Ferguson NM, Fraser C, Cauchemez S: A New Framework and Software to Estimate Time-Varying Reproduction Numbers during
Epidemics. American Journal of Epidemiology 178 (2013) 1505-1512; web appendix 1 (the posterior) and 11 (the serial interval).
Infections from elsewhere infect here and were infected elsewhere: Thompson RN et al., Epidemics 29 (2019) 100356, section 2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from yanmen.loop.policies import norm_in_force
from yanmen.loop.policy.parts import Dated
from yanmen.numbers.indicators import read_at, series
from yanmen.registry.scope import Scope

Floats = NDArray[np.float64]
METHOD = "numbers.reproduction"


@dataclass(frozen=True)
class Estimate:
    """R over the window that ends on a day: mean, standard deviation, and the middle 95 % of what it may be."""

    end: int
    mean: float
    sd: float
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class OfDay:
    """R of a day, with its band; provisional where many infections of these days are not reported yet."""

    day: date
    mean: float
    low: float
    median: float
    high: float
    provisional: bool


@dataclass(frozen=True)
class Course:
    """R day by day with what it rests on: the serial interval and the method as the policy states them, and how far it is known."""

    days: Sequence[OfDay]
    serial: Dated | None
    method: Dated | None
    known_at: datetime | None
    read_at: datetime | None

    @property
    def last(self) -> OfDay | None:
        """The newest day."""
        return self.days[-1] if self.days else None


def serial_interval(mean: float, sd: float, lags: int) -> Floats:
    """The chance that a case follows its source by 0, 1, … ``lags`` days: a discrete gamma moved by one day.

    Cori 2013, web appendix 11. ``mean`` and ``sd`` in days, mean > 1, sd > 0; ValueError otherwise. Shape (lags + 1,); the chance of 0 days is 0.
    """
    if mean <= 1 or sd <= 0:
        raise ValueError(f"A serial interval needs a mean above one day and a spread: {mean}, {sd}.")
    shape, scale = ((mean - 1) / sd) ** 2, sd**2 / (mean - 1)
    k = np.arange(lags + 1, dtype=float)
    below, lower = stats.gamma(shape, scale=scale), stats.gamma(shape + 1, scale=scale)
    chance = k * below.cdf(k) + (k - 2) * below.cdf(k - 2) - 2 * (k - 1) * below.cdf(k - 1)
    chance += shape * scale * (2 * lower.cdf(k - 1) - lower.cdf(k - 2) - lower.cdf(k))
    found: Floats = np.maximum(chance, 0)
    return found


def infectivity(cases: Sequence[float] | Floats, serial: Sequence[float] | Floats) -> Floats:
    """How much all cases before a day infect on it: the sum of cases a lag ago times the chance of that lag (Cori 2013, equation 1).

    ``serial`` begins with lag 0. Shape as ``cases``; the first day has none.
    """
    incidence, chance = np.asarray(cases, float), np.asarray(serial, float)
    found: Floats = np.convolve(incidence, np.concatenate([[0.0], chance[1:]]))[: len(incidence)]
    return found


def estimate(
    local: Sequence[float],
    serial: Sequence[float] | Floats,
    *,
    imported: Sequence[float] = (),
    window: int,
    prior_mean: float,
    prior_sd: float,
) -> list[Estimate]:
    """R over each window of so many days, from the second day on (Cori 2013, web appendix 1: a gamma posterior).

    ``local`` and ``imported`` are cases a day; the first day's cases count as imported. ``end`` is the index of a window's last day.
    Windows in which nobody could infect are left out: nothing can be said of them.
    """
    own = np.asarray(local, float)
    if len(own) < window + 1:
        return []
    all_cases = own + (np.asarray(imported, float) if len(imported) else 0)
    force = infectivity(all_cases, serial)
    shape, scale = (prior_mean / prior_sd) ** 2, prior_sd**2 / prior_mean
    found = []
    for end in range(window, len(own)):
        days = slice(end - window + 1, end + 1)
        pressure = float(force[days].sum())
        if pressure > 0:
            posterior = stats.gamma(shape + own[days].sum(), scale=1 / (1 / scale + pressure))
            low, median, high = (float(value) for value in posterior.ppf([0.025, 0.5, 0.975]))
            found.append(Estimate(end, float(posterior.mean()), float(posterior.std()), low, median, high))
    return found


def course(
    scope: Scope,
    *,
    first: date,
    last: date,
    area: str = "",
    disease: str = "covid19",
    known_at: datetime | None = None,
) -> Course:
    """R of an area day by day, from infections by the day they were found, with the serial interval of the disease then.

    Empty where the packs say no serial interval, or where there are too few days. Infections are asked for some weeks before ``first``:
    they infect in the window. The last days are provisional (norm): of them not all infections are reported yet.
    """
    serial, method = norm_in_force(f"tracing.transmission.{disease}", last), norm_in_force(METHOD, last)
    if serial is None or method is None:
        return Course((), serial, method, known_at, read_at())
    said = method.parts
    lags = int(said["lags"])
    mean, sd = serial.parts["serial"]
    since = first - timedelta(days=lags)
    new = series(scope, "new_cases", first=since, last=last, area=area, known_at=known_at)
    arrived = series(scope, "new_imported", first=since, last=last, area=area, known_at=known_at)
    all_cases = [row.value or 0.0 for row in new.rows]
    imported = [row.value or 0.0 for row in arrived.rows]
    begins = next((place for place, count in enumerate(all_cases) if count), len(all_cases))
    local = [count - came for count, came in zip(all_cases, imported, strict=True)]
    found = estimate(
        local[begins:], serial_interval(float(mean), float(sd), lags), imported=imported[begins:],
        window=int(said["window"]), prior_mean=float(said["prior_mean"]), prior_sd=float(said["prior_sd"]),
    )  # fmt: skip
    firm = last - timedelta(days=int(said["provisional"]))
    days = [(since + timedelta(days=begins + one.end), one) for one in found]
    return Course(
        [OfDay(day, one.mean, one.low, one.median, one.high, day > firm) for day, one in days if day >= first],
        serial, method, new.known_at, new.read_at,
    )  # fmt: skip
