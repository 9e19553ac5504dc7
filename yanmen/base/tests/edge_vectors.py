"""Test vectors that hold Python and the phone's JavaScript to one meaning: `python -m yanmen.base.tests.edge_vectors`.

Everything is made from a fixed seed with keys of its own (RFC 6979 signatures), so the file is the same each time. When
a format changes, VERSION goes up and the file before is kept as `vectors-N.json`: the last four are held by tests.
"""

import base64
import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from yanmen.base import base45, cbor, changes, cose, credentials, device_certificates, key_list
from yanmen.base.credentials import COMPANION, PAPER, PHONE, Claims
from yanmen.base.key_list import KeyList, ListedKey
from yanmen.base.pseudonym import Pseudonyms
from yanmen.base.signing import FileSigner, raw_signature
from yanmen.base.verdict import DoorPolicy, Verdict, judge

VERSION = 1
FOLDER = Path(__file__).resolve().parents[2] / "edge" / "phone" / "tests"
FILE = FOLDER / "vectors.json"
NOW = datetime(2022, 10, 7, 8, tzinfo=UTC)
AT = int(NOW.timestamp())
HOUR, DAY = 3600, 86400
TODAY = AT // DAY


class SeededSigner(FileSigner):
    """A key from a word, and signatures that are the same each time."""

    def __init__(self, word: str) -> None:
        secret = int.from_bytes(hashlib.sha256(f"yanmen vectors {word}".encode()).digest(), "big")
        super().__init__(ec.derive_private_key(secret >> 1, ec.SECP256R1()))

    def sign(self, message: bytes) -> bytes:
        return raw_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))


NAMES = Pseudonyms(hashlib.sha256(b"yanmen vectors pseudonyms").digest())
SIGNERS = {
    word: SeededSigner(word)
    for word in (
        "root",
        "code",
        "old-code",
        "revoked",
        "ended",
        "paper",
        "device",
        "list",
        "stranger",
        "phone",
        "thief",
    )
}
POLICIES = {
    "usual": {},
    "tests": {"test_max_age_hours": 48},
    "careful": {"knowledge_old_minutes": 60, "act_when_old": "check"},
    "paper passes": {"act_on_paper": "pass", "act_on_companion": "pass"},
}


def b64(data: bytes) -> str:
    """Bytes in JSON: base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """And back."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def listed(word: str, use: str, until: int | None = None, revoked_at: int | None = None) -> ListedKey:
    signer = SIGNERS[word]
    return ListedKey(signer.key_id, "ES256", signer.public_key, use, AT - 30 * DAY, until, revoked_at)


def key_lists() -> dict[str, bytes]:
    """The list in force, one that has run out, and one that a stranger signed."""
    keys = [
        listed("code", "code"),
        listed("old-code", "code", until=AT + DAY),
        listed("ended", "code", until=AT - DAY),
        listed("revoked", "code", until=AT + DAY, revoked_at=AT - HOUR),
        listed("paper", "paper"),
        listed("device", "device"),
        listed("list", "list"),
    ]
    issued, week = NOW - timedelta(hours=1), timedelta(days=7)
    root = SIGNERS["root"]
    return {
        "main": key_list.publish(keys, root=root, now=issued, expires_at=issued + week),
        "run out": key_list.publish(keys, root=root, now=issued - 2 * week, expires_at=issued - week),
        "forged": key_list.publish(keys, root=SIGNERS["stranger"], now=issued, expires_at=issued + week),
    }


def changes_lists() -> dict[str, bytes]:
    """A full list, what came an hour later, an empty one, and three that are not to be believed."""
    turned_red = changes.worse_than_shown(NAMES.make(2, TODAY), 2)
    turned_yellow = changes.worse_than_shown(NAMES.make(3, TODAY), 1)
    crowd = [each for person in range(1000, 1500) for each in changes.worse_than_shown(NAMES.make(person, TODAY), 1)]
    full = [*turned_red, *turned_yellow, *changes.revoked_codes(NAMES.make(4, TODAY)), *crowd]
    full += changes.revoked_device(SIGNERS["thief"].public_key)
    later = changes.worse_than_shown(NAMES.make(5, TODAY), 2)
    early, signer = NOW - timedelta(hours=2), SIGNERS["list"]

    def made(
        elements: list[int], at: datetime, seq: int, signer: FileSigner = signer, base: int | None = None
    ) -> bytes:
        return changes.publish(elements, signer=signer, now=at, expires_at=at + timedelta(days=2), seq=seq, base=base)

    whole = made(full, early, 40)
    return {
        "full": whole,
        "delta": made(later, early + timedelta(hours=1), 41, base=40),
        "fresh full": made([*full, *later], early + timedelta(minutes=119), 42),
        "empty": made([], early, 39),
        "delta of another": made(later, early + timedelta(hours=1), 44, base=43),
        "by a stranger": made(full, early, 40, SIGNERS["stranger"]),
        "by the code key": made(full, early, 40, SIGNERS["code"]),
        "cut short": whole[:-1],
    }


def claims(person: int, **other: object) -> Claims:
    said: dict[str, object] = {
        "area": "140105",
        "pseudonym": NAMES.make(person, TODAY),
        "issued_at": AT - 6 * HOUR,
        "not_before": AT - 6 * HOUR,
        "expires_at": AT + 18 * HOUR,
        "colour": 0,
        "negative_minutes": AT // 60 - 20 * 60,
        "vaccination": 3,
        "form": PHONE,
        "holder_key": None if other.get("form") == PAPER else SIGNERS["phone"].public_key,
    }
    return Claims(**{**said, **other})


def shown(said: Claims, *, key: str = "code", device: str = "phone", age: int = 5) -> str:
    return credentials.show(credentials.issue(said, SIGNERS[key]), SIGNERS[device], NOW - timedelta(seconds=age))


def on_paper(said: Claims, *, key: str = "paper") -> str:
    return credentials.print_paper(credentials.issue(said, SIGNERS[key]))


def tampered() -> str:
    """Red made green: one byte of the credential changed, the showing signed anew."""
    encoded = credentials.issue(claims(1, colour=2), SIGNERS["code"])
    mark = cbor.encode(-65537)
    return credentials.show(encoded.replace(mark + b"\x02", mark + b"\x00"), SIGNERS["phone"], NOW)


def credential_body() -> dict[int, object]:
    """The claims of a good credential as they are encoded."""
    return cbor.decode(cose.read1(credentials.issue(claims(1), SIGNERS["code"])).payload, longest=1000)


def malformed() -> dict[str, str]:
    """Texts that are no codes."""
    good = shown(claims(1))
    data = base45.decode(good[4:], longest=2000)
    payload = cbor.encode({1: credentials.issue(claims(1), SIGNERS["code"]), 6: AT})
    nameless = cbor.encode({name: value for name, value in credential_body().items() if name != 2})
    showing = lambda body: "YM1:" + base45.encode(cose.sign1(body, SIGNERS["phone"], name_the_key=False))  # noqa: E731
    return {
        "nothing": "",
        "another prefix": "HC1:" + good[4:],
        "a web address": "https://example.org/",
        "a letter that Base45 lacks": good[:-1] + "a",
        "one character lost": good[:-1],
        "half of it": good[: len(good) // 2],
        "a byte too many": "YM1:" + base45.encode(data + b"\0"),
        "no tag": "YM1:" + base45.encode(data[1:]),
        "a payload of open length": showing(b"\xbf" + payload[1:] + b"\xff"),
        "a number not in its shortest form": showing(payload.replace(b"\xa2\x01", b"\xa2\x18\x01", 1)),
        "a key twice": showing(b"\xa3" + payload[1:] + cbor.encode(6) + cbor.encode(AT)),
        "nested deeply": "YM1:" + base45.encode(b"\xd2" + b"\x81" * 300),
        "a length that lies": "YM1:" + base45.encode(b"\xd2\x84\x5b\xff\xff\xff\xff\xff\xff\xff\xff"),
        "paper with a showing": shown(claims(1, form=PAPER), key="paper"),
        "no pseudonym": "YM1:" + base45.encode(cose.sign1(nameless, SIGNERS["code"])),
    }


def texts() -> dict[str, str]:
    """What is scanned, by name."""
    hint = "张** 001X"
    return {
        "a green code": shown(claims(1)),
        "a green code of the key before": shown(claims(1), key="old-code"),
        "a green code shown 60 seconds ago": shown(claims(1), age=60),
        "a green code of a phone 30 seconds ahead": shown(claims(1), age=-30),
        "a screenshot of 61 seconds ago": shown(claims(1), age=61),
        "a screenshot of yesterday evening": shown(claims(1), age=14 * HOUR),
        "a phone whose clock is ahead": shown(claims(1), age=-31),
        "a forwarded credential": on_paper(claims(1), key="code"),
        "shown by another phone": shown(claims(1), device="stranger"),
        "an expired code": shown(claims(1, expires_at=AT - 1)),
        "a code that ends this second": shown(claims(1, expires_at=AT)),
        "a code in its last second": shown(claims(1, expires_at=AT + 1)),
        "a code of tomorrow": shown(claims(1, issued_at=AT + DAY, not_before=AT + DAY, expires_at=AT + 2 * DAY)),
        "red made green": tampered(),
        "signed by a stranger": shown(claims(1), key="stranger"),
        "signed by the key for paper": shown(claims(1), key="paper"),
        "signed by a key that has ended": shown(claims(1), key="ended"),
        "signed by a revoked key": shown(claims(1), key="revoked"),
        "a yellow code": shown(claims(6, colour=1)),
        "a red code": shown(claims(6, colour=2)),
        "a colour that the policy does not know": shown(claims(6, colour=5)),
        "green, but red since": shown(claims(2)),
        "yellow, but red since": shown(claims(2, colour=1)),
        "red, and listed as red": shown(claims(2, colour=2)),
        "green, but yellow since": shown(claims(3)),
        "green again after the list": shown(claims(2, issued_at=AT - HOUR, not_before=AT - HOUR)),
        "a revoked code": shown(claims(4)),
        "a revoked phone": shown(claims(7, holder_key=SIGNERS["thief"].public_key), device="thief"),
        "green, but red since an hour": shown(claims(5)),
        "a test of 49 hours ago": shown(claims(1, negative_minutes=AT // 60 - 49 * 60)),
        "a test of 48 hours ago": shown(claims(1, negative_minutes=AT // 60 - 48 * 60)),
        "no test": shown(claims(1, negative_minutes=None)),
        "red and no test": shown(claims(1, colour=2, negative_minutes=None)),
        "a paper code": on_paper(claims(8, form=PAPER, hint=hint, expires_at=AT + 30 * DAY)),
        "a red paper code": on_paper(claims(8, form=PAPER, hint=hint, colour=2)),
        "an expired paper code": on_paper(claims(8, form=PAPER, hint=hint, expires_at=AT - 1)),
        "a paper code, but red since": on_paper(claims(2, form=PAPER, hint=hint)),
        "a child on the mother's phone": shown(claims(9, form=COMPANION, hint="李* 0023")),
        "a child on a stranger's phone": shown(claims(9, form=COMPANION, hint="李* 0023"), device="stranger"),
        "1,200 characters": "YM1:" + "0" * 1196,
        "1,201 characters": "YM1:" + "0" * 1197,
        **{f"malformed: {name}": text for name, text in malformed().items()},
    }


# Which texts are judged at which door; every text is judged at the usual door with the full list.
ELSEWHERE = [
    {"text": "a green code", "changes": []},
    {"text": "a green code", "changes": ["empty"]},
    {"text": "green, but red since", "changes": ["empty"]},
    {"text": "green, but red since an hour", "changes": ["full", "delta"]},
    {"text": "green, but red since an hour", "changes": ["fresh full"]},
    {"text": "green again after the list", "changes": ["full", "delta"]},
    {"text": "green again after the list", "changes": ["fresh full"]},
    {"text": "a revoked code", "changes": ["full", "delta"]},
    {"text": "a test of 49 hours ago", "policy": "tests"},
    {"text": "a test of 48 hours ago", "policy": "tests"},
    {"text": "no test", "policy": "tests"},
    {"text": "red and no test", "policy": "tests"},
    {"text": "a green code", "policy": "careful"},
    {"text": "a red code", "policy": "careful"},
    {"text": "a green code", "policy": "careful", "changes": []},
    {"text": "a paper code", "policy": "paper passes"},
    {"text": "a child on the mother's phone", "policy": "paper passes"},
    {"text": "a green code", "keys": "run out"},
    {"text": "a paper code", "now": AT + 13 * HOUR},
    {"text": "a paper code", "now": AT + 29 * DAY},
    {"text": "a paper code", "now": AT - 2 * HOUR},
    {"text": "a green code", "now": AT - 3 * HOUR},
    {"text": "a code of tomorrow", "now": AT + DAY - 31},
    {"text": "a code of tomorrow", "now": AT + DAY + 20},
]


def door(case: dict[str, object], held: dict[str, dict[str, bytes]]) -> Verdict:
    """The verdict of Python on one case."""
    now = datetime.fromtimestamp(int(str(case["now"])), UTC)
    keys = KeyList.read(held["key_lists"][str(case["keys"])], SIGNERS["root"].public_key)
    known = None
    for name in case["changes"]:
        document = held["changes"][name]
        known = changes.Changes.read(document, keys, NOW) if known is None else known.followed_by(document, keys, NOW)
    policy = DoorPolicy.of(POLICIES[str(case["policy"])])
    return judge(texts()[str(case["text"])], keys=keys, changes=known, policy=policy, now=now)


def plain(verdict: Verdict) -> dict[str, object]:
    """A verdict as JSON."""
    said = asdict(verdict)
    if verdict.claims:
        for name in ("pseudonym", "holder_key"):
            value = getattr(verdict.claims, name)
            said["claims"][name] = None if value is None else b64(value)
    return said


def cases(held: dict[str, dict[str, bytes]]) -> list[dict[str, object]]:
    usual = {"keys": "main", "changes": ["full"], "policy": "usual", "now": AT}
    asked = [{**usual, "text": name} for name in texts()] + [{**usual, **each} for each in ELSEWHERE]
    return [{**each, "expected": plain(door(each, held))} for each in asked]


def sets() -> list[dict[str, object]]:
    """Golomb-coded sets with members and others."""
    made = []
    for count, log2 in ((0, 20), (1, 20), (2, 8), (100, 20), (500, 10), (3, 32)):
        elements = [
            changes.element(count.to_bytes(2, "big") + bytes((each >> 8, each & 255)), 0) for each in range(count)
        ]
        others = [changes.element(b"other" + bytes((each,)), 1) for each in range(20)]
        coded = changes.encode_set(elements, log2)
        values = changes.decode_set(coded, count, log2)
        found = [other for other in others if (other * (count << log2)) >> 64 in values]
        made.append(
            {
                "log2": log2,
                "count": count,
                "set": b64(coded),
                "values": list(values),
                "members": [f"{each:016x}" for each in elements],
                "others": [f"{each:016x}" for each in others if each not in found],
                "found_by_chance": [f"{each:016x}" for each in found],
            }
        )
    return made


def documents(held: dict[str, dict[str, bytes]]) -> list[dict[str, object]]:
    """Which published documents are believed, with the key list "main" at hand."""
    keys = KeyList.read(held["key_lists"]["main"], SIGNERS["root"].public_key)
    lists = [{"kind": "keys", "document": name, "accepted": name != "forged"} for name in held["key_lists"]]
    said = []
    for name, document in held["changes"].items():
        try:
            changes.Changes.read(document, keys, NOW)
            accepted = True
        except ValueError:
            accepted = False
        said.append({"kind": "changes", "document": name, "accepted": accepted})
    return lists + said


def devices() -> dict[str, object]:
    """A holder's certificate, and the bytes that a phone signs to show, to open a session and to be enrolled."""
    phone = SIGNERS["phone"]
    said = device_certificates.DeviceClaims(
        issuer="140105", device=77, issued_at=AT - DAY, expires_at=AT + 300 * DAY, public_key=phone.public_key,
        kind=device_certificates.HOLDER, subject=1,
    )  # fmt: skip
    certificate = device_certificates.issue(said, SIGNERS["device"])
    credential = credentials.issue(claims(1), SIGNERS["code"])
    payload = cbor.encode({1: credential, 6: AT})
    numbers = phone._key.private_numbers()
    return {
        "private_key": {
            "kty": "EC",
            "crv": "P-256",
            "d": b64(numbers.private_value.to_bytes(32, "big")),
            "x": b64(numbers.public_numbers.x.to_bytes(32, "big")),
            "y": b64(numbers.public_numbers.y.to_bytes(32, "big")),
        },
        "public_key": b64(phone.public_key),
        "cose_key": b64(cbor.encode(cose.key_map(phone.public_key))),
        "certificate": b64(certificate),
        "credential": b64(credential),
        "showing_payload": b64(payload),
        "showing_to_be_signed": b64(cbor.encode(["Signature1", cbor.encode({1: -7}), b"", payload])),
        "session_to_be_signed": b64(
            b"yanmen-session\n" + str(AT).encode() + b"\n" + hashlib.sha256(certificate).digest()
        ),
    }


def vectors() -> dict[str, object]:
    """The whole file."""
    held = {"key_lists": key_lists(), "changes": changes_lists()}
    return {
        "version": VERSION,
        "now": AT,
        "root_key": b64(SIGNERS["root"].public_key),
        "key_lists": {name: b64(each) for name, each in held["key_lists"].items()},
        "changes": {name: b64(each) for name, each in held["changes"].items()},
        "policies": {name: asdict(DoorPolicy.of(said)) for name, said in POLICIES.items()},
        "texts": texts(),
        "documents": documents(held),
        "cases": cases(held),
        "sets": sets(),
        "base45": {"": "", "AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0"},
        "device": devices(),
    }


def text_of(content: dict[str, object]) -> str:
    """As it stands in the file."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(text_of(vectors()), "utf-8")
