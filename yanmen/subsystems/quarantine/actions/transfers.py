"""The steps of a transfer: released, accepted, refused, cancelled, picked up, arrived, brought back. None is left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions import leaving, stays
from yanmen.subsystems.quarantine.methods.courses import TRANSFER, TRANSFER_STATES
from yanmen.subsystems.quarantine.methods.transfer_words import TRANSFER_ACTS
from yanmen.subsystems.quarantine.models import Run, Transfer
from yanmen.subsystems.quarantine.queries.riders import stay_now

ARRIVED = "arrivals.transferred"  # a transfer is one thing, whoever is brought


@transaction.atomic
def release(*, scope: Scope, transfers: Sequence[int], by: str, now: datetime) -> list[Transfer]:
    """The side that answers for these people lets them go."""
    rows = _locked(scope, transfers, "area")
    return [_step(each, "release", released_at=now, released_by=by) for each in rows]


@transaction.atomic
def accept(*, scope: Scope, transfers: Sequence[int], by: str, now: datetime) -> list[Transfer]:
    """The side where they are brought takes them."""
    rows = _locked(scope, transfers, "to_area")
    return [_step(each, "accept", approved_at=now, approved_by=by) for each in rows]


@transaction.atomic
def approve(*, scope: Scope, transfers: Sequence[int], by: str, now: datetime) -> list[Transfer]:
    """Whatever the asker may approve of these: release what is theirs, then accept what comes to them.

    Who answers for both areas does both at once. A transfer of which nothing is left for them to approve is refused.
    """
    done = []
    for each in _locked(scope, transfers, ""):
        before = each.state
        if each.state == "requested" and scope.includes(each.area):
            _step(each, "release", released_at=now, released_by=by)
        if each.state == "released" and scope.includes(each.to_area):
            _step(each, "accept", approved_at=now, approved_by=by)
        if each.state == before:
            raise _not_now(each, "release" if each.state == "requested" else "accept")
        done.append(each)
    return done


@transaction.atomic
def refuse(*, scope: Scope, transfers: Sequence[int], why: str, by: str, now: datetime) -> list[Transfer]:
    """Either side does not agree, and says why."""
    reason = _reason(why)
    return [_step(each, "refuse", ended_at=now, ended_by=by, why=reason) for each in _locked(scope, transfers, "")]


@transaction.atomic
def cancel(*, scope: Scope, transfers: Sequence[int], why: str, by: str, now: datetime) -> list[Transfer]:
    """The transfer is not needed any more. A run that nobody is left on is cancelled too."""
    reason = _reason(why)
    rows = _locked(scope, transfers, "")
    runs = {each.run_id for each in rows if each.run_id}
    gone: dict[str, Any] = {"run": None, "position": None, "pick_up_at": None, "arrive_at": None}
    done = [_step(each, "cancel", ended_at=now, ended_by=by, why=reason, **gone) for each in rows]
    Run.objects.filter(pk__in=runs, state="planned", transfers=None).update(state="cancelled")
    return done


@transaction.atomic
def pick_up(*, scope: Scope, transfers: Sequence[int], picked_up_by: str, by: str, now: datetime) -> list[Transfer]:
    """They are in the vehicle. The run has departed; who took them is said."""
    name = _name(picked_up_by, "picked_up_by")
    done = []
    for each in _locked(scope, transfers, ""):
        if each.run is not None and each.run.state == "planned":
            raise Refusal(
                "车辆尚未发车。请先点“发车”。",
                "The run has not departed yet. Depart first.",
                field="run",
                value=str(each.run_id),
            )
        done.append(_step(each, "pick_up", picked_up_at=now, picked_up_by=name))
    return done


@transaction.atomic
def arrive(*, scope: Scope, transfers: Sequence[int], received_by: str, by: str, now: datetime) -> list[Transfer]:
    """They are there, and somebody took them in. Told as a fact, which closes the loop's task; the stay begins.

    Infected people who stayed elsewhere have left there.
    """
    name = _name(received_by, "received_by")
    done = []
    for each in _locked(scope, transfers, ""):
        _step(each, "arrive", arrived_at=now, received_by=name, ended_at=now, ended_by=by)
        area = each.to_area if scope.includes(each.to_area) else each.area
        facts.record(
            ARRIVED, person=each.person_id, place=each.to_place_id, area=area, occurred_at=now, by=by, now=now,
            detail={
                "from_place": each.from_text, "to_place": each.to_text, "handed_over_by": each.picked_up_by, "received_by": name,
            },
        )  # fmt: skip
        if each.stay_id:
            stays.admit(scope=scope, stay=each.stay_id, by=by, now=now)
        elif each.group == "case" and (before := stay_now(scope, each.person_id)) is not None:
            leaving.leave(scope=scope, stay=before.pk, why="hospital", to=each.to_text, by=by, now=now)
        done.append(each)
    return done


@transaction.atomic
def bring_back(*, scope: Scope, transfers: Sequence[int], why: str, by: str, now: datetime) -> list[Transfer]:
    """They could not be handed over and are where they were. A new request is needed."""
    reason = _reason(why)
    return [_step(each, "bring_back", ended_at=now, ended_by=by, why=reason) for each in _locked(scope, transfers, "")]


def _locked(scope: Scope, numbers: Sequence[int], end: str) -> list[Transfer]:
    """Transfers of either end, or of the end named, locked in order of their numbers."""
    wanted = sorted(set(numbers))
    if not wanted:
        raise Refusal("请选择转运。", "Choose the transfers.", field="transfers")
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("run").filter(pk__in=wanted)
    found = list(scope.within(rows, end).order_by("pk") if end else rows.order_by("pk"))
    if len(found) < len(wanted):
        missing = next(each for each in wanted if each not in {one.pk for one in found})
        side = {"area": ("由转出地同意", "the sending side releases it"), "to_area": ("由接收地同意", "the receiving side accepts it")}  # fmt: skip
        zh, en = side.get(end, ("请核对编号", "check its number"))
        raise Refusal(f"转运{missing}不由您办理：{zh}。", f"Transfer {missing} is not yours: {en}.", field="transfers", value=str(missing))  # fmt: skip
    return found


def _step(transfer: Transfer, act: str, **changes: Any) -> Transfer:
    if not TRANSFER.can(transfer.state, act):
        raise _not_now(transfer, act)
    transfer.state = TRANSFER.after(transfer.state, act)
    for name, value in changes.items():
        setattr(transfer, name, value)
    transfer.save(update_fields=["state", *changes])
    return transfer


def _not_now(transfer: Transfer, act: str) -> Refusal:
    state, wanted = TRANSFER_STATES[transfer.state], TRANSFER_ACTS[act]
    possible = [TRANSFER_ACTS[each] for each in TRANSFER.steps[transfer.state]]
    zh = "、".join(each["zh"] for each in possible) or "无（已结束）"
    en = ", ".join(each["en"] for each in possible) or "nothing, it has ended"
    return Refusal(
        f"转运{transfer.pk}现为“{state['zh']}”，不能“{wanted['zh']}”。现在可以：{zh}。",
        f'Transfer {transfer.pk} is "{state["en"]}": "{wanted["en"]}" does not come now. Possible: {en}.',
        field="state",
        value=transfer.state,
    )


def _reason(why: str) -> str:
    if not why.strip():
        raise Refusal("请写明原因。", "Say why.", field="why")
    return why.strip()[:200]


def _name(said: str, field: str) -> str:
    if not said.strip():
        raise Refusal("请写明姓名。", "Give the name.", field=field)
    return said.strip()[:64]
