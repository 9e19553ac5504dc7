"""The access log, and breaking the glass."""

from dataclasses import replace
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from yanmen.base.identity import scrub
from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.registry.models import AccessLog, Notice, Person
from yanmen.registry.scope import Scope, acting

SHORTEST_REASON = 10


def log_access(
    scope: Scope, what: str, *, person: Person | int | None = None, count: int = 1, reason: str = "", now: datetime
) -> None:
    """Leave a trace of what was looked at. Secrets in the reason are masked."""
    with acting(scope, now=now):
        AccessLog.objects.create(
            at=now,
            account_id=scope.account,
            role=scope.role,
            area=scope.area,
            purpose=scope.purpose,
            what=what,
            person_id=person.pk if isinstance(person, Person) else person,
            count=count,
            reason=scrub(reason),
        )


def log_of(scope: Scope) -> "QuerySet[AccessLog]":
    """The log of the asker's areas, newest first: for inspection, and each account's own rows."""
    rows: QuerySet[AccessLog] = scope.within(AccessLog.objects, "area")
    return rows.order_by("-at", "-pk")


def break_glass(scope: Scope, person: int, *, reason: str, now: datetime) -> Scope:
    """See one person outside the own areas for three hours. It is logged and the person is told, in the same step.

    Returns the scope to act in: `with acting(opened, now=now): …` lets this one person through.
    """
    if scope.account is None or not scope.sees_people:
        raise NotAllowed(
            "当前身份不能紧急查阅个人信息。请使用本人账号和业务身份。",
            "This scope may not break the glass. Use your own account with a grant that works with people.",
        )
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refusal(
            "请写明紧急查阅的理由（至少 10 个字），本人会看到。",
            "Give a reason of ten characters or more; the person will read it.",
            field="reason",
            value=reason,
        )
    with acting(scope, now=now), connection.cursor() as cursor:
        cursor.execute("SELECT registry_break_glass(%s, %s, %s, %s)", [person, scope.role, scrub(reason.strip()), now])
        if cursor.fetchone()[0] is None:
            raise Refusal(
                "没有此人。请核对编号。",
                "There is no such person. Check the number.",
                field="person",
                value=str(person),
            )
    return replace(scope, person=person)


def notices_of(scope: Scope, person: int) -> "QuerySet[Notice]":
    """What a person was told, newest first."""
    rows: QuerySet[Notice] = scope.within(Notice.objects, "area")
    return rows.filter(person=person).order_by("-at", "-pk")
