"""What got worse since codes were issued, as a signed filter: small enough for every phone, names nobody.

A code that shows colour c of a person who is now at v > c is listed as an *element*: the first eight bytes of
SHA-256(pseudonym ‖ c). Elements are a Golomb-coded set: h is mapped to (h · n · 2^P) >> 64, sorted, and each step is
written as a Rice code (quotient in one-bits, a zero, P bits of remainder; most significant bit first, zeros at the
end). Nothing listed is ever missed; 1 in 2^P others is found by chance and is settled online or by a document. At
P = 20 an element costs 21.6 bits: 100,000 people are 270 kB. (Golomb 1966; Rice 1971; Putze, Sanders, Singler 2007.)

What a code says from knowledge *after* the filter's moment is not overruled by it: who was released and got a new code
passes at once. A further part holds only what came since an earlier one.
"""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from yanmen.base import cbor, cose
from yanmen.base.claims import whole
from yanmen.base.credentials import COLOURS, Claims
from yanmen.base.key_list import KeyList
from yanmen.base.refusals import Malformed
from yanmen.base.signing import Signer

REVOKED, STATUS_CHANGED = "revoked", "status_changed"
LOG2_FALSE = 20
LONGEST = 8 * 1024 * 1024
_REVOKED_COLOUR = 7
_AS_OF, _EXPIRES, _SEQ, _SET, _COUNT, _LOG2, _BASE = 1, 2, 3, 4, 5, 6, 7
_MOST = 3_000_000


@dataclass(frozen=True)
class Part:
    """One published filter: full, or (with a base) what came since the filter of that sequence number."""

    as_of: int
    expires_at: int
    seq: int
    base: int | None
    log2: int
    count: int
    values: "array[int]"

    def __contains__(self, element: int) -> bool:
        value = _mapped(element, self.count, self.log2)
        place = bisect_left(self.values, value)
        return place < len(self.values) and self.values[place] == value


@dataclass(frozen=True)
class Changes:
    """All that a door knows of changes: a full filter and what came since."""

    parts: Sequence[Part]

    @classmethod
    def read(cls, data: bytes, keys: KeyList, now: datetime) -> "Changes":
        """Read a full filter; it is believed if a key listed for documents signed it."""
        part = _read(data, keys, now)
        if part.base is not None:
            raise _out_of_step()
        return cls((part,))

    def followed_by(self, data: bytes, keys: KeyList, now: datetime) -> "Changes":
        """The same, and what came since."""
        part = _read(data, keys, now)
        if part.base != self.seq:
            raise _out_of_step()
        return replace(self, parts=(*self.parts, part))

    @property
    def as_of(self) -> int:
        """The moment of this knowledge."""
        return self.parts[-1].as_of

    @property
    def seq(self) -> int:
        """Which filter this is."""
        return self.parts[-1].seq

    def speaks_against(self, claims: Claims) -> str | None:
        """`revoked`, `status_changed`, or None: nothing is known against this code."""
        newer = [part for part in self.parts if part.as_of >= claims.not_before]
        gone = [element(claims.pseudonym, _REVOKED_COLOUR)]
        if claims.holder_key is not None:
            gone.append(_key_element(claims.holder_key))
        if any(each in part for part in newer for each in gone):
            return REVOKED
        worse = element(claims.pseudonym, claims.colour)
        return STATUS_CHANGED if any(worse in part for part in newer) else None


def element(name: bytes, colour: int) -> int:
    """The element of a code with this pseudonym and colour."""
    return int.from_bytes(hashlib.sha256(name + bytes((colour,))).digest()[:8], "big")


def worse_than_shown(pseudonym: bytes, colour: int) -> list[int]:
    """The elements of a person whose colour is now this one: every code of theirs that shows a better colour."""
    return [element(pseudonym, better) for better in range(colour)]


def revoked_codes(pseudonym: bytes) -> list[int]:
    """The elements that take back every code with this pseudonym."""
    return [element(pseudonym, colour) for colour in range(COLOURS + 1)]


def revoked_device(public_key: bytes) -> list[int]:
    """The element that takes back every code bound to this device, on whatever day."""
    return [_key_element(public_key)]


def publish(
    elements: Iterable[int],
    *,
    signer: Signer,
    now: datetime,
    expires_at: datetime,
    seq: int,
    base: int | None = None,
    log2: int = LOG2_FALSE,
) -> bytes:
    """Sign a filter of these elements; with `base`, of those that are new since that sequence number."""
    distinct = set(elements)
    if len(distinct) > _MOST:
        raise ValueError(f"{len(distinct):,} changes are too many for one filter. Publish one an area.")
    body: dict[int, object] = {
        _AS_OF: int(now.timestamp()),
        _EXPIRES: int(expires_at.timestamp()),
        _SEQ: seq,
        _SET: encode_set(distinct, log2),
        _COUNT: len(distinct),
        _LOG2: log2,
    }
    if base is not None:
        body[_BASE] = base
    return cose.sign1(cbor.encode(body), signer)


def encode_set(elements: Iterable[int], log2: int) -> bytes:
    """The Golomb-coded set of distinct elements (unsigned, 64 bits)."""
    distinct = list(elements)
    out = bytearray()
    held, width, last = 0, 0, 0
    mask = (1 << log2) - 1
    for value in sorted(_mapped(each, len(distinct), log2) for each in distinct):
        quotient, rest = (value - last) >> log2, (value - last) & mask
        held = (held << (quotient + 1 + log2)) | ((1 << quotient) - 1) << (log2 + 1) | rest
        width += quotient + 1 + log2
        last = value
        if width >= 512:
            width, left = width % 8, width // 8
            out += (held >> width).to_bytes(left, "big")
            held &= (1 << width) - 1
    return bytes(out + (held << (-width % 8)).to_bytes((width + 7) // 8, "big"))


def decode_set(data: bytes, count: int, log2: int) -> "array[int]":
    """The sorted values of a set; anything but exactly `count` of them and zeros at the end is refused."""
    bits = f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}" if data else ""
    values, at, last = array("Q"), 0, 0
    for _ in range(count):
        stop = bits.find("0", at)
        end = stop + 1 + log2
        if stop < 0 or end > len(bits):
            raise cbor.malformed("the filter ends too early")
        last += (stop - at) << log2 | int(bits[stop + 1 : end], 2)
        values.append(last)
        at = end
    if last >= max(1, count << log2) or len(bits) - at > 7 or "1" in bits[at:]:
        raise cbor.malformed("the filter does not hold what it says")
    return values


def _read(data: bytes, keys: KeyList, now: datetime) -> Part:
    body = cbor.decode(keys.payload(data, longest=LONGEST, now=now), longest=LONGEST)
    if not isinstance(body, dict) or not isinstance(body.get(_SET), bytes):
        raise cbor.malformed("the filter is missing")
    log2, count = whole(body.get(_LOG2), 32), whole(body.get(_COUNT), _MOST)
    if log2 < 1 or count * log2 > 8 * len(body[_SET]):
        raise cbor.malformed("the filter is shorter than it says")
    return Part(
        as_of=whole(body.get(_AS_OF)),
        expires_at=whole(body.get(_EXPIRES)),
        seq=whole(body.get(_SEQ)),
        base=None if _BASE not in body else whole(body[_BASE]),
        log2=log2,
        count=count,
        values=decode_set(body[_SET], count, log2),
    )


def _mapped(element: int, count: int, log2: int) -> int:
    return (element * (count << log2)) >> 64


def _key_element(public_key: bytes) -> int:
    """From the x coordinate: the first half of the last 64 bytes of a SubjectPublicKeyInfo on P-256."""
    return element(public_key[-64:-32], _REVOKED_COLOUR)


def _out_of_step() -> Malformed:
    return Malformed(
        "状态变更清单与已有清单不衔接。请下载完整清单。",
        "This list of changes does not follow the one at hand. Fetch the full list.",
    )
