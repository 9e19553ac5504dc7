"""The shape of an act on a case: its form, who may, what it needs, how it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from yanmen.subsystems.cases import queries
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER
from yanmen.subsystems.cases.pages.fields import Field, Title, said

OWED, OPEN, DONE, SHUT = "owed", "open", "done", "shut"
STATES: Mapping[str, Title] = {
    OWED: {"zh": "待办", "en": "Owed"},
    OPEN: {"zh": "可记录", "en": "May be recorded"},
    DONE: {"zh": "已完成", "en": "Done"},
    SHUT: {"zh": "现在不能办理", "en": "Not possible now"},
}


@dataclass(frozen=True)
class Situation:
    """What decides whether an act is possible: the case, its checklist of discharge, its course after discharge."""

    case: queries.Case
    checklist: queries.Checklist | None
    aftercare: queries.Aftercare | None
    owed: frozenset[str]
    """Kinds of the open tasks about the case."""
    source: Mapping[str, Any] | None = None


Stance = tuple[str, Title]
Run = Callable[[QueryDict, dict[str, Any], datetime], object]


@dataclass(frozen=True)
class Act:
    """One act: its form, who may, what it needs, how it stands, and what does it."""

    name: str
    title: Title
    needs: Title
    roles: tuple[str, ...]
    stance: Callable[[Situation], Stance]
    run: Run
    fields: tuple[Field, ...] = ()
    hidden: bool = False
    """Done from another part of the page, not from the list of acts."""


@dataclass(frozen=True)
class Shown:
    """An act as the page shows it to one role."""

    act: Act
    state: str
    why: Title

    @property
    def state_title(self) -> Title:
        """The state in words."""
        return STATES[self.state]


NOTE = Field("note", said("备注", "Note"))
AT = Field("at", said("时间（空为现在）", "When (empty: now)"), "datetime-local")
REASON = Field("reason", said("理由", "Reason"), required=True)
NOTHING = said("", "")
GONE = said("病例已死亡或已移交，不再办理。", "The case has died or was handed over: nothing more is recorded here.")
BOTH, EXPERT = (EPIDEMIOLOGIST.name, REPORTER.name), (EPIDEMIOLOGIST.name,)


def while_open(situation: Situation) -> Stance:
    return (OPEN, NOTHING) if situation.case.open else (SHUT, GONE)
