"""Papers of a person, what a code on paper would say now, and the devices of an area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.safestring import SafeString, mark_safe

from yanmen.base import credentials
from yanmen.base.qr_codes import svg
from yanmen.loop.models import Fact
from yanmen.registry import devices as registered
from yanmen.registry.models import Account, Device, Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.health_code.kinds import HEALTH_CODE
from yanmen.subsystems.health_code.models import PaperCode
from yanmen.subsystems.health_code.queries.named import sql

PAGE = 50
STATES = {
    "live": {"zh": "在用", "en": "In use"},
    "revoked": {"zh": "已停用", "en": "Shut out"},
    "expired": {"zh": "已到期", "en": "Ended"},
}


@dataclass(frozen=True)
class DeviceRow:
    """A device as staff see it."""

    device: Device
    whose: str
    place: str
    state: Mapping[str, str]
    live: bool


@dataclass(frozen=True)
class DevicePage:
    """One page of devices, and the key of the next."""

    rows: list[DeviceRow]
    after: int | None


def paper_of(scope: Scope, person: int) -> PaperCode | None:
    """The newest paper of a person of the asker's areas."""
    found: PaperCode | None = scope.within(PaperCode.objects, "area").filter(person=person).order_by("-pk").first()
    return found


def paper(scope: Scope, number: int) -> PaperCode | None:
    """One paper of the asker's areas."""
    found: PaperCode | None = scope.within(PaperCode.objects, "area").filter(pk=number).first()
    return found


def colour_now(scope: Scope, person: int) -> int:
    """The place of a person's colour in the order of colours, best first."""
    with connection.cursor() as cursor:
        cursor.execute(sql("colour"), {"person": person, "status": HEALTH_CODE.name})
        row = cursor.fetchone()
    return HEALTH_CODE.order.index(row[0] if row else HEALTH_CODE.default)


def last_negative(scope: Scope, person: Person) -> datetime | None:
    """When a person was last sampled with a negative nucleic acid test, by facts that stand."""
    rows = Fact.objects.filter(person_id=person.pk, kind="screening.result", detail__result="negative")
    for row in rows.order_by("-occurred_at"):
        if row.detail.get("method", "nat") == "nat" and not Fact.objects.filter(corrects=row.pk).exists():
            return row.occurred_at
    return None


def printed(paper: PaperCode) -> str:
    """What the QR code of a paper says."""
    return credentials.print_paper(bytes(paper.credential))


def drawn(text: str, title: str) -> SafeString:
    """A QR code as an inline picture: black on white whatever the theme, without styles of its own."""
    return mark_safe(svg(text, omitsize=True, light="#fff", svgclass="qr", title=title))


def device_page(scope: Scope, *, now: datetime, kind: str = "", after: int | None = None) -> DevicePage:
    """Devices of the asker's areas, newest first."""
    rows = registered.devices(scope)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(pk__lt=after) if after else rows
    found = list(rows.select_related("person", "account", "place")[: PAGE + 1])
    shown = found[:PAGE]
    return DevicePage([_row(each, now) for each in shown], shown[-1].pk if len(found) > PAGE else None)


def own_account_devices(scope: Scope, *, now: datetime) -> list[DeviceRow]:
    """Devices of the asker's own account, newest first."""
    rows = Device.objects.filter(account=scope.account or 0).select_related("account", "place").order_by("-pk")
    return [_row(each, now) for each in rows[:PAGE]]


def _row(device: Device, now: datetime) -> DeviceRow:
    owner: Person | Account | None = device.person or device.account
    ended = "revoked" if device.revoked_at else "expired" if device.expires_at <= now else "live"
    place = device.place.name_zh if device.place else ""
    return DeviceRow(device, owner.name if owner else "", place, STATES[ended], ended == "live")
