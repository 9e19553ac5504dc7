"""Judging many contacts at once: what was found with little certainty is confirmed, or taken back with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.models import Fact
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import queries
from yanmen.subsystems.tracing.actions.finding import FINDER
from yanmen.subsystems.tracing.actions.judging import not_a_contact, record_contact, record_general_contact
from yanmen.subsystems.tracing.methods.settings import CLOSE, GENERAL, NOTHING
from yanmen.subsystems.tracing.queries.proposals import chosen

MOST = 500
VERDICTS = {CLOSE: record_contact, GENERAL: record_general_contact}


@transaction.atomic
def confirm_contacts(*, scope: Scope, found: Sequence[UUID], by: str, now: datetime) -> int:
    """A person says that these are contacts indeed: their certainty is 1 from now on. Returns how many were not certain before."""
    rows = _chosen(scope, found)
    doubtful = [row for row in rows if float(row.detail.get("certainty", 0)) < 1]
    for row in doubtful:
        facts.correct(row.pk, detail={"certainty": 1}, by=by, now=now)
    return len(doubtful)


@transaction.atomic
def exclude_contacts(*, scope: Scope, found: Sequence[UUID], reason: str, by: str, now: datetime) -> int:
    """A person says that these are no contacts. What it caused is lifted by the next turn; returns how many people that is."""
    rows = _chosen(scope, found)
    pairs = {(row.person_id, str(row.detail.get("case", ""))) for row in rows if row.person_id is not None}
    for person, case in sorted(pairs):
        not_a_contact(scope=scope, person=person, case=case, reason=reason, by=by, now=now)
    return len({person for person, _ in pairs})


@transaction.atomic
def judge_proposed(
    *, scope: Scope, proposed: Sequence[str], verdict: str, by: str, now: datetime, reason: str = ""
) -> int:
    """Say of proposals (`Proposal.key`) whether these are close contacts, general contacts or, with a reason, none. All or nothing;
    returns how many people."""
    if verdict not in (*VERDICTS, NOTHING):
        raise Refusal("请选择判定类别。", "Choose what they are judged.", field="verdict", value=verdict[:20])
    if not 1 <= len(proposed) <= MOST:
        raise Refusal(f"请勾选1至{MOST}人。", f"Choose 1 to {MOST} people.", field="row", value=str(len(proposed)))
    rows = chosen(scope, proposed, finder=FINDER, now=now)
    if len(rows) < len(set(proposed)):
        raise _changed(len(set(proposed)) - len(rows))
    for person, case in sorted({(row.person, row.case.key) for row in rows}) if verdict == NOTHING else ():
        not_a_contact(scope=scope, person=person, case=case, reason=reason, by=by, now=now)
    for row in rows if verdict != NOTHING else ():
        VERDICTS[verdict](
            scope=scope, person=row.person, case=row.case.key, disease=row.disease, via=row.setting,
            first_exposed=row.first_exposed, last_exposed=row.last_exposed, by=by, now=now,
        )  # fmt: skip
    return len({row.person for row in rows})


def _chosen(scope: Scope, found: Sequence[UUID]) -> list[Fact]:
    if not 1 <= len(found) <= MOST:
        raise Refusal(f"请勾选1至{MOST}人。", f"Choose 1 to {MOST} people.", field="row", value=str(len(found)))
    rows = list(scope.within(Fact.objects, "area").filter(pk__in=list(found), kind__in=queries.FOUND))
    gone = set(Fact.objects.filter(corrects__in=[row.pk for row in rows]).values_list("corrects", flat=True))
    if len(rows) < len(set(found)) or gone:
        raise _changed(len(set(found)) - len(rows) + len(gone))
    return rows


def _changed(count: int) -> Refusal:
    return Refusal(
        "名单已有变化，请刷新后重新勾选。",
        "Somebody else has changed this list since. Reload it and choose again.",
        field="row",
        value=str(count),
    )
