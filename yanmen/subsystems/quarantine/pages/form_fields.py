"""What pages of a house share: fields read or refused by name."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.http import HttpRequest

from yanmen.base.refusals import Refusal
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope

AREAS = 400
MOST_CHOSEN = 2_000


def text(request: HttpRequest, name: str, most: int = 80) -> str:
    """A line of text, trimmed."""
    return request.POST.get(name, "").strip()[:most]


def area_code(request: HttpRequest) -> str:
    """The code before the name in a field that offers both."""
    return text(request, "area", 40).split(" ")[0][:12]


def whole(request: HttpRequest, name: str, empty: int | None = None) -> int:
    """A whole number; `empty` for an empty field, where that may be."""
    said = text(request, name, 20)
    if not said and empty is not None:
        return empty
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        raise Refusal("此处应为非负整数。", "A whole number is expected here.", field=name, value=said)
    return int(said)


def amount(request: HttpRequest, name: str) -> Decimal:
    """A weight, to the hundredth."""
    said = text(request, name, 20)
    try:
        value = Decimal(said)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise Refusal("此处应为数字。", "A number is expected here.", field=name, value=said)
    return value.quantize(Decimal("0.01"))


def degrees(request: HttpRequest, name: str) -> float | None:
    """A coordinate, or none for an empty field."""
    said = text(request, name, 20)
    try:
        return float(said) if said else None
    except ValueError:
        raise Refusal("此处应为数字。", "A number is expected here.", field=name, value=said) from None


def chosen(request: HttpRequest, name: str) -> list[int]:
    """Numbers of the boxes that were ticked."""
    return [
        int(each)
        for each in request.POST.getlist(name)[:MOST_CHOSEN]
        if each.isascii() and each.isdigit() and len(each) < 16
    ]


def words(request: HttpRequest, name: str) -> list[str]:
    """Words of the boxes that were ticked."""
    return [each[:40] for each in request.POST.getlist(name)[:MOST_CHOSEN]]


def areas_of(scope: Scope) -> list[Area]:
    """Areas to choose from."""
    return list(scope.within(Area.objects.filter(valid_to=None), "code").order_by("code")[:AREAS])
