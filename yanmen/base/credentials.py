"""Signed health codes: a CWT (RFC 8392) in COSE_Sign1 (RFC 9052), bound to the holder's device key (RFC 8747).

A phone shows the credential together with the time, signed by the key it is bound to: a screenshot dies within a
minute. A paper code is the credential alone and is looked at together with a document. A companion's code (a child, a
parent without a phone) is bound to the phone of the guardian who shows it.

Claims have integer keys only. Times are whole seconds since 1970, the last negative test is whole minutes.
`not_before` is the moment of the knowledge from which the colour was read: what was published later overrules it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yanmen.base import base45, cbor, cose
from yanmen.base.claims import LATEST, bound_to, holder_key, octets, text, whole
from yanmen.base.refusals import Malformed
from yanmen.base.signing import Signer

PREFIX = "YM1:"
LONGEST_TEXT = 1200
PHONE, PAPER, COMPANION = 1, 2, 3
FORMS = (PHONE, PAPER, COMPANION)
# More colours than any policy has; 7 stands for "revoked" in the list of changes.
COLOURS = 7

_AREA, _PSEUDONYM, _EXPIRES, _NOT_BEFORE, _ISSUED, _BOUND = 1, 2, 4, 5, 6, 8
_COLOUR, _NEGATIVE, _VACCINATION, _FORM, _HINT = -65537, -65538, -65539, -65540, -65541
_SHOWN_CREDENTIAL, _SHOWN_AT = 1, 6
_LONGEST_BYTES = 800


@dataclass(frozen=True)
class Claims:
    """What a health code says, and nothing that names the person."""

    area: str
    pseudonym: bytes
    issued_at: int
    not_before: int
    expires_at: int
    colour: int
    negative_minutes: int | None = None
    vaccination: int = 0
    form: int = PHONE
    holder_key: bytes | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Credential:
    """A credential as it was read; nothing is verified until a key is."""

    claims: Claims
    message: cose.Sign1
    encoded: bytes

    @classmethod
    def read(cls, data: bytes) -> "Credential":
        """Take a credential apart, within bounds."""
        message = cose.read1(data, longest=_LONGEST_BYTES)
        return cls(_claims(cbor.decode(message.payload, longest=_LONGEST_BYTES)), message, data)

    @property
    def key_id(self) -> bytes | None:
        """Which issuing key is said to have signed it."""
        return self.message.key_id


@dataclass(frozen=True)
class Showing:
    """What stands in a QR code: a credential, and for a phone when it was shown and the device's signature."""

    credential: Credential
    shown_at: int | None
    message: cose.Sign1 | None

    @property
    def by_holder(self) -> bool:
        """Whether the device to which the credential is bound signed this showing."""
        key = self.credential.claims.holder_key
        return self.message is not None and key is not None and self.message.verify(key)


def issue(claims: Claims, signer: Signer) -> bytes:
    """Sign a credential."""
    if (claims.holder_key is None) != (claims.form == PAPER):
        raise ValueError("A phone's or companion's code needs the device's key, a paper code has none.")
    return cose.sign1(cbor.encode(_body(claims)), signer)


def show(credential: bytes, device: Signer, now: datetime) -> str:
    """What the phone shows at this moment."""
    payload = cbor.encode({_SHOWN_CREDENTIAL: credential, _SHOWN_AT: int(now.timestamp())})
    return PREFIX + base45.encode(cose.sign1(payload, device, name_the_key=False))


def print_paper(credential: bytes) -> str:
    """What stands on paper: the credential alone."""
    return PREFIX + base45.encode(credential)


def read_text(shown: str) -> Showing:
    """Take apart what a camera or a keyboard scanner read."""
    if not shown.startswith(PREFIX):
        raise Malformed("这不是健康码。请对方打开健康码页面。", "This is no health code. Ask for the health code page.")
    data = base45.decode(shown[len(PREFIX) :], longest=LONGEST_TEXT - len(PREFIX))
    outer = cose.read1(data, longest=_LONGEST_BYTES)
    body = cbor.decode(outer.payload, longest=_LONGEST_BYTES)
    if isinstance(body, dict) and body.keys() == {_SHOWN_CREDENTIAL, _SHOWN_AT} and isinstance(body[1], bytes):
        shown_at = whole(body[_SHOWN_AT])
        return Showing(Credential.read(body[_SHOWN_CREDENTIAL]), shown_at, outer)
    return Showing(Credential(_claims(body), outer, data), None, None)


def _body(claims: Claims) -> dict[int, Any]:
    body: dict[int, Any] = {
        _AREA: claims.area,
        _PSEUDONYM: claims.pseudonym,
        _EXPIRES: claims.expires_at,
        _NOT_BEFORE: claims.not_before,
        _ISSUED: claims.issued_at,
        _COLOUR: claims.colour,
        _VACCINATION: claims.vaccination,
        _FORM: claims.form,
    }
    if claims.holder_key is not None:
        body[_BOUND] = bound_to(claims.holder_key)
    if claims.negative_minutes is not None:
        body[_NEGATIVE] = claims.negative_minutes
    if claims.hint is not None:
        body[_HINT] = claims.hint
    return body


def _claims(body: object) -> Claims:
    """The claims of a body; unknown further claims are left alone, so that older readers read newer codes."""
    if not isinstance(body, dict):
        raise cbor.malformed("the claims are no map")
    form = whole(body.get(_FORM), max(FORMS))
    bound = body.get(_BOUND)
    if form not in FORMS or (bound is None) != (form == PAPER):
        raise cbor.malformed("form and holder key do not fit together")
    return Claims(
        area=text(body.get(_AREA), 12),
        pseudonym=octets(body.get(_PSEUDONYM), 16),
        issued_at=whole(body.get(_ISSUED)),
        not_before=whole(body.get(_NOT_BEFORE)),
        expires_at=whole(body.get(_EXPIRES)),
        colour=whole(body.get(_COLOUR), COLOURS - 1),
        negative_minutes=None if _NEGATIVE not in body else whole(body[_NEGATIVE], LATEST // 60),
        vaccination=whole(body.get(_VACCINATION), 255),
        form=form,
        holder_key=None if bound is None else holder_key(bound),
        hint=None if _HINT not in body else text(body[_HINT], 60),
    )
