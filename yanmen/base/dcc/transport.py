"""From the text of a QR code to the signed message and back (Technical Specifications, volume 3, section 4)."""

import zlib

from yanmen.base import base45, cbor
from yanmen.base.refusals import Malformed

PREFIX = "HC1:"
# What the largest QR code holds; and what a certificate with every text at its longest needs, twice over.
LONGEST_TEXT = 4296
LONGEST_MESSAGE = 8192


def unprefix(text: str) -> str:
    """The Base45 text behind `HC1:`."""
    if len(text) > LONGEST_TEXT or not text.startswith(PREFIX):
        raise Malformed(
            "这不是欧盟数字新冠证书（应以 HC1: 开头）。",
            "This is no EU Digital COVID Certificate: it should begin with HC1:.",
        )
    return text[len(PREFIX) :]


def inflate(data: bytes) -> bytes:
    """The bytes that zlib compressed, and never more than a certificate can have."""
    inflating = zlib.decompressobj()
    try:
        plain = inflating.decompress(data, LONGEST_MESSAGE)
    except zlib.error as fault:
        raise cbor.malformed("it is not compressed with zlib") from fault
    if not inflating.eof or inflating.unused_data:
        raise cbor.malformed("it is larger than a certificate can be, cut short, or something follows it")
    return plain


def decode(text: str) -> bytes:
    """The signed message (COSE) of a text."""
    return inflate(base45.decode(unprefix(text), longest=LONGEST_TEXT))


def encode(message: bytes) -> str:
    """The text of a signed message."""
    return PREFIX + base45.encode(zlib.compress(message, 9))
