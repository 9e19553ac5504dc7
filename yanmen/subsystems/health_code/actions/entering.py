"""How residents come in: a one-time code to their telephone number, then a certificate for the telephone itself.

Whether a number is in the register is told only to who holds it: every number gets a code, the same answer and the
same work. Several people may share a number; then the end of the document chooses.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import randbelow

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from yanmen.base.clock import local_date
from yanmen.base.identity import phone_number
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.registry import devices
from yanmen.registry.devices import TAIL, Entrance, Entrant, Rate
from yanmen.registry.models import Device
from yanmen.registry.scope import acting, oneself
from yanmen.subsystems.health_code.actions.common import (
    LONGEST_CLIENT,
    Certified,
    Enrolled,
    certified,
    enrolled,
    proven_key,
    tell_revoked,
    within,
)
from yanmen.subsystems.health_code.methods.senders import TEXT, CodeSender, FolderSender, NotSent
from yanmen.subsystems.health_code.queries.doors import door_rules

logger = logging.getLogger("yanmen.health_code")

DIGITS = 6
GOOD_FOR = timedelta(minutes=5)
MOST_TRIES = 5
MOST_DEVICES = 3
HOUR, DAY = 3600, 86_400


@dataclass(frozen=True)
class Key:
    """What a telephone sends of itself: its public key, a signature with the private half, its client's version."""

    public_key: bytes
    proof: bytes
    client: str = ""


def ask_code(*, phone: str, network: str, by: str, now: datetime, sender: CodeSender | None = None) -> timedelta:
    """Make a code for a telephone number and send it, whoever has the number. Says how long it is good."""
    number = phone_number(phone)
    within(
        [
            Rate("codes by network", network, 100, HOUR),
            Rate("codes by phone", number, 3, 600),
            Rate("codes by phone and day", number, 10, DAY),
        ],
        now,
    )
    code = f"{randbelow(10**DIGITS):0{DIGITS}}"
    devices.offer_code(number, code=code, until=now + GOOD_FOR, now=now)
    text = TEXT.format(code=code, minutes=int(GOOD_FOR.total_seconds() // 60))
    try:
        (sender or _sender()).send(number, text, serial=str(uuid7(now)))
    except NotSent as fault:
        logger.error("A code could not be sent for %s: %s", by, fault)  # the answer is the same
    return GOOD_FOR


def enter(
    *,
    phone: str,
    code: str,
    key: Key,
    network: str,
    by: str,
    now: datetime,
    document_tail: str = "",
    replaces: bool = False,
) -> Enrolled:
    """Make a telephone the device of whoever has this number and code, and of those in their charge.

    With `replaces`, their other telephones are shut out: the lost one, too.
    """
    number = phone_number(phone)
    within([Rate("tries by network", network, 300, HOUR), Rate("tries by phone", number, 20, HOUR)], now)
    public_key = proven_key(key.public_key, key.proof, code)
    entrance = devices.try_code(number, code, most_tries=MOST_TRIES, now=now)
    if entrance is None:
        raise Refusal(
            "验证码错误或已失效。请核对，或重新获取。",
            "The code is wrong or no longer good. Check it, or ask for a new one.",
            field="code",
        )
    holder = _chosen(entrance, document_tail)
    within([Rate("entries by person", str(holder.person), 10, DAY)], now)
    with transaction.atomic():
        if not devices.close(entrance, now=now):
            raise Refusal("验证码已使用。请重新获取。", "The code was used. Ask for a new one.", field="code")
        return _let_in(holder, entrance.wards_of(holder.person), public_key, key.client, replaces, by, now)


def _let_in(
    holder: Entrant,
    wards: Sequence[Entrant],
    public_key: bytes,
    client: str,
    replaces: bool,
    by: str,
    now: datetime,
) -> Enrolled:
    until = now + timedelta(days=door_rules(local_date(now)).lives.holder_device_days)
    made: list[Certified] = []
    gone: list[int] = []
    for form, entrant in [(Device.PHONE, holder), *((Device.COMPANION, ward) for ward in wards)]:
        with acting(oneself(entrant.person, entrant.area), now=now) as scope:
            device = devices.enrol_holder(
                entrant, form=form, public_key=public_key, client=client[:LONGEST_CLIENT], until=until, now=now
            )
            others = devices.live(Device.objects.filter(person=entrant.person, form=form), now).exclude(pk=device.pk)
            surplus = others.order_by("-pk").values_list("pk", flat=True)[0 if replaces else MOST_DEVICES - 1 :]
            reason = "replaced" if replaces else f"more than {MOST_DEVICES} telephones"
            gone += devices.revoke(Device.objects.filter(pk__in=list(surplus)), reason=reason, by=scope.by, now=now)
            made.append(certified(device, entrant.name, now, document_tail=entrant.document_tail))
    logger.info("%s: person %s came in, %s in charge, %s shut out", by, holder.person, len(wards), len(gone))
    tell_revoked(gone, now)
    return enrolled(made)


def _chosen(entrance: Entrance, tail: str) -> Entrant:
    """The one of those with this number whom the telephone is for."""
    holders = entrance.holders()
    if not holders:
        raise Refusal(
            "该手机号尚未登记。请到社区登记本人信息和手机号后再试。",
            "Nobody is registered with this number. Register yourself and the number at a community office first.",
            field="phone",
        )
    wanted = tail.strip().upper()
    found = [each for each in holders if wanted and each.document_tail == wanted]
    if len(holders) == 1 and not wanted:
        found = holders
    if len(found) == 1:
        return found[0]
    if wanted:
        raise Refusal(
            "证件末四位不符，或有多人相同。请核对，或到社区办理。",
            f"The last {TAIL} characters fit nobody with this number, or several. Check them, or go to a community office.",
            field="document_tail",
        )
    raise Refusal(
        "这个手机号登记了多人。请输入本人证件号码的末四位。",
        f"Several people have this number. Give the last {TAIL} characters of your own document.",
        field="document_tail",
    )


def _sender() -> CodeSender:
    """The deployer's sender, or the folder of the demo."""
    named: str = getattr(settings, "YANMEN_CODE_SENDER", "")
    if named:
        made: CodeSender = import_string(named)()
        return made
    return FolderSender(Path(settings.YANMEN_HOME) / "codes")
