"""Secrets at rest: AES-256-GCM with the key's name and the place bound in, and a keyed blind index for exact search.

A sealed value says which key opens it, so a new key can be made current while old values still open; rotation then
seals them again. The blind index is an HMAC: equal values find each other, and nobody without the key can guess them.
"""

import base64
import hmac
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = 1
_NONCE = 12


class Unsealable(Exception):
    """The value cannot be opened: a key is missing, the value was moved from its place, or it was changed."""


@dataclass(frozen=True)
class KeyRing:
    """The sealing keys by name, the one in use, and the index key. `repr` never shows a key."""

    current: str
    sealing: dict[str, bytes]
    indexing: bytes

    def __repr__(self) -> str:
        return f"KeyRing(current={self.current!r}, keys={sorted(self.sealing)})"

    @classmethod
    def generate(cls, name: str) -> "KeyRing":
        """A new ring with one key of this name."""
        return cls(name, {name: token_bytes(32)}, token_bytes(32))

    @classmethod
    def load(cls, path: Path) -> "KeyRing":
        """Read a ring from its file."""
        try:
            body = json.loads(path.read_text("utf-8"))
            sealing = {name: base64.b64decode(key) for name, key in body["sealing"].items()}
            ring = cls(body["current"], sealing, base64.b64decode(body["indexing"]))
        except (KeyError, ValueError, TypeError) as fault:
            raise Unsealable(f"{path} is no key ring. Restore it from its backup; do not make a new one.") from fault
        if ring.current not in ring.sealing or any(len(key) != 32 for key in (*ring.sealing.values(), ring.indexing)):
            raise Unsealable(f"{path} lacks its current key or has one of the wrong length. Restore it.")
        return ring

    def save(self, path: Path) -> None:
        """Write the ring, readable by its owner only; the old file is replaced in one step."""
        body = {
            "current": self.current,
            "sealing": {name: base64.b64encode(key).decode() for name, key in self.sealing.items()},
            "indexing": base64.b64encode(self.indexing).decode(),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(body, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    @classmethod
    def open(cls, path: Path, *, name: str = "first") -> "KeyRing":
        """Load the ring, or make it if no file is there yet (two processes starting together agree on one)."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"{path.name}.{os.getpid()}.{token_bytes(4).hex()}")
            cls.generate(name).save(draft)
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return cls.load(path)

    def rotated(self, name: str) -> "KeyRing":
        """The ring with a new key in use; what older keys sealed still opens."""
        if name in self.sealing:
            raise ValueError(f'A key named "{name}" exists. Choose a new name.')
        return replace(self, current=name, sealing={**self.sealing, name: token_bytes(32)})

    def without(self, name: str) -> "KeyRing":
        """The ring after a key was thrown away: only when nothing is sealed with it any more."""
        if name == self.current:
            raise ValueError(f'"{name}" is the key in use. Rotate first.')
        return replace(self, sealing={each: key for each, key in self.sealing.items() if each != name})

    def seal(self, text: str, context: str) -> bytes:
        """Encrypt `text` for one place, such as `registry_person.phone:17`; elsewhere it will not open."""
        nonce = token_bytes(_NONCE)
        head = _head(self.current)
        return head + nonce + AESGCM(self.sealing[self.current]).encrypt(nonce, text.encode(), head + context.encode())

    def unseal(self, sealed: bytes, context: str) -> str:
        """Decrypt what was sealed for this very place."""
        name = key_name(sealed)
        key = self.sealing.get(name)
        if key is None:
            raise Unsealable(f'No key named "{name}" is in the ring. Restore the key file that has it.')
        head = _head(name)
        nonce, body = sealed[len(head) : len(head) + _NONCE], sealed[len(head) + _NONCE :]
        try:
            return AESGCM(key).decrypt(nonce, body, head + context.encode()).decode()
        except InvalidTag as fault:
            raise Unsealable(f"What stands at {context} was changed or belongs elsewhere.") from fault

    def blind_index(self, text: str, context: str) -> bytes:
        """A keyed digest for exact search; `context` is the kind of value (`id_number`), so kinds never meet."""
        return hmac.digest(self.indexing, f"{context}\0{text}".encode(), "sha256")


def key_name(sealed: bytes) -> str:
    """Which key sealed this value."""
    if len(sealed) < 2 or sealed[0] != _FORMAT or len(sealed) < 2 + sealed[1] + _NONCE:
        raise Unsealable("This is no sealed value.")
    return sealed[2 : 2 + sealed[1]].decode()


def _head(name: str) -> bytes:
    encoded = name.encode()
    return bytes((_FORMAT, len(encoded))) + encoded
