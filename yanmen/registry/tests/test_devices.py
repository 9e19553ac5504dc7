"""How telephones come in, for whom they speak, and how they are shut out."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from yanmen.registry import devices
from yanmen.registry.models import Device, Person
from yanmen.registry.scope import acting, oneself
from yanmen.registry.tests.conftest import NOW, person, scope

pytestmark = pytest.mark.usefixtures("shanxi")

PHONE = "13800000001"
LATER = NOW + timedelta(minutes=5)
END = NOW + timedelta(days=180)


@pytest.fixture
def family():
    """Two people with one telephone, and a child in the first one's charge."""
    officer = scope("140105")
    with acting(officer):
        mother = person("140105", "张兰", serial=1, phone=PHONE)
        father = person("140105", "王强", serial=2, phone=PHONE, sex="male")
        child = person("140105", "王小宝", serial=3)
        Person.objects.filter(pk=child.pk).update(guardian=mother)
    return officer, mother, father, child


def come_in(code="123456", now=NOW):
    devices.offer_code(PHONE, code=code, until=LATER, now=now)
    return devices.try_code(PHONE, code, most_tries=5, now=now)


def test_a_code_lets_in_who_has_the_number_and_whom_they_answer_for(family):
    _, mother, father, child = family
    found = come_in()
    assert [each.person for each in found.holders()] == [mother.pk, father.pk]
    assert [each.person for each in found.wards_of(mother.pk)] == [child.pk]
    assert found.wards_of(father.pk) == []
    assert all(len(each.document_tail) == 4 for each in found.people)


def test_a_code_works_once_and_only_the_newest_and_only_for_five_tries(family):
    first = come_in("111111")
    assert come_in("222222") is not None
    assert devices.try_code(PHONE, "111111", most_tries=5, now=NOW) is None
    found = devices.try_code(PHONE, "222222", most_tries=5, now=NOW)
    assert devices.close(found, now=NOW)
    assert not devices.close(found, now=NOW)
    assert devices.try_code(PHONE, "222222", most_tries=5, now=NOW) is None
    devices.offer_code(PHONE, code="333333", until=LATER, now=NOW)
    for _ in range(5):
        assert devices.try_code(PHONE, "000000", most_tries=5, now=NOW) is None
    assert devices.try_code(PHONE, "333333", most_tries=5, now=NOW) is None
    assert first is not None


def test_a_code_is_over_after_its_time(family):
    devices.offer_code(PHONE, code="123456", until=LATER, now=NOW)
    assert devices.try_code(PHONE, "123456", most_tries=5, now=LATER) is None


def test_a_number_nobody_has_takes_a_code_like_any_other():
    devices.offer_code("13899999999", code="123456", until=LATER, now=NOW)
    assert devices.try_code("13899999999", "123456", most_tries=5, now=NOW).people == ()


def test_only_digests_are_kept(family, clean):
    come_in()
    with psycopg.connect(clean) as owner:
        row = owner.execute("SELECT * FROM registry_enrolment").fetchone()
    assert not any(b"123456" in bytes(each) for each in row if isinstance(each, bytes))
    with pytest.raises(Exception, match="permission denied"):
        connection.cursor().execute("SELECT * FROM registry_enrolment")


def test_a_device_speaks_for_its_person_until_it_is_revoked(family):
    officer, mother, *_ = family
    entrant = come_in().holders()[0]
    with acting(oneself(entrant.person, entrant.area)):
        device = devices.enrol_holder(entrant, form=Device.PHONE, public_key=b"key", client="1", until=END, now=NOW)
        again = devices.enrol_holder(entrant, form=Device.PHONE, public_key=b"key", client="2", until=END, now=NOW)
    assert again.pk == device.pk
    found = devices.speaker(device.pk, b"key", now=NOW)
    assert (found.kind, found.person, found.area) == ("holder", mother.pk, "140105")
    assert devices.speaker(device.pk, b"other", now=NOW) is None
    assert devices.speaker(device.pk, b"key", now=END) is None
    with acting(officer):
        mine = devices.devices(officer)
        assert devices.revoke(mine.filter(pk=device.pk), reason="lost", by=officer.by, now=NOW) == [device.pk]
        assert devices.revoke(mine.filter(pk=device.pk), reason="again", by=officer.by, now=NOW) == []
    assert devices.speaker(device.pk, b"key", now=NOW) is None


def test_who_asks_for_oneself_sees_nobody_else(family):
    _, mother, *_ = family
    with acting(oneself(mother.pk, "140105")):
        assert list(Person.objects.values_list("pk", flat=True)) == [mother.pk]
        assert not Device.objects.exclude(person=mother.pk).exists()


def test_edges_hear_of_revoked_devices_until_they_would_have_ended(family, clean):
    officer, *_ = family
    entrant = come_in().holders()[0]
    with acting(oneself(entrant.person, entrant.area)):
        device = devices.enrol_holder(entrant, form=1, public_key=b"key", client="", until=END, now=NOW)
    with psycopg.connect(clean) as owner:
        assert owner.execute("SELECT * FROM edge_revoked_devices()").fetchall() == []
        assert owner.execute("SELECT edge_people()").fetchone() == (Person.objects.using("owner").latest("pk").pk,)
    with acting(officer):
        devices.revoke(devices.devices(officer), reason="lost", by=officer.by, now=NOW)
    with psycopg.connect(clean) as owner:
        assert owner.execute("SELECT * FROM edge_revoked_devices()").fetchall() == [(device.pk,)]
        owner.execute("UPDATE registry_device SET expires_at = %s", [NOW + timedelta(seconds=1)])
        owner.execute("UPDATE registry_device SET revoked_at = %s", [NOW + timedelta(days=1)])
        assert owner.execute("SELECT * FROM edge_revoked_devices()").fetchall() == []


def test_an_officers_token_opens_one_device_in_the_officers_role():
    officer = scope("140105", role="grid_officer")
    with acting(officer):
        token = devices.open_token(officer, area="140105", place=None, device_until=END, until=LATER, now=NOW)
    post = devices.use_token(token, now=NOW)
    assert (post.account, post.role, post.area, post.until) == (officer.account, "grid_officer", "140105", END)
    assert devices.use_token(token, now=NOW) is None
    with acting(officer):
        device = devices.enrol_officer(post, public_key=b"key", client="1", now=NOW)
    assert devices.speaker(device.pk, b"key", now=NOW).account == officer.account


def test_a_limit_counts_for_each_asker_and_opens_again():
    rates = [devices.Rate("network", "203.0.113.0/24", 5, 60), devices.Rate("phone", PHONE, 2, 600)]
    assert [devices.take_turn(rates, now=NOW) for _ in range(3)] == [0, 0, 600]
    other = [rates[0], devices.Rate("phone", "13800000002", 2, 600)]
    assert [devices.take_turn(other, now=NOW) for _ in range(3)] == [0, 0, 60]
    assert devices.take_turn(other, now=NOW + timedelta(seconds=61)) == 539
    assert devices.take_turn(rates, now=NOW + timedelta(seconds=601)) == 0


def test_a_device_that_was_shut_out_is_opened_by_nobody_again(family):
    officer, *_ = family
    entrant = come_in().holders()[0]
    with acting(oneself(entrant.person, entrant.area)):
        device = devices.enrol_holder(entrant, form=Device.PHONE, public_key=b"key", client="1", until=END, now=NOW)
    with acting(officer):
        devices.revoke(devices.devices(officer), reason="lost", by=officer.by, now=NOW)
        assert Device.objects.filter(pk=device.pk).update(revoked_at=None) == 0
        assert Device.objects.filter(pk=device.pk).update(expires_at=END + timedelta(days=900)) == 0


@pytest.mark.parametrize("whose", ["another account", "a resident"])
def test_staff_enrol_devices_for_nobody_but_themselves(family, whose):
    officer, mother, *_ = family
    other = scope("140105", name="other")
    owner = {"kind": "officer", "account_id": other.account} if whose == "another account" else {"person": mother}
    about = {"area": "140105", "public_key": b"key", "enrolled_at": NOW, "expires_at": END, "kind": "holder", **owner}
    with pytest.raises(Exception, match="row-level security"), acting(officer):
        Device.objects.create(**about)
