"""COSE_Sign1 (RFC 9052, section 4.2): a payload, who signed it, and the signature; and COSE keys on P-256 (RFC 9053).

`sign1` writes the deterministic form with tag 18. `read1` reads within bounds and verifies nothing: the reader picks
the key by `key_id` and asks `verify`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from yanmen.base import cbor
from yanmen.base.signing import Signer, verify

TAG, CWT_TAG = 18, 61
ALGORITHM, KEY_ID = 1, 4
# RFC 9053, RFC 8230; SM2 has no registered number, so it takes one of the range for private use.
ALGORITHMS = {"ES256": -7, "PS256": -37, "SM2": -65537}
_NAMES = {number: name for name, number in ALGORITHMS.items()}
LONGEST = 4096


@dataclass(frozen=True)
class Sign1:
    """One signed message as it was read."""

    protected: Mapping[int, Any]
    unprotected: Mapping[int, Any]
    payload: bytes
    signature: bytes
    protected_bytes: bytes

    @property
    def key_id(self) -> bytes | None:
        """Which key is said to have signed; the protected header rules over the unprotected."""
        found = self.protected.get(KEY_ID, self.unprotected.get(KEY_ID))
        return found if isinstance(found, bytes) else None

    @property
    def algorithm(self) -> str | None:
        """ES256, PS256, SM2; None if it is none that we know."""
        found = self.protected.get(ALGORITHM, self.unprotected.get(ALGORITHM))
        return _NAMES.get(found) if isinstance(found, int) else None

    def verify(self, public_key: bytes) -> bool:
        """Whether this very payload and header were signed with the key (SubjectPublicKeyInfo)."""
        message = _to_be_signed(self.protected_bytes, self.payload)
        algorithm = self.algorithm or ""
        return verify(public_key=public_key, message=message, signature=self.signature, algorithm=algorithm)


def sign1(
    payload: bytes, signer: Signer, *, protected: Mapping[int, Any] | None = None, name_the_key: bool = True
) -> bytes:
    """Sign a payload. The key's name goes into the header unless the reader knows the key from elsewhere."""
    header: dict[int, Any] = {ALGORITHM: ALGORITHMS[signer.algorithm], **(protected or {})}
    if name_the_key:
        header[KEY_ID] = signer.key_id
    encoded = cbor.encode(header)
    signature = signer.sign(_to_be_signed(encoded, payload))
    return bytes((0xC0 | TAG,)) + cbor.encode([encoded, {}, payload, signature])


def read1(data: bytes, *, longest: int = LONGEST, strict: bool = True) -> Sign1:
    """Take a message apart. With `strict` off it may be untagged, tagged as CWT, and encoded freely (others do so)."""
    parts = cbor.decode(data, longest=longest, tags=(TAG,) if strict else (TAG, CWT_TAG), strict=strict)
    if strict and not isinstance(parts, cbor2.CBORTag):
        raise cbor.malformed("no signed message")
    while isinstance(parts, cbor2.CBORTag):
        parts = parts.value
    if not isinstance(parts, list) or len(parts) != 4:
        raise cbor.malformed("no signed message of four parts")
    encoded, unprotected, payload, signature = parts
    if not (isinstance(encoded, bytes) and isinstance(payload, bytes) and isinstance(signature, bytes)):
        raise cbor.malformed("a part of the signed message has the wrong kind")
    protected = cbor.decode(encoded, longest=256, depth=3, strict=strict) if encoded else {}
    if not isinstance(protected, dict) or not isinstance(unprotected, dict) or (strict and unprotected):
        raise cbor.malformed("a header of the signed message is no map")
    return Sign1(protected, unprotected, payload, signature, encoded)


def key_map(public_key: bytes) -> dict[int, Any]:
    """A P-256 key (SubjectPublicKeyInfo) as COSE_Key: the point compressed, so a code stays small."""
    key = serialization.load_der_public_key(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise cbor.malformed("the holder's key is not on P-256", "持有人密钥不是 P-256 密钥")
    numbers = key.public_numbers()
    return {1: 2, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: bool(numbers.y & 1)}


def key_of(key_map: object) -> bytes:
    """The SubjectPublicKeyInfo of a COSE_Key on P-256 with a compressed point."""
    if not isinstance(key_map, dict) or (key_map.get(1), key_map.get(-1)) != (2, 1) or key_map[-1] is True:
        raise cbor.malformed("no COSE key on P-256")
    x, odd = key_map.get(-2), key_map.get(-3)
    if not isinstance(x, bytes) or len(x) != 32 or not isinstance(odd, bool):
        raise cbor.malformed("the key's point is not compressed as agreed")
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes((2 + odd,)) + x)
    except ValueError as fault:
        raise cbor.malformed("the key's point is not on the curve") from fault
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor.encode(["Signature1", protected, b"", payload])
