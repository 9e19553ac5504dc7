"""The installation's issuing keys: one for each use, a root key that signs their list, and how they are changed.

A folder holds `keys.json` (which keys, where each lives, from when until when) and the key files. A new key is listed
before it signs, so that phones know it in time; the old one verifies until the last thing that it signed has ended.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from yanmen.base import key_list
from yanmen.base.key_list import USES, ListedKey
from yanmen.base.refusals import Refusal
from yanmen.base.signers import signer_at
from yanmen.base.signing import FileSigner, Signer

# Nothing that a key signs lives longer than this; who issues keeps to it.
LIVES: Mapping[str, timedelta] = {
    "code": timedelta(days=2),
    "paper": timedelta(days=90),
    "device": timedelta(days=400),
    "dcc": timedelta(days=400),
    "list": timedelta(days=30),
}
# Phones fetch the list of keys at least this often.
LEAD = timedelta(days=1)
LIST_LIVES = timedelta(days=14)


@dataclass(frozen=True)
class IssuingKey:
    """Where one key lives and when it is used; times are seconds since 1970."""

    use: str
    address: str
    algorithm: str
    key_id: str
    public_key: str
    since: int
    until: int | None = None
    revoked_at: int | None = None

    def listed(self) -> ListedKey:
        """What others may know of it."""
        public_key = bytes.fromhex(self.public_key)
        key_id = bytes.fromhex(self.key_id)
        return ListedKey(key_id, self.algorithm, public_key, self.use, self.since, self.until, self.revoked_at)


class IssuingKeys:
    """The keys of one folder. Another process may change them: `refresh` before long use, it costs one look."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._signers: dict[str, Signer] = {}
        self._read()

    @classmethod
    def open(cls, folder: Path) -> "IssuingKeys":
        """Open a folder; the first to come makes the keys."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(folder):
            if not (folder / "keys.json").exists():
                FileSigner.open(folder / "root.pem")
                first = [_made(folder, use, since=0) for use in USES]
                _write(folder, "file:root.pem", first)
        return cls(folder)

    @property
    def root(self) -> Signer:
        """What signs the list of keys; devices learn its public key when they are enrolled."""
        return self._signer(self._root)

    @property
    def keys(self) -> Sequence[IssuingKey]:
        """All keys, old and new."""
        return tuple(self._keys)

    def refresh(self) -> None:
        """Take over what another process changed."""
        if (self._folder / "keys.json").stat().st_mtime_ns != self._seen:
            self._read()

    def current(self, use: str, now: datetime) -> IssuingKey:
        """The key that signs for this use: the youngest whose time has come."""
        at = int(now.timestamp())
        ready = [each for each in self._keys if each.use == use and each.since <= at and each.revoked_at is None]
        if not ready:
            raise Refusal(
                f"没有可用于“{use}”的签发密钥。请轮换密钥。",
                f'No issuing key for "{use}" is in force. Rotate the keys.',
                field="use",
                value=use,
            )
        return max(ready, key=lambda each: each.since)

    def signer(self, use: str, now: datetime) -> Signer:
        """What signs for this use now."""
        return self._signer(self.current(use, now).address)

    def signed_list(self, now: datetime, *, lives: timedelta = LIST_LIVES) -> bytes:
        """The list of keys for devices: those in use, those to come, those not yet run out, those revoked."""
        listed = self._listed(int(now.timestamp()))
        return key_list.publish(listed, root=self.root, now=now, expires_at=now + lives)

    def known(self, now: datetime) -> key_list.KeyList:
        """The same list for a verifier who has this folder: it needs no key, so an edge may do without the root's."""
        at = int(now.timestamp())
        return key_list.KeyList(at, int((now + LIST_LIVES).timestamp()), self._listed(at))

    def rotate(
        self, now: datetime, *, uses: Sequence[str] = USES, lead: timedelta = LEAD, address: str | None = None
    ) -> Sequence[IssuingKey]:
        """New keys that sign after `lead`; the old verify until the last thing they signed has ended."""
        since = int((now + lead).timestamp())
        with _locked(self._folder):
            self._read()
            if address is not None and (len(uses) != 1 or address in {each.address for each in self._keys}):
                raise _one_use(address)
            new = [_made(self._folder, use, since=since, address=address) for use in uses]
            old = [_ending(each, since) if each.use in uses else each for each in self._keys]
            _write(self._folder, self._root, [*old, *new])
            self._read()
        return new

    def revoke(self, key_id: bytes, now: datetime) -> None:
        """Nothing that this key signed is believed from now on; a new key signs at once in its place."""
        at = int(now.timestamp())
        found = next((each for each in self._keys if each.key_id == key_id.hex()), None)
        if found is None:
            raise Refusal("没有此密钥。", "There is no such key.", field="key_id", value=key_id.hex())
        with _locked(self._folder):
            self._read()
            keys = [replace(each, revoked_at=at) if each.key_id == found.key_id else each for each in self._keys]
            if not any(each.use == found.use and each.since <= at and each.revoked_at is None for each in keys):
                keys.append(_made(self._folder, found.use, since=at))
            _write(self._folder, self._root, keys)
            self._read()

    def _listed(self, at: int) -> Sequence[ListedKey]:
        return tuple(each.listed() for each in self._keys if each.until is None or each.until >= at)

    def _signer(self, address: str) -> Signer:
        if address not in self._signers:
            self._signers[address] = signer_at(address, folder=self._folder)
        return self._signers[address]

    def _read(self) -> None:
        path = self._folder / "keys.json"
        self._seen = path.stat().st_mtime_ns
        body = json.loads(path.read_text("utf-8"))
        self._root: str = body["root"]
        self._keys = [IssuingKey(**each) for each in body["keys"]]


def _made(folder: Path, use: str, *, since: int, address: str | None = None) -> IssuingKey:
    """A key of a new file, or the one that waits at an address."""
    if address is None:
        taken = [int(file.stem.rpartition("-")[2]) for file in folder.glob(f"{use}-[0-9]*.pem")]
        number = 1 + max(taken, default=0)
        address = f"file:{use}-{number}.pem"
        FileSigner.open(folder / f"{use}-{number}.pem")
    signer = signer_at(address, folder=folder)
    return IssuingKey(use, address, signer.algorithm, signer.key_id.hex(), signer.public_key.hex(), since)


def _one_use(address: str) -> Refusal:
    return Refusal(
        "一把密钥只能有一种用途，且不得重复使用。请指定一种用途和一把新密钥。",
        "One key has one use and is taken once. Name one use, and a key that was never listed.",
        field="address",
        value=address,
    )


def _ending(key: IssuingKey, since: int) -> IssuingKey:
    """The key after its successor was named; one that already has an end keeps it."""
    return key if key.until is not None else replace(key, until=since + int(LIVES[key.use].total_seconds()))


def _write(folder: Path, root: str, keys: Sequence[IssuingKey]) -> None:
    draft = folder / "keys.json.new"
    draft.write_text(json.dumps({"root": root, "keys": [asdict(each) for each in keys]}, indent=1), "utf-8")
    draft.replace(folder / "keys.json")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time makes or changes keys."""
    descriptor = os.open(folder / ".lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
