"""The form of an investigation: what is known stands there with its source, only what is missing is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict

from yanmen.base.refusals import Refusal
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.methods.words import SEVERITIES, SYMPTOMS
from yanmen.subsystems.cases.pages.fields import Field, Title, said, text_of
from yanmen.subsystems.cases.pages.forms import day_of, degrees_of, moment_of, moment_or_none

ASKED: Mapping[str, Field] = {
    "onset_on": Field("onset_on", said("发病日期", "Day of onset"), "date"),
    "symptoms": Field("symptoms", said("症状", "Symptoms"), "many", choices=SYMPTOMS),
    "severity": Field("severity", said("临床分型", "Severity"), "choice", choices=SEVERITIES),
    "temperature": Field("temperature", said("最高体温（℃）", "Highest temperature (°C)"), "decimal", most=5),
    "facility": Field("facility", said("收治医院", "Where in care"), most=200),
}
"""Questions that this form answers."""

ELSEWHERE: Mapping[str, Title] = {
    "sampled_on": said("结果报告后自动填入", "comes with the results"),
    "ct": said("结果报告后自动填入", "comes with the results"),
    "immunity": said("在接触者随访中登记", "recorded in the follow-up of contacts"),
    "doses": said("在接触者随访中登记", "recorded in the follow-up of contacts"),
    "exposures": said("在下方逐条核实", "confirm them one by one below"),
    "stays": said("在“核心流调完成”中记录", 'record them with "Core trajectory recorded"'),
    "close": said("由记录查找，或在接触者看板判定", "found from records, or judged on the contact board"),
    "secondary": said("由记录查找，或在接触者看板判定", "found from records, or judged on the contact board"),
    "general": said("由记录查找，或在接触者看板判定", "found from records, or judged on the contact board"),
    "co_residents": said("由记录查找，或在接触者看板判定", "found from records, or judged on the contact board"),
    "infector": said("在“感染来源”中判定", 'told with "Source of the infection"'),
}
"""Where the answer to the others comes from; of those left, the register."""
REGISTER = said("在登记册中补充", "to be added in the register")


@dataclass(frozen=True)
class Part:
    """A section as the page shows it: what is known, and what comes from elsewhere."""

    section: queries.Section
    known: Sequence[queries.Item]
    waits: Sequence[tuple[queries.Item, Title]]


@dataclass(frozen=True)
class Sheet:
    """The form: its parts, the fields that are asked now, and how many questions have an answer."""

    told: queries.Investigation
    parts: Sequence[Part]
    fields: Sequence[Field]
    known: int
    total: int

    @property
    def name(self) -> str:
        """The act that the form is."""
        return "answers"

    @property
    def to_confirm(self) -> int:
        """How many exposures nobody has spoken about."""
        return sum(one.holds is None for one in self.told.exposures)


def sheet(told: queries.Investigation) -> Sheet:
    """What the page shows of an investigation."""
    parts = [
        Part(
            section,
            [item for item in section.items if item.known],
            [(item, ELSEWHERE.get(item.name, REGISTER)) for item in section.missing if item.name not in ASKED],
        )
        for section in told.sections
    ]
    missing = {item.name for item in told.missing}
    items = [item for section in told.sections for item in section.items]
    fields = [field for name, field in ASKED.items() if name in missing]
    return Sheet(told, parts, fields, sum(item.known for item in items), len(items))


def answer(form: QueryDict, about: dict[str, Any], now: datetime) -> None:
    """Record what was answered: the course, and where the person is in care."""
    course: dict[str, Any] = {
        "onset_on": day_of(form.get("onset_on", ""), "onset_on"),
        "symptoms": form.getlist("symptoms"),
        "severity": form.get("severity", ""),
        "temperature": degrees_of(form.get("temperature", "")),
    }
    facility = text_of(form, "facility", 200)
    if not any(value not in ("", None, []) for value in course.values()) and not facility:
        raise Refusal("请至少回答一项。", "Answer at least one question.", field="onset_on")
    if any(value not in ("", None, []) for value in course.values()):
        actions.tell_course(**about, **course)
    if facility:
        actions.admit(**about, facility=facility)


def confirm(form: QueryDict, about: dict[str, Any], now: datetime) -> None:
    """Say of one record whether it holds: `exposure` is its id and yes or no."""
    basis, _, word = form.get("exposure", "").partition(":")
    if word not in ("yes", "no"):
        raise Refusal("请选择属实或否认。", "Say yes or no.", field="exposure", value=word[:20])
    try:
        record = UUID(basis)
    except ValueError:
        raise Refusal("没有这条记录。", "There is no such record.", field="exposure", value=basis[:40]) from None
    actions.confirm_exposures(**about, exposures=[actions.ExposureSaid(basis=record, holds=word == "yes")])


def add(form: QueryDict, about: dict[str, Any], now: datetime) -> None:
    """Add a place that no record shows."""
    since = moment_of(form.get("since", ""), "since") if form.get("since") else None
    one = actions.ExposureSaid(
        where=text_of(form, "where", 200), since=since, until=moment_or_none(form.get("until", ""), "until"),
        note=text_of(form, "note"),
    )  # fmt: skip
    actions.confirm_exposures(**about, exposures=[one])
