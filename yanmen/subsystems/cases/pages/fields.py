"""Fields of the forms of a case, and texts in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

Title = Mapping[str, str]


def said(zh: str, en: str) -> Title:
    """A text in both languages."""
    return {"zh": zh, "en": en}


@dataclass(frozen=True)
class Field:
    """One field of an act's form."""

    name: str
    title: Title
    kind: str = "text"
    required: bool = False
    choices: Mapping[str, Title] = field(default_factory=dict)
    most: int = 400


def text_of(form: QueryDict, name: str = "note", most: int = 400) -> str:
    """A text of the form, not longer than it may be."""
    return form.get(name, "").strip()[:most]
