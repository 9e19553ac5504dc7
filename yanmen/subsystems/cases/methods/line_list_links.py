"""Who is said to have infected or met whom: the links inside a line list, and lists of pairs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from yanmen.subsystems.cases.methods.line_list_faults import REFUSED, Fault
from yanmen.subsystems.cases.methods.line_list_sheets import Sheet

_SPLIT = re.compile(r"[\s,，;；、/]+")
_NUMBER = re.compile(r"\d+")
_CERTAINTY = re.compile(r"(0(\.\d+)?|1(\.0+)?)$")


@dataclass(frozen=True, slots=True)
class Link:
    """One pair: the first is said to have infected, or met, the second. `certainty` is 0 to 1, None where nobody says."""

    line: int
    infector: str
    case: str
    via: str = ""
    certainty: float | None = None


@dataclass(frozen=True)
class Links:
    """A list of pairs and what was wrong with its lines: rows = taken + refused + blank."""

    links: tuple[Link, ...]
    faults: tuple[Fault, ...]
    rows: int
    blank: int

    @property
    def refused(self) -> int:
        return len({fault.line for fault in self.faults if fault.verdict == REFUSED})

    def unknown(self, ids: Collection[str]) -> tuple[set[str], set[str]]:
        """Infectors and infected who are not in the line list: kept, and told."""
        known = set(ids)
        return {each.infector for each in self.links} - known, {each.case for each in self.links} - known


def read_links(sheet: Sheet) -> Links:
    """Pairs of infector and case, each once."""
    places = {heading.casefold(): place for place, heading in enumerate(sheet.header)}
    first, second, via = places["infector"], places["case_id"], places.get("source", places.get("setting"))
    sure = places.get("certainty", places.get("可信度"))
    links, faults, seen = [], [], dict[tuple[str, str], int]()
    for line, cells in sheet.lines:
        if len(cells) < len(sheet.header):
            faults.append(Fault(line, "infectors", "infector", str(len(cells)), "cells", str(len(sheet.header))))
            continue
        pair = (str(cells[first]), str(cells[second]))
        certainty = "" if sure is None else str(cells[sure])
        if not all(pair):
            empty = "infector" if not pair[0] else "case_id"
            faults.append(Fault(line, "infectors", empty, "", "missing"))
        elif pair in seen:
            faults.append(Fault(line, "infectors", "infector", " → ".join(pair), "same_again", str(seen[pair])))
        elif pair[0] == pair[1]:
            faults.append(Fault(line, "infectors", "infector", pair[0], "self_pair"))
        elif certainty and not _CERTAINTY.match(certainty):
            faults.append(Fault(line, "infectors", sheet.header[sure or 0], certainty[:80], "bad_number", "0-1"))
        else:
            seen[pair] = line
            told = float(certainty) if certainty else None
            links.append(Link(line, *pair, "" if via is None else str(cells[via]), told))
    return Links(tuple(links), tuple(faults), len(sheet.lines) + sheet.blank, sheet.blank)


@dataclass(frozen=True)
class Names:
    """The cases of a file by number, and the letters that come before the numbers (TJ14 → TJ)."""

    ids: frozenset[str]
    prefix: str

    @classmethod
    def of(cls, ids: Collection[str]) -> Names:
        starts = {re.sub(r"\d+$", "", each) for each in ids}
        return cls(frozenset(ids), starts.pop() if len(starts) == 1 else "")

    def found(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Cases that a text names, in order, and the numbers in it that name none."""
        words = [each for each in _SPLIT.split(text) if each]
        if words and all(each in self.ids for each in words):
            return tuple(dict.fromkeys(words)), ()
        named, taken = [], set()
        for start, end, number in self._numbers(text):
            taken.add((start, end))
            named.append(self.prefix + number)
        left = [found[0] for found in _NUMBER.finditer(text) if found.span() not in taken]
        known = [each for each in dict.fromkeys(named) if each in self.ids]
        return tuple(known), tuple([each for each in dict.fromkeys(named) if each not in self.ids] + left)

    def listed(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Cases of a column that holds nothing but numbers of cases, and those of them that stand in no line."""
        words = tuple(dict.fromkeys(each for each in _SPLIT.split(text) if each))
        return words, tuple(each for each in words if each not in self.ids)

    def _numbers(self, text: str) -> Iterator[tuple[int, int, str]]:
        before = f"(?:cases?|病例|第{f'|{re.escape(self.prefix)}' if self.prefix else ''})"
        chain = re.compile(rf"{before}\s*\d+(?:\s*(?:[/,;、，]|and|和)\s*{before}?\s*\d+)*", re.IGNORECASE)
        for run in chain.finditer(text):
            for number in _NUMBER.finditer(run[0]):
                yield run.start() + number.start(), run.start() + number.end(), number[0]
