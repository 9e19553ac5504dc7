"""GET /phone/…: the pages for phones, from memory."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from yanmen.edge import pages
from yanmen.edge.door import DONE, Door
from yanmen.edge.errors import wrong_method


class PhoneDoor(Door):
    """Files of the phone application; the front door leads there."""

    name = "phone"
    path = "/phone/"

    def __call__(self, scope: Any, protocol: Any) -> Awaitable[None]:
        try:
            if scope.method not in ("GET", "HEAD"):
                raise wrong_method("GET")
            headers = scope.headers
            status, told, body = pages.respond(
                scope.path, headers.get("accept-encoding", ""), headers.get("if-none-match", "")
            )
            self.send(protocol, status, told, body)
        except Exception as reason:
            self.refuse(protocol, reason)
        return DONE
