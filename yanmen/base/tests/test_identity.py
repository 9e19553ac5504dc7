"""Identity numbers, credit codes, telephone numbers."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanmen.base import identity
from yanmen.base.refusals import Refusal

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "data" / "cn_identifiers"


def vectors(name: str) -> list[dict[str, str]]:
    path = VECTORS / name
    if not path.exists():
        pytest.skip(f"{path} is not here: the vectors of others are not part of the project")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_resident_numbers_of_others_are_judged_as_they_judge_them():
    rows = vectors("resident_id_cases.csv")
    assert len(rows) >= 11
    for row in rows:
        assert identity.is_resident_id(row["number"]) == (row["valid"] == "1"), row


def test_credit_codes_of_others_are_judged_as_they_judge_them():
    for row in vectors("uscc_cases.csv"):
        if row["valid"] == "1":
            assert identity.credit_code(row["number"])
        else:
            with pytest.raises(Refusal):
                identity.credit_code(row["number"])


def test_the_number_says_birth_date_sex_and_region():
    card = identity.resident_id("1101 0519 4912 3100 2x")
    assert (card.number, card.born_on, card.sex, card.region) == (
        "11010519491231002X",
        date(1949, 12, 31),
        "female",
        "110105",
    )
    assert not card.synthetic


def test_nobody_is_born_tomorrow():
    number = identity.synthetic_resident_id(1, born_on=date(2022, 10, 8), sex="male")
    assert identity.resident_id(number, today=date(2022, 10, 8)).synthetic
    with pytest.raises(Refusal):
        identity.resident_id(number, today=date(2022, 10, 7))


@given(st.integers(0, 4_999_999), st.dates(date(1900, 1, 1), date(2022, 12, 31)), st.sampled_from(["male", "female"]))
def test_a_synthetic_number_is_well_formed_and_belongs_to_no_province(serial, born_on, sex):
    card = identity.resident_id(identity.synthetic_resident_id(serial, born_on=born_on, sex=sex))
    assert card.synthetic
    assert card.born_on == born_on
    assert card.sex == sex
    assert card.number[:2] == "99"


def test_synthetic_numbers_differ():
    made = {identity.synthetic_resident_id(n, born_on=date(1990, 1, 1), sex="male") for n in range(2000)}
    assert len(made) == 2000


@given(st.integers(0, 4_999_999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(serial, place, shift):
    number = identity.synthetic_resident_id(serial, born_on=date(1990, 1, 1), sex="male")
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not identity.is_resident_id(wrong)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800001234", "13800001234"), ("+86 138-0000-1234", "13800001234"), ("0086 13800001234", "13800001234"),
        ("8613800001234", "13800001234"), ("0351-4567890", "03514567890"), ("(0351) 4567890", "03514567890"),
        ("+44 20 7946 0000", "+442079460000"), ("0044 20 7946 0000", "+442079460000"),
    ],
)  # fmt: skip
def test_a_telephone_number_is_kept_without_decoration(typed, kept):
    assert identity.phone_number(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "123", "12800001234", "1380000123", "138000012345", "abc", "１３８００００１２３４"]
)
def test_what_is_no_telephone_number_is_refused(typed):
    with pytest.raises(Refusal) as refusal:
        identity.phone_number(typed)
    assert refusal.value.field == "phone"


def test_masks_hide_and_free_text_is_scrubbed():
    assert identity.mask("11010519491231002X") == "110105********002X"
    assert identity.mask("13800001234") == "138****1234"
    assert identity.mask("E123") == "****"
    assert identity.mask_name("欧阳娜娜") == "欧***"
    text = identity.scrub("请联系 13800001234，证件 11010519491231002X，编号 1234567890123456789。")
    assert text == "请联系 138****1234，证件 110105********002X，编号 1234567890123456789。"


def test_a_refusal_never_carries_the_number_in_clear():
    for wrong in ("340524198001010013", "138000012345"):
        for read in (identity.resident_id, identity.phone_number):
            with pytest.raises(Refusal) as refusal:
                read(wrong)
            assert wrong not in f"{refusal.value.zh}{refusal.value.en}{refusal.value.value}"


def test_other_documents_are_checked_for_shape():
    assert identity.document_number("passport", "e 1234 5678") == "E12345678"
    with pytest.raises(Refusal):
        identity.document_number("passport", "护照")
