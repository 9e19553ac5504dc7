"""Plans of runs that are kept: offered on the board, adopted whole while what they stand on has not changed, or void."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions.runs import Adopted, rows_of, take_over
from yanmen.subsystems.quarantine.methods.plan_check import FAULTS
from yanmen.subsystems.quarantine.models import Run, RunPlan, Transfer
from yanmen.subsystems.quarantine.queries import run_plans as queries
from yanmen.subsystems.quarantine.queries import transfers as reads
from yanmen.subsystems.quarantine.queries.rides import Proposal
from yanmen.subsystems.quarantine.queries.run_plans import Basis

CHANGED = (
    "方案制定后，待转运人员、车辆或发车情况已有变化，请重新排车。",
    "Since the plan was made, people, vehicles or departures have changed. Plan anew.",
)


@transaction.atomic
def keep_plan(
    *, scope: Scope, proposal: Proposal, basis: Basis, kept: Sequence[int], by: str, now: datetime
) -> RunPlan:
    """Keep a plan beside the state it was made on. What it offered before is void. A plan that breaks a rule is not kept."""
    wrong = Counter(each.code for each in proposal.faults if each.code != "late")
    if wrong:
        title = FAULTS[next(iter(wrong))]
        raise Refusal(f"方案未通过核验：{title['zh']}。", f"The plan does not hold: {title['en']}.", field="plan")
    board = proposal.board
    void_offers(scope=scope, by=by, now=now)
    rows = rows_of(proposal)
    figures = {
        "people": sum(len(stop["transfers"]) for row in rows for stop in row["stops"]),
        "late": sum(each.code == "late" for each in proposal.faults),
        "plan": _figures(proposal, proposal.plan),
        "naive": _figures(proposal, proposal.naive),
    }
    return RunPlan.objects.create(
        area=scope.area, made_at=now, made_by=by, basis=basis.whole, fleet=basis.fleet, kept=list(kept), rows=rows,
        left=[number for party in proposal.plan.left for number in board.members[party]], figures=figures,
    )  # fmt: skip


@transaction.atomic
def adopt_kept(*, scope: Scope, plan: int, by: str, now: datetime) -> Adopted:
    """Take a kept plan over, whole. One made on another state than that of now is refused; runs that departed stay as they are."""
    found = queries.run_plan(scope, plan, lock=True)
    if found is None:
        raise Refusal("没有这一方案，或不属于您的辖区。", "No such plan in your areas.", field="plan", value=str(plan))
    if found.adopted_at or found.ended_at:
        raise Refusal(
            "方案已采用或已作废。", "The plan was adopted already, or is void.", field="plan", value=str(plan)
        )
    own = scope.narrowed(found.area)
    _hold_still(own)
    if not queries.fresh(own, found, now=now):
        raise Refusal(*CHANGED, field="plan", value=str(plan))
    done = take_over(scope=own, rows=found.rows, by=by, now=now, kept=found.kept)
    found.adopted_at, found.adopted_by, found.ended_at = now, by, now
    found.save(update_fields=["adopted_at", "adopted_by", "ended_at"])
    return done


@transaction.atomic
def void_offers(*, scope: Scope, by: str, now: datetime) -> int:
    """What was offered for an area and below is not offered any more."""
    del by
    rows = scope.within(RunPlan.objects, "area").filter(adopted_at=None, ended_at=None)
    return int(rows.update(ended_at=now))


@transaction.atomic
def void_stale(*, scope: Scope, by: str, now: datetime) -> int:
    """Offers whose state has changed, or that are too old, are void."""
    del by
    stale = [each.plan.pk for each in queries.offers(scope, now=now) if not each.fresh]
    return int(RunPlan.objects.filter(pk__in=stale).update(ended_at=now))


def _hold_still(scope: Scope) -> None:
    """Nobody departs, approves or takes off among these until this ends: what is compared is what is changed."""
    list(scope.within(Run.objects.select_for_update(), "area").filter(state="planned").order_by("pk"))
    rows = Transfer.objects.select_for_update(of=("self",)).filter(pk__in=reads.to_plan(scope).values("pk"))
    list(rows.order_by("pk"))


def _figures(proposal: Proposal, plan: Any) -> dict[str, Any]:
    return {
        "kilometres": round(plan.metres / 1000, 1),
        "vehicles": plan.vans,
        "runs": len(plan.rides),
        "last_arrival": (proposal.board.beginning + timedelta(seconds=plan.last)).isoformat(),
    }
