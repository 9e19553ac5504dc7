"""Forward and backward from a case, and several chains told apart, by the weights of who infected whom.

Clusters are what hangs together when links below a weight are cut: Cori, Nouvellet, Garske, Bourhy, Nakouné and Jombart, "A
graph-based evidence synthesis approach to detecting outbreak clusters: an application to dog rabies", PLoS Computational Biology 14
(2018) e1006554. Forward and backward tracing: Endo, Leclerc, Knight, Medley et al., Wellcome Open Research 5 (2020) 239.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush

from yanmen.base.refusals import Refusal
from yanmen.subsystems.tracing.methods.attribution import Attribution

Links = Mapping[str, Mapping[str, float]]


def forward(attributions: Iterable[Attribution], case: str, *, least: float) -> dict[str, float]:
    """Whom this case may have infected, itself or through others → weight of the likeliest way, the surest first.

    The weight of a way is the product of its links; ways below `least` (above 0, up to 1) end.
    """
    onward: dict[str, dict[str, float]] = {}
    for each in attributions:
        for infector, weight in each.weights.items():
            onward.setdefault(infector, {})[each.case] = weight
    return _reached(onward, case, least)


def backward(attributions: Iterable[Attribution], case: str, *, least: float) -> dict[str, float]:
    """Through whom this case may have come → weight of the likeliest way, as `forward` says it."""
    return _reached({each.case: each.weights for each in attributions}, case, least)


def clusters(attributions: Iterable[Attribution], *, least: float) -> list[tuple[str, ...]]:
    """Cases that links of at least this weight hold together, sorted; the largest cluster first, single cases among them."""
    _check(least)
    given = list(attributions)
    head = {each.case: each.case for each in given}

    def head_of(case: str) -> str:
        while head[case] != case:
            head[case] = head[head[case]]
            case = head[case]
        return case

    for each in given:
        for infector, weight in each.weights.items():
            if weight >= least and infector in head:
                head[head_of(each.case)] = head_of(infector)
    members: dict[str, list[str]] = {}
    for case in head:
        members.setdefault(head_of(case), []).append(case)
    return sorted((tuple(sorted(each)) for each in members.values()), key=lambda each: (-len(each), each))


def _reached(links: Links, start: str, least: float) -> dict[str, float]:
    _check(least)
    found: dict[str, float] = {}
    waiting = [(-1.0, start)]
    while waiting:
        weight, person = heappop(waiting)
        if person in found:
            continue
        found[person] = -weight
        for after, link in links.get(person, {}).items():
            if after not in found and -weight * link >= least:
                heappush(waiting, (weight * link, after))
    found.pop(start)
    return found


def _check(least: float) -> None:
    if not 0 < least <= 1:
        raise Refusal("权重下限须大于0且不超过1。", "The least weight is above 0 and at most 1.", field="least", value=f"{least:g}")  # fmt: skip
