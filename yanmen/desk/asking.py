"""What a door tells an action of a request: who asks, under which signature, at which moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest


def moment_of(request: HttpRequest) -> datetime:
    """When the request came, by the clock of the door."""
    moment: datetime = request.now
    return moment


def asked_by(request: HttpRequest) -> dict[str, Any]:
    """The arguments that every action takes: ``scope``, ``by`` and ``now``."""
    return {"scope": request.scope, "by": request.scope.by, "now": request.now}
