"""GET /edge/v1/documents/…: what phones keep for work without a server, as it was signed and published."""

from __future__ import annotations

from hashlib import sha256

from yanmen.edge.door import Read
from yanmen.edge.edge import Edge
from yanmen.edge.errors import no_image, not_found
from yanmen.edge.http.messages import Headers, Request

NAMES = ("keys", "changes", "words")


class DocumentDoor(Read):
    """One published document, with a validator: who has it already gets 304."""

    name = "documents"

    def __init__(self, edge: Edge, document: str) -> None:
        self.path = f"/edge/v1/documents/{document}"
        super().__init__(edge)
        self._document = document
        self._body = b""
        self._headers: Headers = ()
        self._etag = ""

    def handle(self, request: Request, _: bytes) -> None:
        body = self.edge.image.documents.get(self._document)
        if body is None:
            raise not_found(self.path) if self.edge.image.ready else no_image()
        if body is not self._body:
            self._take(body)
        if self._etag in request.headers.get("if-none-match", ""):
            self.send(request, 304, self._headers, b"")
        else:
            self.send(request, 200, self._headers, body)

    def _take(self, body: bytes) -> None:
        self._body = body
        self._etag = f'"{sha256(body).hexdigest()[:24]}"'
        self._headers = (("content-type", "application/cose"), ("cache-control", "no-cache"), ("etag", self._etag))
