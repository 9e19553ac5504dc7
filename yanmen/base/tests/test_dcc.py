"""Certificates for travellers: issued ones are read by us and by others, and bad ones are refused in bounds."""

import zlib
from datetime import UTC, date, datetime, timedelta

import cwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from yanmen.base import base45, cbor, cose
from yanmen.base.dcc import content as rules
from yanmen.base.dcc import issuing, transport
from yanmen.base.dcc.certificate import Certificate, DocumentSigner, reasons_against, signed_by
from yanmen.base.dcc.value_sets import ANTIGEN, PCR, is_test_device
from yanmen.base.refusals import Malformed, Refusal
from yanmen.base.signing import FileSigner, Signer

NOW = datetime(2022, 10, 7, 8, tzinfo=UTC)
WANG = issuing.Holder("王", "小明", "Wang", "Xiaoming", date(1990, 5, 17))
SHANXI = issuing.Authority("CN", "Health Commission of Shanxi", "140000")
CONTENTS = {
    "t": issuing.content_of_test(
        WANG, SHANXI, serial="2022100700001", sampled_at=NOW, negative=True, centre="Taiyuan CDC", method=PCR,
        test_name="ORF1ab and N",
    ),
    "v": issuing.content_of_vaccination(
        WANG, SHANXI, serial="20210600001", given_on=date(2021, 6, 11), dose=2, of_doses=2, vaccine="1157024006",
        product="CoronaVac", maker="Sinovac-Biotech",
    ),
    "r": issuing.content_of_recovery(
        WANG, SHANXI, serial="20220400001", first_positive_on=date(2022, 4, 1), valid_from=date(2022, 4, 12),
        valid_until=date(2022, 9, 28),
    ),
}  # fmt: skip


def signer(*usages: str) -> issuing.DocumentKey:
    """A document signer with a certificate for these extended key usages."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, NOW, NOW + timedelta(days=700))
    if usages:
        made = made.add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(each) for each in usages]), False)
    certificate = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    return issuing.DocumentKey(FileSigner(key), certificate)


def trusted(by: issuing.DocumentKey) -> DocumentSigner:
    return DocumentSigner.read(by.certificate)


def issued(kind: str, by: Signer) -> str:
    return issuing.issue(CONTENTS[kind], by, country="CN", now=NOW, expires_at=NOW + timedelta(days=180))


@pytest.mark.parametrize("kind", CONTENTS)
def test_what_we_issue_we_accept(kind):
    by = signer()
    certificate = Certificate.read(transport.decode(issued(kind, by)))
    assert (certificate.kind, certificate.issuer, certificate.content) == (kind, "CN", CONTENTS[kind])
    assert reasons_against(certificate, [trusted(by)], NOW) == []
    assert rules.unknown_codes(certificate.content) == []


@pytest.mark.parametrize("kind", CONTENTS)
def test_what_we_issue_others_read(kind):
    by = signer()
    key = cwt.COSEKey.from_pem(
        serialization.load_der_public_key(by.public_key).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ),
        kid=by.key_id,
    )
    message = zlib.decompress(base45.decode(issued(kind, by)[4:], longest=4296))
    claims = cwt.COSE.new(alg_auto_inclusion=False).decode(message, key)
    assert cbor.decode(claims, longest=4096, depth=12)[-260][1] == CONTENTS[kind]


def test_a_certificate_counts_from_its_issue_to_its_end():
    by = signer()
    certificate = Certificate.read(transport.decode(issued("t", by)))
    for at, against in (
        (NOW - timedelta(seconds=1), ["time"]),
        (NOW, []),
        (NOW + timedelta(days=180), []),
        (NOW + timedelta(days=180, seconds=1), ["time"]),
    ):
        assert reasons_against(certificate, [trusted(by)], at) == against


def test_a_key_that_is_not_trusted_and_a_signature_that_is_not_its_are_told_apart():
    by, other = signer(), signer()
    certificate = Certificate.read(transport.decode(issued("t", by)))
    assert reasons_against(certificate, [trusted(other)], NOW) == ["unknown_key"]
    namesake = DocumentSigner(by.key_id, other.public_key, frozenset())
    assert reasons_against(certificate, [namesake], NOW) == ["bad_signature"]
    assert reasons_against(certificate, [namesake, trusted(by)], NOW) == []


def test_a_signer_of_vaccinations_signs_no_tests():
    by = signer("1.3.6.1.4.1.1847.2021.1.2")
    tests, vaccinations = (Certificate.read(transport.decode(issued(kind, by))) for kind in "tv")
    assert reasons_against(tests, [trusted(by)], NOW) == ["key_usage"]
    assert reasons_against(vaccinations, [trusted(by)], NOW) == []
    assert trusted(signer("1.3.6.1.5.5.7.3.1")).may_sign("t")
    assert not trusted(signer()).may_sign(None)


def test_rsa_signers_are_verified_with_pss():
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    class RsaSigner:
        algorithm, key_id, public_key = "PS256", b"rsa-8byt", public

        def sign(self, message: bytes) -> bytes:
            return key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())

    certificate = Certificate.read(transport.decode(issued("t", RsaSigner())))
    assert signed_by(certificate, DocumentSigner(b"rsa-8byt", public, frozenset()))
    assert not signed_by(certificate, DocumentSigner(b"rsa-8byt", signer().public_key, frozenset()))


def test_a_wrong_certificate_is_not_signed():
    for content in (
        {**CONTENTS["t"], "v": CONTENTS["v"]["v"]},
        {**CONTENTS["t"], "dob": "1809-01-01"},
        {**CONTENTS["v"], "v": [{**CONTENTS["v"]["v"][0], "ma": "ORG-1"}]},
        {},
    ):
        with pytest.raises(Refusal, match="schema"):
            issuing.issue(content, signer(), country="CN", now=NOW, expires_at=NOW)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("d'Červenková Panklová", "DCERVENKOVA<PANKLOVA"),
        ("Jiřina-Maria Alena", "JIRINA<MARIA<ALENA"),
        ("Musterfrau-Gößinger", "MUSTERFRAU<GOESSINGER"),
        ("d'Arsøns - van Halen", "DARSOENS<VAN<HALEN"),
        ("Ouyang", "OUYANG"),
        ("Lü", "LUE"),
    ],
)
def test_names_become_machine_readable(written, read):
    assert issuing.machine_name(written) == read


@pytest.mark.parametrize("written", ["王", "", "-", "Wang2"])
def test_a_name_without_latin_letters_is_refused(written):
    with pytest.raises(Refusal, match="pinyin"):
        issuing.machine_name(written)


# Identifiers of the EU's own samples.
@pytest.mark.parametrize(
    "identifier",
    [
        "URN:UVCI:01:AT:10807843F94AEE0EE5093FBC254BD813#B",
        "URN:UVCI:01:AT:858CC18CFCF5965EF82F60E493349AA5#K",
        "URN:UVCI:01:AT:B5921A35D6A0D696421B3E2462178297#I",
    ],
)
def test_the_check_character_of_an_identifier_is_the_eu_s(identifier):
    body, _, check = identifier.partition("#")
    assert issuing._check_character(body) == check


def test_devices_are_numbers_of_the_database():
    assert [is_test_device(each) for each in ("1232", "345", "9999", "0", "", "12a", "1" * 5000)] == [True, True] + [
        False
    ] * 5
    assert CONTENTS["t"]["t"][0]["tt"] != ANTIGEN


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not compressed",
        zlib.compress(b"x")[:-1],
        zlib.compress(b"x") + b"y",
        zlib.compress(bytes(50_000_000), 9),
    ],
    ids=["empty", "plain", "cut short", "followed", "a bomb"],
)
def test_what_does_not_inflate_within_bounds_is_refused(data):
    with pytest.raises(Malformed):
        transport.inflate(data)


@pytest.mark.parametrize("text", ["", "HC1", "HC2:6BF", "hc1:6BF", "6BFS70J90T9WTWGSLKC", "HC1:" + "0" * 5000])
def test_what_has_another_prefix_or_length_is_refused(text):
    with pytest.raises(Malformed):
        transport.decode(text)


def test_a_message_without_a_certificate_is_refused():
    for payload in ({}, {-260: 1}, {-260: {2: {}}}, {-260: {1: []}}, [1]):
        with pytest.raises(Malformed):
            Certificate.read(cose.sign1(cbor.encode(payload), signer()))
