"""One's own code, and an officer's look at somebody's: colour, last negative test, vaccination, and how old that is."""

from __future__ import annotations

import math

import msgspec

from yanmen.base.device_certificates import HOLDER, OFFICER
from yanmen.edge.bounded import Bounded
from yanmen.edge.door import HEADERS, Post, Read
from yanmen.edge.edge import Edge
from yanmen.edge.http.messages import Request
from yanmen.edge.records import FRESH, foreign, pseudonym
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


_PERSON, _KNOWN = b'{"colour":%d,"negative":%b,"vaccination":%d', b',"seq":%d,"age_seconds":%b}'
"""`Code` as JSON, in two parts: what is known of a person, and how far and how old that is."""

SAID = 50_000
"""Answers that are kept as they were written."""

_decode = msgspec.json.Decoder(Look).decode


class Codes:
    """Answers with what the image knows. This is what all the world asks for, so how old it is is written rarely."""

    def __init__(self, edge: Edge) -> None:
        self._image = edge.image
        self._said: dict[tuple[int, int | None, int], bytes] = {}
        self._known = b""
        self._until = 0.0

    def of(self, person: int, now: float) -> bytes:
        """What is known of a person, as JSON."""
        known = self._image.known(person)
        said = self._said.get(known) or self._say(known)
        if not self._until - FRESH <= now < self._until:
            self._look(now)
        return said + self._known

    def _say(self, known: tuple[int, int | None, int]) -> bytes:
        """Tests have a minute, so many people have the same colour, test and vaccination: it is written once."""
        if len(self._said) >= SAID:
            self._said.clear()
        colour, negative, vaccination = known
        said = _PERSON % (colour, b"null" if negative is None else b"%d" % negative, vaccination)
        self._said[known] = said
        return said

    def _look(self, now: float) -> None:
        age = self._image.age_at(now)
        self._known = _KNOWN % (self._image.seq, b"%.1f" % age if age < math.inf else b"null")
        self._until = now + FRESH


class OwnCode(Read):
    """GET /edge/v1/code: the cheap read."""

    name = "code"
    path = "/edge/v1/code"

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self._codes = Codes(edge)
        self._proven: Bounded[str, Session] = Bounded(edge.limits.sessions)

    def handle(self, request: Request, _: bytes) -> None:
        shown = request.headers.get("authorization", "")
        session = None if request.query_string else self._proven.get(shown)
        if session is None:
            session = self._prove(request, shown)
        now = self.edge.clock.seconds()
        self.allow(session, now)
        body = self._codes.of(session.subject, now)
        self.counts[200] += 1
        request.respond(200, HEADERS, body)

    def _prove(self, request: Request, shown: str) -> Session:
        """Who asks. One's own request has the same signature each time: what was proven once need not be again."""
        session = self.proven(request, b"", HOLDER)
        if not request.query_string:
            self._proven.put(shown, session)
        return session


class LookDoor(Post):
    """POST /edge/v1/look: the same about the person of a scanned code."""

    name = "look"
    path = "/edge/v1/look"

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self._codes = Codes(edge)

    def answer(self, request: Request, body: bytes) -> bytes:
        self.signed(request, body, OFFICER)
        named = self.edge.people.person_of(pseudonym(_decode(body).pseudonym))
        if named is None:
            raise foreign()
        window = self.edge.windows.present()
        window.check_name(named[1], window.now)
        return self._codes.of(named[0], self.edge.clock.seconds())
