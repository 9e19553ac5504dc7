"""The words a subsystem may add: kinds of fact, measure, task, status, and roles.

Kinds are values one can print. Every one carries both titles, so the glossary
(中文 ↔ code name) is generated from them and never goes stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Literal

Subject = Literal["person", "area", "place"]
ANY_PLACE = "*"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A word of the field: a code name and its two titles."""

    name: str
    zh: str
    en: str

    def title(self, language: str) -> str:
        """The title in ``language`` ("zh…" or anything else for English)."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, kw_only=True)
class FactKind(Kind):
    """Something that happens. ``detail`` names the fields a fact of this kind carries."""

    retention_days: int
    subject: Subject = "person"
    detail: Mapping[str, str] = field(default_factory=dict)
    presence: bool = False


@dataclass(frozen=True, kw_only=True)
class BulkKind(FactKind):
    """A fact that comes by the million: a typed table of its own, partitioned by day.

    ``detail`` gives its columns and their SQL types. ``matters`` is the narrow condition under
    which one wakes its person: when the person, its place or its area is under an open measure.
    """

    matters: tuple[Subject, ...] = ("person",)

    @property
    def table(self) -> str:
        """The table that holds facts of this kind."""
        return "loop_bulk_" + self.name.replace(".", "_")


@dataclass(frozen=True, kw_only=True)
class MeasureKind(Kind):
    """An obligation that can be in force on a person, an area or a place."""

    subject: Subject = "person"
    basis_zh: str = ""
    basis_en: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskKind(Kind):
    """One act that one role owes. A fact of a kind in ``done_by`` closes it."""

    role: str
    done_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Role(Kind):
    """What a person may hold in an area: it opens pages and receives tasks.

    ``stands_at`` names the registers (tables with a key ``place_id``) whose places roles like this keep: a telephone may
    stand at such a place only in a role that names its register, or ANY_PLACE. Other places are open to every role.
    """

    stands_at: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Status(Kind):
    """A fold: the strictest ``mark`` over the stages in force today, else ``default``.

    ``order`` runs from mild to strict and holds every value, the default included.
    """

    mark: str
    order: tuple[str, ...]
    default: str
    subject: Subject = "person"


def kinds_in(module: ModuleType) -> list[Kind]:
    """Every kind that ``module`` defines as a constant, in the order written."""
    return [value for value in vars(module).values() if isinstance(value, Kind)]
