"""Keys that never leave a hardware module: ES256 over PKCS#11 (OASIS, version 2.40), addressed as in RFC 7512.

pkcs11:token=yanmen;object=code?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=/etc/yanmen/pin
"""

from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from yanmen.base.signing import key_id_of


class Pkcs11Signer:
    """One private key of a token. A session that broke (the module was restarted) is opened anew, once."""

    algorithm = "ES256"

    def __init__(self, library: str, token: str, label: str, pin: str) -> None:
        self._library, self._token, self._label, self._pin = library, token, label, pin
        self._lock = Lock()
        self._key = self._find()
        self.public_key = self._public_key()
        self.key_id = key_id_of(self.public_key)

    @classmethod
    def open(cls, address: str) -> "Pkcs11Signer":
        """The key at an address; the PIN stands in the file that `pin-source` names."""
        path, _, query = address.removeprefix("pkcs11:").partition("?")
        named = {name: unquote(value) for name, _, value in (part.partition("=") for part in path.split(";"))}
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        try:
            library, pin_file = asked["module-path"], Path(asked["pin-source"].removeprefix("file:"))
            return cls(library, named["token"], named["object"], pin_file.read_text("utf-8").strip())
        except KeyError as missing:
            raise ValueError(f"{address} lacks {missing}. Write {(__doc__ or '').split()[-1]}.") from missing

    def sign(self, message: bytes) -> bytes:
        """r‖s over the message; the module only ever sees its digest."""
        import pkcs11

        digest = sha256(message).digest()
        with self._lock:
            try:
                return self._sign(digest)
            except pkcs11.PKCS11Error:
                self._key = self._find()
                return self._sign(digest)

    def _sign(self, digest: bytes) -> bytes:
        import pkcs11

        signature: bytes = self._key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
        return signature

    def _find(self) -> Any:
        import pkcs11

        token = pkcs11.lib(self._library).get_token(token_label=self._token)
        self._session = token.open(user_pin=self._pin)
        return self._session.get_key(label=self._label, object_class=pkcs11.ObjectClass.PRIVATE_KEY)

    def _public_key(self) -> bytes:
        import pkcs11

        public = self._session.get_key(label=self._label, object_class=pkcs11.ObjectClass.PUBLIC_KEY)
        point = bytes(public[pkcs11.Attribute.EC_POINT])[-65:]
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError as fault:
            raise ValueError(f'The key "{self._label}" is not on P-256. Name another.') from fault
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
