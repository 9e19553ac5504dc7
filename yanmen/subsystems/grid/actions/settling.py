"""Settling a conflict: somebody says which of two values holds. Who and when is kept; the other value stays in the history."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.models import Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.actions.common import CREATED, REPEATED, lock, sealed, tell_residence
from yanmen.subsystems.grid.methods.fields import secret
from yanmen.subsystems.grid.methods.merging import SETTLED
from yanmen.subsystems.grid.models import Edit
from yanmen.subsystems.grid.queries.conflicts import IN_FORCE, OTHER, Conflict, conflict


@transaction.atomic
def settle_conflict(
    *, scope: Scope, conflict_id: UUID, keep: str, id: UUID, by: str, now: datetime, seen: UUID | None = None
) -> str:
    """Keep one of the two values: created, or repeated where the same was decided before. `seen` is the edit in force that was shown."""
    if keep not in (IN_FORCE, OTHER):
        raise Refusal("请选择保留现用值或另一值。", 'Keep "in_force" or "other".', field="keep", value=keep[:20])
    found = _found(scope, conflict_id, now)
    lock(scope, {found.door})
    found = _found(scope, conflict_id, now)
    if not found.open:
        if found.kept == keep:
            return REPEATED
        raise _settled_already(found)
    if seen is not None and seen != found.in_force.key:
        raise Refusal(
            "此期间现用值又有变化，请刷新后再定。",
            "The value in force has changed in the meantime. Load it again, then decide.",
            field="seen",
            value=str(seen),
        )
    kept = found.other if keep == OTHER else found.in_force
    row = Edit(
        key=id, area=found.area, door_id=found.door, person_id=found.person, field=found.field.name, seen=kept.key, said_at=now,
        recorded_at=now, by=by, outcome=SETTLED, before=found.in_force.key, settles=found.id,
    )  # fmt: skip
    if Edit.objects.filter(key=id).exists():
        raise Refusal(
            "该编号已使用，请刷新后重试。", "This id was used before. Load it again.", field="id", value=str(id)
        )
    sealed(row, kept.value, hide=secret(found.field)).save(force_insert=True)
    if keep == OTHER and found.person is not None:
        area = Person.objects.values_list("area", flat=True).get(pk=found.person)
        tell_residence([row], {found.person: area}, by=by, now=now)
    return CREATED


def _found(scope: Scope, key: UUID, now: datetime) -> Conflict:
    found = conflict(scope, key, now=now)
    if found is None:
        raise Refusal(
            "没有这一冲突，或不在您的辖区。",
            "There is no such conflict in your area.",
            field="conflict",
            value=str(key),
        )
    return found


def _settled_already(found: Conflict) -> Refusal:
    zh, en = ("现用值", "the value in force") if found.kept == IN_FORCE else ("另一值", "the other value")
    return Refusal(
        f"此冲突已由{found.settled_by_name}处理，保留了{zh}。如需更改，请直接修改该字段。",
        f"{found.settled_by_name} settled this and kept {en}. To change it, edit the field.",
        field="keep",
        value=found.kept,
    )
