"""Residents come in with a one-time code, once, and their telephone speaks for them until it is shut out."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from yanmen.base.device_certificates import DeviceCertificate
from yanmen.subsystems.health_code.tests.conftest import HOLDER, MORNING, octets

ONE, TWO = "13800000001", "13800000002"


@pytest.fixture
def lan(town):
    """Lan has a telephone and two children; her number is hers alone."""
    lan = town.resident("张兰", phone=ONE)
    town.children = [town.resident("王小宝", guardian=lan), town.resident("王小贝", "140106", guardian=lan)]
    town.lan = lan
    return town


def test_a_code_makes_the_telephone_hers_and_her_childrens(lan):
    phone = lan.phone(ONE)
    answer = phone.enter()
    assert answer.status_code == 201, answer.text
    assert [row["form"] for row in phone.certificates] == [1, 3, 3]
    assert [row["name_masked"] for row in phone.certificates] == ["张*", "王**", "王**"]
    claims = phone.claims()
    assert (claims.kind, claims.subject, claims.form) == (1, lan.lan.pk, 1)
    assert [phone.claims(n).subject for n in (1, 2)] == [child.pk for child in lan.children]
    assert claims.hint == "", "a telephone's own code names nobody"
    assert [phone.claims(n).hint for n in (1, 2)] == [f"王** {lan.tail(child)}" for child in lan.children]
    assert claims.expires_at == int((MORNING + timedelta(days=180)).timestamp()) + (
        claims.issued_at - int(MORNING.timestamp())
    )


def test_the_certificate_is_signed_by_a_listed_key_and_the_list_by_the_root(lan):
    from yanmen.base.key_list import KeyList
    from yanmen.registry.vault import issuing

    phone = lan.phone(ONE)
    root = octets(phone.enter().json()["root_key"])
    keys = KeyList.read(issuing().signed_list(lan.now()), root)
    certificate = DeviceCertificate.read(octets(phone.certificates[0]["certificate"]))
    key = keys.find(certificate.key_id, "device")
    assert key is not None
    assert certificate.message.verify(key.public_key)


def test_the_answer_is_the_same_whether_the_number_is_known_or_not(lan):
    known, unknown = lan.phone(ONE).ask(), lan.phone(TWO).ask()
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert lan.last_code(TWO), "whoever holds an unknown number gets a code too, and then learns that it is unknown"
    answer = lan.phone(TWO).enter(lan.last_code(TWO))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "phone")


def test_a_family_with_one_number_is_told_apart_by_the_document(lan):
    grandmother = lan.resident("李秀英", phone=ONE)
    phone = lan.phone(ONE)
    code = phone.code()
    asked = phone.enter(code)
    assert (asked.status_code, asked.json()["errors"][0]["field"]) == (422, "document_tail")
    wrong = phone.enter(code, document_tail="0000")
    assert wrong.status_code == 422
    assert phone.enter(code, document_tail=lan.tail(grandmother).lower()).status_code == 201
    assert [phone.claims().subject, len(phone.certificates)] == [grandmother.pk, 1]


def test_wrong_codes_and_old_ones_and_the_same_one_twice_are_refused(lan):
    phone = lan.phone(ONE)
    code = phone.code()
    other = f"{(int(code) + 1) % 10**6:06}"
    assert phone.enter(other).json()["errors"][0]["field"] == "code"
    assert phone.enter(code).status_code == 201
    assert phone.enter(code).json()["errors"][0]["field"] == "code"
    code = phone.code()
    lan.at(MORNING + timedelta(minutes=6))
    assert phone.enter(code).json()["errors"][0]["field"] == "code"


def test_five_wrong_tries_spend_the_code_even_though_each_was_refused(lan):
    phone = lan.phone(ONE)
    code = phone.code()
    other = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(5):
        assert phone.enter(other).status_code == 422
    assert phone.enter(code).json()["errors"][0]["field"] == "code"


def test_a_telephone_must_show_that_it_holds_the_key(lan):
    phone, thief = lan.phone(ONE), lan.phone(ONE)
    code = phone.code()
    body = thief.body(code, phone=ONE, code=code) | {"public_key": phone.body(code)["public_key"]}
    answer = thief.client.post(f"{HOLDER}/devices", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "proof")
    for key in ("", "AAAA", "!!!", phone.body(code)["public_key"][:-8]):
        answer = thief.client.post(f"{HOLDER}/devices", json=body | {"public_key": key})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "public_key"), key
    assert phone.enter(code).status_code == 201


def test_a_number_and_a_network_have_limits_that_say_when_to_come_again(lan):
    phone = lan.phone(ONE)
    assert [phone.ask().status_code for _ in range(4)] == [202, 202, 202, 429]
    answer = phone.ask()
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert answer.json()["errors"][0]["message"]["zh"]
    assert lan.phone(TWO).ask().status_code == 202
    others = [lan.phone(f"139{n:08}", network="198.51.100.9").ask().status_code for n in range(101)]
    assert others == [202] * 100 + [429]
    assert lan.phone("13700000000", network="198.51.100.10").ask().status_code == 202


@pytest.fixture
def asked_from(lan, settings_of_edges):
    """Ask for a code over a connection from `address`, with a header that says for whom: what the door answers."""
    from django.test import Client

    def ask(number: int, address: str, told: str) -> int:
        client = Client(REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=told)
        answer = client.post(f"{HOLDER}/codes", {"phone": f"139{number:08}"}, content_type="application/json")
        return answer.status_code

    return ask


@pytest.fixture
def settings_of_edges(monkeypatch):
    from django.conf import settings

    from yanmen.base.networks import networks_in

    monkeypatch.setattr(settings, "YANMEN_EDGES", networks_in("10.8.0.0/16", name="YANMEN_EDGES"))


def test_behind_edges_of_ours_each_resident_has_a_limit_of_their_own(asked_from):
    full = [asked_from(n, f"10.8.0.{1 + n % 3}", "203.0.113.1, 198.51.100.9, 10.8.9.9") for n in range(101)]
    assert full == [202] * 100 + [429], "the last hop that is not ours counts, whichever edge it came through"
    assert asked_from(200, "10.8.0.1", "198.51.100.9, 203.0.113.1") == 202
    assert asked_from(201, "198.51.100.9", "203.0.113.77") == 429, "the same network without an edge"


def test_a_stranger_gains_nothing_by_saying_for_whom_it_calls(asked_from):
    full = [asked_from(n, "192.0.2.7", f"203.0.113.{n}") for n in range(101)]
    assert full == [202] * 100 + [429]


def test_the_page_tells_colour_reason_tests_and_what_clears_it(lan):
    phone = lan.phone(ONE)
    phone.enter()
    told = phone.call("GET", f"{HOLDER}/me")
    assert told.status_code == 200, told.text
    me = told.json()
    assert (me["colour"], me["value"], me["title"]) == (0, "green", {"zh": "绿码", "en": "Green"})
    assert me["person"]["name_masked"] == "张*"
    assert me["person"]["document_masked"].count("*") == 8
    child = phone.call("GET", f"{HOLDER}/me", place=1).json()
    assert child["person"]["name_masked"] == "王**"


def test_a_request_is_good_for_a_minute_for_one_path_and_for_its_own_key(lan):
    phone, other = lan.phone(ONE), lan.phone(ONE)
    phone.enter()
    path = f"{HOLDER}/me"
    now = int(lan.now().timestamp())
    assert phone.call("GET", path, at=now - 70).status_code == 401
    assert phone.call("GET", path, at=now + 60).status_code == 401
    other.certificates = phone.certificates
    assert other.call("GET", path).status_code == 401
    forged = phone.certificates[0] | {"certificate": phone.certificates[0]["certificate"][:-4] + "AAAA"}
    phone.certificates = [forged]
    assert phone.call("GET", path).status_code == 401
    for header in (
        "",
        "YanmenDevice",
        "YanmenDevice a b c",
        "YanmenDevice !! 1 !!",
        "Bearer x",
        "YanmenDevice " + "A" * 5000 + " 1 A",
    ):
        assert lan.phone().client.get(path, headers={"Authorization": header}).status_code == 401, header


def test_a_lost_telephone_is_shut_out_when_the_new_one_comes_in(lan):
    lost, new = lan.phone(ONE), lan.phone(ONE)
    lost.enter()
    numbers = sorted(row["device"] for row in lost.certificates)
    assert new.enter(replaces=True).status_code == 201
    assert lan.told("devices.revoked") == [{"devices": numbers}]
    assert lost.call("GET", f"{HOLDER}/me").status_code == 401
    assert new.call("GET", f"{HOLDER}/me").status_code == 200
    listed = new.call("GET", f"{HOLDER}/devices").json()
    assert [row["id"] for row in listed] == [new.certificates[0]["device"]]


def test_holders_shut_out_their_own_telephones_and_nobody_elses(lan):
    lan.resident("李梅", phone=TWO)
    mine, other = lan.phone(ONE), lan.phone(TWO)
    mine.enter()
    other.enter()
    number = other.certificates[0]["device"]
    assert mine.call("POST", f"{HOLDER}/devices/{number}/revoke").status_code == 422
    own = mine.certificates[0]["device"]
    assert mine.call("POST", f"{HOLDER}/devices/{own}/revoke").status_code == 204
    assert mine.call("GET", f"{HOLDER}/me").status_code == 401
    assert other.call("GET", f"{HOLDER}/me").status_code == 200


def test_a_fourth_telephone_shuts_out_the_first(lan):
    phones = []
    for minutes in (0, 20, 40, 60):
        lan.at(MORNING + timedelta(minutes=minutes))
        phones.append(lan.phone(ONE))
        assert phones[-1].enter().status_code == 201
    states = [phone.call("GET", f"{HOLDER}/me").status_code for phone in phones]
    assert states == [401, 200, 200, 200]


def test_strangers_get_no_further_than_the_three_doors(lan):
    client = lan.phone().client
    assert client.get(f"{HOLDER}/me").status_code == 401
    assert client.get(f"{HOLDER}/devices").status_code == 401
    assert client.post(f"{HOLDER}/appeals", json={}).status_code == 401
    assert client.get("/api/health-code/counts").status_code == 401


def test_nonsense_is_refused_by_name(lan):
    client = lan.phone().client
    for body in (
        {},
        {"phone": "1"},
        {"phone": ONE, "colour": "green"},
        {"phone": "12345678901234567890123"},
        [],
        "x",
        None,
    ):
        answer = client.post(f"{HOLDER}/codes", json=body)
        assert answer.status_code == 422, body
        assert answer.json()["errors"][0]["message"]["en"]
    assert client.post(f"{HOLDER}/codes", content=b"{").status_code == 400
    assert client.post(f"{HOLDER}/codes", content=json.dumps({"phone": ONE + "9" * 100_000})).status_code == 422
