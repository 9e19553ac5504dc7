"""What the published documents say, and the newest of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.base import changes
from yanmen.base.clock import local_date
from yanmen.loop.policies import shelf
from yanmen.registry.scope import Scope
from yanmen.registry.vault import pseudonyms
from yanmen.subsystems.health_code.kinds import HEALTH_CODE
from yanmen.subsystems.health_code.models import Publication
from yanmen.subsystems.health_code.queries.doors import Lives, Rules
from yanmen.subsystems.health_code.queries.named import sql

KEYS, CHANGES, WORDS = "keys", "changes", "words"
CLIENTS = ("1",)
"""Versions of the telephone pages that are served: the last four, newest last."""

_EPOCH = date(1970, 1, 1)


def newest(scope: Scope, name: str) -> Publication | None:
    """The document of this name that edges serve now; it is the same for everybody."""
    return Publication.objects.filter(name=name).order_by("-seq").first()


def basis_of_changes(scope: Scope) -> str:
    """A text that differs when a status, a paper or a device has changed."""
    with connection.cursor() as cursor:
        cursor.execute(sql("basis"), {"status": HEALTH_CODE.name})
        return str(cursor.fetchone()[0])


def elements_of_changes(scope: Scope, lives: Lives, *, now: datetime) -> set[int]:
    """What a door must know against codes that may still be shown, as elements of the filter."""
    since = now - timedelta(hours=lives.credential_hours + lives.stale_hours)
    about: dict[str, Any] = {
        "status": HEALTH_CODE.name,
        "default": HEALTH_CODE.default,
        "since": since,
        "now": now,
        "area": scope.area,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql("worsened"), about)
        found = _of_phones(cursor.fetchall(), _living_days(now, lives))
        cursor.execute(sql("papers"), about)
        for name, colour, revoked, value in cursor.fetchall():
            if revoked:
                found.update(changes.revoked_codes(bytes(name)))
            elif HEALTH_CODE.order.index(value) > colour:
                found.add(changes.element(bytes(name), colour))
        cursor.execute(sql("lost_keys"), about)
        for (key,) in cursor.fetchall():
            found.update(changes.revoked_device(bytes(key)))
    return found


def words(scope: Scope, rules: Rules, *, now: datetime, expires_at: datetime, area: str) -> dict[str, Any]:
    """The words document: the order of colours and their titles, what doors ask, which clients are served."""
    return {
        "issued_at": int(now.timestamp()),
        "expires_at": int(expires_at.timestamp()),
        "area": area,
        "order": list(HEALTH_CODE.order),
        "titles": {value: _title(value) for value in HEALTH_CODE.order},
        "asks": rules.asks,
        "policy": rules.policy,
        "at": rules.at,
        "asks_at": rules.asks_at,
        "say": rules.say,
        "fresh_minutes": rules.fresh_minutes,
        "credential_hours": rules.lives.credential_hours,
        "stale_hours": rules.lives.stale_hours,
        "source": {"zh": rules.source.zh, "en": rules.source.en, "grade": rules.source.grade},
        "clients": list(CLIENTS),
    }


def basis_of_words(said: Mapping[str, Any]) -> str:
    """The same words without the moment: they are published anew when this differs."""
    lasting = {name: value for name, value in said.items() if name not in ("issued_at", "expires_at")}
    return json.dumps(lasting, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _of_phones(worsened: list[tuple[int, str]], days: list[int]) -> set[int]:
    """One element for each better colour that a code of each living day may show."""
    found: set[int] = set()
    if not worsened:
        return found
    names = pseudonyms()
    colours = [HEALTH_CODE.order.index(value) for _, value in worsened]
    for day in days:
        made = names.make_many([person for person, _ in worsened], day)
        for name, colour in zip(made, colours, strict=True):
            found.update(changes.worse_than_shown(name, colour))
    return found


def _living_days(now: datetime, lives: Lives) -> list[int]:
    """Days whose codes may still be shown, whether their day began in Shanxi or by UTC."""
    first = (now - timedelta(hours=lives.credential_hours)).astimezone(UTC).date()
    return list(range((first - _EPOCH).days, (local_date(now) - _EPOCH).days + 1))


def _title(value: str) -> dict[str, str]:
    word = shelf.policy().words.get("colours", {}).get(value)
    return {"zh": word.zh, "en": word.en} if word else {"zh": value, "en": value}
