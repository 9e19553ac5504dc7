"""How much of what is known in a made-up city the methods find again: pairs by tracing, infectors by weights.

A city, an infection in it and the records it leaves are drawn from a seed. Tracing gets the records and who was found to be ill, no
more; the weights get onsets and the contacts that tracing found. Three ways to name an infector are set side by side: the greatest
weight; the nearest previous onset; the nearest previous onset among those whom the case is known to have met. Ties count in parts.
Intervals are Wilson's (Journal of the American Statistical Association 22 (1927) 209-212), 95 %.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from yanmen.subsystems.tracing.methods.attribution import Attribution, Contact
from yanmen.subsystems.tracing.methods.beliefs import Prior
from yanmen.subsystems.tracing.methods.fitting import fit
from yanmen.subsystems.tracing.methods.settings import SettingsPolicy
from yanmen.subsystems.tracing.methods.synthetic_city import build_city
from yanmen.subsystems.tracing.methods.synthetic_spread import Truth, spread
from yanmen.subsystems.tracing.methods.synthetic_traces import Finder, Kept, left_a_trace, listed, recorded

BINS = (0.05, 0.2, 0.4, 0.6, 0.8, 0.95)
"""Between these weights stand the rows of the calibration."""
Z = 1.959964


@dataclass(frozen=True)
class Told:
    """What an outbreak gave. `traced`, of `traces`: true pairs found, of those that left a trace; `forward` by contacts of the
    infector alone. `first`: cases whose true infector each way names first, of `named`. `weights`: what was said, and whether it was."""

    seed: int
    infected: int
    listed: int
    pairs: int
    traces: int
    traced: int
    forward: int
    contacts: int
    named: int
    first: dict[str, float]
    unknown: tuple[float, float]
    R: float
    weights: list[tuple[float, bool]]


def outbreak(
    seed: int,
    *,
    people: int,
    days: int,
    truth: Truth,
    kept: Kept,
    policy: SettingsPolicy,
    prior: Prior,
    history_days: int,
) -> Told:
    """One city, its outbreak, and what the methods find of it."""
    rng = np.random.default_rng(seed)
    city = build_city(rng, people=people, days=days)
    infections = spread(rng, city, truth)
    records, on, seated = recorded(rng, city, kept)
    cases = listed(infections, days=days)
    ill = {each.person for each in cases}
    pairs = {(each.infector, each.person): each for each in cases if each.infector in ill}
    finder = Finder(city, records, policy)
    isolated = {each.person: each.isolated for each in infections if each.isolated is not None}
    near = {each.person: finder.near(each, isolated=isolated) for each in cases}
    forward = {(case, other.person) for case, others in near.items() for other in others}
    history = {each.person: finder.history(each, among=ill, days=history_days) for each in cases}
    found = forward | {(other.person, case) for case, others in history.items() for other in others}
    traces = {pair for pair, one in pairs.items() if left_a_trace(city, records, on, seated, one)}
    edges = [
        Contact(str(case), str(other.person), other.certainty, (other.first, other.last), other.via)
        for by_case in (near, history)
        for case, others in by_case.items()
        for other in others
        if other.person in ill
    ]
    onsets = {str(each.person): each.onset for each in cases}
    fitted = fit(onsets, prior.belief, contacts=edges, unknown_share=prior.unknown_share, counts_as=prior.counts_as)
    infectors = {str(each.person): str(each.infector) if each.infector in ill else None for each in cases}
    named = [case for case, infector in infectors.items() if infector is not None]
    ways = {
        "weights": _by_weight(fitted.attributions),
        "nearest": nearest_previous(onsets),
        "nearest_met": _nearest_met(onsets, edges),
    }
    return Told(
        seed=seed,
        infected=len(infections),
        listed=len(cases),
        pairs=len(pairs),
        traces=len(traces),
        traced=len(traces & found),
        forward=len(traces & forward),
        contacts=len({(case, other) for case, other in forward}),
        named=len(named),
        first={way: sum(said[case].get(infectors[case] or "", 0.0) for case in named) for way, said in ways.items()},
        unknown=(fitted.unknown_share, sum(infector is None for infector in infectors.values()) / max(len(cases), 1)),
        R=fitted.belief.R,
        weights=_said(fitted.attributions, infectors),
    )


def nearest_previous(onsets: dict[str, int]) -> dict[str, dict[str, float]]:
    """Case → those whose onset was the nearest before its own, each with an equal share."""
    by_day: dict[int, list[str]] = {}
    for case, day in onsets.items():
        by_day.setdefault(day, []).append(case)
    days = sorted(by_day)
    before = {day: by_day[last] for last, day in itertools.pairwise(days)}
    return {case: dict.fromkeys(before.get(day, ()), 1 / len(before.get(day, "1"))) for case, day in onsets.items()}


def wilson(hits: float, of: int) -> tuple[float, float]:
    """The 95 % interval of a share; (0, 1) of nothing."""
    if not of:
        return 0.0, 1.0
    share, spread_ = hits / of, Z * sqrt(hits / of * (1 - hits / of) / of + Z**2 / (4 * of**2))
    middle, scale = share + Z**2 / (2 * of), 1 + Z**2 / of
    return max((middle - spread_) / scale, 0.0), min((middle + spread_) / scale, 1.0)


@dataclass(frozen=True)
class Bin:
    """Candidates with weights between two bounds: how many, the mean weight, and the share of them that were the source."""

    least: float
    most: float
    number: int
    said: float
    was: float


def calibration(weights: Sequence[tuple[float, bool]]) -> list[Bin]:
    """What weights said beside what was so; an unknown source is a candidate too."""
    said = np.array([weight for weight, _ in weights])
    was = np.array([right for _, right in weights])
    bounds = (0.0, *BINS, 1.0)
    rows = []
    for least, most in itertools.pairwise(bounds):
        inside = (said >= least) & ((said < most) | (most == 1.0))
        if inside.any():
            rows.append(Bin(least, most, int(inside.sum()), float(said[inside].mean()), float(was[inside].mean())))
    return rows


def _by_weight(attributions: Sequence[Attribution]) -> dict[str, dict[str, float]]:
    return {each.case: {next(iter(each.weights), ""): 1.0} for each in attributions}


def _nearest_met(onsets: dict[str, int], edges: Sequence[Contact]) -> dict[str, dict[str, float]]:
    met: dict[str, set[str]] = {case: set() for case in onsets}
    for each in edges:
        met[each.one].add(each.other)
        met[each.other].add(each.one)
    found = {}
    for case, day in onsets.items():
        before = [other for other in met[case] if onsets[other] < day]
        last = max((onsets[other] for other in before), default=0)
        nearest = [other for other in before if onsets[other] == last]
        found[case] = {other: 1 / len(nearest) for other in nearest}
    return found


def _said(attributions: Sequence[Attribution], infectors: dict[str, str | None]) -> list[tuple[float, bool]]:
    rows = []
    for each in attributions:
        rows.append((each.unknown, infectors[each.case] is None))
        rows += [(weight, name == infectors[each.case]) for name, weight in each.weights.items()]
    return rows


__all__ = ["Bin", "Told", "calibration", "nearest_previous", "outbreak", "wilson"]
