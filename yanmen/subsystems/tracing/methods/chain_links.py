"""An outbreak as links: told by an investigator, or inferred with a weight; and what hangs together by them.

What somebody told stays apart from what was inferred, everywhere. A told source holds with its certainty, and the rest of the weight
is unknown; a case told to come from elsewhere has no link and no doubt. Every other case keeps its candidates with their weights. The
picture draws the likeliest tree (`trees`), in which each case has one source at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yanmen.subsystems.tracing.methods.attribution import Attribution
from yanmen.subsystems.tracing.methods.clusters import clusters
from yanmen.subsystems.tracing.methods.trees import likeliest_tree

TOLD, ELSEWHERE, INFERRED, UNKNOWN = "told", "elsewhere", "inferred", "unknown"


@dataclass(frozen=True)
class Told:
    """What an investigator said of a case's source: the key of the infector, empty where it came from elsewhere."""

    infector: str
    setting: str = ""
    certainty: float = 1.0


@dataclass(frozen=True)
class Source:
    """The source that the tree gives a case. `state`: told, elsewhere (told to lie outside), inferred or unknown."""

    case: str
    infector: str | None
    weight: float
    state: str
    via: str = ""


def with_told(attributions: Sequence[Attribution], told: Mapping[str, Told]) -> list[Attribution]:
    """Attributions in which what was told takes the place of what was inferred."""
    return [_told(each.case, told[each.case]) if each.case in told else each for each in attributions]


def sources(attributions: Sequence[Attribution], told: Mapping[str, Told]) -> dict[str, Source]:
    """Case → its source in the likeliest tree of attributions in which the told ones stand already."""
    tree = likeliest_tree(attributions)
    found = {}
    for each in attributions:
        said, infector = told.get(each.case), tree[each.case]
        if said:
            where = said.infector or None
            found[each.case] = Source(each.case, where, said.certainty, TOLD if where else ELSEWHERE, said.setting)
        elif infector is None:
            found[each.case] = Source(each.case, None, each.unknown, UNKNOWN)
        else:
            by = each.through.get(infector, {})
            via = max(by, key=lambda setting: by[setting], default="")
            found[each.case] = Source(each.case, infector, each.weights[infector], INFERRED, via)
    return found


def closing(found: Mapping[str, Source], attributions: Sequence[Attribution]) -> dict[str, dict[str, float]]:
    """Case → candidates that its weights name, but that came from it themselves by the sources found: a ring would close.

    Cases without such a candidate are left out; so are told sources that make a ring by themselves.
    """
    began, ended = _walked(found)
    rings: dict[str, dict[str, float]] = {}
    for each in attributions:
        if each.case in began:
            first, last = began[each.case], ended[each.case]
            after = {name: weight for name, weight in each.weights.items() if first < began.get(name, -1) <= last}
            if after:
                rings[each.case] = after
    return rings


def _walked(found: Mapping[str, Source]) -> tuple[dict[str, int], dict[str, int]]:
    """Each case's place on a walk down the trees, and the last place of those who came from it."""
    infected: dict[str, list[str]] = {}
    waiting = []
    for case, each in found.items():
        if each.infector in found:
            infected.setdefault(str(each.infector), []).append(case)
        else:
            waiting.append(case)
    began: dict[str, int] = {}
    ended: dict[str, int] = {}
    while waiting:
        case = waiting[-1]
        if case not in began:
            began[case] = len(began)
            waiting += infected.get(case, ())
        else:
            waiting.pop()
            ended[case] = len(began) - 1
    return began, ended


def held_together(found: Mapping[str, Source], *, least: float) -> list[tuple[str, ...]]:
    """Cases that told links, and inferred ones of at least this weight, hold together; the largest first, single cases among them."""
    links = [
        Attribution(case, {each.infector: 1.0} if _holds(each, least) and each.infector else {}, 0.0, 0.0, 0.0)
        for case, each in found.items()
    ]
    return clusters(links, least=1.0)


def generations(found: Mapping[str, Source], *, least: float) -> dict[str, int]:
    """Case → links from the first of its chain to it, over the links that hold it together."""
    depth: dict[str, int] = {}
    for case in found:
        way = [case]
        while (each := found.get(way[-1])) and way[-1] not in depth and _holds(each, least) and each.infector in found:
            if each.infector in way:
                break
            way.append(str(each.infector))
        known = depth.get(way[-1], 0)
        depth.update({each: known + at for at, each in enumerate(reversed(way))})
    return depth


def _holds(each: Source, least: float) -> bool:
    return each.state == TOLD or (each.state == INFERRED and each.weight >= least)


def _told(case: str, said: Told) -> Attribution:
    if not said.infector:
        return Attribution(case, {}, 1.0, 0.0, 0.0)
    return Attribution(case, {said.infector: said.certainty}, 1 - said.certainty, 0.0, 0.0)
