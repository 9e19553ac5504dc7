"""What pages of screening share: when a request came, and fields read or refused by name."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope

AREAS = 400


def text(request: HttpRequest, name: str, most: int = 80) -> str:
    """A line of text, trimmed."""
    return request.POST.get(name, "").strip()[:most]


def area_code(request: HttpRequest) -> str:
    """The code before the name in a field that offers both."""
    return text(request, "area", 40).split(" ")[0][:12]


def whole(request: HttpRequest, name: str) -> int | None:
    """A whole number, or none for an empty field."""
    said = text(request, name, 20)
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 8):
        raise Refusal("此处应为非负整数。", "A whole number is expected here.", field=name, value=said)
    return int(said)


def decimal(request: HttpRequest, name: str) -> float | None:
    """A number, or none for an empty field."""
    said = text(request, name, 20)
    try:
        return float(said) if said else None
    except ValueError:
        raise Refusal("此处应为数字。", "A number is expected here.", field=name, value=said) from None


def local_moment(request: HttpRequest, name: str) -> datetime | None:
    """A moment of a `datetime-local` field, by the clock in Beijing; none for an empty field."""
    said = text(request, name, 20)
    try:
        return datetime.fromisoformat(said).replace(tzinfo=BEIJING) if said else None
    except ValueError:
        raise Refusal("请填写日期和时间。", "Give a day and a time.", field=name, value=said) from None


def as_local(moment: datetime) -> str:
    """A moment as a `datetime-local` field shows it."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")


def areas_of(scope: Scope) -> list[Area]:
    """Areas to choose from."""
    return list(scope.within(Area.objects.filter(valid_to=None), "code").order_by("code")[:AREAS])
