"""Registering, finding, revealing; the glass; keys that change."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection

from yanmen.base.identity import synthetic_resident_id
from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.registry.tests.conftest import NOW, person, scope

pytestmark = pytest.mark.usefixtures("shanxi")


def test_the_same_document_is_registered_once():
    from yanmen.registry.scope import acting

    with acting(scope("1401")):
        first = person("140121", serial=1)
        assert person("140121", serial=1) == first
        assert first.synthetic
        assert first.born_on == date(1980, 5, 4)
        assert first.sex == "female"


def test_nothing_secret_stands_in_the_clear():
    from yanmen.registry.scope import acting

    number = synthetic_resident_id(1, born_on=date(1980, 5, 4), sex="female")
    with acting(scope("1401")), connection.cursor() as cursor:
        person("140121", serial=1, phone="13800001234")
        cursor.execute("SELECT registry_person::text FROM registry_person")
        (row,) = cursor.fetchone()
    for secret in (number, "13800001234"):
        assert secret not in row
        assert secret.encode().hex() not in row


def test_registering_somebody_from_elsewhere_takes_them_over_and_records_the_move():
    from yanmen.registry.models import Move, Person
    from yanmen.registry.scope import acting

    here, there = scope("140121"), scope("140213")
    with acting(there):
        theirs = person("140213", serial=5)
    with acting(here):
        assert person("140121", serial=5) == theirs
        move = Move.objects.get()
        assert (move.from_area, move.to_area, move.person_id) == ("140213", "140121", theirs.pk)
    with acting(there):
        assert not Person.objects.exists()
        assert Move.objects.count() == 1


def test_a_known_document_under_another_name_is_refused_and_the_name_stays_hidden():
    from yanmen.registry.scope import acting

    with acting(scope("1401")):
        person("140121", "郝建国", serial=1)
        with pytest.raises(Refusal) as refusal:
            person("140121", "郝建军", serial=1)
    assert refusal.value.field == "name"
    assert "郝建国" not in refusal.value.zh + refusal.value.en


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", {"name": " "}),
        ("sex", {"sex": "male"}),
        ("born_on", {"born_on": date(1981, 1, 1)}),
        ("born_on", {"born_on": date(2023, 1, 1), "id_number": "", "id_type": ""}),
        ("id_number", {"id_number": "990000198005040021"}),
        ("id_type", {"id_type": "library_card"}),
        ("phone", {"phone": "123"}),
        ("area", {"area": "140"}),
    ],
)
def test_what_contradicts_itself_is_refused_by_field(field, wrong):
    from yanmen.registry.people import register_person
    from yanmen.registry.scope import acting

    number = synthetic_resident_id(1, born_on=date(1980, 5, 4), sex="female")
    good = {"name": "武爱莲", "id_type": "resident", "id_number": number, "area": "140121"}
    with pytest.raises(Refusal) as refusal, acting(scope("1401")):
        register_person(**{**good, **wrong}, by="x", now=NOW)
    assert refusal.value.field == field


def test_search_finds_by_document_phone_number_and_name_inside_the_scope_only():
    from yanmen.registry.people import find_by_id_number, search
    from yanmen.registry.scope import acting

    own, other = scope("140121"), scope("140213")
    number = synthetic_resident_id(9, born_on=date(1980, 5, 4), sex="female")
    with acting(own):
        someone = person("140121", "尉迟静", serial=9, phone="+86 138 0000 9999")
        for text in (number, "13800009999", "尉迟", str(someone.pk)):
            assert search(own, text) == [someone]
        assert find_by_id_number(own, number.lower()) == someone
        assert search(own, "  ") == []
    with acting(other):
        assert search(other, number) == []
        assert find_by_id_number(other, number) is None


def test_revealing_needs_a_reason_and_leaves_a_trace():
    from yanmen.registry.models import AccessLog
    from yanmen.registry.people import masked, reveal
    from yanmen.registry.scope import acting

    own = scope("140121")
    with acting(own):
        someone = person("140121", serial=9, phone="13800009999")
        assert masked(someone, "phone") == "138****9999"
        with pytest.raises(Refusal):
            reveal(own, someone, "phone", reason=" ", now=NOW)
        assert reveal(own, someone, "phone", reason="核对流调电话 13912345678", now=NOW) == "13800009999"
        trace = AccessLog.objects.get()
    assert trace.person_id == someone.pk
    assert trace.what == "reveal phone"
    assert "13912345678" not in trace.reason
    assert trace.account_id == own.account


def test_the_glass_opens_one_person_for_three_hours_and_they_are_told():
    from yanmen.registry.access import break_glass, notices_of
    from yanmen.registry.models import AccessLog, EmergencyAccess, Person
    from yanmen.registry.scope import acting

    theirs, mine = scope("140213"), scope("140121")
    with acting(theirs):
        wanted, other = person("140213", "贺兰", serial=1), person("140213", "贺梅", serial=2)
    opened = break_glass(mine, wanted.pk, reason="夜间急诊，需要联系其家属并核对病史", now=NOW)
    with acting(opened, now=NOW + timedelta(hours=2, minutes=59)):
        assert list(Person.objects.all()) == [wanted]
    with acting(opened, now=NOW + timedelta(hours=3)):
        assert not Person.objects.exists()
    with acting(mine, now=NOW):
        assert not Person.objects.exists()
    with acting(theirs):
        (notice,) = notices_of(theirs, wanted.pk)
        assert "夜间急诊" in notice.zh
        assert "夜间急诊" in notice.en
        assert not notices_of(theirs, other.pk)
    with acting(scope("14", purpose="inspection")):
        assert AccessLog.objects.get(what="emergency").person_id == wanted.pk
        assert EmergencyAccess.objects.get().closes_at == NOW + timedelta(hours=3)


def test_the_glass_stays_shut_without_a_reason_an_account_or_a_purpose():
    from yanmen.registry.access import break_glass
    from yanmen.registry.scope import acting, system

    with acting(scope("140213")):
        wanted = person("140213", serial=1)
    mine = scope("140121")
    with pytest.raises(Refusal):
        break_glass(mine, wanted.pk, reason="急", now=NOW)
    for wrong in (system("14"), scope("14", purpose="statistics")):
        with pytest.raises(NotAllowed):
            break_glass(wrong, wanted.pk, reason="夜间急诊，需要联系其家属", now=NOW)
    with pytest.raises(Refusal):
        break_glass(mine, 999_999, reason="夜间急诊，需要联系其家属", now=NOW)
    with pytest.raises(DatabaseError), acting(mine), connection.cursor() as cursor:
        cursor.execute("SELECT registry_break_glass(%s, 'r', 'short', %s)", [wanted.pk, NOW])


def test_rotation_seals_everything_with_the_new_key_and_nobody_is_lost(tmp_path, settings_keyring):
    from yanmen.base.sealing import key_name
    from yanmen.registry.models import Person
    from yanmen.registry.people import search, unsealed
    from yanmen.registry.rotation import rotate
    from yanmen.registry.scope import acting
    from yanmen.registry.vault import ring

    own = scope("1401")
    with acting(own):
        for serial in range(5):
            person("140121", f"某{serial}", serial=serial, phone=f"1380000000{serial}")
    assert rotate("second") == 5
    assert list(ring().sealing) == ["second"]
    with acting(own):
        for each in Person.objects.all():
            assert key_name(bytes(each.phone_sealed)) == key_name(bytes(each.id_number_sealed)) == "second"
            assert unsealed(each, "phone").startswith("1380000000")
        assert len(search(own, "13800000003")) == 1
    assert rotate("second") == 0
