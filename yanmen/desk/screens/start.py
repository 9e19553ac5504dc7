"""Where a role starts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from yanmen.desk.kinds import COMMAND, INSPECTOR, POLICY_AUTHOR
from yanmen.desk.pages import ANY, page
from yanmen.registry.scope import Scope

FIRST = {COMMAND.name: "desk.wall", INSPECTOR.name: "desk.wall", POLICY_AUTHOR.name: "desk.policy"}


@page("", role=ANY, name="desk.start", zh="首页", en="Start", nav=False)
def start(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Each role starts with the work it owes."""
    return redirect(FIRST.get(scope.role, "desk.worklist"))
