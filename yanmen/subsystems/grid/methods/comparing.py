"""Two lists compared: which lines mean which person, who is on one and not on the other. The receipts sum to the lines.

A document number decides; then a telephone number, unless the names differ; then a name, with the day of birth or the address where
both are known. What may mean two people is told as unclear and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

MATCHED, REPEATED, MISSING, UNCLEAR = "matched", "repeated", "not_registered", "unclear"


@dataclass(frozen=True)
class Line:
    """A line of a list: digests of document and telephone number, never the numbers."""

    number: int
    name: str = ""
    document: bytes = b""
    phone: bytes = b""
    born_on: date | None = None
    address: str = ""


@dataclass(frozen=True)
class Known:
    """Somebody in the register."""

    person: int
    name: str
    document: bytes = b""
    phone: bytes = b""
    born_on: date | None = None
    address: str = ""


@dataclass(frozen=True)
class Told:
    """What a line means: matched, repeated, not registered, unclear."""

    line: Line
    outcome: str
    person: int | None = None


@dataclass(frozen=True)
class Compared:
    """A receipt for each line, and who is registered and on no line."""

    lines: tuple[Told, ...]
    not_listed: tuple[Known, ...]

    def count(self, outcome: str) -> int:
        """How many lines ended so."""
        return sum(told.outcome == outcome for told in self.lines)


def compare(lines: Sequence[Line], known: Sequence[Known]) -> Compared:
    """Hold a list against a register."""
    register = _Register(known)
    taken: set[int] = set()
    told = []
    for line in lines:
        found = register.find(line)
        if len(found) == 1:
            (person,) = found
            told.append(Told(line, REPEATED if person in taken else MATCHED, person))
            taken.add(person)
        else:
            told.append(Told(line, UNCLEAR if found else MISSING))
    doubtful = {person for each in told if each.outcome == UNCLEAR for person in register.find(each.line)}
    return Compared(tuple(told), tuple(each for each in known if each.person not in taken | doubtful))


class _Register:
    """People by what lists name them by."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.people = {each.person: each for each in known}
        self.documents: dict[bytes, int] = {}
        self.phones: dict[bytes, list[int]] = {}
        self.names: dict[str, list[int]] = {}
        for each in self.people.values():
            if each.document:
                self.documents[each.document] = each.person
            if each.phone:
                self.phones.setdefault(each.phone, []).append(each.person)
            self.names.setdefault(plain(each.name), []).append(each.person)

    def find(self, line: Line) -> set[int]:
        """Whom the line may mean; more than one where it cannot be told."""
        if line.document and line.document in self.documents:
            return {self.documents[line.document]}
        if line.phone:
            same = [each for each in self.phones.get(line.phone, ()) if self._named(line, each)]
            if same:
                return set(same)
        if not line.name:
            return set()
        named = [each for each in self.names.get(plain(line.name), ()) if self._may_be(line, self.people[each])]
        near = [each for each in named if self._agrees(line, self.people[each])]
        return set(near or named)

    def _named(self, line: Line, person: int) -> bool:
        return not line.name or plain(line.name) == plain(self.people[person].name)

    def _may_be(self, line: Line, one: Known) -> bool:
        other_document = bool(line.document and one.document)  # equal ones were found before
        other_birth = bool(line.born_on and one.born_on and line.born_on != one.born_on)
        return not other_document and not other_birth

    def _agrees(self, line: Line, one: Known) -> bool:
        born = bool(line.born_on and line.born_on == one.born_on)
        return born or bool(line.address and one.address and plain(line.address) == plain(one.address))


def plain(text: str) -> str:
    """A name or an address without spaces and marks."""
    return re.sub(r"[\s·,，、.\-—()（）]", "", text).casefold()
