"""Telephones that call the site: each request is signed with the key that the telephone's certificate names.

    Authorization: YanmenDevice <certificate> <time> <signature>

Certificate and signature are base64url without padding, the time is whole seconds since 1970. Signed is
`yanmen-request`, the method, the path with its query as the site sees it, the time and the SHA-256 of the body in
hexadecimal, each on a line of its own. A request is good for a minute.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.http import HttpRequest
from ninja.security.base import AuthBase

from yanmen.base.device_certificates import HOLDER, OFFICER, DeviceCertificate
from yanmen.base.key_list import DEVICE
from yanmen.base.refusals import Malformed
from yanmen.base.signing import verify
from yanmen.desk import clock
from yanmen.registry.accounts import scopes_of
from yanmen.registry.devices import Speaker, speaker
from yanmen.registry.scope import Scope, oneself
from yanmen.registry.vault import issuing

SCHEME = "YanmenDevice"
GOOD_FOR, AHEAD = 60, 30
LONGEST = 2048


class HolderKey(AuthBase):
    """A resident's telephone: the scope of that one person, about themselves."""

    openapi_type = "http"
    openapi_scheme = SCHEME

    def __call__(self, request: HttpRequest) -> Scope | None:
        now = clock.now()
        certificate = _signed_by(request, now)
        found = _speaker(certificate, now) if certificate and certificate.claims.kind == HOLDER else None
        if found is None or found.person is None:
            return None
        scope = oneself(found.person, found.area)
        request.scope, request.now = scope, now  # type: ignore[attr-defined]
        return scope


@dataclass(frozen=True)
class Standing:
    """An officer's telephone and the place where it stands, if it stands at one."""

    device: int
    place: int | None

    @property
    def by(self) -> str:
        """How an edge signs what this telephone delivers, and the site too."""
        return f"device:{self.device}"


class OfficerKey(AuthBase):
    """An officer's telephone: the grant under which it was enrolled, while that holds, in the area where it stands."""

    openapi_type = "http"
    openapi_scheme = SCHEME

    def __call__(self, request: HttpRequest) -> Scope | None:
        now = clock.now()
        certificate = _signed_by(request, now)
        if certificate is None or certificate.claims.kind != OFFICER:
            return None
        found = _speaker(certificate, now)
        scope = _granted(found, now) if found else None
        request.scope, request.now = scope, now  # type: ignore[attr-defined]
        request.standing = Standing(certificate.claims.device, found.place if found else None)  # type: ignore[attr-defined]
        return scope


def to_be_signed(method: str, path: str, at: str, body: bytes) -> bytes:
    """What the telephone signs."""
    return "\n".join(("yanmen-request", method.upper(), path, at, sha256(body).hexdigest())).encode()


def _signed_by(request: HttpRequest, now: datetime) -> DeviceCertificate | None:
    """The certificate of whoever signed this request; None unless everything about it holds."""
    parts = request.headers.get("Authorization", "").split(" ")
    if len(parts) != 4 or parts[0] != SCHEME or any(len(part) > LONGEST for part in parts):
        return None
    _, encoded, at, signature = parts
    try:
        certificate = DeviceCertificate.read(_octets(encoded))
        age = now.timestamp() - int(at)
        signed = _octets(signature)
    except (Malformed, ValueError, binascii.Error):
        return None
    message = to_be_signed(request.method or "", request.get_full_path(), at, request.body)
    fresh = -AHEAD <= age <= GOOD_FOR
    own = fresh and verify(public_key=certificate.claims.public_key, message=message, signature=signed)
    return certificate if own and _believed(certificate, now) else None


def _believed(certificate: DeviceCertificate, now: datetime) -> bool:
    at = int(now.timestamp())
    key = next((each.listed() for each in issuing().keys if each.key_id == (certificate.key_id or b"").hex()), None)
    if key is None or key.use != DEVICE or not key.in_force(at) or at >= certificate.claims.expires_at:
        return False
    return certificate.message.verify(key.public_key)


def _granted(found: Speaker, now: datetime) -> Scope | None:
    for held in scopes_of(found.account, now) if found.account is not None else ():
        if held.role == found.role and held.sees_people and held.includes(found.area):
            return held.narrowed(found.area)
    return None


def _speaker(certificate: DeviceCertificate, now: datetime) -> Speaker | None:
    return speaker(certificate.claims.device, certificate.claims.public_key, now=now)


def _octets(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
