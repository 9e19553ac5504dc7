"""The least that the edge's server can do: one constant answer. `python -m shared.edge_constant PORT WORKERS`."""

from __future__ import annotations

import sys

from yanmen.edge.http.messages import Headers, Request
from yanmen.edge.http.supervisor import Served, Supervisor

HEADERS: Headers = (("content-type", "application/json"), ("cache-control", "no-store"))
BODY = b'{"colour":0,"negative":27751680,"vaccination":0,"seq":1,"age_seconds":0.1}'


class Constant:
    """Answers everything alike."""

    most = 1 << 20

    async def start(self) -> None:
        """Nothing."""

    async def stop(self) -> None:
        """Nothing."""

    def find(self, _: Request) -> Constant:
        return self

    def admit(self, request: Request) -> None:
        """Everybody."""

    def handle(self, request: Request, _: bytes) -> None:
        request.respond(200, HEADERS, BODY)

    def refuse(self, request: Request, reason: Exception) -> None:
        raise reason


if __name__ == "__main__":
    port, workers = map(int, sys.argv[1:])
    sys.exit(Supervisor(Served(application=Constant, host="127.0.0.1", port=port, workers=workers)).run())
