"""Serial intervals: days from the onset of an infector to the onset of the one they infected.

Negative ones are kept: leaving them out would make the mean too long (Du, Xu, Wu, Wang, Cowling and Meyers, "Serial interval of
COVID-19 among publicly reported confirmed cases", Emerging Infectious Diseases 26 (2020) 1341-1343: 12.6 % of pairs).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SerialIntervals:
    """`n` pairs; mean, sample standard deviation (n - 1) and median in days; how many are negative. None where n is too small."""

    n: int
    mean: float | None
    sd: float | None
    median: float | None
    negative: int


def summarise(days: Iterable[int]) -> SerialIntervals:
    """Summary of intervals in whole days. No interval gives None; one gives no standard deviation."""
    values = np.array(list(days), dtype=float)
    if not values.size:
        return SerialIntervals(0, None, None, None, 0)
    spread = float(values.std(ddof=1)) if values.size > 1 else None
    return SerialIntervals(values.size, float(values.mean()), spread, float(np.median(values)), int((values < 0).sum()))
