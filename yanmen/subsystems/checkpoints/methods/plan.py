"""A plan of posts, made from a road network: where they stand, and what proves it. Files: plan_files.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from yanmen.base.refusals import Refusal
from yanmen.subsystems.checkpoints.methods import siting
from yanmen.subsystems.checkpoints.methods.covering import Covering, cover, trips_between
from yanmen.subsystems.checkpoints.methods.protected import Protected, ends_of_map
from yanmen.subsystems.checkpoints.methods.roads import Roads, Segment

FORMAT = "yanmen-checkpoint-plan/1"
MOST_ROADS = 60_000
MARGIN = 0.12
CLOSE, COVER = "close", "cover"

Json = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """What is asked of a network. `reach`: metres around the area within which posts may stand."""

    area: Protected
    reach: float = 500.0
    direction: str = "in"
    forbid: tuple[str, ...] = ()
    vehicles_only: bool = False
    posts: int = 0
    base: tuple[float, float] | None = None
    trips: tuple[tuple[tuple[float, float], tuple[float, float], float], ...] = ()


def make_plan(roads: Roads, asked: Question, *, network: str = "") -> Json:
    """Posts that close the area, or the `posts` that meet most of the traffic into it."""
    gap, ends = asked.area.gap(roads.x, roads.y), ends_of_map(roads)
    inside = gap == 0
    outside = (gap > asked.reach) | (ends & ~inside)
    if asked.vehicles_only:
        roads = roads.without_footways()
    forbidden = _forbidden(roads, asked.forbid)
    if asked.posts:
        task, found = COVER, _cover(roads, asked, inside, outside, forbidden)
        chosen, proof = found.segments, _covering_proof(found)
    else:
        task = CLOSE
        closure = siting.close_all_ways(
            roads, inside=inside, outside=outside, forbidden=forbidden, direction=asked.direction
        )
        chosen, proof = closure.segments, _closing_proof(closure)
    return {
        "format": FORMAT,
        "task": task,
        "network": {
            "name": network,
            "crossings": len(roads.nodes),
            "segments": len(set(roads.segment_of.tolist())),
            "ends_inside": int((ends & inside).sum()),
        },
        "direction": asked.direction,
        "reach": asked.reach,
        "forbidden": list(asked.forbid),
        "area": {"outline": [[list(map(_degree, at)) for at in ring] for ring in asked.area.outline()]},
        "posts": _posts(roads, chosen, asked.base),
        "proof": proof,
        "roads": _nearby(roads, asked.area),
    }


def proof_lines(plan: Mapping[str, Any]) -> tuple[str, str]:
    """What proves a plan, in Chinese and English."""
    proof, posts = plan["proof"], len(plan["posts"])
    if plan["task"] == COVER:
        share, gap = f"{proof['share']:.1%}", f"{proof['gap']:.2%}"
        return (
            f"核验：{posts}个卡口可查到{share}的车流；与最优的差距不超过{gap}。",
            f"Checked: {posts} posts meet {share} of the traffic; at most {gap} from the best.",
        )
    if proof["closed"] and proof["each_needed"] and proof["separate_ways"] == posts:
        return (
            f"核验：设{posts}个卡口后无路可入；少任何一个都会重新通行；有{posts}条互不共用路段的通路，少于{posts}个必有漏。",
            f"Checked: with {posts} posts no way is left; without any one of them a way opens; {posts} ways share no "
            f"road segment, so fewer than {posts} posts leave one open.",
        )
    return ("核验未通过：请勿采用本方案。", "The check failed: do not use this plan.")


def _forbidden(roads: Roads, names: Sequence[str]) -> set[int]:
    """Segments of these kinds of road, names, numbers or OSM ids; a word that fits nothing is refused."""
    found: set[int] = set()
    for name in names:
        fits = {
            number
            for number, each in enumerate(roads.segments)
            if name in (each.highway, each.name, each.ref) or name in each.osmids
        }
        if not fits:
            kinds = sorted({each.highway for each in roads.segments})
            raise Refusal(
                f"“{name}”不是路网中的道路类型、路名、编号或OSM编号。道路类型有：{'、'.join(kinds)}。",
                f'"{name}" is no kind of road, name, number or OSM id here. Kinds of road: {", ".join(kinds)}.',
                field="forbid",
                value=name,
            )
        found |= fits
    return found


def _cover(roads: Roads, asked: Question, inside: siting.Marks, outside: siting.Marks, forbidden: set[int]) -> Covering:
    siting.check_sides(inside, outside)
    candidates = {
        number
        for number, each in enumerate(roads.segments)
        if number not in forbidden and each.start != each.end and not (inside[each.start] and inside[each.end])
    }
    if asked.trips:
        trips: dict[frozenset[int], float] = {}
        for start, end, weight in asked.trips:
            one = trips_between(roads, [(roads.nearest(*start), weight)], [roads.nearest(*end)], candidates=candidates)
            for way, much in one.items():
                trips[way] = trips.get(way, 0.0) + much
    else:
        trips = trips_between(roads, _gates(roads, outside), np.flatnonzero(inside).tolist(), candidates=candidates)
    return cover(trips, asked.posts)


def _gates(roads: Roads, outside: siting.Marks) -> list[tuple[int, float]]:
    """Crossings outside from which a road leads nearer; each stands for as much traffic as it has lanes."""
    leading = outside[roads.tails] & ~outside[roads.heads]
    weights: dict[int, float] = {}
    for tail, on in zip(roads.tails[leading].tolist(), roads.segment_of[leading].tolist(), strict=True):
        weights[tail] = weights.get(tail, 0.0) + roads.segments[on].lanes
    return sorted(weights.items())


def _closing_proof(found: siting.Closure) -> Json:
    return {
        "closed": found.checked.closed,
        "each_needed": all(found.checked.needed),
        "separate_ways": len(found.disjoint_ways) if found.checked.ways_share_nothing else 0,
    }


def _covering_proof(found: Covering) -> Json:
    return {"share": round(found.share, 6), "gap": round(found.gap, 6), "met": found.met, "total": found.total}


def _posts(roads: Roads, chosen: Iterable[int], base: tuple[float, float] | None) -> list[Json]:
    minutes = roads.minutes([roads.nearest(*base)])[0] if base else None
    rows: list[Json] = []
    for on in chosen:
        each = roads.segments[on]
        longitude, latitude = each.middle
        row = {
            "name": each.name,
            "ref": each.ref,
            "highway": each.highway,
            "kind": kind_of(each),
            "longitude": round(longitude, 6),
            "latitude": round(latitude, 6),
            "lanes": each.lanes,
            "lanes_known": each.lanes_known,
            "both_ways": each.both_ways,
            "osmids": list(each.osmids),
        }
        if minutes is not None:
            there = float(min(minutes[each.start], minutes[each.end]))
            row["minutes"] = round(there, 1) if isfinite(there) else None
        rows.append(row)
    rows.sort(key=lambda row: (-row["latitude"], row["longitude"]))
    return [{"number": number, **row} for number, row in enumerate(rows, 1)]


def kind_of(segment: Segment) -> str:
    """The kind of post that fits a road."""
    if segment.highway.removesuffix("_link") in ("motorway", "trunk"):
        return "highway"
    quiet = segment.on_foot or segment.highway in ("living_street", "residential", "service")
    return "community" if quiet else "road"


def _nearby(roads: Roads, area: Protected) -> list[list[Any]]:
    """Lines to draw: roads around the area, each with its kind."""
    points = [at for ring in area.outline() for at in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    wide, high = (east - west) * (0.5 + MARGIN), (north - south) * (0.5 + MARGIN)
    used = set(roads.segment_of.tolist())
    near = [
        each
        for number, each in enumerate(roads.segments)
        if number in used
        and any(west - wide <= x <= east + wide and south - high <= y <= north + high for x, y in each.line)
    ]
    near.sort(key=lambda each: -each.length)
    return [[each.highway, [list(map(_degree, at)) for at in each.line]] for each in near[:MOST_ROADS]]


def _degree(value: float) -> float:
    return round(float(value), 6)
