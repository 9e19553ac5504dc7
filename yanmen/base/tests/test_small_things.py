"""Area codes, clocks, ids, flows, signatures."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanmen.base import area_codes, clock, ids
from yanmen.base.flow import Flow
from yanmen.base.refusals import Refusal
from yanmen.base.signing import FileSigner, key_id_of, verify

CODES = {"14": "province", "1401": "city", "140105": "county", "140105001": "township", "140105001001": "village"}


def test_a_code_says_its_level_its_parent_and_its_ancestors():
    assert {code: area_codes.level_of(code).value for code in CODES} == CODES
    assert [area_codes.parent_of(code) for code in CODES] == [None, "14", "1401", "140105", "140105001"]
    assert area_codes.ancestors_of("140105001001") == list(CODES)
    assert area_codes.at_level("140105001", area_codes.Level.CITY) == "1401"
    assert area_codes.at_level("14", area_codes.Level.CITY) is None


@pytest.mark.parametrize("code", ["", "1", "140", "140000", "1400", "99", "14010a", "１４", "140105000"])
def test_what_is_no_trimmed_code_is_refused(code):
    with pytest.raises(Refusal):
        area_codes.level_of(code)


def test_padded_forms_come_and_go():
    assert [area_codes.trim(code) for code in ("140000", "140100000000", "140105001000", "140105")] == [
        "14",
        "1401",
        "140105001",
        "140105",
    ]
    assert area_codes.pad6("1401") == "140100"
    assert area_codes.pad12("140105001") == "140105001000"
    assert area_codes.is_development_zone("140171")
    assert not area_codes.is_development_zone("140181")
    assert area_codes.contains("1401", "140105")
    assert not area_codes.contains("", "14")
    assert not area_codes.contains("140105", "1401")


def test_the_local_day_begins_at_midnight_in_shanxi():
    assert clock.local_date(datetime(2022, 10, 6, 15, 59, tzinfo=UTC)) == date(2022, 10, 6)
    assert clock.local_date(datetime(2022, 10, 6, 16, 0, tzinfo=UTC)) == date(2022, 10, 7)
    assert clock.start_of(date(2022, 10, 7)) == datetime(2022, 10, 6, 16, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        clock.local_date(datetime(2022, 10, 7))  # noqa: DTZ001


def test_a_fixed_clock_moves_when_it_is_moved():
    fixed = clock.FixedClock(clock.at(date(2022, 10, 7), 9))
    assert fixed.move(timedelta(hours=1)) == fixed.now() == clock.at(date(2022, 10, 7), 10)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_ids_carry_their_time_and_do_not_repeat(now):
    made = ids.uuid7s(now, 50)
    assert len(set(made)) == 50
    assert all(each.version == 7 and each.variant == "specified in RFC 4122" for each in made)
    assert abs(ids.moment_of(made[0]) - now.timestamp()) < 0.002
    assert ids.uuid7(now) < ids.uuid7(now + timedelta(milliseconds=2))


def test_a_flow_allows_its_steps_and_names_them_otherwise():
    stay = Flow("stay", {"due": {"check_in": "staying", "cancel": "cancelled"}, "staying": {}, "cancelled": {}})
    assert stay.start == "due"
    assert stay.after("due", "check_in") == "staying"
    assert stay.ends_in("staying")
    assert not stay.can("staying", "cancel")
    with pytest.raises(Refusal, match="check_in, cancel"):
        stay.after("due", "release")
    with pytest.raises(ValueError, match="no line of its own"):
        Flow("stay", {"due": {"go": "gone"}})


def test_signatures_hold_for_their_key_and_message_alone(tmp_path):
    signer = FileSigner.open(tmp_path / "signing.pem")
    same = FileSigner.open(tmp_path / "signing.pem")
    signature = signer.sign(b"list 12")
    assert len(signature) == 64
    assert same.key_id == signer.key_id == key_id_of(signer.public_key)
    assert verify(public_key=same.public_key, message=b"list 12", signature=signature)
    assert not verify(public_key=same.public_key, message=b"list 13", signature=signature)
    assert not verify(public_key=FileSigner.generate().public_key, message=b"list 12", signature=signature)
    assert not verify(public_key=same.public_key, message=b"list 12", signature=signature[:-1])


def test_a_refusal_speaks_the_language_of_the_reader():
    refusal = Refusal("请补上。", "Add it.", field="name")
    assert refusal.said("zh-hans") == "请补上。"
    assert refusal.said("en-gb") == "Add it." == str(refusal)
