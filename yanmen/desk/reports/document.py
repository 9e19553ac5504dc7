"""What a report consists of: blocks in their order, each figure with its key and the address of its list.

A document is plain data: it goes to JSON and back unchanged, so that what was published is kept and can be compared later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Span:
    """Some text; a figure has a `key` that is the same in every report of its kind, a `label`, and the address of its list."""

    text: str
    href: str = ""
    key: str = ""
    label: str = ""


@dataclass(frozen=True)
class Heading:
    """Begins a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text. `look`: body, lead (the sentence that says it all), note, fault."""

    spans: tuple[Span, ...]
    look: str = "body"


@dataclass(frozen=True)
class Figure:
    """A large number with its title; `change` is said in words, `tone` is good, bad or empty."""

    value: Span
    title: str
    change: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Figures:
    """The numbers that matter, side by side."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers stand to the right."""

    title: str
    number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under named columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Span, ...], ...]
    title: str = ""

    @property
    def numbers(self) -> set[int]:
        """Which columns hold numbers."""
        return {at for at, column in enumerate(self.columns) if column.number}


@dataclass(frozen=True)
class Picture:
    """A drawing; `said` tells in words what it shows, `legend` what its colours mean. One with a `share` of the width stands beside others."""

    svg: str
    said: str
    title: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    source: str = ""
    share: float = 0


Block = Heading | Paragraph | Figures | Table | Picture
BLOCKS: dict[str, type[Any]] = {kind.__name__.lower(): kind for kind in (Heading, Paragraph, Figures, Table, Picture)}


@dataclass(frozen=True)
class Document:
    """A report in one language. `mark` stands on every page of a drill; `wording` is its text alone, where that has a fixed form."""

    kind: str
    title: str
    subtitle: str
    language: str
    area: str
    day: date
    known_at: datetime
    blocks: tuple[Block, ...]
    sources: tuple[str, ...] = ()
    mark: str = ""
    wording: str = ""
    notes: tuple[str, ...] = field(default=())

    def spans(self) -> Iterator[Span]:
        """Every piece of text that may be a figure, in reading order."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from block.spans
            elif isinstance(block, Figures):
                yield from (figure.value for figure in block.figures)
            elif isinstance(block, Table):
                yield from (cell for row in block.rows for cell in row)

    def figures(self) -> dict[str, Span]:
        """Key → figure; what is compared when a report is written again."""
        return {span.key: span for span in self.spans() if span.key}

    @property
    def digest(self) -> str:
        """The same figures of the same day have the same digest, whenever they are written."""
        told = {key: span.text for key, span in sorted(self.figures().items())}
        content = [self.kind, self.area, self.day.isoformat(), self.mark != "", told]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        told = {
            name: getattr(self, name)
            for name in ("kind", "title", "subtitle", "language", "area", "mark", "wording", "sources", "notes")
        }
        blocks = [{"block": type(block).__name__.lower(), **asdict(block)} for block in self.blocks]
        return told | {"day": self.day.isoformat(), "known_at": self.known_at.isoformat(), "blocks": blocks}


def from_dict(kept: Mapping[str, Any]) -> Document:
    """A document that was kept."""
    told = dict(kept)
    told["day"], told["known_at"] = date.fromisoformat(told["day"]), datetime.fromisoformat(told["known_at"])
    told["blocks"] = tuple(_block(block) for block in told["blocks"])
    told["sources"], told["notes"] = tuple(told["sources"]), tuple(told["notes"])
    return Document(**told)


@dataclass(frozen=True)
class Change:
    """A figure that is no longer what it was: empty text where it was not said."""

    key: str
    label: str
    before: str
    after: str


def changes(before: Document, after: Document) -> list[Change]:
    """Figures that two versions of a report say differently, in the order of the later one."""
    old, new = before.figures(), after.figures()
    keys = [*new, *(key for key in old if key not in new)]
    told = ((key, old.get(key, Span("")), new.get(key, Span(""))) for key in keys)
    return [
        Change(key, now.label or was.label or key, was.text, now.text) for key, was, now in told if was.text != now.text
    ]


def _block(kept: Mapping[str, Any]) -> Block:
    told = dict(kept)
    kind = told.pop("block")
    if kind == "paragraph":
        told["spans"] = _spans(told["spans"])
    elif kind == "figures":
        told["figures"] = tuple(Figure(**{**one, "value": Span(**one["value"])}) for one in told["figures"])
    elif kind == "table":
        told["columns"] = tuple(Column(**one) for one in told["columns"])
        told["rows"] = tuple(_spans(row) for row in told["rows"])
    elif kind == "picture":
        told["legend"] = tuple((colour, text) for colour, text in told["legend"])
    made: Block = BLOCKS[kind](**told)
    return made


def _spans(kept: list[dict[str, str]]) -> tuple[Span, ...]:
    return tuple(Span(**one) for one in kept)
