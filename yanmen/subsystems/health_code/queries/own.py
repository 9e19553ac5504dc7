"""What people see of themselves on their own telephone: the colour and why, what clears it, tests by stage, appeals.

Everything is read in the scope of that one person (`registry.scope.oneself`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from yanmen.base.clock import local_date
from yanmen.base.identity import mask_name
from yanmen.base.rows import records
from yanmen.desk.policy_book import rule_or_none
from yanmen.desk.said import line_in_words
from yanmen.desk.words import area_name, word
from yanmen.loop.catalogue import catalogue
from yanmen.loop.models import Fact
from yanmen.registry import people
from yanmen.registry.devices import live
from yanmen.registry.models import Device, Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.health_code.kinds import HEALTH_CODE, TOLD
from yanmen.subsystems.health_code.queries import codes

Said = Mapping[str, str]

MOST = 20
SHOWN = timedelta(days=60)
STAGES: dict[str, Said] = {
    "sampled": {"zh": "已采样，待出结果", "en": "Sampled, no result yet"},
    "reported": {"zh": "已出结果", "en": "Result reported"},
    "again": {"zh": "混检待复核，请等候单独复采", "en": "To be sampled again, alone"},
    "void": {"zh": "样本作废，请重新采样", "en": "Sample void: please be sampled again"},
}
WAITING: Said = {"zh": "处理中", "en": "Being decided"}


def own_view(scope: Scope, *, now: datetime) -> dict[str, Any]:
    """The resident's page."""
    me = Person.objects.get(pk=scope.person or 0)
    found = codes.code(scope, me.pk, now=now)
    return {
        "person": {"name_masked": mask_name(me.name), "document_masked": people.masked(me, "id_number")},
        "value": found["value"],
        "colour": HEALTH_CODE.order.index(found["value"]),
        "title": word(found["value"]),
        "since": found["since"],
        "as_of": now,
        "clears_on": found["clears_on"],
        "needs": found["needs"],
        "because": [_reason(each) for each in found["because"]],
        "owed": [
            {"title": _task(each["kind"]), "due_at": each["due"], "state": word(each["state"])}
            for each in found["tests"]
        ],
        "tests": own_tests(scope, now=now),
        "facts": [_fact(each) for each in codes.evidence(scope, me.pk) if each.person_id == me.pk],
        "appeals": [_appeal(each) for each in codes.appeals_of(scope, me.pk)],
        "told": _told(scope),
        "contest": found["contest"],
    }


def own_tests(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """Tests by stage, newest first, under every number one has: a result stands in the place of its sample."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM screening_own_tests(%s, %s) LIMIT %s", [now, local_date(now - SHOWN), MOST])
        return [_test(row) for row in records(cursor)]


def own_devices(scope: Scope, *, now: datetime) -> list[Device]:
    """One's own telephones that still speak for one, newest first."""
    return list(live(Device.objects.filter(person=scope.person), now).order_by("-pk"))


def _reason(measure: Mapping[str, Any]) -> dict[str, Any]:
    rule = rule_or_none(measure["rule"])
    return {
        "title": measure["title"],
        "kind": {name: measure["kind"][name] for name in ("zh", "en")},
        "source": {name: measure["source"].get(name, "") for name in ("zh", "en", "clause", "grade")},
        "count_from": measure["count_from"],
        "last_day": measure["last_day"],
        "earliest": measure["clears"]["earliest"],
        "needs": measure["clears"]["needs"],
        "lines": [{**line_in_words(rule, line["text"]), "holds": line["holds"]} for line in measure["lines"]],
    }


def _test(row: Mapping[str, Any]) -> dict[str, Any]:
    told = row["result"] if not row["void_at"] else None
    stage = "void" if row["void_at"] else "sampled" if told is None else "again" if told == "reactive" else "reported"
    done = stage == "reported"
    return {
        "stage": {"value": stage, **STAGES[stage]},
        "sampled_at": row["sampled_at"],
        "reported_at": row["reported_at"] if done else None,
        "result": {"value": told, **word(str(told))} if done else None,
        "method": row["method"],
    }


def _fact(found: codes.Fact) -> dict[str, Any]:
    place = found.detail.get(found.doubtful_field, "") if found.doubtful_field else ""
    return {
        "fact": found.id,
        "title": _titled(catalogue.facts.get(found.kind)),
        "occurred_at": found.occurred_at,
        "area": {"zh": area_name(found.area, True), "en": area_name(found.area, False)},
        "field": found.doubtful_field,
        "said": {"zh": area_name(str(place), True), "en": area_name(str(place), False)} if place else None,
    }


def _appeal(found: codes.Appeal) -> dict[str, Any]:
    decided = _titled(catalogue.facts.get(found.decision)) if found.decision else WAITING
    return {
        "appeal": found.appeal,
        "fact": found.fact_id,
        "reason": found.reason,
        "contested_at": found.contested_at,
        "due_at": found.due_at,
        "decided": bool(found.decision),
        "decision": decided,
        "note": found.note,
    }


def _told(scope: Scope) -> list[dict[str, Any]]:
    rows = Fact.objects.filter(person_id=scope.person, kind=TOLD.name).order_by("-recorded_at")[:MOST]
    return [{"at": row.recorded_at, "zh": row.detail.get("zh", ""), "en": row.detail.get("en", "")} for row in rows]


def _task(kind: str) -> Said:
    return _titled(catalogue.tasks.get(kind))


def _titled(kind: Any) -> Said:
    return {"zh": kind.zh, "en": kind.en} if kind else {"zh": "", "en": ""}
