"""The API of where a result is: for whoever waits, by their own telephone; turn-round, backlog and one tube for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Router, Schema

from yanmen.desk.api import allow
from yanmen.desk.device_keys import HolderKey
from yanmen.subsystems.screening.kinds import COURIER, LABORATORY, MANAGER, REVIEWER, SAMPLING
from yanmen.subsystems.screening.queries import tracking

router = Router()
Tube = Annotated[str, Path(max_length=40, pattern=r"^[^\x00]*$")]
HOLDER = "holder"
"""Whoever signs with the key of their telephone: `HolderKey` opens, no account has this role."""
SEES = (SAMPLING, MANAGER, COURIER, LABORATORY, REVIEWER, "command.staff")


class HopOut(Schema):
    """A hop of the last day: seconds. `all` is from sampling to the result."""

    key: int | None
    gate: str
    tubes: int
    median: float
    p90: float


class BacklogOut(Schema):
    """What lies before a laboratory, and how many hours it takes at its stated pace."""

    laboratory: int
    name: str
    waiting: int
    on_machine: int
    coming: int
    oldest: datetime | None
    hours: float


class WhereOut(Schema):
    """A tube, the gate it has reached, and until when it is due at the next."""

    tube: str
    gate: str
    since: datetime | None
    due: datetime | None
    late: bool
    members: int


@router.get("/holder/results", auth=HolderKey(), summary="Where one's own result is: gates, queue, likely time")
@allow(role=HOLDER)
def own_results(request: HttpRequest) -> dict[str, Any]:
    scope, now = request.scope, request.now
    return {"as_of": now, "results": tracking.own_results(scope, now=now)}


@router.get("/turn-round", response=list[HopOut], summary="How long each hop took in the last day")
@allow(role=SEES)
def turn_round(request: HttpRequest, by: Literal["all", "site", "laboratory"] = "all") -> list[Any]:
    return tracking.turn_round(request.scope, now=request.now, by=by)


@router.get("/backlog", response=list[BacklogOut], summary="What lies before each laboratory")
@allow(role=SEES)
def backlog(request: HttpRequest) -> list[BacklogOut]:
    found = tracking.backlog(request.scope, now=request.now)
    names = ("waiting", "on_machine", "coming", "oldest", "hours")
    return [
        BacklogOut(
            laboratory=each.laboratory.pk, name=each.laboratory.place.name_zh, **{name: getattr(each, name) for name in names}
        )
        for each in found
    ]  # fmt: skip


@router.get("/waiting", response=list[WhereOut], summary="The oldest tubes without a result")
@allow(role=SEES)
def waiting(request: HttpRequest) -> list[WhereOut]:
    return [_where(each) for each in tracking.oldest(request.scope, now=request.now)]


@router.get("/tubes/{tube}/where", response=WhereOut, summary="Where a tube is")
@allow(role=SEES)
def where(request: HttpRequest, tube: Tube) -> WhereOut:
    found = tracking.find_tube(request.scope, tube, now=request.now)
    if found is None:
        raise Http404
    return _where(found)


def _where(each: dict[str, Any]) -> WhereOut:
    tube = each["tube"]
    return WhereOut(
        tube=tube.pk, members=tube.members, **{name: each[name] for name in ("gate", "since", "due", "late")}
    )
