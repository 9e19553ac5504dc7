"""The API of plans that take a while: asked for, then looked after until they are made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status

from yanmen.desk.api import allow
from yanmen.desk.asking import asked_by
from yanmen.subsystems.quarantine.actions import errands
from yanmen.subsystems.quarantine.api.transfers import PLANS, Number
from yanmen.subsystems.quarantine.models import Errand
from yanmen.subsystems.quarantine.queries import errands as queries

router = Router()


class ErrandOut(Schema):
    """A plan that was asked for. `state`: waiting, working, done, refused or failed; `told` says what came of it, `made` which plan."""

    id: int
    kind: str
    area: str
    state: str
    part: str
    done: int
    whole: int
    asked_at: datetime
    ended_at: datetime | None
    made: int | None
    told: dict[str, Any]


@router.post(
    "/transfers/plan",
    response={202: ErrandOut},
    summary="Ask for the runs of everybody approved; the plan is taken over",
)
@allow(role=PLANS)
def plan_runs(request: HttpRequest) -> Status[ErrandOut]:
    return Status(202, _out(errands.ask(kind="runs", adopts=True, **asked_by(request))))


@router.get("/errands/{errand}", response=ErrandOut, summary="How far a plan is")
@allow(role=PLANS)
def how_far(request: HttpRequest, errand: Number) -> ErrandOut:
    found = queries.errand(request.scope, errand)
    if found is None:
        raise Http404(str(errand))
    return _out(found)


def _out(one: Errand) -> ErrandOut:
    names = ("kind", "area", "state", "part", "done", "whole", "asked_at", "ended_at", "made", "told")
    return ErrandOut(id=one.pk, **{name: getattr(one, name) for name in names})
