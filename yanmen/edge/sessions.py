"""Sessions without a store: a session is its claims and a MAC over them, and its key follows from them.

Any edge with the installation's session key can check it, and none has to remember it. The signature of the device is
checked once, when the session is opened; every request then carries an HMAC under the session's key.
"""

from __future__ import annotations

import hmac
from binascii import b2a_base64
from hashlib import blake2b, sha256
from struct import Struct, error

from yanmen.base.device_certificates import DeviceClaims
from yanmen.base.refusals import Refusal
from yanmen.base.signing import key_id_of
from yanmen.edge import packing
from yanmen.edge.bounded import Bounded
from yanmen.edge.errors import not_signed_in
from yanmen.edge.records import octets
from yanmen.edge.shedding import BURST, Allowance, Allowances

MAC, KEY = 16, 32
AT_ONCE = 4
"""Sessions that one device may open at once; then it may open one in a little more than a second."""

LONGEST = 400
"""Characters of a session; more is none of ours. Three bytes are four of them: each session has one text only."""

_VERSION = 1
_CLAIMS = Struct(">BBBQQQI8s")
_PURPOSE = b"yanmen-session"
_PLAIN_TO_URL = bytes.maketrans(b"+/", b"-_")
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class Session(Allowance):
    """Who speaks, on which device, until when, and how much more. The two hashes of its HMAC are begun once."""

    __slots__ = (
        "_inner",
        "_outer",
        "area",
        "device",
        "device_column",
        "device_key",
        "expires",
        "form",
        "kind",
        "place",
        "recorded_by",
        "role",
        "subject",
    )

    def __init__(self, claims: bytes, key: bytes, rate: float) -> None:
        super().__init__(rate)
        numbers = _CLAIMS.unpack_from(claims)
        _, self.kind, self.form, self.subject, self.device, self.place, self.expires, self.device_key = numbers
        self.role, self.area = claims[_CLAIMS.size :].decode().split("\0")[:2]
        padded = key.ljust(64, b"\0")
        self._inner = sha256(padded.translate(_INNER))
        self._outer = sha256(padded.translate(_OUTER))
        self.recorded_by = packing.octets(b"device:%d" % self.device)
        self.device_column = packing.bigint(self.device)

    def signed(self, head: bytes, body: bytes, mac: bytes) -> bool:
        """Whether this MAC is right."""
        return hmac.compare_digest(self.mac(head, body), mac)

    def mac(self, head: bytes, body: bytes) -> bytes:
        """The MAC of a request as it stands in the header: HMAC-SHA256, 16 bytes, base64url."""
        inner = self._inner.copy()
        inner.update(head + body)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return text(outer.digest()[:MAC])


class Sessions:
    """Opens sessions and recognises them."""

    def __init__(self, key: bytes, *, most: int, rate: float) -> None:
        self._keyed = blake2b(key=key, digest_size=MAC + KEY, person=_PURPOSE)
        self._known: Bounded[str, Session] = Bounded(most)
        self._rate = rate
        self._allowances = Allowances(rate, most)

    def open(self, device: DeviceClaims, expires: int) -> tuple[str, str]:
        """A new session of this device and its key, both as text."""
        numbers = (device.kind, device.form, device.subject, device.device, device.place or 0, expires)
        claims = _CLAIMS.pack(_VERSION, *numbers, key_id_of(device.public_key))
        claims += f"{device.role}\0{device.area}".encode()
        claims += b"\0" * (-(len(claims) + MAC) % 3)
        mac, key = self._keys(claims)
        shown = text(claims + mac).decode()
        self._known.put(shown, Session(claims, key, self._rate))
        return shown, text(key).decode()

    def find(self, shown: str) -> Session:
        """The session with this text; a fault unless one of our edges made it."""
        found = self._known.get(shown)
        if found is None:
            found = self._read(shown)
            self._known.put(shown, found)
        return found

    def _read(self, shown: str) -> Session:
        try:
            session = octets(shown) if len(shown) <= LONGEST and len(shown) % 4 == 0 else b""
            mac, key = self._keys(session[:-MAC])
            if hmac.compare_digest(session[-MAC:], mac):
                return Session(session[:-MAC], key, self._rate)
        except (Refusal, ValueError, error):
            pass
        raise not_signed_in("会话无效，请重新登录设备。", "This is no session of ours. Open a new one.")

    def may_open(self, device: int) -> bool:
        """Whether this device may open one more session. Each then has an allowance of its own."""
        return self._allowances.of(device).take(self._rate * BURST / AT_ONCE)

    def _keys(self, claims: bytes) -> tuple[bytes, bytes]:
        """The MAC of claims and the key of their session: two parts of what one keyed hash makes of them."""
        keyed = self._keyed.copy()
        keyed.update(claims)
        made = keyed.digest()
        return made[:MAC], made[MAC:]


def text(data: bytes) -> bytes:
    """Bytes as base64url without padding."""
    return b2a_base64(data, newline=False).translate(_PLAIN_TO_URL).rstrip(b"=")
