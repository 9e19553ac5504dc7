"""Step 5 of the turn: fold measures into statuses. The same fold in Python explains and audits it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from yanmen.loop.catalogue import Catalogue
from yanmen.loop.kinds import Status
from yanmen.loop.named import sql
from yanmen.loop.program import REGISTERS
from yanmen.loop.session import Session


def fold_all(session: Session, subject_type: str, catalogue: Catalogue, *, version: int) -> int:
    """Fold every status of the asked subjects; rows that changed carry the new version."""
    return sum(
        _fold(session, status, version) for status in catalogue.statuses.values() if status.subject == subject_type
    )


def _fold(session: Session, status: Status, version: int) -> int:
    register, area = REGISTERS[status.subject]
    statement = sql("fold_status").replace("{register}", register).replace("{area}", area)
    return session.text(
        statement,
        subject_type=status.subject,
        status=status.name,
        mark=status.mark,
        order=list(status.order),
        default=status.default,
        version=version,
    )


def fold(status: Status, measures: Iterable[Mapping[str, Any]], as_of: date) -> tuple[str, list[int]]:
    """The value of a status on a day, and the measures that carry it.

    ``measures`` have id, state, count_from, over_hold and stages (from_day, to_day, marks).
    """
    carried = [
        (status.order.index(stage["marks"][status.mark]), measure["id"])
        for measure in measures
        if measure["state"] == "in_force" and (stage := stage_on(measure, as_of)) and status.mark in stage["marks"]
    ]
    if not carried:
        return status.default, []
    worst = max(rank for rank, _ in carried)
    return status.order[worst], sorted(number for rank, number in carried if rank == worst)


def stage_on(measure: Mapping[str, Any], day: date) -> Mapping[str, Any] | None:
    """The stage of a measure that holds on a day; an over-held measure stays in its last."""
    passed = (day - measure["count_from"]).days
    stages = measure["stages"]
    for ordinal, stage in enumerate(stages):
        begun = ordinal == 0 or passed >= stage["from_day"]
        last = ordinal == len(stages) - 1
        if begun and (stage["to_day"] is None or passed <= stage["to_day"] or (last and measure["over_hold"])):
            return stage  # type: ignore[no-any-return]
    return None
