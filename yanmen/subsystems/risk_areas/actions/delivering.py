"""Sending versions of the list to receivers' addresses, with every try recorded."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from yanmen.registry.models import Area
from yanmen.registry.scope import acting, system
from yanmen.registry.vault import ring
from yanmen.subsystems.risk_areas.actions.publishing import KEY_CONTEXT
from yanmen.subsystems.risk_areas.methods.key_list import retry_minutes
from yanmen.subsystems.risk_areas.models import Attempt, Delivery

logger = logging.getLogger("yanmen.risk_areas")
TIMEOUT_SECONDS = 10
LEASE = timedelta(minutes=2)
BATCH = 50
Post = Callable[[str, bytes, Mapping[str, str]], int]


@dataclass(frozen=True)
class Sent:
    """What a round of sending did."""

    delivered: int = 0
    failed: int = 0


def deliver_due(*, by: str, now: datetime, post: Post | None = None) -> Sent:
    """Send what is due, in every province of this installation. Any number of workers may call it."""
    logger.debug("%s sends what is due", by)
    total = Sent()
    for area in Area.objects.filter(level="province", valid_to=None).values_list("code", flat=True):
        scope = system(area)
        with acting(scope):
            claimed = _claim(area, now)
        for one in claimed:
            status, fault = _try(one, post or http_post)
            with acting(scope):
                good = _record(one, status, fault, now)
            total = Sent(total.delivered + good, total.failed + (not good))
    return total


def headers_of(delivery: Delivery) -> dict[str, str]:
    """What a receiver checks: the signature over the body, which key made it, and the HMAC if a key is shared."""
    whole = delivery.list
    body = bytes(whole.document)
    found = {
        "Content-Type": "application/json",
        "Yanmen-List": f"{whole.area}:{whole.version}",
        "Yanmen-Delivery": str(delivery.pk),
        "Yanmen-Key-Id": bytes(whole.key_id).hex(),
        "Yanmen-Signature": f"{whole.algorithm} {base64.b64encode(bytes(whole.signature)).decode()}",
    }
    if delivery.receiver.key_sealed is not None:
        key = ring().unseal(bytes(delivery.receiver.key_sealed), KEY_CONTEXT).encode()
        found["Yanmen-Hmac"] = f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"
    return found


def http_post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """POST and give the status. Redirects are not followed: the address is the one that was registered."""
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with _opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def _claim(area: str, now: datetime) -> list[Delivery]:
    """Take what is due; for the time of a lease nobody else does."""
    with transaction.atomic():
        rows = list(
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(delivered_at=None, next_attempt_at__lte=now, list__area__startswith=area, receiver__closed_at=None)
            .select_related("list", "receiver")
            .order_by("next_attempt_at")[:BATCH]
        )
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(next_attempt_at=now + LEASE)
    return rows


def _try(one: Delivery, post: Post) -> tuple[int | None, str]:
    try:
        return post(one.receiver.url, bytes(one.list.document), headers_of(one)), ""
    except (OSError, ValueError) as error:
        return None, f"{type(error).__name__}: {error}"[:200]


def _record(one: Delivery, status: int | None, fault: str, now: datetime) -> bool:
    good = status is not None and 200 <= status < 300
    attempts = one.attempts + 1
    Attempt.objects.create(delivery=one, at=now, status=status, fault=fault)
    later = None if good else now + timedelta(minutes=retry_minutes(attempts))
    Delivery.objects.filter(pk=one.pk).update(
        attempts=F("attempts") + 1, next_attempt_at=later, **({"delivered_at": now} if good else {})
    )
    return good
