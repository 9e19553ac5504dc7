"""Publishing the key-area list and acknowledging it."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.base.signing import FileSigner
from yanmen.registry import areas
from yanmen.registry.scope import Scope
from yanmen.registry.vault import ring
from yanmen.subsystems.risk_areas import queries
from yanmen.subsystems.risk_areas.methods import key_list
from yanmen.subsystems.risk_areas.models import Delivery, KeyArea, KeyAreaList, Receiver

KEY_CONTEXT = "risk_areas.receiver"
_LOCK = 7303


@transaction.atomic
def publish(*, scope: Scope, by: str, now: datetime, note: str = "") -> KeyAreaList:
    """Publish the key areas as they stand now: a new version, signed, owed to every receiver below.

    Publishing an unchanged list returns the version that already says so.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, scope.area])
    found = queries.entries_now(scope)
    digest = key_list.digest_of(found)
    last = KeyAreaList.objects.filter(area=scope.area).order_by("-version").first()
    if last and last.digest == digest:
        return last
    version = last.version + 1 if last else 1
    names = queries.names_of(scope, (entry.area for entry in found))
    content = key_list.document(
        area=scope.area, version=version, published_at=now, digest=digest, entries=found, names=names
    )
    signer = FileSigner.open(settings.YANMEN_SIGNING_KEY)
    whole = KeyAreaList.objects.create(
        area=scope.area, version=version, published_at=now, published_by=by, digest=digest, document=content,
        algorithm=signer.algorithm, key_id=signer.key_id, signature=signer.sign(content), note=note[:200],
    )  # fmt: skip
    KeyArea.objects.bulk_create(
        KeyArea(
            list=whole, area=entry.area, tier=entry.tier, since=entry.since, until=entry.until, rules=list(entry.rules)
        )
        for entry in found
    )
    _owe(whole, scope, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('yanmen_key_areas', %s)", [f"{whole.area}:{whole.pk}"])
    return whole


@transaction.atomic
def acknowledge(*, scope: Scope, delivery: int, by: str, now: datetime) -> Delivery:
    """The receiver has read this version. Only somebody of the receiver's own area can say so; saying it twice keeps the first time."""
    found: Delivery | None = (
        scope.within(Delivery.objects.select_for_update(of=("self",)), "area").filter(pk=delivery).first()
    )
    if found is None:
        raise Refusal(
            "您的辖区内没有这份清单的接收记录。",
            "Your area has no receiver of this list.",
            field="delivery",
            value=str(delivery),
        )
    if not scope.area.startswith(found.area):
        raise NotAllowed(
            "只有接收单位本地人员可以签收，上级不能代签。",
            "Only the receiving area itself can acknowledge; nobody above can do it for them.",
            field="delivery",
            value=str(delivery),
        )
    if found.acknowledged_at is None:
        found.acknowledged_at, found.acknowledged_by = now, by
        found.delivered_at = found.delivered_at or now
        found.save(update_fields=["acknowledged_at", "acknowledged_by", "delivered_at"])
    return found


@transaction.atomic
def add_receiver(
    *,
    scope: Scope,
    area: str,
    name_zh: str,
    by: str,
    now: datetime,
    name_en: str = "",
    url: str = "",
    key: str = "",
    acknowledge_within: int | None = None,
) -> Receiver:
    """Add a unit that gets every version from now on. With a `key`, its webhook also carries an HMAC."""
    scope.require(areas.area(area).code)
    if not name_zh.strip():
        raise Refusal("请填写接收单位名称。", "Give the unit a name.", field="name_zh")
    if url and not _sound(url):
        raise Refusal(
            "地址须为 http 或 https 网址，且不含用户名和密码。",
            "The address must be an http or https URL without user name and password.",
            field="url",
            value=url[:80],
        )
    if receiver_there(area, name_zh):
        raise Refusal(
            "该地区已有同名接收单位。", "This area already has a receiver of that name.", field="name_zh", value=name_zh
        )
    about = {"acknowledge_within": acknowledge_within} if acknowledge_within else {}
    sealed = ring().seal(key, KEY_CONTEXT) if key else None
    return Receiver.objects.create(
        area=area, name_zh=name_zh.strip(), name_en=name_en.strip(), url=url, key_sealed=sealed, created_at=now,
        created_by=by, **about,
    )  # fmt: skip


def receiver_there(area: str, name_zh: str) -> bool:
    """Whether an area has an open receiver of this name."""
    return Receiver.objects.filter(area=area, name_zh=name_zh.strip(), closed_at=None).exists()


def close_receiver(*, scope: Scope, receiver: int, by: str, now: datetime) -> None:
    """From now on this unit gets no further version. What it owes stays owed."""
    open_one = scope.within(Receiver.objects, "area").filter(pk=receiver, closed_at=None)
    if not open_one.update(closed_at=now, closed_by=by):
        raise Refusal(
            "没有这一接收单位。", "There is no such receiver in your area.", field="receiver", value=str(receiver)
        )


def _owe(whole: KeyAreaList, scope: Scope, now: datetime) -> None:
    Delivery.objects.bulk_create(
        Delivery(
            list=whole, receiver=receiver, area=receiver.area,
            due_at=now + timedelta(minutes=receiver.acknowledge_within),
            next_attempt_at=now if receiver.url else None,
        )
        for receiver in queries.receivers(scope)
    )  # fmt: skip


def _sound(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
