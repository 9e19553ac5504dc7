"""The API of campaigns: plan and run them, how far each round is, who is missing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.access import log_access
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.kinds import MANAGER, SAMPLING
from yanmen.subsystems.screening.models import Round
from yanmen.subsystems.screening.queries import campaigns as queries

router = Router()
READERS = (MANAGER, SAMPLING, COMMAND, "grid_officer")


class CampaignIn(Input):
    """A campaign to plan. Sizes and hours are bounded by the guide in force."""

    area: str = Field(pattern=r"^\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?$", description="GB/T 2260 code")
    name_zh: str = Field(min_length=1, max_length=80)
    name_en: str = Field("", max_length=80)
    basis: str = Field(min_length=1, max_length=200)
    pools: dict[Literal["general", "sealed", "key"], int]
    starts_at: datetime
    within_hours: int | None = Field(None, ge=1, le=240)


class RoundIn(Input):
    """One more round."""

    opens_at: datetime
    closes_at: datetime | None = None


class CampaignOut(Schema):
    """A campaign."""

    id: int
    area: str
    name_zh: str
    name_en: str
    basis: str
    pools: dict[str, int]
    within_hours: int
    state: str
    starts_at: datetime
    ended_at: datetime | None


class PartOut(Schema):
    """A part of a round in its order, and how far it is."""

    id: int
    area: str
    order: int
    tier: str
    group: str
    people: int
    sampled: int
    sampled_here: int
    percent: float
    counted_at: datetime | None


class RoundOut(Schema):
    """A round and its parts."""

    id: int
    campaign: int
    number: int
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    people: int
    sampled: int
    parts: list[PartOut]


class Door(Schema):
    """Behind one door: who was not sampled."""

    area: str
    address: str
    people: list[dict[str, Any]]


class Missing(Schema):
    """One page of doors; ask again with `after` for the next."""

    missing: int
    elsewhere: int
    doors: list[Door]
    after: str


@router.get("/campaigns", response=list[CampaignOut], summary="Campaigns that concern the asker's areas, latest first")
@allow(role=READERS)
def campaigns(request: HttpRequest, over: bool = False) -> Any:
    return queries.campaigns(request.scope, over=over)


@router.post("/campaigns", response={201: CampaignOut}, summary="Plan a campaign")
@allow(role=MANAGER)
def plan(request: HttpRequest, body: CampaignIn) -> Status[Any]:
    return Status(201, actions.plan_campaign(**body.dict(), **asked_by(request)))


@router.get("/campaigns/{campaign}/rounds", response=list[RoundOut], summary="Rounds with their parts")
@allow(role=READERS)
def rounds(request: HttpRequest, campaign: int) -> list[dict[str, Any]]:
    scope = request.scope
    found = queries.campaign(scope, campaign)
    if found is None:
        raise Http404(str(campaign))
    return [_round(request, each) for each in queries.rounds(scope, found)]


@router.post("/campaigns/{campaign}/start", response={201: RoundOut}, summary="Start: opens the first round")
@allow(role=MANAGER)
def start(request: HttpRequest, campaign: int) -> Status[dict[str, Any]]:
    return Status(201, _round(request, actions.start_campaign(campaign=campaign, **asked_by(request))))


@router.post("/campaigns/{campaign}/rounds", response={201: RoundOut}, summary="Add a round")
@allow(role=MANAGER)
def add_round(request: HttpRequest, campaign: int, body: RoundIn) -> Status[dict[str, Any]]:
    return Status(201, _round(request, actions.add_round(campaign=campaign, **body.dict(), **asked_by(request))))


@router.post("/campaigns/{campaign}/end", response=CampaignOut, summary="End a campaign")
@allow(role=MANAGER)
def end(request: HttpRequest, campaign: int) -> Any:
    return actions.end_campaign(campaign=campaign, **asked_by(request))


@router.post("/campaigns/{campaign}/cancel", response=CampaignOut, summary="Call a campaign off")
@allow(role=MANAGER)
def cancel(request: HttpRequest, campaign: int) -> Any:
    return actions.cancel_campaign(campaign=campaign, **asked_by(request))


@router.post(
    "/rounds/{number}/close", response=dict[str, int], summary="Close a round: who is missing is work for the grid"
)
@allow(role=MANAGER)
def close(request: HttpRequest, number: int) -> dict[str, int]:
    return {"missed": actions.close_round(round=number, **asked_by(request))}


@router.get("/rounds/{number}/missing", response=Missing, summary="Who was not sampled, door by door")
@allow(role=READERS)
def missing(request: HttpRequest, number: int, after: str = "") -> dict[str, Any]:
    scope = request.scope
    found = queries.round_of(scope, number)
    if found is None:
        raise Http404(str(number))
    doors, more = queries.households(scope, found, after=after[:300])
    log_access(
        scope, "people not sampled in a round", count=sum(len(door.people) for door in doors),
        now=request.now,
    )  # fmt: skip
    told = [
        {
            "area": door.area,
            "address": door.address,
            "people": [{"person": row["person"], "name": row["name"]} for row in door.people],
        }
        for door in doors
    ]
    return {"doors": told, "after": more} | queries.missing_counts(scope, found)


def _round(request: HttpRequest, row: Round) -> dict[str, Any]:
    found = queries.parts(request.scope, row)
    total = queries.progress(found)
    own = ("id", "area", "order", "tier", "group", "people", "sampled", "sampled_here", "counted_at")
    parts = [{name: getattr(part, name) for name in own} | {"percent": done.percent} for part, done in found]
    about = {name: getattr(row, name) for name in ("id", "number", "opens_at", "closes_at", "closed_at")}
    return about | {"campaign": row.campaign_id, "people": total.people, "sampled": total.sampled, "parts": parts}
