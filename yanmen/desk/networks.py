"""From which network somebody calls: for limits, never for who somebody is."""

from __future__ import annotations

from ipaddress import ip_network

from django.conf import settings
from django.http import HttpRequest

from yanmen.base.networks import caller

NEIGHBOURS = 64
"""Bits of an IPv6 address that name one household or telephone."""
BESIDE = "127.0.0.1"
"""Who calls through a socket of this machine has no address of its own."""


def network_of(request: HttpRequest) -> str:
    """The caller's address, or its IPv6 network. Edges and proxies of ours (YANMEN_EDGES) say for whom they call."""
    told = [hop for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    found = caller([*told, request.META.get("REMOTE_ADDR") or BESIDE], settings.YANMEN_EDGES)
    if found is None:
        return "unknown"
    return str(found) if found.version == 4 else str(ip_network((found, NEIGHBOURS), strict=False))
