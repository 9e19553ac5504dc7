"""Publishing the documents that doors verify codes with: keys, changes, words. Only what changed, or is about to end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from yanmen.base import changes, cose
from yanmen.base.clock import local_date
from yanmen.base.issuing import LIST_LIVES
from yanmen.base.key_list import LIST
from yanmen.loop.outbox import tell
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope, acting, system
from yanmen.registry.vault import issuing
from yanmen.subsystems.health_code.models import Publication
from yanmen.subsystems.health_code.queries import documents
from yanmen.subsystems.health_code.queries.doors import door_rules

DOCUMENTS = "edge.documents"
KEPT = 20
_LOCK = 7304


def publish_documents(*, by: str, now: datetime) -> list[str]:
    """Publish what is new; the names of what was published. Any number of workers may call it."""
    provinces = list(
        Area.objects.filter(level="province", valid_to=None).order_by("code").values_list("code", flat=True)
    )
    if not provinces:
        return []
    scope = system(provinces[0])
    with acting(scope, now=now):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        published = [
            *_keys(scope, now),
            *_words(scope, now),
            *_changes(scope, [system(code) for code in provinces], now),
        ]
        if published:
            tell(DOCUMENTS, {"names": published}, now=now)
    return published


def _keys(scope: Scope, now: datetime) -> list[str]:
    basis = "/".join(f"{key.key_id}:{key.until}:{key.revoked_at}" for key in issuing().keys)
    expires_at = now + LIST_LIVES
    return _publish(scope, documents.KEYS, basis, lambda _: issuing().signed_list(now), expires_at, now)


def _words(scope: Scope, now: datetime) -> list[str]:
    expires_at = now + LIST_LIVES
    said = documents.words(scope, door_rules(local_date(now)), now=now, expires_at=expires_at, area=scope.area)

    def signed(seq: int) -> bytes:
        body = json.dumps({**said, "seq": seq}, ensure_ascii=False, separators=(",", ":")).encode()
        return cose.sign1(body, issuing().signer(LIST, now))

    return _publish(scope, documents.WORDS, documents.basis_of_words(said), signed, expires_at, now)


def _changes(scope: Scope, everywhere: list[Scope], now: datetime) -> list[str]:
    """Every change at once; without one, often enough that doors know their knowledge is fresh."""
    rules = door_rules(local_date(now))
    expires_at = now + timedelta(hours=rules.lives.credential_hours)

    def signed(seq: int) -> bytes:
        elements: set[int] = set()
        for one in everywhere:
            with acting(one, now=now):
                elements |= documents.elements_of_changes(one, rules.lives, now=now)
        return changes.publish(elements, signer=issuing().signer(LIST, now), now=now, expires_at=expires_at, seq=seq)

    basis = ""
    for one in everywhere:
        with acting(one, now=now):
            basis += documents.basis_of_changes(one) + ";"
    return _publish(
        scope, documents.CHANGES, basis, signed, expires_at, now, again=timedelta(minutes=rules.fresh_minutes)
    )


def _publish(
    scope: Scope,
    name: str,
    basis: str,
    signed: Callable[[int], bytes],
    expires_at: datetime,
    now: datetime,
    *,
    again: timedelta | None = None,
) -> list[str]:
    """A further version if the basis differs, half of the life is over, or it is time again."""
    last = documents.newest(scope, name)
    if last is not None:
        renew = last.at + (again or (last.expires_at - last.at) / 2)
        if last.basis == basis and now < renew and last.at <= now:
            return []
    seq = last.seq + 1 if last else 1
    Publication.objects.create(name=name, seq=seq, body=signed(seq), basis=basis, at=now, expires_at=expires_at)
    Publication.objects.filter(name=name, seq__lte=seq - KEPT).delete()
    return [name]
