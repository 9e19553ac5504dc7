"""A registry of forms that can say no: what facts answer already is not asked of the grid again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.modes import numbers_in
from yanmen.registry import areas
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.methods.form_costs import asked_before, minutes_a_week, plain
from yanmen.subsystems.grid.models import Form
from yanmen.subsystems.grid.queries import forms as known_forms

LONGEST, MOST_DAYS, LASTS_DAYS = 60, 90, 90


@dataclass(frozen=True)
class Wanted:
    """A question of a form: its wording, and the field that already holds the answer, where the office knows one."""

    title: str
    field: str = ""


@transaction.atomic
def ask_form(
    *, scope: Scope, area: str, title: str, office: str, questions: Sequence[Wanted], every_days: int, by: str, now: datetime,
    purpose: str = "", ends_on: date | None = None,
) -> Form:  # fmt: skip
    """Register a form, asking only what nobody has answered. Refused where every answer exists, with the place of each."""
    areas.area(area)
    scope.require(area)
    today = local_date(now)
    norm = numbers_in(area, "grid.forms", today)
    until = ends_on or today + timedelta(days=LASTS_DAYS)
    _check(title, office, questions, every_days, until, today, norm)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [7342, int(area[:6])])
    if Form.objects.filter(area=area, title=title.strip(), ended_at=None).exists():
        raise Refusal("已有同名报表。", "There is a form of this title.", field="title", value=title[:60])
    known, new = _sorted(scope, area, questions, now)
    if not new:
        raise Refusal(
            "不予下发：所有问题都已有答案，请直接查询——"
            + "；".join(f"“{each['title']}”见{each['zh']}" for each in known),
            "Not sent out: every question is answered already. Look it up: "
            + "; ".join(f'"{each["title"]}" in {each["en"]}' for each in known),
            field="questions",
            value=title.strip()[:60],
        )
    if len(new) > int(norm.get("most_questions", 12)):
        raise Refusal(
            f"一张表至多{norm['most_questions']}个新问题，请精简。",
            f"A form has at most {norm['most_questions']} new questions. Ask less.",
            field="questions",
            value=str(len(new)),
        )
    doors = known_forms.doors_of(scope, area)
    seconds = float(norm.get("seconds_a_question", 0))
    asked = minutes_a_week(
        doors=doors, questions=len(questions), every_days=every_days, seconds=seconds,
        seconds_a_door=float(norm.get("seconds_a_door", 0)),
    )  # fmt: skip
    return Form.objects.create(
        area=area, title=title.strip(), office=office.strip(), purpose=purpose.strip()[:300],
        questions=[{"key": plain(each.title)[:60], "title": each.title.strip()} for each in new], known=known,
        every_days=every_days, doors=doors, minutes_asked=asked,
        minutes=minutes_a_week(doors=doors, questions=len(new), every_days=every_days, seconds=seconds),
        made_at=now, made_by=by, ends_on=until,
    )  # fmt: skip


@transaction.atomic
def end_form(*, scope: Scope, form: int, by: str, now: datetime) -> Form:
    """The form is asked no more."""
    found: Form | None = scope.within(Form.objects, "area").filter(pk=form, ended_at=None).first()
    if found is None:
        raise Refusal(
            "没有这张报表，或已停止。", "There is no such form, or it has ended.", field="form", value=str(form)
        )
    found.ended_at, found.ended_by = now, by
    found.save(update_fields=["ended_at", "ended_by"])
    return found


def _sorted(
    scope: Scope, area: str, questions: Sequence[Wanted], now: datetime
) -> tuple[list[dict[str, str]], list[Wanted]]:
    """Questions that have an answer somewhere, with the place; and those that have none."""
    vocabulary = known_forms.vocabulary(scope, area, now=now)
    known, new, keys = [], [], set()
    for one in questions:
        if one.field and not known_forms.field_exists(scope, one.field):
            raise Refusal(
                f"没有字段“{one.field}”。写作 事实.字段（如 quarantine.door_visited.celsius），或留空。",
                f'There is no field "{one.field}". Write fact.field, such as quarantine.door_visited.celsius, or nothing.',
                field="questions",
                value=one.field[:60],
            )
        where = one.field or asked_before(one.title, vocabulary)
        if where:
            known.append({"title": one.title.strip(), "where": where} | known_forms.place_of(scope, where))
        elif plain(one.title) not in keys:
            keys.add(plain(one.title))
            new.append(one)
    return known, new


def _check(
    title: str, office: str, questions: Sequence[Wanted], every_days: int, until: date, today: date, norm: object
) -> None:
    for field, text in (("title", title), ("office", office)):
        if not text.strip() or len(text) > 120:
            raise Refusal("请填写（120字以内）。", "Fill this in, up to 120 characters.", field=field, value=text[:40])
    if not questions:
        raise Refusal("请至少写一个问题，每行一个。", "Write at least one question, one a line.", field="questions")
    for one in questions:
        if not plain(one.title) or len(one.title) > LONGEST:
            raise Refusal(
                f"问题要写明问什么，{LONGEST}字以内。",
                f"Say what is asked, in up to {LONGEST} characters.",
                field="questions",
                value=one.title[:60],
            )
    least = int(norm.get("asked_again_days", 1)) if isinstance(norm, dict) else 1
    if not least <= every_days <= MOST_DAYS:
        raise Refusal(
            f"频次须为每{least}至{MOST_DAYS}天一次。",
            f"Ask every {least} to {MOST_DAYS} days.",
            field="every_days",
            value=str(every_days),
        )
    if not today <= until <= today + timedelta(days=365):
        raise Refusal(
            "停止日期须在今天至一年内。",
            "A form ends between today and a year from now.",
            field="ends_on",
            value=until.isoformat(),
        )
