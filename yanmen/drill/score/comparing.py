"""Several policies over the same seeds: means with intervals, and differences paired by seed.

The interval of a mean over n seeds is Student's: mean ± t(0.975, n−1) · s / √n. A difference between two policies is taken seed
by seed first (the same city, people and infections enter under each), which removes what the seeds differ in among themselves.
With two seeds such an interval is wide, with one there is none: then only the number is said.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from io import StringIO
from statistics import fmean, stdev
from typing import Any

from scipy import stats

from yanmen.drill.score.words import METRICS

LEVEL = 0.95
Values = Mapping[str, float | None]


def interval(numbers: Sequence[float]) -> tuple[float, float | None]:
    """The mean, and half the width of its 95 % interval (Student's t); None of fewer than two numbers."""
    mean = fmean(numbers)
    if len(numbers) < 2:
        return mean, None
    spread = stdev(numbers) / math.sqrt(len(numbers))
    return mean, float(stats.t.ppf((1 + LEVEL) / 2, len(numbers) - 1)) * spread


def compared(runs: Mapping[str, Mapping[int, Values]]) -> list[dict[str, Any]]:
    """A row a metric: for each policy mean, half width, how many seeds told it; and its difference from the first, by seed.

    ``runs``: policy → seed → values. A metric that a run cannot say (no zero reached) is left out of its mean, and counted.
    """
    first = next(iter(runs))
    rows = []
    for metric in METRICS:
        cells = {}
        for policy, seeds in runs.items():
            told = {seed: value for seed, values in seeds.items() if (value := values.get(metric.id)) is not None}
            base = {seed: values.get(metric.id) for seed, values in runs[first].items()}
            differences = [told[s] - base[s] for s in told if base.get(s) is not None]  # type: ignore[operator]
            cells[policy] = _cell(list(told.values()), [] if policy == first else differences, len(seeds))
        rows.append(
            {
                "id": metric.id,
                "zh": metric.zh,
                "en": metric.en,
                "unit": metric.unit,
                "better": metric.better,
                "policies": cells,
            }
        )
    return rows


def _cell(told: list[float], differences: list[float], seeds: int) -> dict[str, Any]:
    mean, half = interval(told) if told else (None, None)
    less, spread = interval(differences) if differences else (None, None)
    sure = spread is not None and less is not None and abs(less) > spread
    return {
        "mean": mean,
        "half": half,
        "told": len(told),
        "seeds": seeds,
        "difference": less,
        "difference_half": spread,
        "sure": sure,
    }


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """The same as a table with a line a metric and policy."""
    file = StringIO()
    writer = csv.writer(file)
    names = ("mean", "half", "told", "seeds", "difference", "difference_half", "sure")
    writer.writerow(["metric", "zh", "en", "unit", "policy", *names])
    for row in rows:
        for policy, cell in row["policies"].items():
            writer.writerow([row["id"], row["zh"], row["en"], row["unit"], policy, *(cell[name] for name in names)])
    return file.getvalue()
