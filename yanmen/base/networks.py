"""Addresses and networks as people write them, and through whose hands a request came."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from yanmen.base.refusals import Refusal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOUSEHOLD = 64
"""Bits of an IPv6 address that name one household or telephone."""


def networks_in(text: str, *, name: str) -> tuple[Network, ...]:
    """The networks of a list such as `10.0.3.7, 10.8.0.0/16, fd00::/8`; `name` is the setting that holds it."""
    return tuple(_network(part.strip(), name) for part in text.split(",") if part.strip())


def caller(hops: Sequence[str], trusted: Sequence[Network]) -> Address | None:
    """The last address on the way that is not one of ours, or the first if all are; None when it is no address.

    ``hops`` is the way as it was told, the connection itself last. Each of ours vouches for the one before it, and for no
    other: what a stranger wrote further to the left counts for nothing.
    """
    found: Address | None = None
    for hop in reversed(hops):
        found = _address(hop)
        if found is None or not _ours(found, trusted):
            break
    return found


def neighbourhood(address: Address) -> str:
    """What is counted as one caller: an IPv4 address, or the IPv6 network of one household or telephone."""
    return str(address) if address.version == 4 else str(ip_network((address, HOUSEHOLD), strict=False))


def _ours(address: Address, trusted: Sequence[Network]) -> bool:
    return address.is_loopback or any(address in network for network in trusted)


def _address(text: str) -> Address | None:
    try:
        found = ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _network(text: str, name: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise Refusal(
            f"{name}：“{text}”不是地址或网段。请写成 10.0.3.7 或 10.8.0.0/16，用逗号分隔。",
            f"{name}: {text!r} is no address or network. Write 10.0.3.7 or 10.8.0.0/16, separated by commas.",
            field=name,
            value=text,
        ) from None
