"""A certificate as it is read and verified: who signed, from when until when, and whether that key may sign this kind.

The verifier trusts document signer certificates (X.509). The header's key id picks one: the protected header rules over
the unprotected, so that a key id added afterwards changes nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from yanmen.base import cbor, cose
from yanmen.base.dcc import content as rules
from yanmen.base.dcc import transport

_ISSUER, _EXPIRES, _ISSUED, _CERTIFICATES, _FIRST_VERSION = 1, 4, 6, -260, 1
_DEPTH = 12
# The extension (2.5.29.37) with an empty list.
_NO_USAGE = bytes.fromhex("0603551d2504023000")
# Extended key usages of document signers, as first published and as corrected (volume 3, annex on key usage).
_USAGES = {
    rules.TEST: {"1.3.6.1.4.1.1847.2021.1.1", "1.3.6.1.4.1.0.1847.2021.1.1"},
    rules.VACCINATION: {"1.3.6.1.4.1.1847.2021.1.2", "1.3.6.1.4.1.0.1847.2021.1.2"},
    rules.RECOVERY: {"1.3.6.1.4.1.1847.2021.1.3", "1.3.6.1.4.1.0.1847.2021.1.3"},
}


@dataclass(frozen=True)
class Certificate:
    """What was read; nothing is verified until a signer is known."""

    issuer: str | None
    issued_at: datetime | None
    expires_at: datetime | None
    content: Mapping[str, Any]
    message: cose.Sign1

    @classmethod
    def read(cls, data: bytes) -> "Certificate":
        """Take a signed message apart. Others encode freely, so form is not asked, only bounds."""
        message = cose.read1(data, longest=transport.LONGEST_MESSAGE, strict=False)
        claims = cbor.decode(message.payload, longest=transport.LONGEST_MESSAGE, depth=_DEPTH, strict=False)
        if not isinstance(claims, dict) or not isinstance(claims.get(_CERTIFICATES), dict):
            raise cbor.malformed("it holds no health certificate")
        content = claims[_CERTIFICATES].get(_FIRST_VERSION)
        if not isinstance(content, dict):
            raise cbor.malformed("it holds no health certificate of version 1")
        issuer = claims.get(_ISSUER)
        issued_at, expires_at = _moment(claims.get(_ISSUED)), _moment(claims.get(_EXPIRES))
        return cls(issuer if isinstance(issuer, str) else None, issued_at, expires_at, content, message)

    @property
    def kind(self) -> str | None:
        """Test, vaccination or recovery."""
        return rules.kind_of(self.content)

    def in_time(self, now: datetime) -> bool:
        """Neither before it was issued nor after it ended; one that says neither is not in time."""
        return bool(self.issued_at and self.expires_at and self.issued_at <= now <= self.expires_at)


@dataclass(frozen=True)
class DocumentSigner:
    """A trusted signing certificate (X.509, DER)."""

    key_id: bytes
    public_key: bytes
    usages: frozenset[str]

    @classmethod
    def read(cls, der: bytes) -> "DocumentSigner":
        """Read a certificate; its name is the first eight bytes of its SHA-256."""
        certificate = x509.load_der_x509_certificate(der)
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return cls(hashlib.sha256(der).digest()[:8], key, _usages(certificate, der))

    def may_sign(self, kind: str | None) -> bool:
        """Whether it may sign this kind; one that names no health usage may sign all (volume 3)."""
        named = self.usages & frozenset().union(*_USAGES.values())
        return kind in _USAGES and (not named or bool(named & _USAGES[kind]))


def signed_by(certificate: Certificate, signer: DocumentSigner) -> bool:
    """Whether this signer is named and its signature holds."""
    return certificate.message.key_id == signer.key_id and certificate.message.verify(signer.public_key)


def reasons_against(certificate: Certificate, signers: Sequence[DocumentSigner], now: datetime) -> list[str]:
    """Why a certificate is not to be accepted: unknown_key, bad_signature, key_usage, time, schema; none if it is."""
    named = [each for each in signers if each.key_id == certificate.message.key_id]
    signed = [each for each in named if signed_by(certificate, each)]
    found = [] if signed else ["bad_signature" if named else "unknown_key"]
    if signed and not any(each.may_sign(certificate.kind) for each in signed):
        found.append("key_usage")
    if not certificate.in_time(now):
        found.append("time")
    return found + (["schema"] if rules.faults(certificate.content) else [])


def _usages(certificate: x509.Certificate, der: bytes) -> frozenset[str]:
    """The extended key usages; an extension that is there and empty, as some wrote it, names none."""
    if _NO_USAGE in der:
        return frozenset()
    try:
        extended = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(each.dotted_string for each in extended)


def _moment(seconds: object) -> datetime | None:
    """A moment of the CWT; some write seconds as a float."""
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds < 1 << 36:
        return None
    return datetime.fromtimestamp(seconds, UTC)
