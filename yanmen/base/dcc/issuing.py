"""Certificates for travellers: a test, a vaccination, a recovery, in the form of schema 1.3.0.

The caller gives facts; names are romanised (pinyin) by the register, since a machine-readable name has Latin letters
only (ICAO Doc 9303, part 3). What would not pass our own reading is not signed.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from yanmen.base import cbor, cose
from yanmen.base.dcc import content as rules
from yanmen.base.dcc import transport, value_sets
from yanmen.base.dcc.certificate import DocumentSigner
from yanmen.base.refusals import Refusal
from yanmen.base.signing import Signer

SCHEMA_VERSION = "1.3.0"
_ISSUER, _EXPIRES, _ISSUED, _CERTIFICATES = 1, 4, 6, -260
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/:"
# ICAO Doc 9303, part 3, section 6: letters that lose more than an accent.
_LETTERS = str.maketrans(
    {"Æ": "AE", "Ø": "OE", "Å": "AA", "Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "Đ": "D", "Ł": "L"}
)


@dataclass(frozen=True)
class Holder:
    """Whose certificate: the name as written, its Latin form, and the date of birth."""

    surname: str
    forename: str
    latin_surname: str
    latin_forename: str
    born_on: date

    def said(self) -> dict[str, object]:
        """Name and birth as the schema has them."""
        names = {"fn": self.surname, "fnt": machine_name(self.latin_surname)}
        names |= {"gn": self.forename, "gnt": machine_name(self.latin_forename)}
        return {"nam": names, "dob": self.born_on.isoformat()}


@dataclass(frozen=True)
class DocumentKey:
    """A signing key that is named by its certificate (X.509, DER), as verifiers abroad look it up."""

    signer: Signer
    certificate: bytes

    @property
    def algorithm(self) -> str:
        return self.signer.algorithm

    @property
    def key_id(self) -> bytes:
        return DocumentSigner.read(self.certificate).key_id

    @property
    def public_key(self) -> bytes:
        return self.signer.public_key

    def sign(self, message: bytes) -> bytes:
        return self.signer.sign(message)


@dataclass(frozen=True)
class Authority:
    """Who issues: the country code, the name on the certificate, and the part of identifiers that names it."""

    country: str
    name: str
    code: str


def machine_name(text: str) -> str:
    """A Latin name in capitals: accents gone, `<` between its parts."""
    plain = unicodedata.normalize("NFKD", text.upper().translate(_LETTERS))
    letters = "".join(each for each in plain if not unicodedata.combining(each) and each not in "'’.,")
    name = "<".join(letters.replace("-", " ").split())
    if not name or not all(each == "<" or "A" <= each <= "Z" for each in name):
        raise Refusal(
            "证书姓名应为拉丁字母（拼音）。", "A name on the certificate needs Latin letters (pinyin).", value=text
        )
    return name


def certificate_id(authority: Authority, serial: str) -> str:
    """A unique identifier (UVCI, option 3) with its check character (ISO 7812, Luhn over 38 characters)."""
    body = f"URN:UVCI:01:{authority.country}:{authority.code}/{serial}".upper()
    return f"{body}#{_check_character(body)}"


def content_of_test(
    holder: Holder, authority: Authority, *, serial: str, sampled_at: datetime, negative: bool, centre: str,
    method: str = value_sets.PCR, test_name: str = "", device: str = "",
) -> dict[str, object]:  # fmt: skip
    """A test certificate: a nucleic acid test by its name, an antigen test by its device number."""
    entry: dict[str, object] = {
        "tt": method,
        "sc": sampled_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tr": value_sets.NOT_DETECTED if negative else value_sets.DETECTED,
        "tc": centre,
    }
    entry |= {name: value for name, value in (("nm", test_name), ("ma", device)) if value}
    return _content(rules.TEST, holder, authority, serial, entry)


def content_of_vaccination(
    holder: Holder, authority: Authority, *, serial: str, given_on: date, dose: int, of_doses: int, vaccine: str,
    product: str, maker: str,
) -> dict[str, object]:  # fmt: skip
    """A vaccination certificate for one dose."""
    entry = {"vp": vaccine, "mp": product, "ma": maker, "dn": dose, "sd": of_doses, "dt": given_on.isoformat()}
    return _content(rules.VACCINATION, holder, authority, serial, entry)


def content_of_recovery(
    holder: Holder, authority: Authority, *, serial: str, first_positive_on: date, valid_from: date, valid_until: date
) -> dict[str, object]:
    """A certificate of recovery."""
    entry = {"fr": first_positive_on.isoformat(), "df": valid_from.isoformat(), "du": valid_until.isoformat()}
    return _content(rules.RECOVERY, holder, authority, serial, entry)


def issue(content: Mapping[str, object], signer: Signer, *, country: str, now: datetime, expires_at: datetime) -> str:
    """Sign a certificate: the text of its QR code."""
    wrong = rules.faults(content) or rules.unknown_codes(content)
    if wrong:
        raise Refusal(
            f"证书内容不符合规范：{', '.join(wrong)}。请更正后再签发。",
            f"The certificate does not follow its schema at {', '.join(wrong)}. Correct it, then issue it.",
            field=wrong[0],
        )
    claims = {
        _ISSUER: country,
        _EXPIRES: int(expires_at.timestamp()),
        _ISSUED: int(now.timestamp()),
        _CERTIFICATES: {1: content},
    }
    return transport.encode(cose.sign1(cbor.encode(claims), signer))


def _content(
    kind: str, holder: Holder, authority: Authority, serial: str, entry: Mapping[str, object]
) -> dict[str, object]:
    common = {"tg": value_sets.COVID_19, "co": authority.country, "is": authority.name}
    common["ci"] = certificate_id(authority, serial)
    return {"ver": SCHEMA_VERSION, **holder.said(), kind: [{**common, **entry}]}


def _check_character(body: str) -> str:
    size, total = len(_ALPHABET), 0
    for place, each in enumerate(reversed([each for each in body if each in _ALPHABET])):
        value = _ALPHABET.index(each) * (2 - place % 2)
        total += value // size + value % size
    return _ALPHABET[-total % size]
