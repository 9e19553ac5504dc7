"""CBOR within bounds, COSE_Sign1, Base45; compared with the package `cwt`, which others verify with."""

import tracemalloc

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from yanmen.base import base45, cbor, cose
from yanmen.base.refusals import Malformed
from yanmen.base.signing import FileSigner

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), (1 << 64) - 1) | st.binary(max_size=40) | st.text(max_size=20),
    lambda each: st.lists(each, max_size=5) | st.dictionaries(st.integers(-99999, 99999) | st.text(max_size=5), each),
    max_leaves=20,
)


@given(PLAIN)
def test_a_value_has_one_encoding_and_comes_back(value):
    assert cbor.decode(cbor.encode(value), longest=100_000, depth=50) == value


@pytest.mark.parametrize(
    ("why", "data"),
    {
        "empty": "",
        "left over": "0000",
        "cut short": "43aabb",
        "longer than it is": "5affffffff",
        "billions of items": "9affffffff",
        "billions of pairs": "bbffffffffffffffff",
        "a number in a longer form": "1817",
        "a length in a longer form": "580100",
        "open bytes": "5f4100ff",
        "an open list": "9fff",
        "an open map": "bfff",
        "a break alone": "ff",
        "a reserved length": "1c",
        "a key twice": "a201000100",
        "keys out of order": "a202000100",
        "bytes as a key": "a1410000",
        "a list as a key": "a18000",
        "a big number": "c249010000000000000000",
        "a date": "c074323032322d31302d30375430303a30303a30305a",
        "a shared value": "d81c80",
        "a reference": "d81d00",
        "a regular expression": "d823622e2a",
        "a tag of tags": "dbffffffffffffffff00",
        "a float": "f93c00",
        "undefined": "f7",
        "a simple value": "e0",
        "a long simple value": "f820",
        "a text that is no UTF-8": "62c328",
    }.items(),
)
def test_what_is_no_plain_deterministic_value_is_refused(why, data):
    with pytest.raises(Malformed):
        cbor.decode(bytes.fromhex(data), longest=1000)


def test_a_deep_nest_is_refused_before_it_is_built():
    for opener in (b"\x81", b"\xa1\x00", b"\xd2"):
        with pytest.raises(Malformed, match=r"deep|place"):
            cbor.decode(opener * 100_000 + b"\x00", longest=1_000_000)


def test_a_length_that_lies_costs_no_memory():
    tracemalloc.start()
    for data in (b"\x9a\x7f\xff\xff\xff", b"\x5b\x00\x00\x00\xff\xff\xff\xff\xff", b"\x84" * 7 + b"\x9a\x10\0\0\0"):
        with pytest.raises(Malformed):
            cbor.decode(data, longest=1000)
    assert tracemalloc.get_traced_memory()[1] < 500_000
    tracemalloc.stop()


def test_certificates_of_others_may_be_encoded_freely_but_not_wildly():
    assert cbor.decode(bytes.fromhex("bf61619f0102ffff"), longest=99, strict=False) == {"a": [1, 2]}
    assert cbor.decode(bytes.fromhex("5f41014102ff"), longest=99, strict=False) == b"\x01\x02"
    for data in ("bf616101616102ff", "5f6161ff", "5f5f4101ffff", "9f", "c249010000000000000000"):
        with pytest.raises(Malformed):
            cbor.decode(bytes.fromhex(data), longest=99, strict=False)


# RFC 9285, section 4.3 and 4.4.
@pytest.mark.parametrize(
    ("data", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0"), (b"", "")],
)
def test_base45_is_as_the_rfc_shows(data, text):
    assert base45.encode(data) == text
    assert base45.decode(text, longest=20) == data


@given(st.binary(max_size=200))
def test_base45_comes_back(data):
    assert base45.decode(base45.encode(data), longest=1000) == data


@pytest.mark.parametrize("text", ["A", "GGX", "::", ":::", "abc", "ＡＢ", "BB8\n", "BB8A"])
def test_base45_of_another_alphabet_or_beyond_its_numbers_is_refused(text):
    with pytest.raises(Malformed):
        base45.decode(text, longest=20)


def test_a_long_text_is_refused_before_it_is_decoded():
    with pytest.raises(Malformed, match="at most 20"):
        base45.decode("0" * 21, longest=20)


def pem(signer):
    key = serialization.load_der_public_key(signer.public_key)
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def test_what_we_sign_others_verify():
    signer = FileSigner.generate()
    claims = {1: "140105", 2: b"0" * 16, 4: 4_000_000_000, 6: 1_665_129_600, -65537: 1}
    token = cose.sign1(cbor.encode(claims), signer)
    key = cwt.COSEKey.from_pem(pem(signer), kid=signer.key_id)
    assert cwt.decode(token, key) == claims


def test_what_others_sign_we_verify():
    signer = FileSigner.generate()
    private = signer._pem()
    key = cwt.COSEKey.from_pem(private, kid=signer.key_id)
    token = cwt.encode({1: "140105", 4: 4_000_000_000, -65537: 1}, key)
    message = cose.read1(token, strict=False)
    assert (message.algorithm, message.key_id, message.verify(signer.public_key)) == ("ES256", signer.key_id, True)
    assert cbor.decode(message.payload, longest=200, strict=False)[-65537] == 1


def test_a_key_comes_back_from_its_compressed_point():
    for _ in range(8):
        public_key = FileSigner.generate().public_key
        assert cose.key_of(cbor.decode(cbor.encode(cose.key_map(public_key)), longest=99)) == public_key


@pytest.mark.parametrize(
    "key",
    [
        None,
        {},
        {1: 2, -1: 1, -2: bytes(31), -3: False},
        {1: 2, -1: 2, -2: bytes(32), -3: False},
        {1: 2, -1: 1, -2: b"\xff" * 32, -3: True},
        {1: 2, -1: 1, -2: bytes(32), -3: 1},
    ],
)
def test_a_point_that_is_not_on_the_curve_is_refused(key):
    with pytest.raises(Malformed):
        cose.key_of(key)


def test_every_changed_byte_is_noticed():
    signer = FileSigner.generate()
    good = cose.sign1(b"payload", signer)
    for place in range(len(good)):
        changed = good[:place] + bytes((good[place] ^ 1,)) + good[place + 1 :]
        try:
            message = cose.read1(changed)
        except Malformed:
            continue
        assert not message.verify(signer.public_key) or message.payload != b"payload"


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"", {}, b"", b"", b""],
        [{}, {}, b"", b""],
        [b"\x01", {}, b"", b""],
        [b"\xa0", {}, None, b""],
        [b"\xa0", {}, b"", "text"],
        [b"\xa0", [], b"", b""],
        [b"\xa0", {4: b"kid"}, b"", b""],
    ],
)
def test_a_message_of_other_parts_is_refused(parts):
    with pytest.raises(Malformed):
        cose.read1(cbor2.dumps(cbor2.CBORTag(18, parts), canonical=True))


def test_a_message_without_an_algorithm_verifies_with_no_key():
    message = cose.read1(cbor2.dumps(cbor2.CBORTag(18, [b"\xa0", {}, b"", bytes(64)])))
    assert message.algorithm is None
    assert not message.verify(FileSigner.generate().public_key)
