"""What the forms of checkpoints send, read with the field named where it is wrong."""

from __future__ import annotations

from datetime import date, datetime
from math import isfinite
from typing import Any

from django.http import HttpRequest

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal


def code(request: HttpRequest, field: str) -> str:
    """A code, or a code followed by its name."""
    return str(request.POST.get(field, "")).strip().split(" ")[0][:12]


def whole(request: HttpRequest, field: str, *, default: int | None = None) -> int:
    """A whole number that is not negative."""
    text = str(request.POST.get(field, "")).strip()
    if not text and default is not None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Refusal("此处应为非负整数。", "A whole number is expected here.", field=field, value=text[:20])
    return int(text)


def decimal(request: HttpRequest, field: str) -> float | None:
    """A number, or nothing."""
    text = str(request.POST.get(field, "")).strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        raise Refusal("此处应为数字。", "A number is expected here.", field=field, value=text[:20])
    return value


def local_moment(request: HttpRequest, field: str) -> datetime:
    """A day and time in Shanxi, as `datetime-local` sends it."""
    text = str(request.POST.get(field, "")).strip()
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError:
        raise Refusal(
            "时间应写成2022-09-01T08:00。", "Write the time as 2022-09-01T08:00.", field=field, value=text[:20]
        ) from None


def asked_day(request: HttpRequest, field: str, default: date) -> date:
    """A day of the address, or the default where it is none."""
    try:
        return date.fromisoformat(request.GET.get(field, ""))
    except ValueError:
        return default


def common(request: HttpRequest, scope: Any) -> dict[str, Any]:
    """What every action takes."""
    return {"scope": scope, "by": scope.by, "now": request.now}
