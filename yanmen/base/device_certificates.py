"""Device certificates: which phone is whose, signed at enrolment (CWT, RFC 8392; confirmation key, RFC 8747).

A holder's certificate names the person by number, an officer's the account: it stays on the phone and goes only to our
own edge, never into a QR code.
"""

from dataclasses import dataclass
from typing import Any

from yanmen.base import cbor, cose
from yanmen.base.claims import bound_to, holder_key, octets, text, whole
from yanmen.base.signing import Signer

HOLDER, OFFICER = 1, 2
_ISSUER, _DEVICE, _EXPIRES, _ISSUED, _BOUND = 1, 2, 4, 6, 8
_KIND, _SUBJECT, _ROLE, _PLACE, _AREA, _FORM, _HINT = -65550, -65551, -65552, -65553, -65554, -65555, -65556
_LONGEST = 1024
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True)
class DeviceClaims:
    """Whose device this is and what it may do: a holder's (subject is a person) or an officer's (an account).

    `hint` is what a companion's code says for comparing with a document: masked name and the document's last four.
    """

    issuer: str
    device: int
    issued_at: int
    expires_at: int
    public_key: bytes
    kind: int
    subject: int
    form: int = 1
    role: str = ""
    place: int | None = None
    area: str = ""
    hint: str = ""


@dataclass(frozen=True)
class DeviceCertificate:
    """A certificate as it was read; nothing is verified until a key is."""

    claims: DeviceClaims
    message: cose.Sign1

    @classmethod
    def read(cls, data: bytes) -> "DeviceCertificate":
        """Take a certificate apart, within bounds."""
        message = cose.read1(data, longest=_LONGEST)
        return cls(_claims(cbor.decode(message.payload, longest=_LONGEST)), message)

    @property
    def key_id(self) -> bytes | None:
        """Which issuing key is said to have signed it."""
        return self.message.key_id


def issue(claims: DeviceClaims, signer: Signer) -> bytes:
    """Sign a device certificate."""
    body: dict[int, Any] = {
        _ISSUER: claims.issuer,
        _DEVICE: claims.device.to_bytes(8, "big"),
        _EXPIRES: claims.expires_at,
        _ISSUED: claims.issued_at,
        _BOUND: bound_to(claims.public_key),
        _KIND: claims.kind,
        _SUBJECT: claims.subject,
        _ROLE: claims.role,
        _AREA: claims.area,
        _FORM: claims.form,
    }
    if claims.place is not None:
        body[_PLACE] = claims.place
    if claims.hint:
        body[_HINT] = claims.hint
    return cose.sign1(cbor.encode(body), signer)


def _claims(body: object) -> DeviceClaims:
    if not isinstance(body, dict):
        raise cbor.malformed("the claims are no map")
    kind = whole(body.get(_KIND), OFFICER)
    if kind not in (HOLDER, OFFICER):
        raise cbor.malformed("the certificate is neither a holder's nor an officer's")
    return DeviceClaims(
        issuer=text(body.get(_ISSUER), 60),
        device=int.from_bytes(octets(body.get(_DEVICE), 8), "big"),
        issued_at=whole(body.get(_ISSUED)),
        expires_at=whole(body.get(_EXPIRES)),
        public_key=holder_key(body.get(_BOUND)),
        kind=kind,
        subject=whole(body.get(_SUBJECT), _LARGEST),
        form=whole(body.get(_FORM), 3),
        role=text(body.get(_ROLE), 60),
        place=None if _PLACE not in body else whole(body[_PLACE], _LARGEST),
        area=text(body.get(_AREA), 12),
        hint=text(body.get(_HINT, ""), 60),
    )
