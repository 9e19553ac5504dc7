"""From which network somebody calls: for limits, never for who somebody is."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from yanmen.base.networks import caller, neighbourhood
from yanmen.base.refusals import TooOften
from yanmen.registry.devices import Rate, take_turn

BESIDE = "127.0.0.1"
"""Who calls through a socket of this machine has no address of its own."""


def network_of(request: HttpRequest) -> str:
    """The caller's address, or its IPv6 network. Edges and proxies of ours (YANMEN_EDGES) say for whom they call."""
    told = [hop for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    found = caller([*told, request.META.get("REMOTE_ADDR") or BESIDE], settings.YANMEN_EDGES)
    return neighbourhood(found) if found else "unknown"


def within_rate(request: HttpRequest, kind: str, *, now: datetime, most: int = 1200, seconds: int = 60) -> None:
    """Refuse a network that asks for something too often. A city's telephones share few addresses: it is meant for scripts."""
    wait = take_turn([Rate(kind, network_of(request), most, seconds)], now=now)
    if wait:
        raise TooOften(
            f"请求过于频繁，请 {wait} 秒后再试。", f"Too often. Try again in {wait} seconds.", retry_after=wait
        )
