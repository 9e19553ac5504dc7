"""The API of transfers for both sides: asking, approving, picked up, arrived."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.subsystems.quarantine.actions import requests, transfers
from yanmen.subsystems.quarantine.kinds import DISPATCHER, MANAGER, STAFF
from yanmen.subsystems.quarantine.models import Transfer
from yanmen.subsystems.quarantine.queries import transfers as queries

router = Router()
TEAM = "transfer_team"
SEES = (DISPATCHER, MANAGER, STAFF, TEAM, "command.staff")
PLANS = (DISPATCHER, TEAM)
APPROVES = (DISPATCHER, MANAGER)
ASKS = (DISPATCHER, MANAGER, TEAM)
RECEIVES = (DISPATCHER, TEAM, MANAGER, STAFF)
Number = Annotated[int, Path(ge=1, le=2**53)]
Key = Annotated[int, Field(ge=1, le=2**53)]
Keys = Annotated[list[Key], Field(min_length=1, max_length=2000)]
Text = r"^[^\x00]*$"
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=Text)]
Why = Annotated[str, Field(min_length=1, max_length=200, pattern=Text)]
State = Annotated[str, Query(max_length=20, pattern=Text)]
Need = Annotated[str, Field(max_length=20, pattern=Text)]


class Asked(Input):
    """Who is to be brought: to the stays they were given, or to a place, or home where no place is said."""

    stays: list[Key] = Field([], max_length=2000)
    people: list[Key] = Field([], max_length=2000)
    to_place: Key | None = None
    group: Literal["", "case", "contact", "home"] = ""
    why: Literal["", "infected", "close_contact", "second_contact", "home"] = ""
    needs: list[Need] = Field([], max_length=20)
    from_place: Key | None = None
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)
    ready_at: AwareDatetime | None = None


class Chosen(Input):
    """Transfers."""

    transfers: Keys


class WithWhy(Chosen):
    """Transfers, and why."""

    why: Why


class PickedUp(Chosen):
    """Who took them."""

    picked_up_by: Name


class Received(Chosen):
    """Who received them."""

    received_by: Name


class TransferOut(Schema):
    """A transfer and how far it is."""

    id: int
    person: int
    party: int
    state: str
    group: str
    area: str
    to_area: str
    from_text: str
    to_text: str
    to_place: int | None
    stay: int | None
    needs: list[str]
    ready_at: datetime | None
    due_at: datetime
    run: int | None
    position: int | None
    pick_up_at: datetime | None
    arrive_at: datetime | None
    picked_up_at: datetime | None
    arrived_at: datetime | None
    received_by: str
    why: str


@router.get("/transfers", response=list[TransferOut], summary="Transfers of both ends, soonest due first")
@allow(role=SEES)
def listed(request: HttpRequest, state: State = "") -> list[TransferOut]:
    rows = queries.at_either_end(request.scope)
    rows = rows.filter(state=state) if state else rows.filter(ended_at=None)
    return [told(each) for each in rows.order_by("due_at", "party", "pk")[: queries.MOST]]


@router.post("/transfers", response={201: list[TransferOut]}, summary="Ask for transfers")
@allow(role=ASKS)
def ask(request: HttpRequest, body: Asked) -> Status[list[TransferOut]]:
    about = asked_by(request)
    if body.stays:
        made = requests.request_stays(stays=body.stays, needs=body.needs, **about)
    else:
        point = (body.longitude, body.latitude) if body.longitude is not None and body.latitude is not None else None
        given = body.dict(exclude={"stays", "longitude", "latitude"})
        made = requests.request_transfers(from_point=point, **given, **about)
    return Status(201, [told(each) for each in made])


@router.get("/transfers/{int:transfer}", response=TransferOut, summary="One transfer")
@allow(role=SEES)
def one(request: HttpRequest, transfer: Number) -> TransferOut:
    found = queries.transfer(request.scope, transfer)
    if found is None:
        raise Http404
    return told(found)


@router.post("/transfers/release", response=list[TransferOut], summary="The sending side lets them go")
@allow(role=APPROVES)
def release(request: HttpRequest, body: Chosen) -> list[TransferOut]:
    return _all(transfers.release(transfers=body.transfers, **asked_by(request)))


@router.post("/transfers/accept", response=list[TransferOut], summary="The receiving side takes them")
@allow(role=APPROVES)
def accept(request: HttpRequest, body: Chosen) -> list[TransferOut]:
    return _all(transfers.accept(transfers=body.transfers, **asked_by(request)))


@router.post("/transfers/approve", response=list[TransferOut], summary="Whatever the asker may approve of these")
@allow(role=APPROVES)
def approve(request: HttpRequest, body: Chosen) -> list[TransferOut]:
    return _all(transfers.approve(transfers=body.transfers, **asked_by(request)))


@router.post("/transfers/refuse", response=list[TransferOut], summary="Either side does not agree")
@allow(role=APPROVES)
def refuse(request: HttpRequest, body: WithWhy) -> list[TransferOut]:
    return _all(transfers.refuse(**body.dict(), **asked_by(request)))


@router.post("/transfers/cancel", response=list[TransferOut], summary="Not needed any more")
@allow(role=(*APPROVES, TEAM))
def cancel(request: HttpRequest, body: WithWhy) -> list[TransferOut]:
    return _all(transfers.cancel(**body.dict(), **asked_by(request)))


@router.post("/transfers/pick-up", response=list[TransferOut], summary="They are in the vehicle")
@allow(role=PLANS)
def pick_up(request: HttpRequest, body: PickedUp) -> list[TransferOut]:
    return _all(transfers.pick_up(**body.dict(), **asked_by(request)))


@router.post("/transfers/arrive", response=list[TransferOut], summary="They are there and taken in")
@allow(role=RECEIVES)
def arrive(request: HttpRequest, body: Received) -> list[TransferOut]:
    return _all(transfers.arrive(**body.dict(), **asked_by(request)))


@router.post("/transfers/bring-back", response=list[TransferOut], summary="They could not be handed over")
@allow(role=PLANS)
def bring_back(request: HttpRequest, body: WithWhy) -> list[TransferOut]:
    return _all(transfers.bring_back(**body.dict(), **asked_by(request)))


def _all(rows: list[Transfer]) -> list[TransferOut]:
    return [told(each) for each in rows]


def told(each: Transfer) -> TransferOut:
    """A transfer as the API tells it."""
    names = set(TransferOut.model_fields) - {"person", "to_place", "stay", "run"}
    about: dict[str, Any] = {name: getattr(each, name) for name in names}
    about |= {"person": each.person_id, "to_place": each.to_place_id, "stay": each.stay_id, "run": each.run_id}
    return TransferOut(**about)
