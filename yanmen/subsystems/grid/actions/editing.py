"""Edits of households and people, merged field by field: in force, the same, or kept beside the value in force as a conflict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.actions.common import (
    MOST,
    REFUSED,
    REPEATED,
    check_moment,
    lock,
    sealed,
    tell_residence,
    too_many,
)
from yanmen.subsystems.grid.methods.fields import field_of, read_field, secret
from yanmen.subsystems.grid.methods.merging import CONFLICT, IN_FORCE, SAME, Told, merge
from yanmen.subsystems.grid.models import Door, Edit
from yanmen.subsystems.grid.queries import fields
from yanmen.subsystems.grid.queries.fields import InForce, Subject


@dataclass(frozen=True)
class Change:
    """One field as somebody said it; `seen` is the edit whose value they saw, or empty."""

    id: UUID
    door: int
    person: int | None
    field: str
    value: str
    seen: str
    said_at: datetime


@dataclass(frozen=True)
class EditReceipt:
    """What became of an edit: created, same, conflict, repeated (`was` says what it was) or refused; `theirs` is in force instead."""

    id: UUID
    outcome: str
    was: str = ""
    theirs: InForce | None = None
    refusal: Refusal | None = None


@transaction.atomic
def edit(*, scope: Scope, said: Sequence[Change], by: str, now: datetime) -> list[EditReceipt]:
    """Take all edits of a page, or none: the first that cannot be taken refuses all. A conflict is no refusal."""
    if not said:
        raise Refusal("没有修改任何内容。", "Nothing was changed.", field="edits")
    receipts = take_edits(scope=scope, said=said, by=by, now=now)
    for each in receipts:
        if each.refusal:
            raise each.refusal
    return receipts


@transaction.atomic
def take_edits(*, scope: Scope, said: Sequence[Change], by: str, now: datetime) -> list[EditReceipt]:
    """Take edits as a telephone hands them over, each with its receipt. A fixed number of statements, however many."""
    too_many(said, "edits")
    lock(scope, {each.door for each in said})
    merging = _Merging(scope, said, by, now)
    receipts = [merging.take(each) for each in said]
    _store(merging.rows)
    tell_residence(merging.rows, merging.areas, by=by, now=now)
    return receipts


def _store(rows: Sequence[Edit]) -> None:
    try:
        with transaction.atomic():
            Edit.objects.bulk_create(rows, batch_size=MOST)
    except IntegrityError as fault:
        if "grid_edit_key" not in str(fault):
            raise
        raise Refusal(
            "其中有编号已在别处使用，请重新填写。",
            "An id among these was used elsewhere. Write them anew.",
            field="id",
        ) from fault


class _Merging:
    """What is known of the doors that some edits are about, as it stands after each of them."""

    def __init__(self, scope: Scope, said: Sequence[Change], by: str, now: datetime) -> None:
        self.scope, self.by, self.now = scope, by, now
        numbers = list({each.door for each in said})
        found = scope.within(Door.objects, "area").filter(pk__in=numbers)
        self.doors: dict[int, str] = dict(found.values_list("pk", "area"))
        self.people = fields.people_behind(scope, list(self.doors))
        named = [each.person for each in said if each.person]
        self.areas: dict[int, str] = dict(
            scope.within(Person.objects, "area").filter(pk__in=named).values_list("pk", "area")
        )
        self.force: dict[Subject, InForce] = fields.in_force(scope, list(self.doors))
        keys = {each.id for each in said} | {seen for each in said if (seen := _uuid(each.seen))}
        self.known: dict[UUID, Edit] = {each.key: each for each in Edit.objects.filter(key__in=keys)}
        self.rows: list[Edit] = []

    def take(self, one: Change) -> EditReceipt:
        """Merge one edit into what stands."""
        try:
            return self._merged(one)
        except Refusal as refusal:
            return EditReceipt(one.id, REFUSED, refusal=refusal)

    def _merged(self, one: Change) -> EditReceipt:
        subject = (one.door, one.person, one.field)
        if known := self.known.get(one.id):
            return self._repeated(one, known, self.force.get(subject))
        field = field_of(one.field, person=one.person is not None)
        self._check_subject(one)
        check_moment(one.said_at, "said_at", now=self.now)
        value = read_field(field, one.value)
        row = Edit(
            key=one.id, area=self.doors[one.door], door_id=one.door, person_id=one.person, field=one.field, seen=_seen(one.seen),
            said_at=min(one.said_at, self.now), recorded_at=self.now, by=self.by,
        )  # fmt: skip
        sealed(row, value, hide=secret(field))
        force = self.force.get(subject)
        told = Told(row.key, fields.mark(row.value, _digest(row)), self.by, row.said_at, row.seen)
        seen = self.known.get(row.seen) if row.seen else None
        row.outcome = merge(told, force.told if force else None, _mark(seen))
        row.before = force.key if force else None
        self.rows.append(row)
        self.known[row.key] = row
        if row.outcome in IN_FORCE:
            self.force[subject] = InForce(row.key, value, self.by, row.said_at, _digest(row))
        theirs = force if row.outcome in (CONFLICT, SAME) else None
        return EditReceipt(one.id, row.outcome, theirs=theirs)

    def _repeated(self, one: Change, known: Edit, force: InForce | None) -> EditReceipt:
        if known.by != self.by or (known.door_id, known.person_id, known.field) != (one.door, one.person, one.field):
            raise Refusal(
                "该编号已用于另一条修改。请重新填写。",
                "This id belongs to another edit. Write it anew.",
                field="id",
                value=str(one.id),
            )
        return EditReceipt(one.id, REPEATED, known.outcome, force if known.outcome == CONFLICT else None)

    def _check_subject(self, one: Change) -> None:
        if one.door not in self.doors:
            raise Refusal(
                "在您的辖区内没有这一户。", "There is no such door in your area.", field="door", value=str(one.door)
            )
        if one.person is not None and one.person not in self.people[one.door]:
            raise Refusal(
                "登记中此人不在这一户。请核对，或先更正人员登记。",
                "This person is not registered behind this door. Check, or correct the register first.",
                field="person",
                value=str(one.person),
            )


def _mark(seen: Edit | None) -> str | None:
    return None if seen is None else fields.mark(seen.value, _digest(seen))


def _digest(row: Edit) -> bytes | None:
    return None if row.digest is None else bytes(row.digest)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _seen(text: str) -> UUID | None:
    found = _uuid(text)
    if text and found is None:
        raise Refusal(
            "应为所见修改的编号，没有则留空。",
            "Give the id of the edit that was seen, or nothing.",
            field="seen",
            value=text[:40],
        )
    return found
