"""Where a person was, as far as facts show: every kind of fact that is presence, whoever declares it, common and bulk alike.

A kind that names an `until` in its detail lasts until then; others are moments. The first argument is a Scope: call inside
``acting(scope)``, and what lies outside the asker's areas is not there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from yanmen.base.rows import records
from yanmen.loop.catalogue import catalogue
from yanmen.loop.kinds import BulkKind, FactKind
from yanmen.loop.named import sql
from yanmen.registry.scope import Scope

LASTS = "until"


@dataclass(frozen=True)
class Presence:
    """One record that says where somebody was. `until` is empty where the record tells of a moment."""

    fact: UUID
    kind: str
    area: str
    place: int | None
    at: datetime
    until: datetime | None
    detail: Mapping[str, Any]

    @property
    def title(self) -> Mapping[str, str]:
        """What kind of record it is, in both languages."""
        kind = catalogue.facts.get(self.kind)
        return {"zh": kind.zh, "en": kind.en} if kind else {"zh": self.kind, "en": self.kind}


def presences(scope: Scope, person: int, *, since: datetime, until: datetime, known_at: datetime) -> list[Presence]:
    """Records of the person, and of those merged with them, that touch a stretch of time, as known at a moment; oldest first.

    Of bulk kinds the day in an id says which partitions are read: an id is made when the thing happens, or later.
    """
    kinds = _kinds()
    single = [name for name, kind in kinds.items() if not isinstance(kind, BulkKind)]
    bulk = tuple(name for name, kind in kinds.items() if isinstance(kind, BulkKind))
    about: dict[str, Any] = {
        "person": person,
        "area": scope.area,
        "since": since,
        "until": until,
        "known_at": known_at,
        "single": single,
        "lasting": [name for name in single if LASTS in kinds[name].detail],
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(bulk), about)
        return [_presence(row) for row in records(cursor)]


def _kinds() -> dict[str, FactKind]:
    return {name: kind for name, kind in catalogue.facts.items() if kind.presence}


@cache
def _statement(bulk: tuple[str, ...]) -> str:
    parts = [sql("presences_single")]
    parts += [sql("presences_bulk").replace("{kind}", name).replace("{known}", name.replace(".", "_")) for name in bulk]
    return sql("presences").replace("{parts}", "\nUNION ALL\n".join(parts))


def _presence(row: Mapping[str, Any]) -> Presence:
    detail = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
    told = {name: value for name, value in detail.items() if value is not None}
    return Presence(row["fact"], row["kind"], row["area"], row["place"], row["at"], row["until"], told)
