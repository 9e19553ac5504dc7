"""Single claims of a CWT (RFC 8392), each read within its range."""

from yanmen.base import cbor, cose

LATEST = 1 << 40
_COSE_KEY = 1


def bound_to(public_key: bytes) -> dict[int, object]:
    """The confirmation claim `cnf` (RFC 8747, section 3.2) that binds a token to a key."""
    return {_COSE_KEY: cose.key_map(public_key)}


def holder_key(bound: object) -> bytes:
    """The key (SubjectPublicKeyInfo) of a confirmation claim."""
    if not isinstance(bound, dict) or bound.keys() != {_COSE_KEY}:
        raise cbor.malformed("it is bound to no key")
    return cose.key_of(bound[_COSE_KEY])


def text(value: object, longest: int) -> str:
    """A text of at most so many characters."""
    if not isinstance(value, str) or len(value) > longest:
        raise cbor.malformed(f"a text is missing or longer than {longest} characters")
    return value


def octets(value: object, size: int) -> bytes:
    """Exactly so many bytes."""
    if not isinstance(value, bytes) or len(value) != size:
        raise cbor.malformed(f"a value of {size} bytes is missing")
    return value


def whole(value: object, largest: int = LATEST) -> int:
    """A whole number from 0; without a bound given, a moment in seconds."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= largest:
        raise cbor.malformed("a number is missing or out of its range")
    return value
