"""SM2 with SM3 (GB/T 32918.2, GM/T 0009): the national profile behind the signing port, never the default.

Computed by `gmalg` in plain Python: slow, not in constant time, not certified. It serves trials and verification; a
production signer is a cryptographic machine behind the same port.
"""

import base64
from pathlib import Path

from yanmen.base.signing import key_id_of

# The identity that GM/T 0009 prescribes where none was agreed.
IDENTITY = b"1234567812345678"
_CURVE = bytes.fromhex("06082a811ccf5501822d")
_PUBLIC = bytes.fromhex("3059301306072a8648ce3d0201") + _CURVE + bytes.fromhex("034200")
_PRIVATE = bytes.fromhex("3041020100301306072a8648ce3d0201") + _CURVE + bytes.fromhex("042730250201010420")
_SIZE = 32


class Sm2Signer:
    """A private key from a PEM file (PKCS#8). Signatures are r‖s, 64 bytes."""

    algorithm = "SM2"

    def __init__(self, secret: bytes) -> None:
        from gmalg import SM2

        self._secret = secret
        self._engine = SM2(secret, IDENTITY)
        self.public_key = _PUBLIC + self._engine.generate_pk(secret)
        self.key_id = key_id_of(self.public_key)

    @classmethod
    def generate(cls) -> "Sm2Signer":
        """A new key."""
        from gmalg import SM2

        return cls(SM2().generate_keypair()[0].rjust(_SIZE, b"\0"))

    @classmethod
    def read(cls, path: Path) -> "Sm2Signer":
        """Read the key of a PEM file, as other tools write it too."""
        der = base64.b64decode("".join(line for line in path.read_text("ascii").splitlines() if "-" not in line))
        _, mark, rest = der.partition(_PRIVATE[-5:])
        if _CURVE not in der or not mark or len(rest) < _SIZE:
            raise ValueError(f"{path} holds no SM2 private key. Point to the right file.")
        return cls(rest[:_SIZE])

    def pem(self) -> str:
        """The private key as PKCS#8, to be kept where only its owner reads."""
        body = base64.encodebytes(_PRIVATE + self._secret).decode()
        return f"-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\n"

    def sign(self, message: bytes) -> bytes:
        r, s = self._engine.sign(message)
        signature: bytes = r.rjust(_SIZE, b"\0") + s.rjust(_SIZE, b"\0")
        return signature


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an SM2 signature (r‖s) over the message was made with this key (SubjectPublicKeyInfo)."""
    point = public_key.removeprefix(_PUBLIC)
    if len(point) != 1 + 2 * _SIZE or point[0] != 4 or len(signature) != 2 * _SIZE:
        return False
    from gmalg import SM2

    engine = SM2(uid=IDENTITY, pk=point)
    return bool(engine.verify_pk(point) and engine.verify(message, signature[:_SIZE], signature[_SIZE:]))
