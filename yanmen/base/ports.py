"""Ports of this machine: which are taken, and one that is free."""

from __future__ import annotations

import errno
import socket

HERE = "127.0.0.1"


def taken(port: int, *, host: str = HERE) -> bool:
    """Whether a socket that shares with nobody cannot have this address. Raises `socket.gaierror` where the host is unknown."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as fault:
            return fault.errno == errno.EADDRINUSE
    return False


def free_port(wanted: int | None = None) -> int:
    """The wanted port if nobody listens there, else one that the system picks."""
    if wanted and not taken(wanted):
        return wanted
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])
