"""What may be answered at a door: for each kind of fact its fields, and reading them as people type them.

Names of kinds are others' words; this is the one place where the form says which it writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from yanmen.base.refusals import Refusal
from yanmen.subsystems.grid.methods.words import CHOSEN, HOME, NEEDS, RESULTS, SPECIAL, WAYS

Title = Mapping[str, str]
YES, NO = ("yes", "true", "on", "1"), ("no", "false", "0")


@dataclass(frozen=True)
class Field:
    """One answer: how it is written, and whether it must be there."""

    name: str
    type: str
    zh: str
    en: str
    needed: bool = False
    options: Mapping[str, Title] = field(default_factory=dict)
    least: float = 0
    most: float = 0


VISITED, RELEASE_CHECKED = "arrivals.visited", "arrivals.released_checked"
SAMPLED, RESULT = "screening.sampled", "screening.result"
DOOR_VISITED, HOME_CHECKED = "quarantine.door_visited", "quarantine.home_checked"
SYMPTOMS, NEED_TOLD, NEED_MET = "quarantine.symptoms_told", "quarantine.need_told", "quarantine.need_met"
ANSWERED = "grid.answered"
TICKED = (VISITED, RELEASE_CHECKED, SAMPLED)
"""Asked with one tick: that it was done is all there is to say."""

TITLES: Mapping[str, Title] = {
    VISITED: {"zh": "上门核查", "en": "Visit at home"},
    RELEASE_CHECKED: {"zh": "解除前核对", "en": "Check before release"},
    SAMPLED: {"zh": "解除前采样", "en": "Sample before release"},
    RESULT: {"zh": "抗原检测", "en": "Antigen test"},
    HOME_CHECKED: {"zh": "居家隔离条件", "en": "Is the home fit?"},
    DOOR_VISITED: {"zh": "上门探视", "en": "Visit at the door"},
    SYMPTOMS: {"zh": "体温和症状", "en": "Temperature and symptoms"},
    NEED_TOLD: {"zh": "提出需求", "en": "They need something"},
    NEED_MET: {"zh": "需求已解决", "en": "A need was met"},
    ANSWERED: {"zh": "登记表问题", "en": "Question of a form"},
}
"""What an answer of a kind is called where its own question says nothing closer."""

_CELSIUS = Field("celsius", "number", "体温（℃）", "Temperature (°C)", least=34, most=43)
_SYMPTOMS = Field("symptoms", "text", "症状（没有则不填）", "Symptoms (empty if none)")
_NOTE = Field("note", "text", "备注", "Note")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    VISITED: (Field("journey", "text", "行程", "Journey"), _NOTE),
    RELEASE_CHECKED: (Field("journey", "text", "行程", "Journey"), _NOTE),
    SAMPLED: (),
    RESULT: (Field("result", "choice", "抗原结果", "Result of the antigen test", True, RESULTS),),
    DOOR_VISITED: (Field("found", "yes", "见到本人", "The person was there", True), _CELSIUS, _SYMPTOMS, _NOTE),
    HOME_CHECKED: (
        *(Field(name, "yes", title["zh"], title["en"], True) for name, title in HOME.items()),
        Field("special", "choice", "特殊情况", "Special circumstances", options=SPECIAL),
        Field("chosen", "choice", "本人意愿", "What the person wants", options=CHOSEN),
        _NOTE,
    ),
    SYMPTOMS: (_CELSIUS, _SYMPTOMS, Field("how", "choice", "方式", "How it was told", options=WAYS)),
    NEED_TOLD: (
        Field("need", "choice", "需要什么", "What is needed", True, NEEDS),
        Field("urgent", "yes", "紧急", "Urgent"),
        Field("text", "text", "具体内容", "In detail"),
    ),
    NEED_MET: (Field("told", "uuid", "需求", "Need", True), Field("how", "text", "怎样解决的", "How it was met", True)),
    ANSWERED: (
        Field("form", "whole", "报表", "Form", True, most=10**9),
        Field("question", "text", "问题", "Question", True),
        Field("answer", "text", "回答", "Answer", True),
    ),
}
LONGEST = 300


def read(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The detail of a fact as it was said, each value read; refused with field, value and remedy."""
    if kind not in FIELDS:
        raise Refusal(
            f"入户登记不能记录“{kind}”。可选：{'、'.join(FIELDS)}。",
            f'Nothing of the kind "{kind}" is recorded at a door. Choose one of: {", ".join(FIELDS)}.',
            field="kind",
            value=kind[:60],
        )
    known = {each.name: each for each in FIELDS[kind]}
    for name in said:
        if name not in known:
            raise Refusal(
                f"{kind}没有字段“{name}”，可填：{'、'.join(known) or '无'}。",
                f'{kind} has no field "{name}". There is: {", ".join(known) or "none"}.',
                field=str(name)[:40],
            )
    detail = {}
    for each in known.values():
        value = read_value(each, said.get(each.name))
        if value not in (None, ""):
            detail[each.name] = value
        elif each.needed:
            raise Refusal(f"请填写“{each.zh}”。", f'Answer "{each.en}".', field=each.name)
    if kind == SYMPTOMS and not detail.keys() & {"celsius", "symptoms"}:
        raise Refusal("请填写体温或症状。", "Give a temperature or symptoms.", field="symptoms")
    return detail


def read_value(asked: Field, said: Any) -> Any:
    """One value as people type it; nothing where nothing was said."""
    text = "yes" if said is True else "no" if said is False else "" if said is None else str(said).strip()
    if not text:
        return None
    if asked.type == "yes":
        if text.lower() not in YES + NO:
            raise _wrong(asked, text, "是或否", "yes or no")
        return text.lower() in YES
    if asked.type in ("number", "whole"):
        return _number(asked, text)
    if asked.type == "choice":
        if text not in asked.options:
            names = "、".join(each["zh"] for each in asked.options.values())
            raise _wrong(asked, text, f"其中之一：{names}", "one of: " + ", ".join(asked.options))
        return text
    if asked.type == "uuid":
        try:
            return str(UUID(text))
        except ValueError:
            raise _wrong(asked, text, "编号", "a number of a record") from None
    if len(text) > LONGEST:
        raise _wrong(asked, text[:40], f"不超过{LONGEST}字", f"at most {LONGEST} characters")
    return text


def _number(asked: Field, text: str) -> float | int:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not asked.least <= value <= asked.most or (asked.type == "whole" and value % 1):
        raise _wrong(
            asked, text, f"{asked.least:g}至{asked.most:g}之间的数", f"a number from {asked.least:g} to {asked.most:g}"
        )
    return int(value) if asked.type == "whole" else value


def _wrong(asked: Field, value: str, zh: str, en: str) -> Refusal:
    return Refusal(
        f"“{asked.zh}”填写有误，应为{zh}。", f'"{asked.en}" should be {en}.', field=asked.name, value=value[:60]
    )
