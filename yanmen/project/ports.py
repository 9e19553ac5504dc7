"""Ports on which this installation listens. The servers share a port among their processes, and so with a stranger too."""

from __future__ import annotations

import errno
import socket

from yanmen.base.refusals import Refusal


def refuse_taken(host: str, **ports: int) -> None:
    """Raises where somebody listens already: the system would deal callers out to both. `ports`: by option; 0 is none."""
    for option, port in ports.items():
        if port and _taken(host, port):
            name = "--" + option.replace("_", "-")
            raise Refusal(
                f"端口 {port} 已被占用。请先停止占用该端口的程序，或用 {name} 另选端口。",
                f"Port {port} is taken. Stop what listens there, or choose another one with {name}.",
                field=option,
                value=str(port),
            )


def _taken(host: str, port: int) -> bool:
    """Whether a socket that shares with nobody cannot have this address. What else is wrong with it the server says."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as fault:
            return fault.errno == errno.EADDRINUSE
    return False
