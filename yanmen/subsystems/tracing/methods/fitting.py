"""How many sources are unknown, how many a case infects, and how much a contact in each setting says, out of the cases themselves.

Nobody knows these numbers when an outbreak begins. They start from what a policy says and move with the data, by the steps of
expectation and maximisation that stochastic declustering uses: weights are worked out with the numbers so far, and every number is
then what the weights say it is:

    s           = (sum of the weights that background gives + p s0) / (cases + p)       the share of sources outside any list
    background  = s cases / days        R = (1 - s) (1 - never_found) cases / (infectors, each by the part of its interval passed)
    found of v  = (weight that contacts in v give + p found0) / (weight of listed sources + p)
    chance of v = (pairs known to have met in v - weight they give + q chance0) / (pairs that days allow - weight + q)

p and q = `PAIRS_A_CASE` p are how many cases and pairs what the policy says counts as. Cases with no contact that could have infected
them are what raises s: where contacts are found for most infections, a case without one is a sign of a source outside the list.
The first s is that sign alone (`without_contact`).

Infectors who are never found are another matter: those whom they infect often met the other cases of the same homes and offices, and no
number here rises for them. Their share is not learnt from the cases; it stands as what the policy says (`never_found`).

Sources: Zhuang, Ogata and Vere-Jones, Journal of the American Statistical Association 97 (2002) 369-380 (declustering; background and
offspring by turns); Dempster, Laird and Rubin, Journal of the Royal Statistical Society B 39 (1977) 1-38 (the steps; numbers added
to counts are a conjugate prior); contacts reported by chance: Campbell, Cori, Ferguson and Jombart, PLoS Computational Biology 15
(2019) e1006930.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yanmen.subsystems.tracing.methods.attribution import (
    Attribution,
    Belief,
    Contact,
    Setting,
    attribute,
    evidence,
    possible,
    weighed,
)
from yanmen.subsystems.tracing.methods.delays import Days

PAIRS_A_CASE = 10
"""Pairs that what the policy says counts as, for each case that it counts as."""
ALL = 10**9
ROUNDS = 30
LEAST = 1e-4
"""No chance and no share becomes certain, however the data fall."""


@dataclass(frozen=True)
class Fitted:
    """The numbers after the last round, the attributions they give, and the share of sources that are unknown."""

    belief: Belief
    attributions: list[Attribution]
    unknown_share: float


def fit(
    onsets: Mapping[str, int | None],
    start: Belief,
    *,
    contacts: Iterable[Contact],
    unknown_share: float,
    counts_as: float,
    keep: int = ALL,
) -> Fitted:
    """Numbers for these cases. `start`: what the policy says (its R and background are not used); `unknown_share`: the share of
    unknown sources that it expects; `counts_as`: the cases that its numbers count as; `keep`: candidates told by name."""
    given = list(contacts)
    days = np.array(sorted(day for day in onsets.values() if day is not None), dtype=np.int64)
    if not len(days):
        return Fitted(start, attribute(onsets, start, contacts=given, keep=keep), unknown_share)
    expected = _outside(unknown_share, start)
    share = _towards(_outside(without_contact(onsets, start, given), start), expected, len(days), counts_as)
    belief = _spread(start, days, share)
    candidates = list(possible(onsets, belief, given))
    sums = evidence(candidates)
    met, pairs = _met(onsets, given, belief), _pairs(days, belief)
    for _ in range(ROUNDS):
        ratios = np.array([belief.ratio(via) for via in sums.settings])
        parts = belief.R * sums.met * ratios
        listed = belief.R * (1 - belief.found) * sums.serial + parts.sum(axis=1)
        unseen = belief.beside * belief.R * sums.serial
        whole = listed + unseen + belief.background
        gave = dict(zip(sums.settings, (parts / whole[:, None]).sum(axis=0).tolist(), strict=True))
        share = _towards(float((belief.background / whole).mean()), expected, len(days), counts_as)
        known = float((listed / whole).sum())
        belief = _spread(_settings(belief, start, gave, known, met, pairs, counts_as), days, share)
    unknown = share + float((unseen / whole).mean())
    return Fitted(belief, weighed(onsets, candidates, belief, keep=keep), unknown)


def _outside(unknown: float, belief: Belief) -> float:
    """Of all sources, those brought in from outside any list, where so many are unknown."""
    return max((unknown - belief.never_found) / (1 - belief.never_found), 0.0)


def without_contact(onsets: Mapping[str, int | None], belief: Belief, contacts: Sequence[Contact]) -> float:
    """The share of unknown sources that cases without a fitting contact point to.

    A case of a listed source has a known contact with chance `found`, and one of an unknown source by chance alone (q): of all
    cases 1 - n = (1 - s) (found + (1 - found) q) + s q have one. Solved for s and held within 0 and 1.
    """
    fitting: set[str] = set()
    for each in contacts:
        one, other = onsets.get(each.one), onsets.get(each.other)
        if one is None or other is None:
            continue
        for case, gap in ((each.other, other - one), (each.one, one - other)):
            if belief.serial.first <= gap <= belief.serial.last:
                fitting.add(case)
    known = [case for case, day in onsets.items() if day is not None]
    if not known or not belief.found:
        return 1.0
    days = np.array(sorted(day for day in onsets.values() if day is not None), dtype=np.int64)
    by_chance = 1 - (1 - belief.chance) ** (_pairs(days, belief) / len(days))
    with_contact = len(fitting) / len(known)
    most = belief.found + (1 - belief.found) * by_chance
    return float(np.clip((most - with_contact) / max(most - by_chance, LEAST), 0.0, 1.0))


def _towards(seen: float, expected: float, cases: int, counts_as: float) -> float:
    return float(np.clip((seen * cases + expected * counts_as) / (cases + counts_as), LEAST, 1 - LEAST))


def _spread(belief: Belief, days: Days, share: float) -> Belief:
    """R and background that go with a share of sources outside any list."""
    passed = np.cumsum(belief.serial.chances)
    at = np.clip(days[-1] - days - belief.serial.first, -1, len(passed) - 1)
    infectors = float(np.where(at < 0, 0.0, passed[at]).sum())
    span = int(days[-1] - days[0]) + 1
    return replace(
        belief,
        R=max((1 - share) * (1 - belief.never_found) * len(days) / max(infectors, 1.0), LEAST),
        background=share * len(days) / span,
    )


def _settings(
    belief: Belief,
    start: Belief,
    gave: Mapping[str, float],
    listed: float,
    met: Mapping[str, float],
    pairs: int,
    counts_as: float,
) -> Belief:
    if not start.settings:
        return belief
    prior = PAIRS_A_CASE * counts_as
    settings = {}
    for via, before in start.settings.items():
        by = gave.get(via, 0.0)
        found = (by + counts_as * before.found) / (listed + counts_as)
        chance = (max(met.get(via, 0.0) - by, 0.0) + prior * before.chance) / (max(pairs - listed, 0.0) + prior)
        settings[via] = Setting(found, float(np.clip(chance, LEAST, 0.5)))
    whole = min(sum(each.found for each in settings.values()), 1 - LEAST)
    return replace(belief, settings=settings, found=whole)


def _met(onsets: Mapping[str, int | None], contacts: Iterable[Contact], belief: Belief) -> dict[str, float]:
    """Ordered pairs whose days allow them and who met, by setting, each by its certainty; a pair that met twice counts once."""
    sure: dict[tuple[str, str, str], float] = {}
    for each in contacts:
        one, other = onsets.get(each.one), onsets.get(each.other)
        if one is None or other is None:
            continue
        for first, second, gap in ((each.one, each.other, other - one), (each.other, each.one, one - other)):
            if belief.serial.first <= gap <= belief.serial.last:
                key = (first, second, each.via)
                sure[key] = max(sure.get(key, 0.0), each.certainty)
    found: dict[str, float] = {}
    for (_, _, via), certainty in sure.items():
        found[via] = found.get(via, 0.0) + certainty
    return found


def _pairs(days: Days, belief: Belief) -> int:
    """Ordered pairs that days allow."""
    low = np.searchsorted(days, days - belief.serial.last, "left")
    high = np.searchsorted(days, days - belief.serial.first, "right")
    return int((high - low).sum()) - (len(days) if belief.serial.first <= 0 <= belief.serial.last else 0)
