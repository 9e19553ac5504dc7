"""A venue's printed code: `YV1:` and Base45 of place, seed and a truncated HMAC under the installation's venue key.

It says where it hangs and proves that we printed it; it says nothing about who is there. A new seed makes
every older print worthless: whoever reads a code compares the seed with the venue's present one.
"""

import hashlib
import hmac

from yanmen.base import base45
from yanmen.base.refusals import Malformed, Refusal

HEAD = "YV1:"
SEED_BYTES = 8
_PLACE_BYTES = _MAC_BYTES = 8
_BYTES = _PLACE_BYTES + SEED_BYTES + _MAC_BYTES
_LENGTH = len(HEAD) + _BYTES // 2 * 3
_PURPOSE = b"yanmen-venue"


def make(place: int, seed: bytes, key: bytes) -> str:
    """The text of the code that hangs at a place."""
    if len(seed) != SEED_BYTES or not 0 <= place < 1 << 63:
        raise ValueError(f"A seed has {SEED_BYTES} bytes and a place a number up to 2^63; not {len(seed)} and {place}.")
    said = place.to_bytes(_PLACE_BYTES, "big") + seed
    return HEAD + base45.encode(said + _mac(said, key))


def read(text: str, key: bytes) -> tuple[int, bytes]:
    """Place and seed of a code that was printed under this key; everything else is refused."""
    said, mac = _parts(text)
    if not hmac.compare_digest(mac, _mac(said, key)):
        raise Refusal(
            "这个场所码不是本平台制发的，请告诉场所工作人员。",
            "This venue code was not issued here. Tell the staff of the venue.",
            field="venue",
        )
    return int.from_bytes(said[:_PLACE_BYTES], "big"), said[_PLACE_BYTES:]


def _parts(text: str) -> tuple[bytes, bytes]:
    if not text.startswith(HEAD):
        raise Malformed(
            "这不是场所码。请扫描场所门口张贴的场所码。",
            "This is no venue code. Scan the one at the door.",
            field="venue",
            value=text[: len(HEAD)],
        )
    if len(text) != _LENGTH:
        raise Malformed("场所码不完整，请重新扫描。", "The venue code is incomplete. Scan it again.", field="venue")
    whole = base45.decode(text[len(HEAD) :], longest=_LENGTH)
    if len(whole) != _BYTES:
        raise Malformed("场所码已损坏，请重新扫描。", "The venue code is damaged. Scan it again.", field="venue")
    return whole[:-_MAC_BYTES], whole[-_MAC_BYTES:]


def _mac(said: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + said, hashlib.sha256)[:_MAC_BYTES]
