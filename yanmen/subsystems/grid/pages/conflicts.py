"""The inbox of conflicts: what two workers said of one field while apart, and who decides which holds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.ids import uuid7s
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.pages.common import STAFF, text_in
from yanmen.subsystems.grid.queries.conflicts import Conflict, own_conflicts


@page(
    "grid/conflicts/",
    role=STAFF,
    name="grid.conflicts",
    zh="登记冲突",
    en="Conflicting edits",
    methods=("GET", "POST"),
    icon="flag",
)
def conflicts(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Fields of which two people said different things: the open ones, and those settled lately."""
    now, refusal = moment_of(request), None
    if request.method == "POST":
        try:
            actions.settle_conflict(
                **asked_by(request), conflict_id=_id(request, "conflict"), keep=text_in(request, "keep", 20),
                id=_id(request, "id"), seen=_id(request, "seen"),
            )  # fmt: skip
            messages.success(request, _("Decided. Both see it."))
            return redirect("grid.conflicts")
        except Refusal as error:
            refusal = error
    found = own_conflicts(scope, now=now)
    if found:
        log_access(scope, "conflicts of a grid", count=len(found), now=now)
    rows = _rows(found, now)
    context = {
        "open": [row for row in rows if row["one"].open], "settled": [row for row in rows if not row["one"].open],
        "refusal": refusal, "now": now,
    }  # fmt: skip
    return render(request, "grid/conflicts.html", context, status=422 if refusal else 200)


def _rows(found: list[Conflict], now: datetime) -> list[dict[str, object]]:
    """Conflicts, each with the id that its decision will have: pressing twice is deciding once."""
    return [
        {"one": one, "in_force": one.said(one.in_force), "other": one.said(one.other), "fresh": fresh}
        for one, fresh in zip(found, uuid7s(now, len(found)), strict=True)
    ]


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(text_in(request, name, 40))
    except ValueError:
        raise Refusal("表单不完整，请刷新页面。", "The form is incomplete. Load the page again.", field=name) from None
