"""Ports on which this installation listens. The servers share a port among their processes, and so with a stranger too."""

from __future__ import annotations

import socket

from yanmen.base.ports import taken
from yanmen.base.refusals import Refusal


def refuse_taken(host: str, **ports: int) -> None:
    """Raises where somebody listens already: the system would deal callers out to both. `ports`: by option; 0 is none."""
    for option, port in ports.items():
        if port and _taken(port, host):
            name = "--" + option.replace("_", "-")
            raise Refusal(
                f"端口 {port} 已被占用。请先停止占用该端口的程序，或用 {name} 另选端口。",
                f"Port {port} is taken. Stop what listens there, or choose another one with {name}.",
                field=option,
                value=str(port),
            )


def _taken(port: int, host: str) -> bool:
    try:
        return taken(port, host=host)
    except socket.gaierror:
        raise Refusal(
            f"找不到主机“{host}”。请用 --host 填写本机的地址或名称。",
            f'There is no host "{host}". Give an address or a name of this machine with --host.',
            field="host",
            value=host,
        ) from None
