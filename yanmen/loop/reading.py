"""Every read of the kernel's tables by desks and subsystems. The first argument is a Scope.

Call inside ``acting(scope)``: row-level security holds the same border a second time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, QuerySet

from yanmen.base.clock import local_date
from yanmen.loop.catalogue import catalogue
from yanmen.loop.models import OPEN, Alarm, Event, Fact, Measure, StatusValue, Task
from yanmen.loop.policies import shelf
from yanmen.loop.why import dated_stages
from yanmen.registry.scope import Scope


def facts(scope: Scope, *, kinds: Sequence[str] = (), person: int | None = None) -> QuerySet[Fact]:
    """Facts recorded for the asker's areas, newest first; corrected ones included."""
    rows = scope.within(Fact.objects, "area")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if person is not None:
        rows = rows.filter(person_id=person)
    return rows.order_by("-occurred_at", "-id")  # type: ignore[no-any-return]


def measures(scope: Scope, *, open_only: bool = True) -> QuerySet[Measure]:
    """Measures in the asker's areas, with their editions."""
    rows = scope.within(Measure.objects.select_related("edition"), "area")
    return rows.filter(state__in=OPEN) if open_only else rows  # type: ignore[no-any-return]


def measures_of(scope: Scope, person: int) -> list[dict[str, Any]]:
    """Every measure a person is or was under, those in force first, with dated stages."""
    rows = measures(scope, open_only=False).filter(subject_type="person", subject=person)
    told = [measure_row(m) for m in rows]
    return sorted(told, key=lambda m: (m["state"] not in OPEN, m["count_from"]), reverse=False)


def measure_row(measure: Measure) -> dict[str, Any]:
    """A measure as pages and the API show it."""
    kind = catalogue.measures.get(measure.kind)
    body = measure.edition.body
    return {
        "id": measure.pk,
        "rule": measure.rule,
        "kind": measure.kind,
        "zh": kind.zh if kind else measure.kind,
        "en": kind.en if kind else measure.kind,
        "subject_type": measure.subject_type,
        "subject": measure.subject,
        "area": measure.area,
        "state": measure.state,
        "over_hold": measure.over_hold,
        "count_from": measure.count_from,
        "last_day": measure.last_day,
        "imposed_at": measure.imposed_at,
        "ended_at": measure.ended_at,
        "end_reason": measure.end_reason,
        "stages": dated_stages(measure.count_from, body),
        "source": body["source"],
        "weak": body["weak"],
        "edition": body["edition"],
    }


def timeline(scope: Scope, person: int) -> list[dict[str, Any]]:
    """A person's facts, what was imposed and lifted, and tasks closed: newest first."""
    entries = [_fact_entry(f) for f in facts(scope, person=person)]
    events = scope.within(Event.objects, "area").filter(subject_type="person", subject=person)
    entries += [_event_entry(e) for e in events]
    entries += [
        _task_entry(t) for t in tasks(scope, states=("done", "failed")).filter(subject_type="person", subject=person)
    ]
    return sorted(entries, key=lambda e: e["at"], reverse=True)


def tasks(
    scope: Scope, *, roles: Sequence[str] = (), states: Sequence[str] = ("open", "failed"), kinds: Sequence[str] = ()
) -> QuerySet[Task]:
    """Tasks owed in the asker's areas, the most overdue first."""
    rows = scope.within(Task.objects, "area").filter(state__in=states)
    if roles:
        rows = rows.filter(role__in=roles)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return rows.order_by("due_at", "pk")  # type: ignore[no-any-return]


def plan(scope: Scope, person: int, *, as_of: dt.date) -> dict[str, Any]:
    """What a person owes as one plan: the strictest place each day, and the union of the tests.

    ``days`` runs from ``as_of`` to the last day of any measure, each with its place and the
    rules that ask for it; ``tests`` are dates with their rules.
    """
    rows = [m for m in measures_of(scope, person) if m["state"] in OPEN]
    ends = [m["last_day"] for m in rows if m["last_day"]]
    last = max([*ends, as_of])
    days = []
    for offset in range((last - as_of).days + 1):
        day = as_of + dt.timedelta(days=offset)
        if held := _held_on(rows, day):
            days.append({"day": day, "place": held[0], "rules": held[1]})
    owed = tasks(scope, states=("open",)).filter(subject_type="person", subject=person)
    rules = {m["id"]: m["rule"] for m in rows}
    return {
        "days": days,
        "tests": [
            {"kind": t.kind, "day": local_date(t.opens_at), "due_at": t.due_at, "rule": rules.get(t.measure_id, "")}
            for t in owed
        ],
    }


def _held_on(rows: Sequence[Mapping[str, Any]], day: dt.date) -> tuple[str, list[str]] | None:
    text = day.isoformat()
    here = [
        (shelf.policy().strictness(stage["place"]), stage["place"], m["rule"])
        for m in rows
        for stage in m["stages"]
        if stage["first_day"] <= text and (stage["last_day"] is None or text <= stage["last_day"])
    ]
    if not here:
        return None
    strictest, place, _ = max(here)
    return place, sorted({rule for rank, _, rule in here if rank == strictest})


def statuses(scope: Scope, status: str) -> QuerySet[StatusValue]:
    """Subjects in the asker's areas whose status differs from the default."""
    kind = catalogue.statuses[status]
    return scope.within(StatusValue.objects, "area").filter(status=status).exclude(value=kind.default)  # type: ignore[no-any-return]


def status_counts(scope: Scope, status: str) -> dict[str, int]:
    """How many subjects carry each value but the default."""
    rows = statuses(scope, status).values_list("value").annotate(n=Count("pk")).order_by()
    return dict(rows)


def ledger_events(scope: Scope, *, since: dt.datetime | None = None) -> QuerySet[Event]:
    """What the loop did in the asker's areas, newest first."""
    rows = scope.within(Event.objects, "area")
    if since is not None:
        rows = rows.filter(at__gte=since)
    return rows.order_by("-id")  # type: ignore[no-any-return]


def alarms(scope: Scope) -> QuerySet[Alarm]:
    """Alarms for inspection, newest first."""
    del scope
    return Alarm.objects.order_by("-at", "-pk")


def _fact_entry(fact: Fact) -> dict[str, Any]:
    kind = catalogue.facts.get(fact.kind)
    titles = {"zh": kind.zh, "en": kind.en} if kind else {"zh": fact.kind, "en": fact.kind}
    return {"at": fact.occurred_at, "what": "fact", "kind": fact.kind, "id": str(fact.pk), "area": fact.area,
            "recorded_at": fact.recorded_at, "recorded_by": fact.recorded_by, "detail": fact.detail,
            "corrects": fact.corrects and str(fact.corrects), **titles}  # fmt: skip


def _event_entry(event: Event) -> dict[str, Any]:
    rule = next((r for r in shelf.policy().rules if r.id == event.rule), None)
    titles = {"zh": rule.zh, "en": rule.en} if rule else {"zh": event.rule, "en": event.rule}
    return {"at": event.at, "what": "measure", "act": event.act, "kind": event.kind, "id": event.measure_id,
            "rule": event.rule, "count_from": event.count_from, "last_day": event.last_day, "note": event.note, **titles}  # fmt: skip


def _task_entry(task: Task) -> dict[str, Any]:
    kind = catalogue.tasks.get(task.kind)
    titles = {"zh": kind.zh, "en": kind.en} if kind else {"zh": task.kind, "en": task.kind}
    return {"at": task.closed_at or task.due_at, "what": "task", "kind": task.kind, "id": task.pk, "state": task.state,
            "role": task.role, "due_at": task.due_at, **titles}  # fmt: skip
