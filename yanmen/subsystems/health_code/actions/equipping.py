"""Devices of officers, and shutting devices out: by staff, by the account itself, by the holder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.registry import devices
from yanmen.registry.accounts import scopes_of
from yanmen.registry.devices import Post, Rate
from yanmen.registry.models import Account, Device, Place
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.health_code import queries
from yanmen.subsystems.health_code.actions.common import (
    LONGEST_CLIENT,
    Enrolled,
    certified,
    enrolled,
    proven_key,
    tell_revoked,
    within,
)
from yanmen.subsystems.health_code.actions.entering import Key
from yanmen.subsystems.health_code.queries.doors import door_rules

TOKEN_GOOD_FOR = timedelta(minutes=10)
HOUR = 3600


@dataclass(frozen=True)
class Opened:
    """An enrolment that waits for one telephone: what its QR code says, and until when."""

    token: str
    until: datetime
    device_until: datetime


@transaction.atomic
def open_enrolment(
    *, scope: Scope, by: str, now: datetime, place: int | None = None, days: int | None = None
) -> Opened:
    """Let one telephone become the asker's device, in the role the asker acts in, at a place or in the whole area."""
    if scope.account is None or not scope.sees_people:
        raise NotAllowed(
            "请以本人账号的业务身份登记终端。",
            "Enrol a device from your own account, in a role that works with people.",
        )
    longest = door_rules(local_date(now)).lives.officer_device_days
    wanted = longest if days is None else days
    if not 1 <= wanted <= longest:
        raise Refusal(
            f"有效期应为 1 至 {longest} 天。", f"A device lasts 1 to {longest} days.", field="days", value=str(days)
        )
    found = _place(scope, place) if place is not None else None
    device_until, until = now + timedelta(days=wanted), now + TOKEN_GOOD_FOR
    token = devices.open_token(
        scope, area=found.area if found else scope.area, place=place, device_until=device_until, until=until, now=now
    )
    return Opened(token, until, device_until)


def equip(*, token: str, key: Key, network: str, by: str, now: datetime) -> Enrolled:
    """Make a telephone the device for which an officer opened an enrolment, if the officer's grant still holds."""
    within([Rate("tokens by network", network, 300, HOUR)], now)
    public_key = proven_key(key.public_key, key.proof, token)
    with transaction.atomic():
        post = devices.use_token(token, now=now)
        scope = _held_by(post, now) if post else None
        if post is None or scope is None:
            raise Refusal(
                "二维码已使用或已失效。请在电脑上重新生成。",
                "This code was used or is no longer good. Make a new one on the site.",
                field="token",
            )
        with acting(scope, now=now):
            if post.place is not None:
                _check_standing(scope, post.place)
            device = devices.enrol_officer(post, public_key=public_key, client=key.client[:LONGEST_CLIENT], now=now)
            name = Account.objects.get(pk=post.account).name
        return enrolled([certified(device, name, now)])


@transaction.atomic
def revoke_devices(*, scope: Scope, numbers: Sequence[int], reason: str, by: str, now: datetime) -> list[int]:
    """Shut out devices of the asker's area, or the asker's own. A reason stands beside each; nothing opens them again."""
    if not reason.strip():
        raise Refusal("请写明原因，例如手机遗失。", "Say why, for example: the telephone is lost.", field="reason")
    mine = Device.objects.filter(account=scope.account, account__isnull=False)
    rows = (devices.devices(scope) | mine.order_by("-pk")).filter(pk__in=list(numbers))
    gone = devices.revoke(rows, reason=reason, by=by, now=now)
    if not gone:
        raise Refusal(
            "没有可停用的终端，或不在您的辖区。",
            "None of these devices is open in your area.",
            field="numbers",
            value=", ".join(map(str, numbers)),
        )
    tell_revoked(gone, now)
    return gone


@transaction.atomic
def shut_out_departed(*, by: str, now: datetime) -> list[int]:
    """Devices of officers speak no longer than the officers may; the numbers of those that are shut out now."""
    gone = devices.shut_out_departed(by=by, now=now)
    tell_revoked(gone, now)
    return gone


@transaction.atomic
def revoke_own(*, scope: Scope, number: int, by: str, now: datetime) -> None:
    """Shut out one of one's own telephones."""
    own = Device.objects.filter(person=scope.person, pk=number)
    gone = devices.revoke(own, reason="revoked by the holder", by=by, now=now)
    if not gone:
        raise Refusal(
            "没有这部手机，或已停用。", "There is no such telephone of yours, or it is shut out.", field="device",
            value=str(number),
        )  # fmt: skip
    tell_revoked(gone, now)


def _place(scope: Scope, number: int) -> Place:
    found: Place | None = scope.within(Place.objects, "area").filter(pk=number).first()
    if found is None:
        raise Refusal(
            "您的辖区内没有这个场所。请从列表中选择。",
            "There is no such place in your area. Choose one of the list.",
            field="place",
            value=str(number),
        )
    _check_standing(scope, number)
    return found


def _check_standing(scope: Scope, place: int) -> None:
    """At a post or a venue only roles that keep it: a telephone there writes who passed or came in."""
    keepers = queries.keepers_of(scope, place)
    if keepers and scope.role not in {role.name for role in keepers}:
        raise Refusal(
            f"此处只能由以下角色登记终端：{'、'.join(role.zh for role in keepers)}。请更换角色或场所。",
            f"Only these roles stand here: {', '.join(role.en for role in keepers)}. Choose another role or place.",
            field="place",
            value=str(place),
        )


def _held_by(post: Post, now: datetime) -> Scope | None:
    """The grant under which the enrolment was opened, while it holds."""
    for held in scopes_of(post.account, now):
        if held.role == post.role and held.sees_people and held.includes(post.area):
            return held
    return None
