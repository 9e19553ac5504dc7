"""From which network somebody calls: for limits, never for who somebody is."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.http import HttpRequest

NEIGHBOURS = 64
"""Bits of an IPv6 address that name one household or telephone."""


def network_of(request: HttpRequest) -> str:
    """The caller's address, or its IPv6 network. Our own edge or proxy beside us says for whom it calls."""
    address = request.META.get("REMOTE_ADDR", "")
    if not address or _beside(address):
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        address = told.strip("[]") or address
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(found) if found.version == 4 else str(ip_network((found, NEIGHBOURS), strict=False))


def _beside(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
