"""Codes, device certificates, names for a day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanmen.base import cbor, cose, credentials, device_certificates
from yanmen.base.credentials import COMPANION, PAPER, Claims, Credential
from yanmen.base.pseudonym import Pseudonyms
from yanmen.base.refusals import Malformed
from yanmen.base.signing import FileSigner
from yanmen.base.tests.edge_vectors import AT, NOW, SIGNERS, claims

KEY = bytes(range(32))


@given(st.integers(0, 1 << 63), st.integers(0, 1 << 31))
def test_a_name_for_a_day_opens_to_person_and_day(person, day):
    names = Pseudonyms(KEY)
    assert names.person_of(names.make(person, day)) == (person, day)
    assert names.make_many([person, person + 1], day) == [names.make(person, day), names.make(person + 1, day)]


def test_a_name_that_another_key_made_opens_to_nobody():
    made = Pseudonyms(bytes(32)).make(1, 19272)
    assert Pseudonyms(KEY).person_of(made) is None
    assert Pseudonyms(KEY).person_of(made[:-1]) is None
    assert Pseudonyms(KEY).make(1, 19272) != Pseudonyms(KEY).make(1, 19273)


@pytest.mark.parametrize(
    "said",
    [
        claims(1),
        claims(1, negative_minutes=None, vaccination=0),
        claims(1, form=COMPANION, hint="李* 0023"),
        claims(1, form=PAPER, hint="张** 001X"),
        claims(1, colour=6, expires_at=1 << 40),
    ],
)
def test_a_credential_says_what_was_put_in(said):
    read = Credential.read(credentials.issue(said, SIGNERS["code"]))
    assert read.claims == said
    assert read.key_id == SIGNERS["code"].key_id


def test_a_shown_code_fits_a_phone_screen():
    encoded = credentials.issue(claims(1), SIGNERS["code"])
    shown = credentials.show(encoded, SIGNERS["phone"], NOW)
    assert len(encoded) <= 210
    assert len(shown) <= 468  # QR version 13, medium correction, alphanumeric


def test_a_showing_carries_credential_time_and_the_phone_s_signature():
    encoded = credentials.issue(claims(1), SIGNERS["code"])
    showing = credentials.read_text(credentials.show(encoded, SIGNERS["phone"], NOW))
    assert (showing.credential.encoded, showing.shown_at, showing.by_holder) == (encoded, AT, True)
    assert not credentials.read_text(credentials.show(encoded, SIGNERS["thief"], NOW)).by_holder


def test_a_phone_without_its_key_and_paper_with_one_are_not_issued():
    for said in (replace(claims(1), holder_key=None), replace(claims(1), form=PAPER)):
        with pytest.raises(ValueError, match="key"):
            credentials.issue(said, SIGNERS["code"])


def body(**changed: object) -> bytes:
    encoded = credentials.issue(claims(1), SIGNERS["code"])
    said = cbor.decode(cose.read1(encoded).payload, longest=1000)
    said.update({int(name.removeprefix("c").replace("m", "-")): value for name, value in changed.items()})
    return cose.sign1(cbor.encode({name: value for name, value in said.items() if value is not None}), SIGNERS["code"])


@pytest.mark.parametrize(
    "changed",
    [
        {"c1": 14},
        {"c1": "1401050010010"},
        {"c2": bytes(15)},
        {"c2": None},
        {"c4": -1},
        {"c4": "soon"},
        {"c5": True},
        {"c6": 1 << 41},
        {"c8": {1: {}}},
        {"c8": None},
        {"c8": {1: {}, 2: 0}},
        {"cm65537": 7},
        {"cm65537": None},
        {"cm65538": "yesterday"},
        {"cm65539": 256},
        {"cm65540": 0},
        {"cm65540": 2},
        {"cm65540": 4},
        {"cm65541": "x" * 61},
        {"cm65541": b"bytes"},
    ],
)
def test_a_claim_out_of_its_range_is_refused(changed):
    with pytest.raises(Malformed):
        Credential.read(body(**changed))


def test_a_claim_that_is_not_known_yet_does_not_disturb():
    assert Credential.read(body(cm65599="later")).claims == claims(1)


@pytest.mark.parametrize("place", [None, 4711])
def test_a_device_certificate_says_whose_device_it_is(place):
    said = device_certificates.DeviceClaims(
        issuer="140105",
        device=(1 << 64) - 1,
        issued_at=AT,
        expires_at=AT + 400 * 86400,
        public_key=FileSigner.generate().public_key,
        kind=device_certificates.OFFICER,
        subject=12,
        role="checkpoint_officer",
        place=place,
        area="140105",
        hint="王*宝 003X" if place else "",
    )
    signer = SIGNERS["device"]
    read = device_certificates.DeviceCertificate.read(device_certificates.issue(said, signer))
    assert (read.claims, read.key_id, read.message.verify(signer.public_key)) == (said, signer.key_id, True)


def test_a_code_is_no_device_certificate_and_the_other_way_round():
    code = credentials.issue(claims(1), SIGNERS["code"])
    with pytest.raises(Malformed):
        device_certificates.DeviceCertificate.read(code)
    certificate = device_certificates.issue(
        device_certificates.DeviceClaims("140105", 1, AT, AT, SIGNERS["phone"].public_key, 1, 5), SIGNERS["device"]
    )
    with pytest.raises(Malformed):
        Credential.read(certificate)


def test_the_times_of_a_credential_are_whole_seconds():
    later = NOW + timedelta(milliseconds=999)
    shown = credentials.show(credentials.issue(claims(1), SIGNERS["code"]), SIGNERS["phone"], later)
    assert credentials.read_text(shown).shown_at == AT


def test_claims_are_plain_values():
    assert isinstance(claims(1), Claims)
    assert hash(claims(1)) == hash(claims(1))
