"""The known chains of a line list: who infected whom, as far as somebody said so, and what is wrong with it.

A chain is drawn from pairs (infector, infectee). Everybody named in a pair is a node, listed or not: an infector who never
came into the line list still holds a chain together. A case in no pair stands alone and is counted apart from the components.

Depth is counted in links: somebody who infected somebody makes a chain of 1. The generation of a person is the number of
links on the longest way from a founder (a node without infector) to them. Pairs inside a ring have no first and no last, so
they count for components and offspring but not for generations; a pair of somebody with themselves counts for nothing.

Words as in World Health Organization, Go.Data and in Nagraj, Randhawa, Campbell et al., "epicontacts: Handling,
visualisation and analysis of epidemiological contacts", F1000Research 7 (2018) 566. Rings are strongly connected components: Tarjan,
"Depth-first search and linear graph algorithms", SIAM Journal on Computing 1 (1972) 146-160.

The clean simulated Ebola list (5,829 cases, 3,800 pairs) gives 1,711 components with 14 people in the largest, 8 links in the
longest chain and at most 6 offspring. Its "1,218 not in the line list" are people named in pairs, of either side: 1,170
infectors and 59 infectees, 11 of them both.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Pair = tuple[str, str]
Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Chain:
    """One component: its people (sorted), the links of its longest chain, and its last known day of onset."""

    people: tuple[str, ...]
    depth: int
    last_onset: int | None

    @property
    def size(self) -> int:
        """People in it, listed or not."""
        return len(self.people)

    def active(self, *, today: int, quiet_days: int) -> bool | None:
        """Whether an onset was known within the last `quiet_days` days; None where no onset is known at all."""
        return None if self.last_onset is None else today - self.last_onset < quiet_days


class Chains:
    """What the pairs of a line list say. All of it is worked out once, when first asked for.

    `onsets`: case → day number of onset (any origin), None where unknown: these are the listed cases.
    `pairs`: (infector, infectee). The same pair twice is one pair.
    """

    def __init__(self, onsets: Mapping[str, int | None], pairs: Iterable[Pair]) -> None:
        counted = Counter(pairs)
        self.onsets = dict(onsets)
        self.repeated: list[Pair] = sorted(pair for pair, times in counted.items() if times > 1)
        self.with_themselves: list[Pair] = sorted(pair for pair in counted if pair[0] == pair[1])
        self.pairs: list[Pair] = [pair for pair in counted if pair[0] != pair[1]]
        self.people: list[str] = list(dict.fromkeys(person for pair in self.pairs for person in pair))
        """Everybody named in a pair."""
        self._at = {person: at for at, person in enumerate(self.people)}

    @cached_property
    def alone(self) -> list[str]:
        """Listed cases in no pair."""
        return [case for case in self.onsets if case not in self._at]

    @cached_property
    def unlisted(self) -> list[str]:
        """People named in a pair who are not in the line list, on whichever side."""
        return [person for person in self.people if person not in self.onsets]

    @cached_property
    def unlisted_infectees(self) -> list[str]:
        """Infectees who are not in the line list."""
        return sorted({infectee for _, infectee in self.pairs} - self.onsets.keys())

    @cached_property
    def several_infectors(self) -> list[str]:
        """Infectees for whom more than one infector is named: a doubt, not yet a fault."""
        return sorted(person for person, times in Counter(infectee for _, infectee in self.pairs).items() if times > 1)

    @cached_property
    def intervals(self) -> dict[Pair, int]:
        """Pair → serial interval in days, onset of the infectee minus onset of the infector, where both are known."""
        found = {}
        for infector, infectee in self.pairs:
            first, second = self.onsets.get(infector), self.onsets.get(infectee)
            if first is not None and second is not None:
                found[infector, infectee] = second - first
        return found

    @cached_property
    def backwards(self) -> list[Pair]:
        """Pairs whose infectee fell ill before the infector. It happens (infection before symptoms); it is to be looked at."""
        return sorted(pair for pair, days in self.intervals.items() if days < 0)

    @cached_property
    def rings(self) -> list[tuple[str, ...]]:
        """Rings in which each infected the next and the last the first: one, the shortest through its least name, for each knot."""
        knots: dict[int, list[str]] = {}
        for person, knot in zip(self.people, self._knots, strict=True):
            knots.setdefault(int(knot), []).append(person)
        return sorted(self._ring(min(members)) for members in knots.values() if len(members) > 1)

    @cached_property
    def offspring(self) -> dict[str, int]:
        """Person → how many they infected, for everybody listed or named; most infected none."""
        found = dict.fromkeys([*self.onsets, *self.people], 0)
        for infector, _ in self.pairs:
            found[infector] += 1
        return found

    @cached_property
    def generations(self) -> dict[str, int]:
        """Person named in a pair → links on the longest way from a founder; founders are 0."""
        onward = [pair for pair in self.pairs if not self._same_knot(pair)]
        open_pairs = Counter(infectee for _, infectee in onward)
        found = dict.fromkeys(self.people, 0)
        ready = deque(person for person in self.people if not open_pairs[person])
        infectees = _by_infector(onward)
        while ready:
            infector = ready.popleft()
            for infectee in infectees.get(infector, ()):
                found[infectee] = max(found[infectee], found[infector] + 1)
                open_pairs[infectee] -= 1
                if not open_pairs[infectee]:
                    ready.append(infectee)
        return found

    @cached_property
    def components(self) -> list[Chain]:
        """The components, the largest first. Cases in no pair are not among them: see `alone`."""
        members: dict[int, list[str]] = {}
        for person, label in zip(self.people, self._labels("weak"), strict=True):
            members.setdefault(int(label), []).append(person)
        found = [self._chain(sorted(people)) for people in members.values()]
        return sorted(found, key=lambda chain: (-chain.size, chain.people))

    def _chain(self, people: Sequence[str]) -> Chain:
        known = [day for person in people if (day := self.onsets.get(person)) is not None]
        return Chain(tuple(people), max(self.generations[each] for each in people), max(known, default=None))

    @cached_property
    def _knots(self) -> Labels:
        return self._labels("strong")

    def _same_knot(self, pair: Pair) -> bool:
        return bool(self._knots[self._at[pair[0]]] == self._knots[self._at[pair[1]]])

    def _labels(self, connection: str) -> Labels:
        ends = np.array([(self._at[one], self._at[other]) for one, other in self.pairs], dtype=np.int64).reshape(-1, 2)
        ones = np.ones(len(ends), dtype=np.int8)
        graph = coo_array((ones, (ends[:, 0], ends[:, 1])), shape=(len(self.people), len(self.people)))
        labels: Labels = connected_components(graph, directed=True, connection=connection)[1]
        return labels

    def _ring(self, start: str) -> tuple[str, ...]:
        inside = _by_infector([pair for pair in self.pairs if self._same_knot(pair)])
        before: dict[str, str] = {}
        waiting = deque([start])
        while start not in before:
            person = waiting.popleft()
            for infectee in inside[person]:
                if infectee not in before:
                    before[infectee] = person
                    waiting.append(infectee)
        way = [start]
        while (previous := before[way[-1]]) != start:
            way.append(previous)
        return (start, *reversed(way[1:]))


def _by_infector(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for infector, infectee in pairs:
        found.setdefault(infector, []).append(infectee)
    return found
