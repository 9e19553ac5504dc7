"""Who infected a case, and where: told, and told anew when more is known."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import kinds, queries
from yanmen.subsystems.cases.actions.common import case_of, lock, one_of, record_about, said
from yanmen.subsystems.cases.methods.words import SOURCE_SETTINGS
from yanmen.subsystems.cases.queries import Case


@transaction.atomic
def tell_source(
    *,
    scope: Scope,
    case: str,
    by: str,
    now: datetime,
    infector: str = "",
    setting: str = "unknown",
    certainty: float = 1,
    note: str = "",
) -> UUID:
    """Say who infected a case: the key of another case, or none where the source is known otherwise (imported, goods).

    Telling again corrects what was told before; the same thing said twice is one fact.
    """
    found = case_of(scope, case, now)
    lock(found.person_id)
    one_of("setting", setting, SOURCE_SETTINGS)
    if not 0 <= certainty <= 1:
        raise Refusal(
            "确定程度应在0到1之间。", "Certainty lies between 0 and 1.", field="certainty", value=str(certainty)
        )
    if infector:
        infector = _other_case(scope, found, infector)
    detail = {"case": found.key, "infector": infector, "setting": setting, "certainty": certainty, "note": note.strip()}
    before = queries.source_of(scope, found, now=now)
    if before is None:
        return record_about(kinds.SOURCE_TOLD.name, found, detail, by=by, now=now)
    if all(before[name] == detail[name] for name in ("infector", "setting", "certainty", "note")):
        told: UUID = before["fact"]
        return told
    return facts.correct(
        before["fact"], detail=said(detail) | {"infector": infector, "note": detail["note"]}, by=by, now=now
    )


@transaction.atomic
def take_back_source(*, scope: Scope, case: str, reason: str, by: str, now: datetime) -> UUID:
    """The source is not known after all."""
    before = queries.source_of(scope, case_of(scope, case, now), now=now)
    if before is None:
        raise Refusal("没有已判定的来源。", "No source is told.", field="case", value=case)
    return facts.withdraw(before["fact"], reason=reason.strip() or "-", by=by, now=now)


def _other_case(scope: Scope, found: Case, infector: str) -> str:
    """The key of the infector, if such a case stands anywhere, is of the same disease and closes no ring."""
    try:
        key = str(UUID(infector))
    except ValueError:
        raise _no_case(infector) from None
    with connection.cursor() as cursor:
        cursor.execute("SELECT disease FROM cases_standing_report(%s)", [key])
        row = cursor.fetchone()
    if row is None:
        raise _no_case(infector)
    if row[0] != found.disease:
        raise Refusal("两个病例的病种不同。", "The two cases are of different diseases.", field="infector", value=key)
    if key == found.key or found.key in queries.sources_above(scope, key):
        raise Refusal(
            "传播链不能成环：该病例本身（直接或间接）由此病例感染。请先更正那一条来源。",
            "A chain cannot close: that case was itself infected by this one, directly or not. Correct that source first.",
            field="infector",
            value=key,
        )
    return key


def _no_case(infector: str) -> Refusal:
    return Refusal(
        "没有这一病例，或报告已撤回。请填写病例编号；来源不是已知病例的，请留空并选择场景。",
        "There is no such case, or its report was withdrawn. Give the key of a case, or leave it empty and choose a setting.",
        field="infector",
        value=infector[:60],
    )
