"""Switching an area to emergency and back: proposed by one unit, approved by another, undone by a fact; it ends by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.diseases import DISEASES
from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.desk.readiness import FAIL, ready
from yanmen.loop.facts import record
from yanmen.loop.own_kinds import APPROVED, MODE_PROPOSED, MODE_UNDONE
from yanmen.loop.policies import shelf
from yanmen.registry import areas as area_registry
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.queries import mode as queries

RULE = "command.emergency"
MOST_APART = 30
"""Days between one area of a switch and the next that a form takes."""


@transaction.atomic
def propose(
    *, scope: Scope, areas: Sequence[str], desk: str, disease: str, document: str, clause: str, unit: str,
    starts_on: date, ends_on: date, by: str, now: datetime, apart_days: int = 0, unready_reason: str = "", renews: str = "",
) -> UUID:  # fmt: skip
    """Propose that areas switch to emergency, each so many days after the one before. Nothing follows until another unit approves.

    What is not ready is named in the fact; it goes on only with a reason.
    """
    unit = _speaking_for(scope, unit)
    _complete(areas, desk, document, clause, unit, starts_on, ends_on, apart_days, now)
    _known(scope, areas, disease)
    failing = [one.check.name for one in ready(scope, now=now) if one.state == FAIL]
    if failing and not unready_reason.strip():
        raise Refusal(
            f"有{len(failing)}项检查未就绪，继续须写明理由。",
            f"{len(failing)} checks are not ready. Say why it goes on all the same.",
            field="unready_reason", value=", ".join(failing),
        )  # fmt: skip
    switch = uuid7(now)
    for step, area in enumerate(dict.fromkeys(areas)):
        later = timedelta(days=step * apart_days)
        detail = {
            "desk": desk, "disease": disease, "document": document.strip(), "clause": clause.strip(), "unit": unit.strip(),
            "starts_on": (starts_on + later).isoformat(), "ends_on": (ends_on + later).isoformat(), "switch": str(switch),
        }  # fmt: skip
        if failing:
            detail |= {"unready": ", ".join(failing), "unready_reason": unready_reason.strip()[:500]}
        if renews:
            detail["renews"] = renews
        record(MODE_PROPOSED.name, area=area, occurred_at=now, by=by, now=now, detail=detail)
    return switch


@transaction.atomic
def approve(*, scope: Scope, switch: str, unit: str, by: str, now: datetime) -> int:
    """Approve every step of a switch that still waits. By somebody else, of another unit. Returns how many."""
    steps = [each for each in _steps(scope, switch, now) if each.state == "waiting"]
    unit = _speaking_for(scope, unit)
    if not unit:
        raise Refusal("缺少批准单位。", "An approval must name the approving unit.", field="unit")
    if not steps:
        raise Refusal(
            "这次转换没有待批准的部分。", "Nothing of this switch waits for approval.", field="switch", value=switch
        )
    for each in steps:
        if each.by == by or each.unit == unit:
            raise Refusal(
                "须由另一单位的另一人批准。", "Somebody of another unit has to approve.", field="unit", value=unit
            )
        detail = {"rule": RULE, "reason": str(each.id), "unit": unit}
        record(APPROVED.name, area=each.area, occurred_at=now, by=by, now=now, detail=detail)
    return len(steps)


@transaction.atomic
def undo(
    *, scope: Scope, switch: str, document: str, reason: str, unit: str, by: str, now: datetime, area: str = ""
) -> dict[str, int]:
    """Go back to peace: steps not yet done are cancelled, done ones are reversed. All of a switch, or one area of it."""
    if not reason.strip() or not document.strip():
        raise Refusal("须写明理由和文件。", "Say why, and under which document.", field="reason")
    said = {
        "switch": switch,
        "document": document.strip(),
        "reason": reason.strip(),
        "unit": _speaking_for(scope, unit),
    }
    steps = [each for each in _steps(scope, switch, now) if each.state in queries.OPEN and area in ("", each.area)]
    if not steps:
        raise Refusal(
            "没有可撤销的部分：请核对辖区，或已经结束。", "Nothing of it is left to undo: check the area, or it is over.",
            field="area" if area else "switch", value=area or switch,
        )  # fmt: skip
    counted = {"cancelled": 0, "reversed": 0}
    for each in steps:
        counted["reversed" if each.state == "on" else "cancelled"] += 1
        detail = said | {"proposal": str(each.id)}
        record(MODE_UNDONE.name, area=each.area, occurred_at=now, by=by, now=now, detail=detail)
    return counted


def renew(
    *, scope: Scope, proposal: str, ends_on: date, document: str, clause: str, unit: str, by: str, now: datetime,
    unready_reason: str = "",
) -> UUID:  # fmt: skip
    """Propose that an emergency goes on after its last day: a proposal of its own, approved anew."""
    old = queries.proposal(scope, proposal, now=now)
    if old is None or old.state != "on":
        raise Refusal(
            "只能续期正在执行的应急状态，请从列表中取其编号。",
            "Only an emergency that is on can be renewed. Take its number from the list.",
            field="proposal",
            value=proposal,
        )
    return propose(
        scope=scope, areas=[old.area], desk=old.desk, disease=old.disease, document=document, clause=clause, unit=unit,
        starts_on=max(old.ends_on, local_date(now)), ends_on=ends_on, by=by, now=now, unready_reason=unready_reason, renews=str(old.id),
    )  # fmt: skip


def _steps(scope: Scope, switch: str, now: datetime) -> list[queries.Proposal]:
    steps = [each for each in queries.proposals(scope, now=now) if each.switch == switch]
    if not steps:
        raise Refusal(
            "您的辖区没有这次转换，请从列表中取其编号。", "There is no such switch in your area. Take its number from the list.",
            field="switch", value=switch,
        )  # fmt: skip
    return steps


def _speaking_for(scope: Scope, unit: str) -> str:
    """Whoever belongs to a unit speaks for it and for no other."""
    return queries.unit_of(scope) or unit.strip()


def _known(scope: Scope, codes: Sequence[str], disease: str) -> None:
    for code in codes:
        area_registry.area(code)
        scope.require(code)
    if disease not in DISEASES:
        raise Refusal(
            f"没有病种“{disease}”，可选：{'、'.join(DISEASES)}。", f"There is no disease “{disease}”. Choose one of: {', '.join(DISEASES)}.",
            field="disease", value=disease,
        )  # fmt: skip


def _complete(
    areas: Sequence[str], desk: str, document: str, clause: str, unit: str, starts_on: date, ends_on: date, apart: int,
    now: datetime,
) -> None:  # fmt: skip
    for field, value, zh, en in (
        ("areas", "".join(areas), "辖区", "at least one area"),
        ("document", document, "文件编号", "the document"),
        ("clause", clause, "条款", "the clause"),
        ("unit", unit, "提出单位", "the proposing unit"),
    ):
        if not value.strip():
            raise Refusal(f"缺少{zh}。", f"Name {en}.", field=field)
    if desk not in queries.desks(local_date(now)):
        raise Refusal(
            "该业务没有平战之分。", "At that desk a mode changes nothing.", field="desk", value=desk,
        )  # fmt: skip
    if not 0 <= apart <= MOST_APART:
        raise Refusal(
            f"相邻地区间隔为0至{MOST_APART}天。", f"Between one area and the next lie 0 to {MOST_APART} days.",
            field="apart_days", value=str(apart),
        )  # fmt: skip
    edition = shelf.policy().at(RULE, areas[0], starts_on)
    longest = int(edition.values.get("longest", 0)) if edition else 0
    if (ends_on - starts_on).days > longest:
        raise Refusal(
            f"一次至多{longest}天，之后须续期。", f"At most {longest} days at a time; after that it is renewed.",
            field="ends_on", value=ends_on.isoformat(),
        )  # fmt: skip
    early = starts_on < local_date(now)
    if early or ends_on < starts_on:
        raise Refusal(
            "转入日期不得早于今天，截止日期不得早于转入日期。",
            "It switches today or later, and ends on that day or later.",
            field="starts_on" if early else "ends_on", value=(starts_on if early else ends_on).isoformat(),
        )  # fmt: skip
