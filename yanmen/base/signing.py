"""Signatures: a port, and the default behind it (ES256 with a key file). SM2 or a hardware module fits the same port."""

import hashlib
import os
from pathlib import Path
from secrets import token_hex
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
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

    @classmethod
    def generate(cls) -> "FileSigner":
        """A new key on P-256."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def open(cls, path: Path) -> "FileSigner":
        """Read the key, or make and keep one if no file is there yet."""
        if not path.exists():
            cls.generate()._keep(path)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise ValueError(f"{path} holds no P-256 private key. Point to the right file.")
        return cls(key)

    @property
    def key_id(self) -> bytes:
        return key_id_of(self.public_key)

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(_SIZE, "big") + s.to_bytes(_SIZE, "big")

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


def verify(*, public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an ES256 signature (r‖s) over the message was made with this key."""
    key = serialization.load_der_public_key(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey) or len(signature) != 2 * _SIZE:
        return False
    r, s = int.from_bytes(signature[:_SIZE], "big"), int.from_bytes(signature[_SIZE:], "big")
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
