"""Two reports of one case are merged, and taken apart again as they were."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry import matching
from yanmen.registry.models import MatchDecision
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import kinds, queries
from yanmen.subsystems.cases.actions.common import case_of, lock, record_about, wake_areas_of
from yanmen.subsystems.cases.queries import Case


@transaction.atomic
def merge(*, scope: Scope, case: str, into: str, reason: str, by: str, now: datetime) -> UUID:
    """`case` is a second report of `into`: it is withdrawn, and what it caused folds into the one that stays.

    Where the two reports name two records of a person, the register learns that they are one.
    """
    duplicate, stays = case_of(scope, case, now), case_of(scope, into, now)
    _check(duplicate, stays, reason)
    for person in sorted({duplicate.person_id, stays.person_id}):
        lock(person)
    detail = {"into": stays.key, "reason": reason.strip()}
    told = record_about(kinds.MERGED.name, duplicate, detail, by=by, now=now)
    if stays.person_id not in matching.group_of(duplicate.person_id):
        group = matching.decide_same(left=duplicate.person_id, right=stays.person_id, by=by, now=now)
        facts.wake("person", list(group))
    facts.withdraw(duplicate.fact_id, reason=f"合并入 {stays.key}：{reason.strip()}", by=by, now=now)
    wake_areas_of(duplicate)
    return told


@transaction.atomic
def unmerge(*, scope: Scope, case: str, reason: str, by: str, now: datetime) -> UUID:
    """They were two cases after all: the report stands again as it stood, and so does what the register knew of the people."""
    if not reason.strip():
        raise Refusal("请写明撤销合并的理由。", "Say why the merge is undone.", field="reason")
    merged = queries.merge_of(scope, case)
    if merged is None:
        raise Refusal(
            "没有这一合并，或已撤销。", "There is no such merge in force. Check the key.", field="case", value=case
        )
    for person in sorted({merged["person"], merged["into_person"] or merged["person"]}):
        lock(person)
    facts.withdraw(merged["fact"], reason=reason.strip(), by=by, now=now)
    _part(merged, by, now)
    back = facts.record(
        kinds.REPORTED.name,
        person=merged["person"],
        area=merged["area"],
        occurred_at=merged["found_at"],
        detail=merged["detail"],
        corrects=merged["report"],
        by=by,
        now=now,
    )
    found = case_of(scope, case, now)
    for row in queries.standing_facts(scope, found):
        if row["id"] != back:
            facts.correct(row["id"], detail={}, by=by, now=now)  # what they answered for the other person is owed again
    wake_areas_of(found)
    return back


def _part(merged: dict[str, Any], by: str, now: datetime) -> None:
    """Undo the decision on the two records that this merge made; one that stood before it stays."""
    pair = sorted({merged["person"], merged["into_person"] or merged["person"]})
    if len(pair) < 2:
        return
    made = MatchDecision.objects.filter(
        left=pair[0], right=pair[1], same=True, undone_at=None, at=merged["merged_at"]
    ).first()
    if made is not None:
        facts.wake("person", list(matching.undo(decision=made.pk, by=by, now=now)))


def _check(duplicate: Case, stays: Case, reason: str) -> None:
    if not reason.strip():
        raise Refusal("请写明合并理由。", "Say why they are one case.", field="reason")
    if duplicate.key == stays.key:
        raise Refusal("不能与自身合并。", "A case is not merged with itself.", field="into", value=stays.key)
    if duplicate.disease != stays.disease:
        raise Refusal("两个病例的病种不同。", "The two cases are of different diseases.", field="into", value=stays.key)
    left, right = sorted((duplicate.person_id, stays.person_id))
    if MatchDecision.objects.filter(left=left, right=right, same=False, undone_at=None).exists():
        raise Refusal(
            "已有决定：两份报告的当事人不是同一人。请先撤销该决定。",
            "It was decided that these are two different people. Undo that decision first.",
            field="into",
            value=stays.key,
        )
