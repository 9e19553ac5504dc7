"""The API of grid workers without a network: the village pack, edits with receipts, conflicts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from yanmen.base.refusals import Refusal
from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by, moment_of
from yanmen.registry.access import log_access
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.api import pack_shape as shape
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.queries import conflicts as kept_apart
from yanmen.subsystems.grid.queries.fields import names_of
from yanmen.subsystems.grid.queries.pack import pack

router = Router()
STAFF = (WORKER, MANAGER)


class EditIn(Input):
    """One field as a worker said it: an id that the telephone chose, and the edit whose value the worker saw (empty: none)."""

    id: UUID
    door: int = Field(ge=1, lt=2**63)
    person: int | None = Field(None, ge=1, lt=2**63)
    field: str = Field(max_length=60)
    value: str = Field(max_length=2000)
    seen: str = Field("", max_length=60)
    said_at: datetime


class EditsIn(Input):
    """Edits that a telephone hands over."""

    edits: list[EditIn] = Field(max_length=500)


class Theirs(Schema):
    """What is in force instead: said by whom, when; a telephone number masked."""

    edit: str
    value: str
    zh: str
    en: str
    by_name: str
    said_at: datetime | None


class EditReceiptOut(Schema):
    """What became of an edit: created, same, conflict, repeated or refused; `was` says what a repeated one had been."""

    id: UUID
    outcome: str
    was: str
    theirs: Theirs | None
    field: str
    value: str
    zh: str
    en: str


class ConflictOut(Schema):
    """A field of which two people said different things; `kept` is empty while nobody settled it."""

    id: UUID
    door: int
    address: str
    area: str
    person: int | None
    name: str
    field: str
    zh: str
    en: str
    in_force: Theirs
    other: Theirs
    kept: str
    settled_by_name: str
    settled_at: datetime | None


class SettleIn(Input):
    """Which value holds; `seen` is the edit in force that was shown, and nothing is settled where it has changed."""

    keep: str = Field(max_length=20)
    id: UUID
    seen: UUID | None = None


class SettledOut(Schema):
    """What became of it: created, repeated or refused and why; and the conflict as it stands now."""

    id: UUID
    outcome: str
    field: str
    value: str
    zh: str
    en: str
    conflict: ConflictOut | None


@router.get("/pack", response={200: dict[str, Any]})
@allow(role=STAFF)
def village_pack(request: HttpRequest) -> HttpResponse:
    """Every door of the asker with everybody behind it, for work without a network. Answers 304 where nothing has changed."""
    now = moment_of(request)
    found = pack(request.scope, now=now)
    log_access(request.scope, "pack of a grid", count=found.people, now=now)
    return shape.answer(request, found)


@router.post("/edits", response=list[EditReceiptOut])
@allow(role=STAFF)
def edits(request: HttpRequest, body: EditsIn) -> list[dict[str, Any]]:
    """Take edits one by one, merged field by field: each has a receipt, and the same id twice is one edit."""
    said = [
        actions.Change(one.id, one.door, one.person, one.field, one.value, one.seen, one.said_at) for one in body.edits
    ]
    receipts = actions.take_edits(**asked_by(request), said=said)
    names = names_of(request.scope, [each.theirs.by for each in receipts if each.theirs])
    return [
        _receipt(receipt, one.person is not None, one.field, names) for receipt, one in zip(receipts, said, strict=True)
    ]


@router.get("/conflicts", response=list[ConflictOut])
@allow(role=STAFF)
def conflicts(request: HttpRequest) -> list[dict[str, Any]]:
    """Conflicts at the asker's doors: the open ones first, then those settled lately."""
    now = moment_of(request)
    found = kept_apart.own_conflicts(request.scope, now=now)
    log_access(request.scope, "conflicts of a grid", count=len(found), now=now)
    return [shape.conflict(each) for each in found]


@router.post("/conflicts/{uuid:key}", response=SettledOut)
@allow(role=STAFF)
def settle(request: HttpRequest, key: UUID, body: SettleIn) -> dict[str, Any]:
    """Say which of two values holds. The same decision twice is one; another decision afterwards is refused."""
    fault: Refusal | None = None
    try:
        outcome = actions.settle_conflict(
            **asked_by(request), conflict_id=key, keep=body.keep, id=body.id, seen=body.seen
        )
    except Refusal as refusal:
        outcome, fault = "refused", refusal
    found = kept_apart.conflict(request.scope, key, now=moment_of(request))
    return {
        "id": body.id, "outcome": outcome, **shape.fault(fault), "conflict": shape.conflict(found) if found else None,
    }  # fmt: skip


def _receipt(one: actions.EditReceipt, of_person: bool, field: str, names: Any) -> dict[str, Any]:
    theirs = shape.in_force(one.theirs, field, of_person, names) if one.theirs else None
    return {"id": one.id, "outcome": one.outcome, "was": one.was, "theirs": theirs, **shape.fault(one.refusal)}
