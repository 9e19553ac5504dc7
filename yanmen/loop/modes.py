"""In which mode an area is, peace or emergency, and what norms say there.

A mode is a measure on an area (kind `emergency_mode`, reason `desk|disease|proposal`); whoever reads a norm for an area
reads it through `numbers_in`. Nothing is switched anywhere else: what a mode changes is what packs say under `emergency:`
and what rules ask of a relation's column `mode`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connections

from yanmen.loop.policies import norm_in_force, shelf
from yanmen.loop.policy.parts import Dated
from yanmen.loop.policy.words import Rule

EVERY = "*"
ASKED = "mode"


@dataclass(frozen=True)
class Change:
    """One number that is another in emergency mode."""

    norm: str
    zh: str
    en: str
    name: str
    peace: Any
    emergency: Any
    dated: Dated


def in_emergency(area: str, desk: str, *, alias: str = "default") -> bool:
    """Whether an area, or what it lies in, stands in emergency mode for a desk now. Areas' measures are public."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT in_emergency(%s, %s)", [area, desk])
        return bool(cursor.fetchone()[0])


def areas_in_emergency(desk: str, *, alias: str = "default") -> list[str]:
    """Areas that themselves stand in emergency mode for a desk now, in order of code."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT area FROM loop_measure WHERE kind = 'emergency_mode' AND subject_type = 'area' AND state = 'in_force' "
            "AND split_part(reason, '|', 1) IN (%s, %s) ORDER BY area", [EVERY, desk],
        )  # fmt: skip
        return [str(area) for (area,) in cursor.fetchall()]


def desk_of(name: str) -> str:
    """The desk that a norm or a rule belongs to: the first part of its id."""
    return name.partition(".")[0]


def numbers_in(area: str, name: str, day: dt.date, *, alias: str = "default") -> Mapping[str, Any]:
    """The numbers of a norm in force in an area on a day, by its mode now; nothing where there is none."""
    dated = norm_in_force(name, day)
    if dated is None:
        return {}
    if dated.emergency and in_emergency(area, desk_of(name), alias=alias):
        dated = dated.in_emergency()
    return dict(dated.parts)


def changed_numbers(day: dt.date, desk: str = EVERY) -> Iterator[Change]:
    """What a switch to emergency changes among the norms in force on a day."""
    for norm in shelf.norms().values():
        dated = norm.at(day)
        if dated is not None and desk in (EVERY, desk_of(norm.id)):
            for name, value in dated.emergency.items():
                yield Change(norm.id, norm.zh, norm.en, name, dated.parts.get(name), value, dated.in_emergency())


def rules_asking(day: dt.date, desk: str = EVERY) -> Iterator[Rule]:
    """Rules in force on a day that ask in which mode the area is."""
    for rule in shelf.policy().rules:
        asks = any(line.replace(" ", "").startswith(f"{ASKED}=") for line in rule.when)
        editions = [each for each in shelf.policy().of(rule.id) if each.in_force(day) and not each.off]
        if asks and editions and rule.given != "area_mode" and desk in (EVERY, desk_of(rule.id)):
            yield rule
