"""Identity numbers, credit codes and telephone numbers: checked, normalised and masked.

Resident identity numbers: GB 11643-1999 (ISO 7064 MOD 11-2). Unified social credit codes: GB 32100-2015.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from operator import mul

from yanmen.base.area_codes import valid as valid_area
from yanmen.base.refusals import Refusal

RESIDENT = "resident"
_CHECK = "10X98765432"
_WEIGHTS = [1 << 17 - place for place in range(17)]
_SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{2,3}[2-9]\d{6,7}", re.ASCII)
_ABROAD = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_PAPER = re.compile(r"[A-Z0-9]{5,20}", re.ASCII)
# Holders of a residence permit for Hong Kong, Macao and Taiwan residents.
_PERMIT_REGIONS = ("810000", "820000", "830000")
# No province is 99: numbers made up for drills start with it, so they can never be somebody's.
SYNTHETIC_PREFIX = "99"
OLDEST = date(1880, 1, 1)


@dataclass(frozen=True)
class ResidentId:
    """A checked resident identity number and what it says."""

    number: str
    born_on: date
    sex: str
    region: str

    @property
    def synthetic(self) -> bool:
        """Made up for a drill."""
        return self.number.startswith(SYNTHETIC_PREFIX)


def check_digit(first17: str) -> str:
    """The eighteenth character of a resident identity number (GB 11643-1999, section 4.1)."""
    return _CHECK[sum(map(mul, map(int, first17), _WEIGHTS)) % 11]


def resident_id(text: str, *, today: date | None = None) -> ResidentId:
    """Read a resident identity number; a refusal names what is wrong with it."""
    number = re.sub(r"[\s\-]", "", text).upper()
    if not _SHAPE.fullmatch(number):
        raise _bad_id(number, "应为 18 位（前 17 位为数字）", "it needs 18 characters, the first 17 digits")
    if check_digit(number[:17]) != number[17]:
        raise _bad_id(number, "校验码不符，请核对原件", "its check digit does not fit; compare with the document")
    if not _region_exists(number):
        raise _bad_id(number, "前六位不是行政区划代码", "its first six digits name no region")
    born_on = _birth_date(number)
    if born_on is None or born_on < OLDEST or (today is not None and born_on > today):
        raise _bad_id(number, "出生日期不存在", "its birth date does not exist")
    sex = "male" if int(number[16]) % 2 else "female"
    return ResidentId(number, born_on, sex, number[:6])


def is_resident_id(text: str) -> bool:
    """Whether this is a well-formed resident identity number."""
    try:
        resident_id(text)
    except Refusal:
        return False
    return True


def synthetic_resident_id(serial: int, *, born_on: date, sex: str) -> str:
    """A number with a right check digit and an impossible region (99…): 5 million for each birth date and sex."""
    region, place = divmod(serial, 500)
    order = place * 2 + (1 if sex == "male" else 0)
    if region > 9999:
        raise ValueError(f"Serial {serial} is too large: at most 4,999,999 for one birth date and sex.")
    first17 = f"{SYNTHETIC_PREFIX}{region:04d}{born_on:%Y%m%d}{order:03d}"
    return first17 + check_digit(first17)


def document_number(id_type: str, text: str, *, today: date | None = None) -> str:
    """The normalised number of any identity document; resident numbers are checked in full."""
    if id_type == RESIDENT:
        return resident_id(text, today=today).number
    number = re.sub(r"[\s\-]", "", text).upper()
    if not _PAPER.fullmatch(number):
        raise Refusal(
            "证件号码应为 5 至 20 位字母或数字，请核对原件。",
            "A document number has 5 to 20 letters or digits; compare with the document.",
            field="id_number",
            value=mask(number),
        )
    return number


def phone_number(text: str) -> str:
    """A telephone number without decoration: 13800000000, 03511234567, or +44… from abroad."""
    digits = re.sub(r"[\s\-()（）.]", "", text)
    digits = re.sub(r"^(\+86|0086|86(?=1[3-9]\d{9}$))", "", digits)
    digits = re.sub(r"^00", "+", digits)
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) or _ABROAD.fullmatch(digits):
        return digits
    raise Refusal(
        "电话号码应为 11 位手机号、带区号的座机号，或以 + 开头的境外号码。",
        "Give an 11-digit mobile number, a landline with its area code, or a number from abroad starting with +.",
        field="phone",
        value=mask(digits),
    )


def credit_code(text: str) -> str:
    """A unified social credit code, checked (GB 32100-2015)."""
    code = re.sub(r"[\s\-]", "", text).upper()
    if len(code) == 18 and all(each in _CREDIT for each in code) and code[2:8].isdigit():
        total = sum(_CREDIT.index(each) * pow(3, place, 31) for place, each in enumerate(code[:17]))
        if _CREDIT[-total % 31] == code[17]:
            return code
    raise Refusal(
        "统一社会信用代码应为 18 位且校验码相符，请核对营业执照。",
        "A unified social credit code has 18 characters and a fitting check character; compare with the licence.",
        field="credit_code",
        value=text,
    )


def mask(number: str) -> str:
    """Enough to recognise, too little to use: 140105********001X, 138****0000."""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    if len(number) >= 8:
        return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"
    return "*" * len(number)


def mask_name(name: str) -> str:
    """A name for lists that outsiders may see: 张*, 欧阳**, W***."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


_SECRETS = re.compile(r"(?<!\d)(\d{17}[\dXx]|(?:\+86)?1[3-9]\d{9})(?!\d)", re.ASCII)


def scrub(text: str) -> str:
    """Free text with every identity number and mobile number in it masked: for logs and errors."""
    hide: Callable[[re.Match[str]], str] = lambda found: mask(found.group())  # noqa: E731
    return _SECRETS.sub(hide, text)


def _region_exists(number: str) -> bool:
    if number.startswith(SYNTHETIC_PREFIX):
        return True
    if number.startswith("9"):  # a foreigner's permanent residence card of 2023: 9, province, country
        return valid_area(number[1:3])
    return number[:6] in _PERMIT_REGIONS or valid_area(number[:2])


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _bad_id(number: str, zh: str, en: str) -> Refusal:
    return Refusal(
        f"身份证号有误：{zh}。",
        f"This is not a valid resident identity number: {en}.",
        field="id_number",
        value=mask(number),
    )
