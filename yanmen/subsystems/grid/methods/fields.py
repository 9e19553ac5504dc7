"""What a worker knows of a household and of the people in it: the fields, in both languages, and reading them as people type them."""

from __future__ import annotations

from collections.abc import Mapping

from yanmen.base import identity
from yanmen.base.refusals import Refusal
from yanmen.subsystems.grid.methods.answers import Field, read_value
from yanmen.subsystems.grid.methods.words import LIVES

LIVES_HERE = "lives_here"
MOST_AT_HOME = 99
HOUSEHOLD: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("people_at_home", "whole", "现住人数", "People living there", most=MOST_AT_HOME),
        Field("contact_phone", "phone", "联系电话", "Telephone of the household"),
        Field("how_to_reach", "text", "怎样联系或进门", "How to reach them"),
        Field("locked", "yes", "楼门或房门上锁", "The building or the door is locked"),
    )
}
PERSON: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field(LIVES_HERE, "choice", "是否住在这里", "Lives here", options=LIVES),
        Field("reached_by", "phone", "本人电话", "Telephone of the person"),
        Field("alone_elderly", "yes", "独居老人", "Old and living alone"),
        Field("cannot_go_out", "yes", "不能出门", "Cannot go out"),
        Field("language", "text", "使用的语言", "Language spoken"),
        Field("note", "text", "备注", "Note"),
    )
}


def field_of(name: str, *, person: bool) -> Field:
    """A field of a person, or of a household; refused where there is none of that name."""
    known = PERSON if person else HOUSEHOLD
    if name not in known:
        raise Refusal(
            f"{'人员' if person else '住户'}没有字段“{name[:40]}”，可填：{'、'.join(known)}。",
            f'A {"person" if person else "household"} has no field "{name[:40]}". There is: {", ".join(known)}.',
            field="field",
            value=name[:40],
        )
    return known[name]


def secret(field: Field) -> bool:
    """Whether a value of the field is sealed and shown masked."""
    return field.type == "phone"


def read_field(field: Field, said: str) -> str:
    """The one way a value is written, whoever typed it; empty where somebody takes back what was said."""
    text = said.strip()
    if not text:
        return ""
    if field.type == "phone":
        try:
            return identity.phone_number(text)
        except Refusal as fault:
            raise fault.about(field.name, fault.value) from None
    value = read_value(field, text)
    return "yes" if value is True else "no" if value is False else str(value)


def shown(field: Field, value: str) -> str:
    """A value as lists and telephones show it: a secret masked."""
    return identity.mask(value) if secret(field) else value


def titles(field: Field, value: str) -> dict[str, str]:
    """A value in words."""
    if field.type == "yes" and value:
        return {"yes": {"zh": "是", "en": "yes"}, "no": {"zh": "否", "en": "no"}}[value]
    if field.type == "choice" and value in field.options:
        return dict(field.options[value])
    text = shown(field, value)
    return {"zh": text, "en": text}
