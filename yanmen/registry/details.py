"""What is said about a person when they are registered: made to fit, or refused by field."""

from dataclasses import dataclass, replace
from datetime import date

from yanmen.base import identity
from yanmen.base.area_codes import level_of
from yanmen.base.refusals import Refusal

SEXES = {"": ("未说明", "Not stated"), "female": ("女", "Female"), "male": ("男", "Male")}
ID_TYPES = {
    "": ("无证件", "No document"),
    "resident": ("居民身份证", "Resident identity card"),
    "passport": ("护照", "Passport"),
    "hk_macao_permit": ("港澳居民来往内地通行证", "Mainland travel permit (Hong Kong and Macao)"),
    "taiwan_permit": ("台湾居民来往大陆通行证", "Mainland travel permit (Taiwan)"),
    "permanent_residence": ("外国人永久居留身份证", "Permanent residence card"),
    "birth_certificate": ("出生医学证明", "Birth certificate"),
    "other": ("其他证件", "Other document"),
}


@dataclass(frozen=True)
class Details:
    """What somebody says about a person, as typed; `checked` makes it fit or refuses it."""

    name: str
    area: str
    sex: str = ""
    born_on: date | None = None
    id_type: str = ""
    id_number: str = ""
    phone: str = ""
    address: str = ""
    guardian: int | None = None
    household: int | None = None
    post: str = ""
    synthetic: bool = False

    def checked(self, today: date) -> "Details":
        """Normalised, with birth date and sex filled in from the document. Refuses what contradicts itself."""
        if not self.name.strip():
            raise Refusal("缺少姓名，请补上。", "The name is missing. Add it.", field="name")
        level_of(self.area)
        if self.sex not in SEXES:
            raise Refusal(
                "性别请填“男”或“女”。", "Give male or female, or leave it empty.", field="sex", value=self.sex
            )
        phone = identity.phone_number(self.phone) if self.phone else ""
        if self.born_on and not identity.OLDEST <= self.born_on <= today:
            raise Refusal(
                "出生日期不可能在今天之后或太早，请核对。",
                "The birth date lies in the future or too far back. Check it.",
                field="born_on",
                value=self.born_on.isoformat(),
            )
        found = replace(self, name=" ".join(self.name.split()), address=self.address.strip(), phone=phone)
        return found._with_document(today) if self.id_number else replace(found, id_type="")

    def _with_document(self, today: date) -> "Details":
        kind = self.id_type or identity.RESIDENT
        if kind not in ID_TYPES:
            raise Refusal(
                "没有这种证件类型，请从列表中选择。", "There is no such document type. Choose from the list.",
                field="id_type", value=kind,
            )  # fmt: skip
        if kind != identity.RESIDENT:
            number = identity.document_number(kind, self.id_number, today=today)
            return replace(self, id_type=kind, id_number=number)
        card = identity.resident_id(self.id_number, today=today)
        if self.born_on not in (None, card.born_on):
            raise Refusal(
                "出生日期与身份证号不符，请核对其一。", "The birth date is not the one on the document. Correct one of them.",
                field="born_on", value=str(self.born_on),
            )  # fmt: skip
        if self.sex not in ("", card.sex):
            raise Refusal(
                "性别与身份证号不符，请核对其一。", "The sex is not the one on the document. Correct one of them.",
                field="sex", value=self.sex,
            )  # fmt: skip
        synthetic = self.synthetic or card.synthetic
        return replace(
            self, id_type=kind, id_number=card.number, born_on=card.born_on, sex=card.sex, synthetic=synthetic
        )
