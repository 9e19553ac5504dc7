"""Outbreaks in which everybody's infector is known: drawn from a seed, with contacts of which a part leaves a trace."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yanmen.subsystems.tracing.methods.attribution import Belief, Contact
from yanmen.subsystems.tracing.methods.delays import Delay, gamma_delay

INCUBATION = gamma_delay(4.0, 2.0)
INFECTING = gamma_delay(0.5, 1.8, shift=-3)
"""From three days before the onset on: some fall ill before their infector."""

ASKED_DAYS = 14


@dataclass(frozen=True)
class Outbreak:
    """`onsets` and `infectors` by case (None: brought in from outside), and the contacts that somebody wrote down."""

    onsets: dict[str, int]
    infectors: dict[str, str | None]
    contacts: list[Contact]


@dataclass(frozen=True)
class Truth:
    """What the outbreak is drawn with, and what the method is told."""

    R: float = 0.8
    k: float = 0.6
    brought_in: float = 1.0
    days: int = 120
    found: float = 0.7
    chance: float = 0.03
    dated: bool = True
    incubation: Delay = INCUBATION
    infecting: Delay = INFECTING

    def belief(self) -> Belief:
        return Belief(
            serial=self.infecting.then(self.incubation),
            R=self.R,
            background=self.brought_in,
            found=self.found,
            chance=self.chance,
            incubation=self.incubation if self.dated else None,
            infecting=self.infecting if self.dated else None,
            asked_days=ASKED_DAYS,
        )


def outbreak(seed: int, truth: Truth) -> Outbreak:
    """Cases with an onset within the days, in an order that tells nothing."""
    rng = np.random.default_rng(seed)
    known: list[tuple[int, int | None, int]] = []
    """Onset, infector, day of infection."""
    for day in range(-30, truth.days):
        for _ in range(rng.poisson(truth.brought_in)):
            known.append((day, None, day))
    at = 0
    while at < len(known):
        onset = known[at][0]
        for _ in range(rng.negative_binomial(truth.k, truth.k / (truth.k + truth.R))):
            infected = onset + _drawn(truth.infecting, rng)
            known.append((infected + _drawn(truth.incubation, rng), at, infected))
        at += 1
    names = [f"c{number:05d}" for number in rng.permutation(len(known))]
    listed = [number for number, (onset, _, _) in enumerate(known) if onset < truth.days]
    onsets = {names[number]: known[number][0] for number in sorted(listed, key=lambda number: names[number])}
    infectors: dict[str, str | None] = {}
    for number in listed:
        infector = known[number][1]
        infectors[names[number]] = None if infector is None or names[infector] not in onsets else names[infector]
    infected_on = {names[number]: known[number][2] for number in listed}
    return Outbreak(onsets, infectors, _contacts(onsets, infectors, infected_on, truth, rng))


def _contacts(onsets, infectors, infected_on, truth: Truth, rng) -> list[Contact]:
    serial = truth.infecting.then(truth.incubation)
    people = sorted(onsets, key=lambda case: (onsets[case], case))
    written = []
    days = np.array([onsets[case] for case in people])
    for at, later in enumerate(people):
        luck = rng.random(at)
        for before in np.flatnonzero(days[:at] >= days[at] - serial.last):
            earlier = people[before]
            pair = infectors[later] == earlier or infectors[earlier] == later
            seen = pair and rng.random() < truth.found
            if not seen and luck[before] >= truth.chance:
                continue
            infectee = later if infectors[later] == earlier else earlier
            day = infected_on[infectee] if seen else onsets[later] - int(rng.integers(ASKED_DAYS))
            first = day - int(rng.integers(3))
            written.append(Contact(earlier, later, days=(first, first + 2) if truth.dated else None))
    return written


def _drawn(delay: Delay, rng: np.random.Generator) -> int:
    return delay.first + int(rng.choice(len(delay.chances), p=delay.chances))


def nearest_previous(onsets: dict[str, int]) -> dict[str, dict[str, float]]:
    """Case → those whose onset was the nearest before its own, each with an equal share."""
    found = {}
    for case, onset in onsets.items():
        last = max((day for day in onsets.values() if day < onset), default=None)
        nearest = [other for other, day in onsets.items() if day == last]
        found[case] = {other: 1 / len(nearest) for other in nearest}
    return found
