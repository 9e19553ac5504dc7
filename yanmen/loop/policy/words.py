"""What a policy is made of: packs, words, rules, and their dated editions."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WEAK = ("C", "KNOWN")


class Days(int):
    """A span written `7 days`: a whole number that still reads as days."""

    def __str__(self) -> str:
        return f"{int(self)} day" if self == 1 else f"{int(self)} days"


class Hours(int):
    """A span written `48 hours`."""

    def __str__(self) -> str:
        return f"{int(self)} hour" if self == 1 else f"{int(self)} hours"


@dataclass(frozen=True)
class Word:
    """One word of a pack: a place, colour, tier or class, with both titles and its strictness."""

    name: str
    zh: str
    en: str
    strictness: int = 0
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """The text a value was taken from, and how sure we are of it."""

    zh: str
    en: str
    grade: str
    clause: str = ""
    ids: tuple[str, ...] = ()
    doc_no: str = ""

    @property
    def weak(self) -> bool:
        """Not read in an official text: it may not decide silently."""
        return self.grade.startswith(WEAK)


@dataclass(frozen=True)
class Stage:
    """One part of a measure: a place from day to day, with the marks it puts on its subject."""

    place: str
    from_day: int
    to_day: int | None
    marks: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskClock:
    """A task that comes with the measure: on a day after day 0, or within hours of `from_`."""

    kind: str
    ordinal: int
    day: int | None = None
    within_hours: int | None = None
    from_: str = "count_from"
    role: str | None = None
    every_days: int | None = None


@dataclass(frozen=True)
class Edition:
    """What one rule says in one area from one day (valid_to is the first day it no longer says it)."""

    pack: str
    rule: str
    area: str
    valid_from: dt.date
    valid_to: dt.date | None
    values: Mapping[str, Any]
    stages: tuple[Stage, ...]
    tests: tuple[int, ...]
    tasks: tuple[TaskClock, ...]
    source: Source
    sources: Mapping[str, Source]
    grades: Mapping[str, str]
    off: bool = False
    marked: bool = False
    bounds: Mapping[str, Any] = field(default_factory=dict)
    exemptions: tuple[Mapping[str, Any], ...] = ()
    edition: str = ""
    where: str = ""

    @property
    def total_days(self) -> int | None:
        """Days after day 0 until the last stage ends; None when it lasts until the reason goes."""
        if not self.stages or self.stages[-1].to_day is None:
            return None
        return self.stages[-1].to_day

    @property
    def weak(self) -> list[str]:
        """Names of the values that rest on grade C or on general knowledge."""
        return sorted(name for name, grade in self.grades.items() if grade.startswith(WEAK))

    def in_force(self, day: dt.date) -> bool:
        """Whether the edition holds on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def body(self) -> dict[str, Any]:
        """Everything it says, as JSON: what pages show and the digest covers."""
        return {
            "edition": self.edition,
            "off": self.off,
            "marked": self.marked,
            "weak": self.weak,
            "values": plain(self.values),
            "grades": dict(self.grades),
            "source": source_body(self.source),
            "sources": {name: source_body(source) for name, source in self.sources.items()},
            "stages": [plain(vars(stage)) for stage in self.stages],
            "tests": list(self.tests),
            "tasks": [plain(vars(task)) for task in self.tasks],
            "exemptions": plain(list(self.exemptions)),
        }

    @property
    def digest(self) -> str:
        """A fingerprint of rule, area, dates and body."""
        said = [self.rule, self.area, str(self.valid_from), str(self.valid_to), self.body()]
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Rule:
    """Which facts oblige which measure; its numbers stand in the editions."""

    id: str
    pack: str
    area: str
    zh: str
    en: str
    given: str
    when: tuple[str, ...]
    count_from: str
    impose: str
    approval: str
    approved_by: str
    ends: tuple[str, ...]
    file: str
    note: Mapping[str, str] = field(default_factory=dict)

    def title(self, language: str) -> str:
        """The title in a language ("zh…", or anything else for English)."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class NamedEdition:
    """An edition of the protocol a pack follows, as its officers call it."""

    id: str
    zh: str
    en: str
    valid_from: dt.date
    valid_to: dt.date | None
    source: Source
    doc_no: str = ""
    note: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pack:
    """A folder of policy: whose it is, what it overlays, where it lies."""

    id: str
    zh: str
    en: str
    area: str
    overlays: str
    folder: Path
    editions: tuple[NamedEdition, ...] = ()


@dataclass(frozen=True)
class Policy:
    """Every pack that was loaded, merged from nation to city."""

    packs: tuple[Pack, ...]
    words: Mapping[str, Mapping[str, Word]]
    rules: tuple[Rule, ...]
    editions: tuple[Edition, ...]
    asks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def rule(self, name: str) -> Rule:
        """The rule of that id."""
        return next(rule for rule in self.rules if rule.id == name)

    def pack(self, name: str) -> Pack:
        """The pack of that id."""
        return next(pack for pack in self.packs if pack.id == name)

    def of(self, rule: str) -> list[Edition]:
        """Every edition of a rule, upper areas first, then by date."""
        return [edition for edition in self.editions if edition.rule == rule]

    def at(self, rule: str, area: str, day: dt.date) -> Edition | None:
        """The edition that holds in an area on a day: the nearest level that says something."""
        found = [e for e in self.of(rule) if area.startswith(e.area) and e.in_force(day)]
        return max(found, key=lambda edition: len(edition.area), default=None)

    def named_edition(self, pack: str, day: dt.date) -> str:
        """What officers call the protocol in force on a day, by a pack or the one it overlays."""
        found = self.pack(pack)
        while not found.editions and found.overlays:
            found = self.pack(found.overlays)
        days = [n for n in found.editions if n.valid_from <= day]
        return next((n.id for n in days if n.valid_to is None or day < n.valid_to), "")

    def columns(self, built: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
        """Columns of every relation: as built, or as the packs ask where it is not built yet."""
        return {**self.asks, **built}

    def places(self, note: str) -> list[str]:
        """Places of which the packs say this: `holds` (people there count as held), `room` (each needs one)."""
        return [name for name, word in self.words.get("places", {}).items() if word.notes.get(note)]

    def strictness(self, place: str) -> int:
        """How strict a place is, from the packs' words."""
        word = self.words.get("places", {}).get(place)
        return word.strictness if word else 0


def source_body(source: Source) -> dict[str, Any]:
    """A source as JSON."""
    return {
        "zh": source.zh,
        "en": source.en,
        "grade": source.grade,
        "clause": source.clause,
        "ids": list(source.ids),
        "doc_no": source.doc_no,
    }


def plain(value: Any) -> Any:
    """A value as JSON data: dates as text, spans as numbers."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value
