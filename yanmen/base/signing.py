"""Signatures: a port, and the default behind it (ES256 with a key file). SM2 or a hardware module fits the same port."""

import hashlib
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

_SIZE = 32


class Signer(Protocol):
    """What signs seals, lists, webhooks and codes."""

    @property
    def algorithm(self) -> str:
        """The JOSE and COSE name: ES256, SM2."""

    @property
    def key_id(self) -> bytes:
        """Eight bytes that name the public key."""

    @property
    def public_key(self) -> bytes:
        """The public key as SubjectPublicKeyInfo (DER)."""

    def sign(self, message: bytes) -> bytes:
        """A signature over the message."""


class FileSigner:
    """ES256 with a private key from a PEM file. Signatures are r‖s (64 bytes), as browsers and COSE want them."""

    algorithm = "ES256"

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.key_id = key_id_of(self.public_key)

    @classmethod
    def generate(cls) -> "FileSigner":
        """A new key on P-256."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def open(cls, path: Path) -> "FileSigner":
        """Read the key, or make and keep one if no file is there yet."""
        if not path.exists():
            cls.generate()._keep(path)
        return cls.read(path)

    @classmethod
    def read(cls, path: Path) -> "FileSigner":
        """Read the key of a file that must be there."""
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError(f"{path} holds no P-256 private key. Point to the right file.")
        return cls(key)

    def sign(self, message: bytes) -> bytes:
        return raw_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256())))

    def _keep(self, path: Path) -> None:
        """Write and link into place: of two processes at once the first wins and both read its file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self._pem())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()

    def _pem(self) -> bytes:
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def key_id_of(public_key: bytes) -> bytes:
    """The name of a public key: the first eight bytes of its SHA-256."""
    return hashlib.sha256(public_key).digest()[:8]


def raw_signature(der: bytes) -> bytes:
    """r‖s of a signature that OpenSSL made."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big")


def verify(*, public_key: bytes, message: bytes, signature: bytes, algorithm: str = "ES256") -> bool:
    """Whether a signature over the message was made with this key, by this algorithm and no other."""
    check = _VERIFIERS.get(algorithm)
    return check is not None and check(public_key, message, signature)


@lru_cache(maxsize=4096)
def _load(public_key: bytes) -> Any:
    """Reading a key costs as much as using it, and the same keys come again."""
    try:
        return serialization.load_der_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm):
        return None


def _es256(public_key: bytes, message: bytes, signature: bytes) -> bool:
    key = _load(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return False
    if len(signature) != 2 * _SIZE:
        return False
    r, s = int.from_bytes(signature[:_SIZE], "big"), int.from_bytes(signature[_SIZE:], "big")
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _ps256(public_key: bytes, message: bytes, signature: bytes) -> bool:
    key = _load(public_key)
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(signature, message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _sm2(public_key: bytes, message: bytes, signature: bytes) -> bool:
    from yanmen.base.sm2 import verify as verify_sm2

    return verify_sm2(public_key, message, signature)


_VERIFIERS: dict[str, Callable[[bytes, bytes, bytes], bool]] = {
    "ES256": _es256,
    "PS256": _ps256,
    "SM2": _sm2,
}
