"""Control rules of Westgard, Barry, Hunt, Groth: A multi-rule Shewhart chart for quality control in clinical chemistry, Clin Chem 1981;27(3):493-501.

Every function takes points of one lot of control material, oldest first: a lot change begins a new sequence. A rule that
needs more points than there are is skipped and named. 2-2s and R-4s also look across the levels of one run, as the paper
does; 3-1s and 7T (Westgard, Basic QC practices, 4th ed., ch. 3) are wider variants of 4-1s and of trends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

RULES = {
    "1-2s": {"zh": "一个值超出均值±2SD（警告）", "en": "One value beyond 2 SD: a warning"},
    "1-3s": {"zh": "一个值超出均值±3SD", "en": "One value beyond 3 SD"},
    "2-2s": {"zh": "两个连续值同侧超出2SD", "en": "Two in a row beyond 2 SD on one side"},
    "R-4s": {"zh": "同批两个值分别超出+2SD和-2SD", "en": "Within a run one beyond +2 SD and one beyond -2 SD"},
    "3-1s": {"zh": "三个连续值同侧超出1SD", "en": "Three in a row beyond 1 SD on one side"},
    "4-1s": {"zh": "四个连续值同侧超出1SD", "en": "Four in a row beyond 1 SD on one side"},
    "10x": {"zh": "十个连续值在均值同侧", "en": "Ten in a row on one side of the mean"},
    "7T": {"zh": "七个连续值持续上升或下降", "en": "Seven in a row that rise or fall"},
}
"""Each rule with both titles."""

REJECTING, WARNING = ("1-3s", "2-2s", "R-4s", "4-1s", "10x"), ("1-2s", "3-1s", "7T")
"""The paper's rules, and those that here only warn; the policy may say otherwise."""

POINTS = {"1-2s": 1, "1-3s": 1, "2-2s": 2, "R-4s": 2, "3-1s": 3, "4-1s": 4, "7T": 7, "10x": 10}
"""How many points a rule needs before it can be broken."""


@dataclass(frozen=True)
class Point:
    """A control's value in standard deviations from its mean, and the run and level it belongs to."""

    run: int | str
    level: str
    z: float


@dataclass(frozen=True)
class Broken:
    """A rule that the last run of a sequence broke, at which level, with the values that broke it, oldest first."""

    rule: str
    level: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Skipped:
    """A rule that could not be asked: so many points were there, so many it needs."""

    rule: str
    level: str
    points: int
    needed: int


@dataclass(frozen=True)
class Judged:
    """What the rules say about one run."""

    broken: tuple[Broken, ...]
    skipped: tuple[Skipped, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that were broken, each once."""
        return tuple(dict.fromkeys(each.rule for each in self.broken))


def z_score(value: float, mean: float, deviation: float) -> float:
    """Standard deviations from the mean. ``deviation`` is above zero."""
    return (value - mean) / deviation


def judge(points: Sequence[Point], rules: Iterable[str]) -> Judged:
    """What these rules say about the run of the last point: `points` hold one lot and one target, oldest first."""
    broken: list[Broken] = []
    skipped: list[Skipped] = []
    if not points:
        return Judged((), ())
    run = points[-1].run
    within = [point for point in points if point.run == run]
    for level in dict.fromkeys(point.level for point in within):
        own = [point for point in points if point.level == level]
        new = sum(point.run == run for point in own)
        for rule in rules:
            found = _first([point.z for point in own], new, rule) or _across(own, within, rule)
            if found:
                broken.append(Broken(rule, level, found))
            elif max(len(own), len(within) if rule in ACROSS else 0) < POINTS[rule]:
                skipped.append(Skipped(rule, level, len(own), POINTS[rule]))
    return Judged(tuple(broken), tuple(skipped))


def _first(values: Sequence[float], new: int, rule: str) -> tuple[float, ...]:
    """The earliest window that ends in the run's own points and breaks the rule."""
    width = POINTS[rule]
    if rule == "R-4s":
        values, start = values[-new:], width
    else:
        start = max(len(values) - new + 1, width)
    for end in range(start, len(values) + 1):
        window = tuple(values[end - width : end])
        if _BREAKS[rule](window):
            return window
    return ()


def _across(own: Sequence[Point], within: Sequence[Point], rule: str) -> tuple[float, ...]:
    """Two levels of one run together: both beyond 2 SD on one side, or on opposite sides."""
    if rule not in ACROSS:
        return ()
    latest = own[-1]
    pairs = ((latest.z, other.z) for other in within if other.level != latest.level)
    return next((pair for pair in pairs if _BREAKS[rule](pair)), ())


def _beyond(limit: float) -> Callable[[Sequence[float]], bool]:
    def broken(window: Sequence[float]) -> bool:
        return all(z > limit for z in window) or all(z < -limit for z in window)

    return broken


def _range(window: Sequence[float]) -> bool:
    return max(window) > 2 and min(window) < -2


def _trend(window: Sequence[float]) -> bool:
    steps = [after - before for before, after in pairwise(window)]
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)


ACROSS = ("2-2s", "R-4s")
_BREAKS: dict[str, Callable[[Sequence[float]], bool]] = {
    "1-2s": _beyond(2),
    "1-3s": _beyond(3),
    "2-2s": _beyond(2),
    "R-4s": _range,
    "3-1s": _beyond(1),
    "4-1s": _beyond(1),
    "10x": _beyond(0),
    "7T": _trend,
}
