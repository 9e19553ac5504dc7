"""One's own code, and an officer's look at somebody's: colour, last negative test, vaccination, and how old that is."""

from __future__ import annotations

import math

import msgspec

from yanmen.base.device_certificates import HOLDER, OFFICER
from yanmen.edge.bounded import Bounded
from yanmen.edge.door import HEADERS, Post, Read
from yanmen.edge.edge import Edge
from yanmen.edge.http.messages import Request
from yanmen.edge.records import foreign, pseudonym
from yanmen.edge.sessions import Session


class Code(msgspec.Struct, gc=False):
    """What the image knows of a person. `colour` is the place in the published order of statuses."""

    colour: int
    negative: int | None
    vaccination: int
    seq: int
    age_seconds: float | None


class Look(msgspec.Struct):
    """Whom an officer looks at: the pseudonym of a scanned code."""

    pseudonym: str


_CODE = b'{"colour":%d,"negative":%b,"vaccination":%d,"seq":%d,"age_seconds":%b}'
"""`Code` as JSON: this is what all the world asks for."""

_decode = msgspec.json.Decoder(Look).decode


def code_of(edge: Edge, person: int) -> bytes:
    """What is known of a person, as JSON."""
    image = edge.image
    colour, negative, vaccination = image.known(person)
    age = image.age_at(edge.clock.seconds())
    tested = b"null" if negative is None else b"%d" % negative
    known = b"%.1f" % age if age < math.inf else b"null"
    return _CODE % (colour, tested, vaccination, image.seq, known)


class OwnCode(Read):
    """GET /edge/v1/code: the cheap read."""

    name = "code"
    path = "/edge/v1/code"

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self._proven: Bounded[str, Session] = Bounded(edge.limits.sessions)

    def handle(self, request: Request, body: bytes) -> None:
        session = self._who(request)
        body = code_of(self.edge, session.subject)
        self.counts[200] += 1
        request.respond(200, HEADERS, body)

    def _who(self, request: Request) -> Session:
        """Who asks. One's own request has the same signature each time: what was proven once need not be again."""
        shown = request.headers.get("authorization", "")
        session = None if request.query_string else self._proven.get(shown)
        if session is not None:
            return self.allowed(session)
        session = self.signed(request, b"", HOLDER)
        if not request.query_string:
            self._proven.put(shown, session)
        return session


class LookDoor(Post):
    """POST /edge/v1/look: the same about the person of a scanned code."""

    name = "look"
    path = "/edge/v1/look"

    def answer(self, request: Request, body: bytes) -> bytes:
        self.signed(request, body, OFFICER)
        named = self.edge.people.person_of(pseudonym(_decode(body).pseudonym))
        if named is None:
            raise foreign()
        window = self.edge.windows.present()
        window.check_name(named[1], window.now)
        return code_of(self.edge, named[0])
