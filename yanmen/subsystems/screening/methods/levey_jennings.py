"""Levey-Jennings charts: a control's values in time against its mean and 1, 2, 3 standard deviations.

Levey S, Jennings ER: The use of control charts in the clinical laboratory, Am J Clin Pathol 1950;20:1059-1066.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

LINES = (-3, -2, -1, 0, 1, 2, 3)


@dataclass(frozen=True)
class Value:
    """One value on a chart: the run's code and day as a label, its Ct, its z, and the rules that it broke."""

    label: str
    ct: float
    z: float
    broken: tuple[str, ...] = ()


def limits(mean: float, deviation: float) -> dict[int, float]:
    """The lines of a chart: mean plus -3 to +3 standard deviations."""
    return {line: mean + line * deviation for line in LINES}


def statistics(values: Sequence[float]) -> tuple[float, float]:
    """Mean and sample standard deviation (n - 1). Two values at least, and not all the same."""
    mean = sum(values) / len(values)
    return mean, sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def chart(name: str, values: Iterable[Value]) -> dict[str, Any]:
    """What the page draws: labels, z, and the rules broken at each point."""
    drawn = list(values)
    return {
        "name": name,
        "labels": [value.label for value in drawn],
        "values": [round(value.z, 3) for value in drawn],
        "cts": [value.ct for value in drawn],
        "broken": [list(value.broken) for value in drawn],
    }
