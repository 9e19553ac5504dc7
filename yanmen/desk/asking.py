"""What a door tells an action of a request: who asks, under which signature, at which moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal


def moment_of(request: HttpRequest) -> datetime:
    """When the request came, by the clock of the door."""
    moment: datetime = request.now
    return moment


def moment_asked(request: HttpRequest, name: str) -> datetime:
    """The moment that the address names, in local time unless it says otherwise; now, where it names none."""
    text = request.GET.get(name, "").strip()
    return moment_said(text, name) if text else moment_of(request)


def moment_said(text: str, field: str) -> datetime:
    """A moment that somebody wrote, in local time unless it says otherwise."""
    try:
        found = parse_datetime(text) or datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(
            f"“{text}”不是时刻，请写成2022-10-07T09:30。", f"“{text}” is no moment. Write 2022-10-07T09:30.",
            field=field, value=text,
        ) from None  # fmt: skip
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)


def day_said(text: str, field: str) -> date:
    """A day that somebody wrote."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(
            f"“{text}”不是日期，请写成2022-10-07。", f"“{text}” is no day. Write 2022-10-07.", field=field, value=text
        ) from None


def asked_by(request: HttpRequest) -> dict[str, Any]:
    """The arguments that every action takes: ``scope``, ``by`` and ``now``."""
    return {"scope": request.scope, "by": request.scope.by, "now": request.now}
