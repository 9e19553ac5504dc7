"""People without a code are bound by their documents: what a sampling team's telephone delivers to the site."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import date, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest

from yanmen.base import device_certificates
from yanmen.base.device_certificates import OFFICER, DeviceClaims
from yanmen.base.identity import synthetic_resident_id
from yanmen.base.ids import uuid7
from yanmen.base.key_list import DEVICE
from yanmen.base.signing import FileSigner
from yanmen.desk import clock
from yanmen.project.testing import new_account
from yanmen.registry import devices
from yanmen.registry.accounts import end_grant, scopes_of
from yanmen.registry.models import Account, Grant, Move, Person
from yanmen.registry.people import index_of, register_person
from yanmen.registry.scope import acting, system
from yanmen.registry.vault import issuing
from yanmen.subsystems.screening.models import Tube
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import COUNTY, HOUR, MINUTE, NOON, OTHER

PATH = "/api/screening/devices/cards"
PASSPORT = {"id_type": "passport", "id_number": "e1234567", "name": "SMITH ANNA"}


@pytest.fixture
def site(clean, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return county.open_county()[0]


class Phone:
    """A sampling team's telephone, enrolled at a place."""

    def __init__(self, live, place=None, role="sampling", area=COUNTY):
        self.live = live
        self.signer = FileSigner.generate()
        self.account = Account.objects.get(username=new_account(role, area)).pk
        [scope] = scopes_of(self.account, NOON)
        until = {"device_until": NOON + timedelta(days=9), "until": NOON + HOUR}
        with acting(scope):
            token = devices.open_token(scope, area=area, place=place and place.pk, **until, now=NOON)
            post = devices.use_token(token, now=NOON)
            about = {"public_key": self.signer.public_key, "client": "1", "now": NOON}
            self.device = devices.enrol_officer(post, **about)
        claims = DeviceClaims(
            issuer="14", device=self.device.pk, issued_at=int(NOON.timestamp()) - 60, public_key=self.signer.public_key,
            expires_at=int(NOON.timestamp()) + 9999, kind=OFFICER, subject=self.account, role=role, area=area,
            place=place and place.pk,
        )  # fmt: skip
        self.certificate = device_certificates.issue(claims, issuing().signer(DEVICE, NOON))

    def post(self, records):
        body = json.dumps({"records": records}).encode()
        at = str(int(NOON.timestamp()))
        said = "\n".join(("yanmen-request", "POST", PATH, at, sha256(body).hexdigest()))
        signature = self.signer.sign(said.encode())
        parts = ("YanmenDevice", _text(self.certificate), at, _text(signature))
        headers = {"Authorization": " ".join(parts), "Content-Type": "application/json"}
        return self.live.post(PATH, content=body, headers=headers)

    def deliver(self, *records):
        """The words, and the reasons in English."""
        answer = self.post(list(records))
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [result[0] for result in results] == [record.get("id") for record in records]
        return [result[1] if len(result) == 2 else result[2]["en"] for result in results]


def _text(octets):
    return urlsafe_b64encode(octets).decode().rstrip("=")


def number(serial):
    return synthetic_resident_id(serial, born_on=date(1980, 5, 4), sex="female")


def card(serial=1, name="张三", at=NOON, **changes):
    about = {"id": str(uuid7(at)), "at": int(at.timestamp() * 1000), "tube": "T1", "position": 1}
    return about | {"id_type": "resident", "id_number": number(serial), "name": name} | changes


def resident(serial, name, area=COUNTY, **about):
    with acting(system("14", purpose="control")):
        return register_person(name=name, id_number=number(serial), area=area, **about, by="test", now=NOON - HOUR)


def bound():
    with acting(system("14")):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id::text, person_id, place_id, area, occurred_at, recorded_at, recorded_by, tube, position, device"
                " FROM loop_bulk_screening_bound ORDER BY tube, position"
            )
            return cursor.fetchall()


def of_document(text):
    return Person.objects.using("owner").get(id_number_index=index_of(text))


def test_people_are_found_or_registered_and_each_record_counts_once(site, live):
    phone, known = Phone(live, site), resident(1, "张三")
    records = [card(1), card(2, "李 四", position=2), card(**PASSPORT, position=3)]
    assert phone.deliver(*records) == ["kept"] * 3
    assert phone.deliver(*records, card(3, "王五", position=4)) == ["repeated"] * 3 + ["kept"]
    stranger, abroad = of_document(number(2)), of_document("E1234567")
    people = [known.pk, stranger.pk, abroad.pk, of_document(number(3)).pk]
    by = f"device:{phone.device.pk}"
    rest = [(place, "T1", place) for place in range(1, 5)]
    assert [row[1] for row in bound()] == people
    assert [row[2:] for row in bound()] == [
        (site.pk, COUNTY, NOON, NOON, by, tube, position, phone.device.pk) for _, tube, position in rest
    ]
    assert [row[0] for row in bound()][:3] == [record["id"] for record in records]
    assert (stranger.name, stranger.area, stranger.born_on, stranger.sex) == (
        "李 四",
        COUNTY,
        date(1980, 5, 4),
        "female",
    )
    assert (abroad.name, abroad.id_type, abroad.synthetic) == ("SMITH ANNA", "passport", False)


def test_one_bad_record_stops_no_other_and_nothing_of_the_register_is_told(site, live):
    phone = Phone(live, site)
    resident(1, "张三丰")
    wrong = number(5)[:-1] + ("1" if number(5)[-1] != "1" else "2")
    records = [
        card(1, "李四"),
        card(2, id_number=wrong, position=2),
        card(3, position=3, id_type="library_card"),
        card(4, at=NOON - timedelta(days=20), position=4),
        card(5, at=NOON + HOUR, position=5),
        card(6, position=6, tube="张三"),
        card(7, position=7, id=str(uuid4())),
        card(8, position=8) | {"colour": "green"},
        {"id": "x"},
        card(9, position=9, name=" \u3000"),
        card(10, position=10, at=NOON + 5 * MINUTE),
    ]
    answer = phone.post(records)
    assert not [text for text in ("张三丰", "张*", "*", wrong[:6], number(1)) if text in answer.text]
    said = phone.deliver(*records)
    assert [text.split(".")[0] for text in said[:3]] == [
        "This document is registered under another name",
        "This is not a valid resident identity number: its check digit does not fit; compare with the document",
        "There is no such document type",
    ]
    assert "not taken any more" in said[3]
    assert "still to come" in said[4]
    assert "UUID version 7" in said[6]
    assert "no such field" in said[7]
    assert said[-2:] == ["Too short.", "repeated"]
    assert [(row[4], row[8]) for row in bound()] == [(NOON, 10)]


def test_who_lives_elsewhere_stays_with_those_who_answer_for_them(site, live):
    phone, guest = Phone(live, site), resident(1, "张三", area=OTHER)
    assert phone.deliver(card(1)) == ["kept"]
    assert bound()[0][1:4] == (guest.pk, site.pk, COUNTY)
    assert of_document(number(1)).area == OTHER
    assert not Move.objects.using("owner").exists()


def test_a_child_is_bound_by_its_own_card(site, live):
    phone, mother = Phone(live, site), resident(1, "李明")
    child = resident(2, "王宝", guardian=mother)
    assert phone.deliver(card(2, "王宝")) == ["kept"]
    assert bound()[0][1] == child.pk


def test_looks_take_them_like_any_binding(site, live):
    from yanmen.subsystems.screening.actions import looking

    assert Phone(live, site).deliver(card(1), card(2, position=2)) == ["kept"] * 2
    assert looking.look(by="test", now=NOON + MINUTE).bindings == 2
    assert Tube.objects.using("owner").get(pk="T1").members == 2


def test_only_a_sampling_teams_telephone_at_a_place(site, live):
    assert Phone(live, role="sampling").post([card()]).status_code == 403
    assert Phone(live, site, role="screening.courier").post([card()]).status_code == 403
    assert live.post(PATH, json={"records": [card()]}).status_code == 401
    phone = Phone(live, site)
    assert phone.post([card()] * 201).status_code == 422
    assert phone.post([]).json() == {"results": []}
    with acting(scopes_of(phone.account, NOON)[0]):
        end_grant(Grant.objects.get(account=phone.account), now=NOON - MINUTE, using="owner")
    assert phone.post([card()]).status_code == 401
    other = Phone(live, site)
    devices.Device.objects.using("owner").filter(pk=other.device.pk).update(revoked_at=NOON)
    assert other.post([card()]).status_code == 401
    assert bound() == []
