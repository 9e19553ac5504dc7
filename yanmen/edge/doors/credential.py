"""POST /edge/v1/credential: a signed health code for a phone, from the image and the issuing key; no database needed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from yanmen.base import credentials
from yanmen.base.clock import local_date
from yanmen.base.device_certificates import HOLDER, DeviceClaims
from yanmen.base.key_list import CODE
from yanmen.base.signing import key_id_of
from yanmen.edge.door import Post
from yanmen.edge.errors import knows_too_little, not_here
from yanmen.edge.http.messages import Request
from yanmen.edge.keeping import EPOCH
from yanmen.edge.records import octets
from yanmen.edge.sessions import Session, text


class Asking(msgspec.Struct):
    """The certificate for which a code is wanted: the holder's own or that of somebody in their care."""

    certificate: Annotated[str, msgspec.Meta(max_length=1400)]


class Issued(msgspec.Struct):
    """A code as it is shown (signed once more by the device), and when to fetch the next."""

    credential: str
    expires_at: int


_decode = msgspec.json.Decoder(Asking).decode


class CredentialDoor(Post):
    """Issues health codes."""

    name = "credential"
    path = "/edge/v1/credential"
    most = 4096

    def answer(self, request: Request, body: bytes) -> bytes:
        session = self.signed(request, body, HOLDER)
        claims = self.edge.trust.certificate(octets(_decode(body).certificate), self.edge.clock.now())
        self._check(session, claims)
        issued = self._claims(claims)
        signed = credentials.issue(issued, self.edge.trust.signer(CODE, self.edge.clock.now()))
        return msgspec.json.encode(Issued(text(signed).decode(), issued.expires_at * 1000))

    def _check(self, session: Session, claims: DeviceClaims) -> None:
        """The certificate lies on the phone that asks, and is a resident's."""
        if claims.kind != HOLDER or key_id_of(claims.public_key) != session.device_key:
            raise not_here("此证书不属于本设备。", "This certificate belongs to another device.")
        if claims.device in self.edge.image.revoked:
            raise not_here("此证书已被注销，请重新登记。", "This certificate was revoked. Enrol again.")

    def _claims(self, claims: DeviceClaims) -> credentials.Claims:
        edge = self.edge
        now = edge.clock.now()
        colour = edge.image.colour(claims.subject)
        known, ends = self._life(now)
        return credentials.Claims(
            area=claims.issuer,
            pseudonym=edge.people.make(claims.subject, (local_date(now) - EPOCH).days),
            issued_at=int(now.timestamp()),
            not_before=int(known.timestamp()),
            expires_at=min(int(ends.timestamp()), claims.expires_at),
            colour=colour,
            negative_minutes=edge.image.negative(claims.subject),
            vaccination=edge.image.vaccination(claims.subject),
            form=claims.form,
            holder_key=claims.public_key,
            hint=claims.hint or None,
        )

    def _life(self, now: datetime) -> tuple[datetime, datetime]:
        """From when to when a code of this moment holds. The published list of changes reaches back for as long as a
        code lives and its maker's knowledge may be old, and no code outlives it: old knowledge makes short codes."""
        edge = self.edge
        words, age = edge.trust.words(edge.image, now), edge.image.age(now)
        lives = timedelta(hours=words.credential_hours or edge.limits.credential_hours)
        may_be_old = timedelta(hours=words.stale_hours or edge.limits.stale_hours)
        if age >= (lives + may_be_old).total_seconds():
            raise knows_too_little()
        known = now - timedelta(seconds=age)
        return known, min(now, known + may_be_old) + lives
