"""From which network somebody calls: for limits, never for who somebody is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from yanmen.base.networks import caller, neighbourhood

BESIDE = "127.0.0.1"
"""Who calls through a socket of this machine has no address of its own."""


def network_of(request: HttpRequest) -> str:
    """The caller's address, or its IPv6 network. Edges and proxies of ours (YANMEN_EDGES) say for whom they call."""
    told = [hop for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    found = caller([*told, request.META.get("REMOTE_ADDR") or BESIDE], settings.YANMEN_EDGES)
    return neighbourhood(found) if found else "unknown"
