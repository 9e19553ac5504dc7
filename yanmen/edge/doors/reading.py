"""POST /edge/v1/read: the verdict on a scanned code with what this edge knows at the moment."""

from __future__ import annotations

from typing import Annotated

import msgspec

from yanmen.base.credentials import LONGEST_TEXT
from yanmen.base.device_certificates import OFFICER
from yanmen.base.verdict import Verdict, judge
from yanmen.edge.door import Post
from yanmen.edge.http.messages import Request
from yanmen.edge.sessions import text
from yanmen.edge.trust import Present


class Reading(msgspec.Struct):
    """What a camera or a keyboard scanner read."""

    code: Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT + 1)]


class Said(msgspec.Struct):
    """What to do, why, and how old the knowledge is. `colour` and the rest are what is known now, not what was shown.

    `asked` tells whether policy asks for codes at this kind of place at all.
    """

    act: str
    reason: str
    notes: list[str]
    zh: str
    en: str
    knowledge_seconds: int | None
    asked: bool
    pseudonym: str | None = None
    colour: int | None = None
    negative: int | None = None
    form: int | None = None
    hint: str | None = None


_decode = msgspec.json.Decoder(Reading).decode


class ReadDoor(Post):
    """Judges codes."""

    name = "read"
    path = "/edge/v1/read"
    most = 8192

    def answer(self, request: Request, body: bytes) -> bytes:
        session = self.signed(request, body, OFFICER)
        edge = self.edge
        now = edge.clock.now()
        known = Present(edge.image, edge.people, edge.trust.changes(edge.image, now), now)
        words, kind = edge.trust.words(edge.image, now), edge.image.kind_at(session.place) or ""
        policy = words.policy_at(kind)
        verdict = judge(_decode(body).code, keys=edge.trust.keys(now), changes=known, policy=policy, now=now)
        return msgspec.json.encode(self._said(verdict, asked=words.asked_at(kind)))

    def _said(self, verdict: Verdict, *, asked: bool) -> Said:
        said = Said(
            verdict.act,
            verdict.reason,
            list(verdict.notes),
            verdict.said("zh"),
            verdict.said("en"),
            verdict.knowledge_age,
            asked,
        )
        claims = verdict.claims
        named = self.edge.people.person_of(claims.pseudonym) if claims else None
        if claims and named:
            said.pseudonym = text(claims.pseudonym).decode()
            said.colour = self.edge.image.colour(named[0])
            said.negative = self.edge.image.negative(named[0])
            said.form, said.hint = claims.form, claims.hint
        return said
