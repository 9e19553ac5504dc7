"""The exposure history confirmed: of each record whether it holds, and what no record shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import kinds, queries
from yanmen.subsystems.cases.actions.common import case_of, lock, record_about
from yanmen.subsystems.cases.methods.derived_ids import derived_id
from yanmen.subsystems.cases.queries import Case, Exposure


@dataclass(frozen=True)
class ExposureSaid:
    """What the investigator says. With a `basis` it is about that record, whose place and time it takes where none are given."""

    where: str = ""
    since: datetime | None = None
    until: datetime | None = None
    holds: bool = True
    basis: UUID | None = None
    note: str = ""


@dataclass(frozen=True)
class Confirmed:
    """How many were new, changed an earlier word, or had been said before: their sum is the number given."""

    told: int
    changed: int
    repeated: int


@transaction.atomic
def confirm_exposures(
    *, scope: Scope, case: str, exposures: Iterable[ExposureSaid], by: str, now: datetime
) -> Confirmed:
    """Say of records whether they hold, and add what no record shows. Saying the same again changes nothing."""
    found = case_of(scope, case, now)
    lock(found.person_id)
    counts = {"told": 0, "changed": 0, "repeated": 0}
    for said in exposures:
        known = queries.exposures_of(scope, found, now=now)
        detail, before = _detail(said, known, now)
        counts[_tell(found, detail, before, by, now)] += 1
    return Confirmed(**counts)


def _tell(found: Case, detail: dict[str, Any], before: Exposure | None, by: str, now: datetime) -> str:
    if before is None or before.told is None:
        told = derived_id(now, "exposure", found.key, detail["basis"] or (detail["where"], detail["since"]))
        about = {name: value for name, value in detail.items() if value is not None}
        record_about(kinds.EXPOSURE_TOLD.name, found, about, by=by, now=now, id=told)
        return "told"
    if _as_told(before) == detail:
        return "repeated"
    facts.correct(before.told, detail=detail, by=by, now=now)
    return "changed"


def _as_told(one: Exposure) -> dict[str, Any]:
    return _written(one.where, one.since, one.until, one.holds is not False, one.basis, one.note)


def _detail(said: ExposureSaid, known: Iterable[Exposure], now: datetime) -> tuple[dict[str, Any], Exposure | None]:
    """What the fact will say, and the exposure it is about if there is one already."""
    if said.basis is not None:
        before = next((one for one in known if one.basis == said.basis), None)
        if before is None:
            raise Refusal(
                "在追溯期内没有此人的这条记录。请从列出的记录中选择，或不填依据而直接补充。",
                "There is no such record of this person within the days asked about. Choose one that is listed, or add it without a basis.",
                field="basis",
                value=str(said.basis),
            )  # fmt: skip
        where, since, until = said.where or before.where, said.since or before.since, said.until or before.until
    else:
        if not said.where.strip() or said.since is None:
            raise Refusal("请填写地点和时间。", "Give the place and the time.", field="where")
        where, since, until = said.where.strip(), said.since, said.until
        before = next((one for one in known if one.basis is None and (one.where, one.since) == (where, since)), None)
    _check(since, until, now)
    return _written(where, since, until, said.holds, said.basis, said.note.strip()), before


def _written(
    where: str, since: datetime, until: datetime | None, holds: bool, basis: UUID | None, note: str
) -> dict[str, Any]:
    moments: Mapping[str, datetime | None] = {"since": since, "until": until}
    stamped = {name: moment and moment.astimezone(UTC).isoformat() for name, moment in moments.items()}
    return {"where": where, **stamped, "holds": holds, "basis": str(basis) if basis else None, "note": note or None}


def _check(since: datetime, until: datetime | None, now: datetime) -> None:
    if until is not None and until < since:
        raise Refusal("离开早于到达，请核对。", "The end lies before the beginning. Check both.", field="until", value=until.isoformat())  # fmt: skip
    if since > now:
        raise Refusal(
            "时间在将来，请核对。", "This moment has not come yet. Check it.", field="since", value=since.isoformat()
        )
