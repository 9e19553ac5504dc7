"""What is known of a household and its people, on the page of a door: shown, edited; only what was changed is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.methods.answers import Field
from yanmen.subsystems.grid.methods.fields import HOUSEHOLD, PERSON, secret, shown
from yanmen.subsystems.grid.methods.merging import CONFLICT, IN_FORCE
from yanmen.subsystems.grid.models import Door
from yanmen.subsystems.grid.queries.asking import Asked
from yanmen.subsystems.grid.queries.conflicts import conflicts
from yanmen.subsystems.grid.queries.fields import InForce, in_force, names_of

NAME = re.compile(r"known-(\d{1,18})-([a-z_]{1,40})")
OF_THE_HOUSEHOLD = 0


def known(request: HttpRequest, one: Door, asked: list[Asked]) -> dict[str, Any]:
    """The fields of a door as a form draws them; after a refusal with what was typed and what had been seen."""
    scope, sent = request.scope, request.POST
    force = in_force(scope, [one.pk])
    names = names_of(scope, [each.by for each in force.values()])
    groups = [
        {
            "name": "",
            "fields": [
                _row(field, None, force.get((one.pk, None, name)), names, sent) for name, field in HOUSEHOLD.items()
            ],
        }
    ]
    for each in asked:
        person = each.resident.person
        rows = [_row(field, person, force.get((one.pk, person, name)), names, sent) for name, field in PERSON.items()]
        groups.append({"name": each.resident.name, "fields": rows})
    open_ones = [each for each in conflicts(scope, doors=[one.pk], now=moment_of(request)) if each.open]
    return {"groups": groups, "form": sent.get("form") or uuid7(moment_of(request)), "conflicts": len(open_ones)}


def keep(request: HttpRequest, door: int) -> str:
    """Keep what was changed, and say what became of it."""
    receipts = actions.edit(**asked_by(request), said=list(_changes(request, door)))
    outcomes = [each.was or each.outcome for each in receipts]
    apart = outcomes.count(CONFLICT)
    if apart:
        said = ngettext(
            "%(n)d field was said differently by somebody else in the meantime: yours is kept, and somebody decides which holds.",
            "%(n)d fields were said differently by somebody else in the meantime: yours are kept, and somebody decides which hold.",
            apart,
        )
        messages.warning(request, said % {"n": apart})
    created = sum(each in IN_FORCE for each in outcomes)
    return ngettext("%(n)d field saved.", "%(n)d fields saved.", created) % {"n": created} if created else _("Kept.")


def _row(
    field: Field, person: int | None, force: InForce | None, names: Mapping[str, str], sent: Mapping[str, Any]
) -> dict[str, Any]:
    name = f"known-{person or OF_THE_HOUSEHOLD}-{field.name}"
    value = force.value if force else ""
    masked = shown(field, value) if secret(field) else ""
    there = "" if masked else value
    return {
        "field": field, "name": name, "masked": masked, "value": sent.get(name, there), "was": sent.get(f"was-{name}", there),
        "seen": sent.get(f"seen-{name}", str(force.key) if force else ""), "by_name": names.get(force.by, force.by) if force else "",
        "said_at": force.said_at if force else None,
    }  # fmt: skip


def _changes(request: HttpRequest, door: int) -> Iterator[actions.Change]:
    """Fields that differ from what was shown. Their ids follow from the form's: pressing twice is saying once."""
    form, now = request.POST, moment_of(request)
    try:
        first = UUID(form.get("form", ""))
    except ValueError:
        raise Refusal(
            "表单不完整，请刷新页面。", "The form is incomplete. Load the page again.", field="form"
        ) from None
    for number, name in enumerate(form, 2):
        found, value = NAME.fullmatch(name), form.get(name, "").strip()
        if found and value != form.get(f"was-{name}", ""):
            person = int(found[1]) or None
            seen = form.get(f"seen-{name}", "")
            yield actions.Change(UUID(int=first.int ^ number), door, person, found[2], value, seen, now)
