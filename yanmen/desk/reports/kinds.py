"""Who writes which report: subsystems register reports and sections, and none knows another.

    @report(name="daily", zh="疫情日报", en="Daily report")
    def daily(scope, *, day, known_at, language) -> Document: ...

    @section(name="rooms", order=60)
    def rooms(asked: Asked) -> list[Block]: ...

A section of the situation report returns the blocks it contributes, or none where it has nothing to say.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from yanmen.base.refusals import Refusal
from yanmen.desk import drill_mark
from yanmen.desk.reports.document import Block, Document
from yanmen.registry.scope import Scope

LANGUAGES = ("zh", "en")
Write = Callable[..., Document]


@dataclass(frozen=True)
class ReportKind:
    """A report that can be written of any day."""

    name: str
    zh: str
    en: str
    write: Write

    @property
    def title(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True)
class Asked:
    """What a section is asked about: whose areas, which day, known when, in which language. `kept` holds figures that others asked for."""

    scope: Scope
    day: date
    known_at: datetime
    language: str
    kept: dict[str, Any] = field(default_factory=dict, compare=False)

    def say(self, told: Mapping[str, str]) -> str:
        """A text in the report's language."""
        return told[self.language]

    def word(self, zh: str, en: str) -> str:
        """One of two texts."""
        return zh if self.language == "zh" else en


Section = Callable[[Asked], "list[Block]"]
REPORTS: dict[str, ReportKind] = {}
SECTIONS: dict[str, tuple[int, Section]] = {}


def report(*, name: str, zh: str, en: str) -> Callable[[Write], Write]:
    """Register write(scope, *, day, known_at, language) as a kind of report."""

    def register(write: Write) -> Write:
        if name in REPORTS:
            raise ImproperlyConfigured(f"report {name} is registered twice: choose another name for one of them")
        REPORTS[name] = ReportKind(name, zh, en, write)
        return write

    return register


def section(*, name: str, order: int) -> Callable[[Section], Section]:
    """Register a section of the situation report."""

    def register(write: Section) -> Section:
        if name in SECTIONS:
            raise ImproperlyConfigured(f"section {name} is registered twice: choose another name for one of them")
        SECTIONS[name] = (order, write)
        return write

    return register


def sections() -> list[Section]:
    """The sections in their order."""
    _loaded()
    return [write for _, _, write in sorted((order, name, write) for name, (order, write) in SECTIONS.items())]


def kind_named(name: str) -> ReportKind:
    """A kind of report; a name that is none is refused with those there are."""
    _loaded()
    if name in REPORTS:
        return REPORTS[name]
    known = "、".join(sorted(REPORTS))
    raise Refusal(
        f"没有名为“{name}”的报告，可选：{known}。", f"No report is called “{name}”. There are: {known}.",
        field="report", value=name,
    )  # fmt: skip


def written(name: str, scope: Scope, *, day: date, known_at: datetime, language: str) -> Document:
    """The report of a day, as known at a moment; that of a drill carries its mark."""
    document = kind_named(name).write(scope, day=day, known_at=known_at, language=language)
    mark = drill_mark.mark()
    return replace(document, mark=mark.said(language)) if mark else document


def _loaded() -> None:
    """Pages bring the reports and the addresses of their lists: a command has not read them yet."""
    importlib.import_module("yanmen.desk.reports.situation_report")
    assert get_resolver().url_patterns
