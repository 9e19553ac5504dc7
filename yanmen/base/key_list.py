"""The signed list of issuing keys: what a phone must know to verify codes offline.

One COSE_Sign1 (RFC 9052) by the installation's root key, which every device learned when it was enrolled. Each key has
one use, a first and a last moment, and is listed as revoked, not left out, when it must no longer be believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from yanmen.base import cbor, cose
from yanmen.base.claims import octets, text, whole
from yanmen.base.refusals import Malformed
from yanmen.base.signing import Signer, key_id_of

CODE, PAPER, DEVICE, DCC, LIST = "code", "paper", "device", "dcc", "list"
USES = (CODE, PAPER, DEVICE, DCC, LIST)
_ISSUED, _EXPIRES, _KEYS = 1, 2, 3
_LONGEST = 64 * 1024
_MOST_KEYS = 300


@dataclass(frozen=True)
class ListedKey:
    """A public key, what it may sign, and when (seconds since 1970; `until` None while it is in use)."""

    key_id: bytes
    algorithm: str
    public_key: bytes
    use: str
    since: int
    until: int | None = None
    revoked_at: int | None = None

    def in_force(self, at: int) -> bool:
        """Whether what it signed is believed at this moment."""
        return self.revoked_at is None and self.since <= at and (self.until is None or at <= self.until)


@dataclass(frozen=True)
class KeyList:
    """The keys of one list, verified against the root key."""

    issued_at: int
    expires_at: int
    keys: Sequence[ListedKey]
    _by_id: dict[bytes, ListedKey] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {each.key_id: each for each in self.keys})

    @classmethod
    def read(cls, data: bytes, root_key: bytes) -> "KeyList":
        """Read a list and believe it only if the root key signed it."""
        message = cose.read1(data, longest=_LONGEST)
        if message.key_id != key_id_of(root_key) or not message.verify(root_key):
            raise unsigned("密钥清单", "list of keys")
        body = cbor.decode(message.payload, longest=_LONGEST)
        rows = body.get(_KEYS) if isinstance(body, dict) else None
        if not isinstance(rows, list) or len(rows) > _MOST_KEYS:
            raise cbor.malformed("the list of keys holds no list")
        return cls(whole(body.get(_ISSUED)), whole(body.get(_EXPIRES)), tuple(_key(row) for row in rows))

    def find(self, key_id: bytes | None, use: str) -> ListedKey | None:
        """The key of this name if it is listed for this use."""
        found = self._by_id.get(key_id or b"")
        return found if found is not None and found.use == use else None

    def payload(self, data: bytes, *, longest: int, now: datetime) -> bytes:
        """The payload of a published document (changes, words), signed by a key listed for documents."""
        message = cose.read1(data, longest=longest)
        key = self.find(message.key_id, LIST)
        if key is None or not key.in_force(int(now.timestamp())) or not message.verify(key.public_key):
            raise unsigned("文件", "document")
        return message.payload


def publish(keys: Sequence[ListedKey], *, root: Signer, now: datetime, expires_at: datetime) -> bytes:
    """Sign the list with the root key."""
    rows = [_row(each) for each in keys]
    body = {_ISSUED: int(now.timestamp()), _EXPIRES: int(expires_at.timestamp()), _KEYS: rows}
    return cose.sign1(cbor.encode(body), root)


def unsigned(zh: str, en: str) -> Malformed:
    """A document that nobody we trust has signed."""
    return Malformed(
        f"{zh}的签名无效。请联网重新下载；若仍无效，请重新登记设备。",
        f"The signature of this {en} is not valid. Fetch it again; if it stays so, enrol the device again.",
    )


def _row(key: ListedKey) -> list[object]:
    algorithm = cose.ALGORITHMS[key.algorithm]
    row: list[object] = [key.key_id, algorithm, key.public_key, key.use, key.since, key.until]
    return row if key.revoked_at is None else [*row, key.revoked_at]


def _key(row: object) -> ListedKey:
    if not isinstance(row, list) or len(row) not in (6, 7):
        raise cbor.malformed("a key of the list is no row of six or seven")
    algorithms = {number: name for name, number in cose.ALGORITHMS.items()}
    algorithm = algorithms.get(row[1]) if isinstance(row[1], int) else None
    public_key = row[2]
    if algorithm is None or not isinstance(public_key, bytes) or key_id_of(public_key) != row[0]:
        raise cbor.malformed("a key of the list does not fit its name")
    return ListedKey(
        key_id=octets(row[0], 8),
        algorithm=algorithm,
        public_key=public_key,
        use=text(row[3], 12),
        since=whole(row[4]),
        until=None if row[5] is None else whole(row[5]),
        revoked_at=whole(row[6]) if len(row) == 7 else None,
    )
