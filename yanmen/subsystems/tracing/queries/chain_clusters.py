"""Clusters of an outbreak: what hangs together, how it goes on, and whether 7-1-7 was kept.

A cluster is two or more cases that told links, or inferred ones that are likelier than all else together, hold together. It emerged
with its first onset, was detected when its first case was found and notified when that was first reported; the response counts as
complete when that case is investigated and in care.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import nan
from typing import Any

from django.db import connection

from yanmen.base.clock import local_date, start_of
from yanmen.base.rows import records
from yanmen.base.seven_one_seven import Clock, Event, Targets, clocks
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.attribution import Attribution
from yanmen.subsystems.tracing.methods.chain_links import INFERRED, TOLD, UNKNOWN, generations, held_together
from yanmen.subsystems.tracing.methods.clusters import backward, forward
from yanmen.subsystems.tracing.methods.offspring import dispersion
from yanmen.subsystems.tracing.queries.chains import ChainCase, Outbreak
from yanmen.subsystems.tracing.queries.statements import statement

HOLDS = 0.5
"""A likelier source than all others together, the unknown one included."""
FEW = 4
"""Cases up to which a cluster says nothing about k."""


@dataclass(frozen=True)
class Cluster:
    """Cases that hang together. `infected`: how many each infected inside it; `unknown`: its cases whose source is not known."""

    key: str
    members: tuple[str, ...]
    first: date
    last: date
    generations: int
    active: bool
    infected: tuple[int, ...]
    told: int
    inferred: int
    unknown: int
    settings: tuple[tuple[str, int], ...]
    areas: tuple[str, ...]
    clocks: tuple[Clock, Clock, Clock]

    @property
    def size(self) -> int:
        """Cases in it."""
        return len(self.members)

    @property
    def R(self) -> float:
        """How many a case infected inside it, on average."""
        return sum(self.infected) / len(self.infected)

    @cached_property
    def k(self) -> float | None:
        """How unequally they infected; None where there are too few cases to say, or nothing speaks against chance alone."""
        found = dispersion(self.infected) if self.size > FEW else nan
        return found if found < 1e3 else None


@dataclass(frozen=True)
class Signal:
    """So many infections in one place within so many days: a cluster to be reported. `due_at`: two hours after it was known."""

    kind: str
    name: str
    cases: tuple[str, ...]
    first: date
    last: date
    known_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Meeting:
    """Cases of several clusters at one place on one day. `shares`: cluster → the part of the weight, of those infected by somebody
    whom they met there, that leads to it; empty where nobody seems to have been infected there."""

    place: int
    day: date
    clusters: Mapping[str, tuple[str, ...]]
    shares: Mapping[str, float]


def found_clusters(outbreak: Outbreak, *, today: date, least: float = HOLDS) -> tuple[list[Cluster], dict[str, int]]:
    """The clusters, the largest first, and the generation of every case."""
    depth = generations(outbreak.sources, least=least)
    groups = [each for each in held_together(outbreak.sources, least=least) if len(each) > 1]
    return [_cluster(outbreak, members, depth, today) for members in groups], depth


def _cluster(outbreak: Outbreak, members: Sequence[str], depth: Mapping[str, int], today: date) -> Cluster:
    own = set(members)
    ordered = sorted(members, key=lambda key: (outbreak.cases[key].day, key))
    cases = [outbreak.cases[key] for key in ordered]
    sources = [outbreak.sources[key] for key in ordered]
    inside = [each for each in sources if each.infector in own]
    counts = Counter(each.infector for each in inside)
    states = Counter(each.state for each in sources)
    norm = outbreak.norm
    return Cluster(
        key=ordered[0],
        members=tuple(ordered),
        first=cases[0].day,
        last=cases[-1].day,
        generations=max(depth[key] for key in ordered) + 1,
        active=(today - cases[-1].day).days < int(norm["quiet_days"]),
        infected=tuple(counts.get(key, 0) for key in ordered),
        told=states[TOLD],
        inferred=states[INFERRED],
        unknown=states[UNKNOWN],
        settings=tuple(Counter(each.via for each in inside if each.via).most_common()),
        areas=tuple(sorted({case.area for case in cases})),
        clocks=clocks(_event(cases), today=today, targets=_targets(norm)),
    )


def _event(cases: Sequence[ChainCase]) -> Event:
    first = min(cases, key=lambda case: (case.reported_at, case.key))
    done = [day for day in (first.investigated_on, first.admitted_on) if day]
    return Event(
        emerged=min(case.onset_on or case.found_on for case in cases),
        detected=min(case.found_on for case in cases),
        notified=local_date(first.reported_at),
        responded=max(done) if len(done) == 2 else None,
    )


def _targets(norm: Mapping[str, Any]) -> Targets:
    return Targets(int(norm["detect_days"]), int(norm["notify_days"]), int(norm["respond_days"]))


def signals(scope: Scope, outbreak: Outbreak) -> list[Signal]:
    """Clusters by place: a school class, a workplace, a dormitory, a ward, or a village or estate (the smallest area); latest first."""
    groups: dict[tuple[str, str], list[ChainCase]] = {}
    for case in outbreak.cases.values():
        if len(case.area) == 12:
            groups.setdefault(("area", case.area), []).append(case)
    by_person = {case.person: case for case in outbreak.cases.values() if case.person is not None}
    for row in _groups_of(scope, outbreak, list(by_person)):
        groups.setdefault((row["setting"], row["name"]), []).append(by_person[row["root"]])
    found = [each for (kind, name), cases in groups.items() if (each := _signal(kind, name, cases, outbreak.norm))]
    return sorted(found, key=lambda each: (each.known_at, each.name), reverse=True)


def _signal(kind: str, name: str, cases: Sequence[ChainCase], norm: Mapping[str, Any]) -> Signal | None:
    """The first time that enough cases were found within the days; later ones in one run with it belong to it."""
    ordered = sorted({case.key: case for case in cases}.values(), key=lambda case: (case.found_on, case.reported_at))
    need, span = int(norm["cluster_cases"]), timedelta(days=int(norm["cluster_days"]))
    for at in range(need - 1, len(ordered)):
        run = ordered[at - need + 1 : at + 1]
        if run[-1].found_on - run[0].found_on < span:
            known_at = max(case.reported_at for case in run)
            later = [case for case in ordered[at + 1 :] if case.found_on - run[-1].found_on < span]
            every = [*run, *later]
            due_at = known_at + timedelta(hours=int(norm["report_hours"]))
            keys = tuple(case.key for case in every)
            return Signal(kind, name, keys, run[0].found_on, every[-1].found_on, known_at, due_at)
    return None


def meetings(outbreak: Outbreak, clusters: Sequence[Cluster]) -> list[Meeting]:
    """Places and days on which cases of several clusters were, and which of them infected the people there, by weight."""
    of = {key: cluster.key for cluster in clusters for key in cluster.members}
    there: dict[tuple[int, date], set[str]] = {}
    for each in outbreak.shared:
        there.setdefault((each.place, each.day), set()).update((each.one, each.other))
    weights = {each.case: each for each in outbreak.attributions}
    found = []
    for (place, day), keys in sorted(there.items(), key=lambda pair: (pair[0][1], pair[0][0])):
        chains = {of[key] for key in keys if key in of}
        if len(chains) > 1:
            members = {chain: tuple(sorted(key for key in keys if of.get(key) == chain)) for chain in sorted(chains)}
            found.append(Meeting(place, day, members, _shares(keys, of, weights, outbreak.told)))
    return found


def _shares(
    keys: set[str], of: Mapping[str, str], weights: Mapping[str, Attribution], told: Mapping[str, Any]
) -> dict[str, float]:
    sums: dict[str, float] = {}
    for key in sorted(keys - told.keys()):
        for infector, weight in weights[key].weights.items():
            if infector in keys and infector in of:
                sums[of[infector]] = sums.get(of[infector], 0.0) + weight
    whole = sum(sums.values())
    ordered = sorted(sums.items(), key=lambda pair: -pair[1])
    return {chain: part / whole for chain, part in ordered} if whole else {}


def backwards(outbreak: Outbreak, key: str) -> dict[str, float]:
    """Through whom a case may have come, with the weight of the likeliest way."""
    return backward(outbreak.attributions, key, least=float(outbreak.norm["least_weight"]))


def forwards(outbreak: Outbreak, key: str) -> dict[str, float]:
    """Whom a case may have infected, itself or through others, with the weight of the likeliest way."""
    return forward(outbreak.attributions, key, least=float(outbreak.norm["least_weight"]))


def _groups_of(scope: Scope, outbreak: Outbreak, people: list[int]) -> list[dict[str, Any]]:
    if not people:
        return []
    first = min(case.day for case in outbreak.cases.values()) - timedelta(days=int(outbreak.norm["history_days"]))
    with connection.cursor() as cursor:
        cursor.execute(statement("chain_groups"), {"people": people, "since": start_of(first), "area": scope.area})
        return records(cursor)
