"""When check-ins at a venue look missing or made up (伪扫码). Plain definitions of our own; each hint says its number and its limit.

A hint is a reason to go and look. None of them proves anything: a market that moved also stops.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

SECONDS_OPEN = 12 * 3600
"""Over how long a day's check-ins spread: half a day. Shorter would excuse more coincidences."""

TIMES_BY_CHANCE = 3
WEEK = 7


@dataclass(frozen=True)
class Day:
    """A finished day at a venue. `people` and `same_second` count within the day; `passes` other records of people there."""

    day: date
    scans: int
    people: int = 0
    claimed: int = 0
    same_second: int = 0
    whole_minute: int = 0
    top_device: int = 0
    passes: int = 0


@dataclass(frozen=True)
class Spot:
    """What somebody counted at the door."""

    entered: int
    checked_in: int


@dataclass(frozen=True)
class Hint:
    """One hint: its name, the number found and the limit that it passed."""

    name: str
    value: float
    limit: float


def hints(days: Sequence[Day], spot: Spot | None, limits: Mapping[str, int]) -> list[Hint]:
    """All hints about a venue. `days` run without gaps to the last finished day; `limits` are the policy's numbers."""
    if not days:
        return []
    found = [*_against_itself(days, limits), *_against_others(days[-WEEK:], spot, limits)]
    return found + list(_made_up(days[-WEEK:], limits)) + list(_round(days, limits))


def usual(days: Sequence[Day]) -> float:
    """The median of check-ins over the days before the last: one holiday or one fair does not move it."""
    return float(median(day.scans for day in days[:-1])) if len(days) > 1 else 0.0


def _against_itself(days: Sequence[Day], limits: Mapping[str, int]) -> Iterator[Hint]:
    """`stopped`: none on the last day; `fell`: below a share of the usual day. Only where the usual day is worth it."""
    expected, last = usual(days), days[-1].scans
    if expected < limits["least_usual"]:
        return
    if last == 0:
        yield Hint("stopped", 0, expected)
    elif last < expected * limits["fell_below_percent"] / 100:
        yield Hint("fell", last, expected)


def _against_others(days: Sequence[Day], spot: Spot | None, limits: Mapping[str, int]) -> Iterator[Hint]:
    """`below_passes`: fewer check-ins than others recorded people there; `below_door`: fewer than went in, as counted."""
    scans, passes = sum(day.scans for day in days), sum(day.passes for day in days)
    if passes >= limits["least_scans"] and scans < passes * limits["passes_below_percent"] / 100:
        yield Hint("below_passes", scans, passes)
    if spot and spot.checked_in * 100 < spot.entered * limits["spot_below_percent"]:
        yield Hint("below_door", _percent(spot.checked_in, spot.entered), limits["spot_below_percent"])


def _made_up(days: Sequence[Day], limits: Mapping[str, int]) -> Iterator[Hint]:
    """Shares of a week's check-ins that real visitors do not reach."""
    scans, claimed = sum(day.scans for day in days), sum(day.claimed for day in days)
    if scans < limits["least_scans"]:
        return
    together = _percent(sum(day.same_second for day in days), scans)
    if together > max(limits["same_second_percent"], TIMES_BY_CHANCE * 100 * by_chance(scans / len(days))):
        yield Hint("same_second", together, limits["same_second_percent"])
    whole = _percent(sum(day.whole_minute for day in days), scans)
    if whole > limits["whole_minute_percent"]:
        yield Hint("whole_minute", whole, limits["whole_minute_percent"])
    people = _percent(sum(day.people for day in days), scans)
    if people < limits["few_people_percent"]:
        yield Hint("few_people", people, limits["few_people_percent"])
    if claimed >= limits["least_scans"]:
        one = _percent(sum(day.top_device for day in days), claimed)
        if one > limits["one_device_percent"]:
            yield Hint("one_device", one, limits["one_device_percent"])


def _round(days: Sequence[Day], limits: Mapping[str, int]) -> Iterator[Hint]:
    """`round_totals`: more days whose total ends in 0 than one in ten by chance."""
    busy = [day for day in days if day.scans >= 10]
    ends = sum(day.scans % 10 == 0 for day in busy)
    if busy and at_least(ends, len(busy), 0.1) < limits["chance_per_thousand"] / 1000:
        yield Hint("round_totals", ends, len(busy) / 10)


def by_chance(scans_a_day: float) -> float:
    """The share of check-ins that share their second with another when they come independently: 1 − exp(−(n − 1)/T)."""
    return 1 - math.exp(-max(scans_a_day - 1, 0) / SECONDS_OPEN)


def at_least(successes: int, trials: int, chance: float) -> float:
    """P(X ≥ successes) of a binomial distribution."""
    return sum(math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(successes, trials + 1))


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
