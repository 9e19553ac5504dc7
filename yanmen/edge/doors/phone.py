"""GET /phone/…: the pages for phones, from memory."""

from __future__ import annotations

from yanmen.edge import pages
from yanmen.edge.door import Door
from yanmen.edge.errors import wrong_method
from yanmen.edge.http.messages import Request


class PhoneDoor(Door):
    """Files of the phone application; the front door leads there."""

    name = "phone"
    path = "/phone/"

    def admit(self, request: Request) -> None:
        if request.method not in ("GET", "HEAD"):
            raise wrong_method("GET")

    def handle(self, request: Request, body: bytes) -> None:
        headers = request.headers
        accepted, known = headers.get("accept-encoding", ""), headers.get("if-none-match", "")
        self.send(request, *pages.respond(request.path, accepted, known, self.edge.settings.drill))
