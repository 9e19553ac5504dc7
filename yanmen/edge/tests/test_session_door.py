"""Who is let in: sessions, their MACs, certificates, revoked devices."""

import hmac
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import psycopg
import pytest

from yanmen.base.device_certificates import HOLDER, DeviceClaims
from yanmen.edge.errors import Fault
from yanmen.edge.records import octets
from yanmen.edge.sessions import Session, Sessions, text
from yanmen.edge.shedding import Allowances
from yanmen.edge.testing import (
    KEYS,
    Device,
    RunningEdge,
    b64,
    enrol,
    holder,
    identifier,
    milliseconds,
    officer,
    running_edge,
)
from yanmen.edge.tests.town import code

CODE, CHECK_INS, SESSIONS = "/edge/v1/code", "/edge/v1/check-ins", "/edge/v1/sessions"


def claims(**changed: object) -> DeviceClaims:
    return DeviceClaims(
        issuer="14", device=7, issued_at=0, expires_at=1 << 33, public_key=b"", kind=HOLDER, subject=7, **changed
    )


def test_a_session_and_its_key_are_the_same_on_every_edge() -> None:
    here, there = (Sessions(b"k" * 32, most=10, rate=1) for _ in range(2))
    session, key = here.open(claims(role="r", area="140105", place=4), 1 << 31)
    found = there.find(session)
    assert (found.subject, found.device, found.role, found.area, found.place) == (7, 7, "r", "140105", 4)
    assert found.mac(b"GET\n", b"") == text(hmac.digest(octets(key), b"GET\n", sha256)[:16])


@pytest.mark.parametrize("area", ["", "1", "14", "140", "1401"])
def test_a_session_has_one_text_only(area: str) -> None:
    """Each text has an allowance of its own."""
    made = Sessions(b"k" * 32, most=10, rate=1)
    session, _ = made.open(claims(area=area), 1 << 31)
    assert made.find(session).area == area
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = {session[:-1] + each for each in letters} | {session + each for each in ("=", "A", "AAAA", " ")}
    others |= {session.replace("-", "+"), session.replace("_", "/"), session[:-4], session[:-1]}
    for other in others - {session}:
        with pytest.raises(Fault):
            made.find(other)


@pytest.mark.parametrize("body", [b"", b"x", b"y" * 1000])
def test_the_prepared_mac_is_the_standard_one(body: bytes) -> None:
    made = Sessions(b"k" * 32, most=10, rate=1)
    session, key = made.open(claims(), 1 << 31)
    found: Session = made.find(session)
    expected = hmac.digest(octets(key), b"GET\n/x\n" + body, sha256)[:16]
    assert found.mac(b"GET\n/x\n", body) == text(expected)


def test_allowances_fill_with_time() -> None:
    one = Allowances(20.0, 10).of(1)
    assert sum(one.take() for _ in range(150)) in range(99, 104)
    time.sleep(0.11)
    assert one.take()
    free = Allowances(0.0, 10).of(1)
    assert all(free.take() for _ in range(1000))


def altered(session: str, place: int) -> str:
    other = "A" if session[place] != "A" else "B"
    return session[:place] + other + session[place + 1 :]


@pytest.mark.parametrize("place", [0, 5, 20, 40, -20, -2])
def test_an_altered_session_opens_nothing(edge: RunningEdge, client: httpx.Client, phone: Device, place: int) -> None:
    forged = replace(phone, session=altered(phone.session, place % len(phone.session)))
    assert forged.get(client, CODE).status_code == 401


def forge(change: str, header: str) -> str:
    scheme, session, mac = header.split(" ")
    return {
        "no scheme": f"{session} {mac}",
        "other scheme": f"Bearer {session} {mac}",
        "no mac": f"{scheme} {session}",
        "cut mac": f"{scheme} {session} {mac[:-1]}",
        "padded mac": f"{scheme} {session} {mac}==",
        "other mac": f"{scheme} {session} {altered(mac, 3)}",
        "padded session": f"{scheme} {session}= {mac}",
        "long session": f"{scheme} {'A' * 5000} {mac}",
        "not ascii": f"{scheme} {session} \u00e9{mac[1:]}",
        "not base64": f"{scheme} {'!' * 100} {mac}",
        "nothing": "",
    }[change]


@pytest.mark.parametrize(
    "change",
    [
        "no scheme",
        "other scheme",
        "no mac",
        "cut mac",
        "padded mac",
        "other mac",
        "padded session",
        "long session",
        "not ascii",
        "not base64",
        "nothing",
    ],
)
def test_a_forged_header_opens_nothing(client: httpx.Client, phone: Device, change: str) -> None:
    header = forge(change, phone.authorization("GET", CODE))
    answer = client.get(CODE, headers={"authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.json()["field"] == "authorization"


def test_the_mac_covers_method_address_and_body(client: httpx.Client, phone: Device) -> None:
    record = {"id": str(identifier()), "venue": code(), "at": milliseconds()}
    body = json.dumps(record).encode()
    right = {"authorization": phone.authorization("POST", CHECK_INS, body), "content-type": "application/json"}
    assert client.post(CHECK_INS, content=body + b" ", headers=right).status_code == 401
    assert client.post(CHECK_INS + "?a=1", content=body, headers=right).status_code == 401
    assert client.post("/edge/v1/passes", content=body, headers=right).status_code == 401
    query = {"authorization": phone.authorization("POST", CHECK_INS + "?a=1", body), "content-type": "application/json"}
    assert client.post(CHECK_INS + "?a=1", content=body, headers=query).status_code == 200
    assert client.post(CHECK_INS, content=body, headers=right).json()["kept"] == "repeated"


def test_a_session_of_another_installation_opens_nothing(client: httpx.Client) -> None:
    session, key = Sessions(b"z" * 32, most=10, rate=1).open(claims(), 1 << 31)
    foreign = Device(b"", None, session, octets(key))
    assert foreign.get(client, CODE).status_code == 401


def test_an_expired_session_opens_nothing(client: httpx.Client) -> None:
    ours = Sessions(bytes.fromhex(KEYS["session_key"]), most=10, rate=1)
    session, key = ours.open(claims(), int(time.time()) - 1)
    answer = Device(b"", None, session, octets(key)).get(client, CODE)
    assert (answer.status_code, "ended" in answer.json()["en"]) == (401, True)


def revoke(town: str, device: int) -> None:
    """What the registry does when a phone is reported lost."""
    with psycopg.connect(town) as owner:
        owner.execute("SET session_replication_role = replica")  # the phone's owner is in no register here
        owner.execute(
            "INSERT INTO registry_device (id, kind, person_id, form, role, area, public_key, client, enrolled_at,"
            " expires_at, revoked_at, revoked_by, revoked_reason) OVERRIDING SYSTEM VALUE VALUES"
            " (%s, 'holder', 1, 1, '', '14', '', '', now(), now() + interval '1 day', now(), 'test', 'lost')",
            [device],
        )
        owner.execute("SELECT outbox_put('devices.revoked', %s::jsonb, now())", [json.dumps({"devices": [device]})])


def opening(device: Device, **changed: object) -> dict[str, object]:
    return device.opening() | changed


@pytest.mark.parametrize(
    ("make", "status"),
    [
        (lambda phone, home: opening(phone, signature="A" * 86), 401),
        (lambda phone, home: opening(phone, signature=""), 401),
        (lambda phone, home: opening(phone, time=milliseconds() + 1000), 401),
        (lambda phone, home: opening(phone, time=0), 422),
        (lambda phone, home: opening(phone, time=milliseconds() - 3_600_000), 422),
        (lambda phone, home: opening(phone, certificate="AAAA"), 422),
        (lambda phone, home: opening(phone, certificate=b64(phone.certificate[:-1] + b"\0")), 422),
        (lambda phone, home: opening(phone, certificate="A" * 2000), 422),
        (lambda phone, home: holder(home / "other", person=7).opening(), 422),
        (lambda phone, home: holder(home, person=7, expires_at=int(time.time()) - 5).opening(), 422),
    ],
)
def test_only_a_device_of_ours_opens_a_session(
    edge: RunningEdge,
    client: httpx.Client,
    phone: Device,
    make: Callable[[Device, Path], dict[str, object]],
    status: int,
) -> None:
    answer = client.post(SESSIONS, json=make(phone, edge.home))
    assert answer.status_code == status
    assert answer.json()["zh"]


def test_a_signature_of_another_key_opens_no_session(edge: RunningEdge, client: httpx.Client, phone: Device) -> None:
    thief = replace(holder(edge.home, person=8), certificate=phone.certificate)
    assert client.post(SESSIONS, json=thief.opening()).status_code == 401


def test_a_session_ends_with_its_certificate(edge: RunningEdge, client: httpx.Client) -> None:
    ends = int(time.time()) + 600
    told = client.post(SESSIONS, json=holder(edge.home, person=9, expires_at=ends).opening()).json()
    assert told["expires_at"] == ends * 1000
    assert (told["kind"], told["form"], told["place"]) == (HOLDER, 1, None)


def test_a_session_says_what_kind_of_place_the_device_stands_at(
    client: httpx.Client, phone: Device, guard: Device, scanner: Device, sampler: Device
) -> None:
    found = [
        client.post(SESSIONS, json=each.opening()).json()["place_kind"] for each in (phone, guard, scanner, sampler)
    ]
    assert found == [None, "road", "market", None]


def test_a_revoked_device_is_shut_out_by_the_next_message(edge: RunningEdge, client: httpx.Client, town: str) -> None:
    lost = holder(edge.home, person=13).sign_in(edge.url)
    assert lost.get(client, CODE).status_code == 200
    revoke(town, 13)
    end = time.monotonic() + 10
    while lost.get(client, CODE).status_code == 200 and time.monotonic() < end:
        time.sleep(0.05)
    assert lost.get(client, CODE).status_code == 403
    assert client.post(SESSIONS, json=lost.opening()).status_code == 403


def test_one_device_asks_only_so_often(url: str, home: Path) -> None:
    with running_edge(url, home, session_rate=2) as edge, httpx.Client(base_url=edge.url) as client:
        eager, calm = (holder(edge.home, person=person).sign_in(edge.url) for person in (14, 15))
        told = [eager.get(client, CODE) for _ in range(15)]
        assert {answer.status_code for answer in told} == {200, 429}
        assert told[-1].headers["retry-after"] == "1"
        assert calm.get(client, CODE).status_code == 200


def test_one_network_opens_only_so_many_sessions(url: str, home: Path) -> None:
    with running_edge(url, home, network_rate=1) as edge, httpx.Client(base_url=edge.url) as client:
        told = {client.post(SESSIONS, json={}).status_code for _ in range(10)}
        assert told == {422, 429}


def test_a_code_is_issued_to_the_phone_it_is_bound_to(edge: RunningEdge, client: httpx.Client, phone: Device) -> None:
    answer = phone.post(client, "/edge/v1/credential", {"certificate": b64(phone.certificate)})
    assert answer.status_code == 200
    assert answer.json()["expires_at"] > milliseconds(datetime.now(UTC) + timedelta(hours=23))
    other = holder(edge.home, person=7)
    assert phone.post(client, "/edge/v1/credential", {"certificate": b64(other.certificate)}).status_code == 403


def test_a_code_that_is_shown_is_judged_with_present_knowledge(
    edge: RunningEdge, client: httpx.Client, phone: Device, guard: Device, rows: psycopg.Connection
) -> None:
    from yanmen.base.credentials import show

    issued = octets(
        phone.post(client, "/edge/v1/credential", {"certificate": b64(phone.certificate)}).json()["credential"]
    )
    shown = show(issued, phone.signer, datetime.now(UTC))
    verdict = guard.post(client, "/edge/v1/read", {"code": shown}).json()
    assert (verdict["act"], verdict["reason"], verdict["colour"]) == ("pass", "valid", 0)
    old = show(issued, phone.signer, datetime.now(UTC) - timedelta(minutes=3))
    assert guard.post(client, "/edge/v1/read", {"code": old}).json()["reason"] == "screenshot"
    assert guard.post(client, "/edge/v1/read", {"code": "YM1:ABC"}).json()["reason"] == "malformed"
    assert guard.post(client, "/edge/v1/read", {"code": "x" * 5000}).status_code == 422


def test_an_officers_certificate_gets_no_health_code(edge: RunningEdge, client: httpx.Client, phone: Device) -> None:
    wrong = enrol(edge.home, kind=2, subject=1, device=55)
    assert phone.post(client, "/edge/v1/credential", {"certificate": b64(wrong.certificate)}).status_code == 403


def test_a_childs_code_says_whom_to_compare_with_the_document(edge: RunningEdge, client: httpx.Client) -> None:
    from yanmen.base.credentials import Credential

    for form, hint in ((3, "王** 003X"), (1, "")):
        phone = holder(edge.home, person=12, form=form, hint=hint).sign_in(edge.url)
        answer = phone.post(client, "/edge/v1/credential", {"certificate": b64(phone.certificate)})
        assert Credential.read(octets(answer.json()["credential"])).claims.hint == (hint or None)


def test_a_list_of_changes_that_nobody_publishes_any_more_is_old_knowledge(url: str, home: Path, town: str) -> None:
    """Papers that were taken back stand in that list alone, however fresh the image is."""
    from yanmen.base import changes
    from yanmen.base.credentials import show
    from yanmen.base.issuing import IssuingKeys

    then = datetime.now(UTC) - timedelta(days=3)
    signer = IssuingKeys.open(home / "issuing").signer("list", then)
    body = changes.publish([], signer=signer, now=then, expires_at=then + timedelta(days=1), seq=1)
    with psycopg.connect(town, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO health_code_publication (name, seq, body, basis, at, expires_at) VALUES ('changes', 1, %s, '', %s, %s)",
            [body, then, then + timedelta(days=1)],
        )
        try:
            with running_edge(url, home) as edge, httpx.Client(base_url=edge.url) as client:
                phone = holder(edge.home, person=7).sign_in(edge.url)
                guard = officer(edge.home, place=4, area="140105", role="x", device=104)
                guard = guard.sign_in(edge.url)
                answer = phone.post(client, "/edge/v1/credential", {"certificate": b64(phone.certificate)})
                shown = show(octets(answer.json()["credential"]), phone.signer, datetime.now(UTC))
                verdict = guard.post(client, "/edge/v1/read", {"code": shown}).json()
        finally:
            owner.execute("DELETE FROM health_code_publication")
    assert (verdict["reason"], "knowledge_old" in verdict["notes"]) == ("valid", True)
    assert verdict["knowledge_seconds"] > 2 * 86_400
