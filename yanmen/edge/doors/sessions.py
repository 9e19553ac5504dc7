"""POST /edge/v1/sessions: a device proves that it holds the key of its certificate and gets a session."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

import msgspec

from yanmen.base.refusals import Refusal
from yanmen.base.signing import verify
from yanmen.edge.door import Post
from yanmen.edge.errors import not_here, not_signed_in, too_many
from yanmen.edge.http.messages import Request
from yanmen.edge.records import octets

SKEW = 300
"""Seconds that a device's clock may differ."""


class Opening(msgspec.Struct):
    """`signature` is the device's over "yanmen-session", `time` and the certificate's SHA-256, a line each."""

    certificate: Annotated[str, msgspec.Meta(max_length=1400)]
    time: Annotated[int, msgspec.Meta(ge=0, le=1 << 50)]
    signature: Annotated[str, msgspec.Meta(max_length=100)]


class Opened(msgspec.Struct):
    """A session, its key, and what it is for. `place_kind` chooses among what the published words say of places (`at`,
    `asks_at`); it is null where the device stands at neither a post nor a venue."""

    session: str
    key: str
    expires_at: int
    time: int
    kind: int
    form: int
    role: str
    place: int | None
    place_kind: str | None


_decode = msgspec.json.Decoder(Opening).decode


class SessionDoor(Post):
    """Opens sessions."""

    name = "sessions"
    path = "/edge/v1/sessions"
    most = 4096
    foreign = True

    def admit(self, request: Request) -> None:
        self.from_network(request)
        super().admit(request)

    def answer(self, request: Request, body: bytes) -> bytes:
        edge = self.edge
        asked = _decode(body)
        now = edge.clock.now()
        seconds = int(now.timestamp())
        if abs(asked.time // 1000 - seconds) > SKEW:
            raise Refusal(
                "设备时间不准，请校准后再试。",
                "The device's clock is wrong. Set it.",
                field="time",
                value=str(asked.time),
            )
        certificate = octets(asked.certificate)
        claims = edge.trust.certificate(certificate, now)
        said = b"yanmen-session\n%d\n" % asked.time + sha256(certificate).digest()
        if not verify(public_key=claims.public_key, message=said, signature=octets(asked.signature)):
            raise not_signed_in("设备签名不正确。", "The device's signature is wrong.")
        if claims.device in edge.image.revoked:
            raise not_here("此设备已被注销，请重新登记。", "This device was revoked. Enrol it again.")
        if not edge.sessions.may_open(claims.device):
            raise too_many()
        expires = min(claims.expires_at, seconds + int(edge.limits.session_hours * 3600))
        session, key = edge.sessions.open(claims, expires)
        opened = Opened(
            session=session,
            key=key,
            expires_at=expires * 1000,
            time=seconds * 1000,
            kind=claims.kind,
            form=claims.form,
            role=claims.role,
            place=claims.place,
            place_kind=edge.image.kind_at(claims.place) if claims.place else None,
        )
        return msgspec.json.encode(opened)
