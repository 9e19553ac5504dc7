"""The key-area list: published from what the loop computed, signed, pushed, acknowledged by those it is for."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from base64 import b64decode
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.base.signing import FileSigner, verify
from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import acting, system
from yanmen.subsystems.risk_areas import actions, queries
from yanmen.subsystems.risk_areas.models import Attempt

NOON = datetime(2022, 10, 1, 12, tzinfo=BEIJING)
VILLAGE = "140727001001"
PLACES = {
    "14": "山西省", "1407": "晋中市", "140727": "祁县", "140728": "平遥县", "140727001": "昭馀镇", VILLAGE: "东关村",
}  # fmt: skip
PROVINCE, COUNTY, OTHER = (system(code, purpose="control") for code in ("14", "140727", "140728"))


@pytest.fixture(autouse=True)
def _areas(clean):
    load_areas([AreaRow(code=code, name_zh=name, name_en=f"Area {code}") for code, name in PLACES.items()])


def case(number=1, area=VILLAGE, **detail):
    at = NOON + timedelta(days=number - 1)
    with acting(PROVINCE):
        fact = facts.record(
            "cases.reported", area=area, occurred_at=at, by="test", now=at,
            detail={"kind": "confirmed", "setting": "community"} | detail,
        )  # fmt: skip
    settle(now=at)
    return fact


def publish(now=NOON):
    with acting(PROVINCE):
        return actions.publish(scope=PROVINCE, by="test", now=now)


def receiver(area="140727", **more):
    with acting(PROVINCE):
        return actions.add_receiver(scope=PROVINCE, area=area, name_zh="卡口", by="test", now=NOON, **more)


def on(version):
    with acting(PROVINCE):
        return {entry.area: (entry.tier, entry.until) for entry in queries.entries(PROVINCE, version)}


class Listener:
    """A receiver's address that keeps what it gets and answers as told."""

    def __init__(self):
        self.got, self.answer = [], 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                self.send_response(outer.answer)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/lists"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()


@pytest.fixture
def listener():
    listening = Listener()
    yield listening
    listening.server.shutdown()
    listening.server.server_close()


def test_a_case_in_a_village_puts_the_village_and_the_rest_of_its_county_on_the_list():
    case()
    version = publish()
    assert version.version == 1
    assert on(version) == {VILLAGE: ("high", date(2022, 10, 11)), "140727": ("low", None)}


def test_publishing_an_unchanged_list_makes_no_new_version():
    case()
    assert publish().pk == publish(NOON + timedelta(hours=1)).pk


def test_a_false_positive_empties_the_next_version_and_the_change_is_told():
    fact = case()
    publish()
    later = NOON + timedelta(days=1)
    with acting(PROVINCE):
        facts.withdraw(fact, reason="假阳性", by="test", now=later)
    settle(now=later)
    version = publish(later)
    assert version.version == 2
    assert on(version) == {}
    with acting(PROVINCE):
        assert [entry.area for entry in queries.changes_of(PROVINCE, version).removed] == [VILLAGE, "140727"]


def test_the_document_is_signed_and_anyone_with_the_public_key_can_check_it():
    from django.conf import settings

    case()
    version = publish()
    public = FileSigner.open(settings.YANMEN_SIGNING_KEY).public_key
    body = bytes(version.document)
    assert verify(public_key=public, message=body, signature=bytes(version.signature))
    assert not verify(public_key=public, message=body.replace(b"high", b"none"), signature=bytes(version.signature))
    assert json.loads(body)["entries"][0]["name"]["zh"] == "东关村"


def test_a_webhook_gets_the_signed_list_and_its_hmac(listener):
    receiver(url=listener.url, key="shared secret")
    case()
    version = publish()
    assert actions.deliver_due(by="test", now=NOON).delivered == 1
    ((headers, body),) = listener.got
    assert body == bytes(version.document)
    assert headers["Yanmen-Hmac"] == "sha256=" + hmac.new(b"shared secret", body, hashlib.sha256).hexdigest()
    algorithm, signature = headers["Yanmen-Signature"].split(" ")
    assert (algorithm, b64decode(signature)) == ("ES256", bytes(version.signature))
    assert actions.deliver_due(by="test", now=NOON + timedelta(hours=1)).delivered == 0, "delivered once"


def test_a_failed_try_is_recorded_and_comes_back_later(listener):
    receiver(url=listener.url)
    case()
    version = publish()
    listener.answer = 503
    assert actions.deliver_due(by="test", now=NOON).failed == 1
    assert actions.deliver_due(by="test", now=NOON + timedelta(seconds=30)).failed == 0, "not before its time"
    listener.answer = 204
    assert actions.deliver_due(by="test", now=NOON + timedelta(minutes=1)).delivered == 1
    with acting(PROVINCE):
        tries = list(Attempt.objects.order_by("pk").values_list("status", flat=True))
        assert tries == [503, 204]
        assert queries.deliveries(PROVINCE, version).get().attempts == 2


def test_an_address_that_does_not_answer_is_a_failed_try(listener):
    gone = listener.url.replace(str(listener.server.server_port), "1")
    receiver(url=gone)
    case()
    publish()
    assert actions.deliver_due(by="test", now=NOON).failed == 1
    with acting(PROVINCE):
        assert "refused" in Attempt.objects.get().fault.lower()


def test_only_the_receiving_area_acknowledges_and_the_first_time_stays():
    receiver()
    case()
    version = publish()
    with acting(COUNTY):
        (owed,) = queries.to_acknowledge(COUNTY)
    with pytest.raises(NotAllowed), acting(PROVINCE):
        actions.acknowledge(scope=PROVINCE, delivery=owed.pk, by="test", now=NOON)
    with pytest.raises(Refusal), acting(OTHER):
        actions.acknowledge(scope=OTHER, delivery=owed.pk, by="test", now=NOON)
    for minutes in (5, 50):
        with acting(COUNTY):
            actions.acknowledge(scope=COUNTY, delivery=owed.pk, by="test", now=NOON + timedelta(minutes=minutes))
    with acting(PROVINCE):
        assert queries.deliveries(PROVINCE, version).get().acknowledged_at == NOON + timedelta(minutes=5)


def test_what_is_not_acknowledged_in_time_is_listed_as_overdue():
    receiver(acknowledge_within=30)
    receiver("140728", acknowledge_within=120)
    case()
    publish()
    with acting(PROVINCE):
        late = queries.overdue(PROVINCE, now=NOON + timedelta(minutes=31))
        assert [delivery.area for delivery in late] == ["140727"]


def test_a_county_reads_the_list_of_its_province_and_sees_only_its_own_deliveries():
    receiver()
    receiver("140728")
    case()
    version = publish()
    with acting(OTHER):
        assert queries.latest(OTHER).pk == version.pk
        assert [delivery.area for delivery in queries.deliveries(OTHER, version)] == ["140728"]


def test_a_full_test_with_more_positives_than_people_is_refused():
    with pytest.raises(Refusal), acting(PROVINCE):
        actions.complete_full_test(area=VILLAGE, persons=3, positives=4, by="test", now=NOON)


def test_a_receiver_with_a_password_in_its_address_is_refused():
    with pytest.raises(Refusal, match="http or https"):
        receiver(url="http://user:secret@example.org/")
