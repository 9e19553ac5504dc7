"""Whatever strangers send, every decoder gives a value or says Malformed, in bounded time and memory."""

import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yanmen.base import base45, cbor, cose, credentials, device_certificates
from yanmen.base.changes import Changes
from yanmen.base.credentials import Credential
from yanmen.base.dcc import content as rules
from yanmen.base.dcc import transport
from yanmen.base.dcc.certificate import Certificate, reasons_against
from yanmen.base.device_certificates import DeviceCertificate
from yanmen.base.key_list import KeyList
from yanmen.base.refusals import Malformed
from yanmen.base.tests.edge_vectors import AT, NOW, SIGNERS, changes_lists, claims, key_lists, shown
from yanmen.base.tests.test_dcc import issued, signer, trusted
from yanmen.base.verdict import ACTS, DoorPolicy, judge

ROOT = SIGNERS["root"].public_key
KEYS = KeyList.read(key_lists()["main"], ROOT)
DOOR = DoorPolicy()
CODE = credentials.issue(claims(1), SIGNERS["code"])
CERTIFICATE = device_certificates.issue(
    device_certificates.DeviceClaims("140105", 1, AT, AT + 9, SIGNERS["phone"].public_key, 1, 7), SIGNERS["device"]
)
DCC = signer()
DCC_MESSAGE = transport.decode(issued("t", DCC))


@dataclass(frozen=True)
class Decoder:
    """A door for bytes, something that it accepts, and what signs (so that a payload reaches the depth of it)."""

    read: Callable[[bytes], object]
    good: bytes
    signed_by: str | None = None


def _dcc(data: bytes) -> object:
    certificate = Certificate.read(data)
    rules.faults(certificate.content)
    return reasons_against(certificate, [trusted(DCC)], NOW)


DECODERS = {
    "cbor": Decoder(lambda data: cbor.decode(data, longest=4096), cbor.encode({1: [b"x", "y", {2: None}], -3: True})),
    "cbor of others": Decoder(
        lambda data: cbor.decode(data, longest=4096, strict=False), bytes.fromhex("bf01fb3ff8000000000000ff")
    ),
    "cose": Decoder(cose.read1, CODE),
    "credential": Decoder(Credential.read, CODE, "code"),
    "device certificate": Decoder(DeviceCertificate.read, CERTIFICATE, "device"),
    "key list": Decoder(lambda data: KeyList.read(data, ROOT), key_lists()["main"], "root"),
    "changes": Decoder(lambda data: Changes.read(data, KEYS, NOW), changes_lists()["full"], "list"),
    "EU certificate": Decoder(_dcc, DCC_MESSAGE),
    "inflate": Decoder(transport.inflate, zlib.compress(DCC_MESSAGE)),
}
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 70), 1 << 70)
    | st.floats()
    | st.binary(max_size=64)
    | st.text(max_size=20)
    | st.sampled_from([AT, "140105", 1 << 63, SIGNERS["phone"].public_key, SIGNERS["phone"].key_id]),
    lambda each: (
        st.lists(each, max_size=6)
        | st.dictionaries(
            st.integers(-65560, 10) | st.sampled_from([-65537, -65540, -260, 1, 2, 4]) | st.text(max_size=4), each
        )
        | st.builds(cbor2.CBORTag, st.sampled_from([0, 1, 2, 18, 24, 28, 29, 35, 61, 258]), each)
    ),
    max_leaves=30,
)
many = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reads_or_refuses(decoder: Decoder, data: bytes) -> None:
    with suppress(Malformed):
        decoder.read(data)


@pytest.mark.parametrize("decoder", DECODERS.values(), ids=DECODERS)
def test_good_input_is_read(decoder):
    assert decoder.read(decoder.good) is not None


@pytest.mark.parametrize("decoder", DECODERS.values(), ids=DECODERS)
@many
@given(st.binary(max_size=300))
def test_any_bytes(decoder, data):
    reads_or_refuses(decoder, data)


@pytest.mark.parametrize("decoder", DECODERS.values(), ids=DECODERS)
@many
@given(data=st.data())
def test_good_input_spoiled(decoder, data):
    spoiled = bytearray(decoder.good)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(spoiled)))
        end = data.draw(st.integers(start, min(start + 8, len(spoiled))))
        spoiled[start:end] = data.draw(st.binary(max_size=8))
    reads_or_refuses(decoder, bytes(spoiled))


@pytest.mark.parametrize("decoder", DECODERS.values(), ids=DECODERS)
@many
@given(VALUES)
def test_any_value(decoder, value):
    reads_or_refuses(decoder, cbor2.dumps(value, canonical=True))


@pytest.mark.parametrize("name", [name for name, each in DECODERS.items() if each.signed_by])
@many
@given(VALUES, st.data())
def test_any_payload_that_was_signed(name, value, data):
    decoder = DECODERS[name]
    good = cbor.decode(cose.read1(decoder.good, longest=1 << 20).payload, longest=1 << 20)
    if data.draw(st.booleans()):
        good[data.draw(st.sampled_from(sorted(good)))] = value
        value = good
    payload = cbor2.dumps(value, canonical=True)
    reads_or_refuses(decoder, cose.sign1(payload, SIGNERS[decoder.signed_by]))


@many
@given(VALUES, st.data())
def test_any_certificate_content_that_was_signed(value, data):
    claims_of = {1: "CN", 4: AT + 9, 6: AT, -260: {1: value}}
    if data.draw(st.booleans()):
        claims_of[data.draw(st.sampled_from(sorted(claims_of)))] = value
    reads_or_refuses(DECODERS["EU certificate"], cose.sign1(cbor2.dumps(claims_of), DCC))


@many
@given(VALUES)
def test_any_content_has_faults_or_none(value):
    assert isinstance(rules.faults(value), list)
    if not rules.faults(value):
        assert isinstance(rules.unknown_codes(value), list)


@many
@given(
    st.text(max_size=400) | st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=400).map("YM1:".__add__)
)
def test_any_text_gets_a_verdict(text):
    found = judge(text, keys=KEYS, changes=None, policy=DOOR, now=NOW)
    assert found.act in ACTS
    assert found.act != "pass"


@many
@given(st.data())
def test_a_spoiled_code_never_passes_as_somebody_else(data):
    good = shown(claims(1))
    place = data.draw(st.integers(0, len(good) - 1))
    spoiled = good[:place] + data.draw(st.text(max_size=3)) + good[place + data.draw(st.integers(0, 3)) :]
    found = judge(spoiled, keys=KEYS, changes=None, policy=DOOR, now=NOW)
    assert found.act != "pass" or spoiled == good


@many
@given(st.text(max_size=100))
def test_any_text_into_base45(text):
    with suppress(Malformed):
        assert base45.encode(base45.decode(text, longest=80)) == text


@many
@given(st.text(max_size=60).map("HC1:".__add__) | st.binary(max_size=200).map(transport.encode))
def test_any_text_into_a_certificate(text):
    with suppress(Malformed):
        Certificate.read(transport.decode(text))


@cache
def hostile() -> dict[str, bytes]:
    """Inputs made to cost much."""
    big = 1 << 20
    return {
        "nested lists": b"\xd2" + b"\x81" * big,
        "nested maps": b"\xd2" + b"\xa1\x00" * (big // 2),
        "nested tags": b"\xd2" * big,
        "open lists": b"\x9f" * big,
        "open bytes": b"\x5f" * big,
        "chunks": b"\x5f" + b"\x40" * big + b"\xff",
        "a million nothings": b"\xd2\x84\x9a\x00\x0f\xff\xf0" + b"\xf6" * big,
        "a million pairs": b"\xba\x00\x07\xff\xf0" + b"\x00" * big,
        "a list of 2^64": b"\xd2\x9b" + b"\xff" * 8,
        "bytes of 2^63": b"\xd2\x84\x5b\x7f" + b"\xff" * 7,
        "a text of 2^32": b"\xd2\x84\x7a" + b"\xff" * 4,
        "a big number": b"\xc2\x5a\x00\x0f\x00\x00" + b"\xff" * 0xF0000,
        "a shared list of itself": b"\xd8\x1c\x82\xd8\x1d\x00\xd8\x1d\x00",
        "a bomb": zlib.compress(bytes(1 << 24), 9),
        "a bomb in a bomb": zlib.compress(zlib.compress(bytes(1 << 24), 9), 9),
    }


@pytest.mark.parametrize("attack", hostile())
@pytest.mark.parametrize("name", DECODERS)
def test_what_was_made_to_cost_much_costs_little(name, attack):
    data = hostile()[attack]
    tracemalloc.start()
    begun = time.process_time()
    reads_or_refuses(DECODERS[name], data)
    spent, peak = time.process_time() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert spent < 1
    assert peak < 8 * (1 << 20)


def test_a_list_of_changes_at_its_longest_is_refused_in_bounds():
    data = b"\xd2\x84\x9a\x00\x7f\xff\x00" + b"\xf6" * 8_000_000
    begun = time.process_time()
    reads_or_refuses(DECODERS["changes"], data)
    assert time.process_time() - begun < 1
