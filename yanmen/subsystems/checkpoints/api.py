"""The API of checkpoints: posts, shifts, hand-overs. Passes come in by the edge and go out masked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.loop.own_kinds import COMMAND
from yanmen.subsystems.checkpoints import actions, queries
from yanmen.subsystems.checkpoints.kinds import MANAGER, OFFICER, RECEIVER
from yanmen.subsystems.checkpoints.methods.words import DUTIES
from yanmen.subsystems.checkpoints.models import HandOver, Post, Shift

router = Router()
STAFF = (OFFICER, MANAGER, COMMAND)
ENDS = (*STAFF, RECEIVER)
AreaCode = Field(pattern=r"^\d{6}(\d{3}){0,2}$", description="GB/T 2260 code: 6, 9 or 12 digits")
Kind = Literal["highway", "railway", "airport", "road", "village", "community"]
Number = Field(ge=1, le=2**53, description="Number of the row")


class PostIn(Input):
    """A post to open."""

    name_zh: str = Field(min_length=1, max_length=80)
    name_en: str = Field("", max_length=80)
    area: str = AreaCode
    kind: Kind
    direction: Literal["in", "out", "both"] = "in"
    lanes: int = Field(1, ge=1, le=60)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-90, le=90)


class PostOut(Schema):
    """A post as it stands."""

    id: int
    name_zh: str
    name_en: str
    area: str
    kind: str
    direction: str
    lanes: int
    longitude: float | None
    latitude: float | None
    open_from: datetime
    open_to: datetime | None


class ShiftIn(Input):
    """Hours at a post and how many of each duty."""

    starts_at: AwareDatetime
    ends_at: AwareDatetime
    duties: dict[Literal["check_codes", "register", "sample", "traffic", "transfer"], int] = Field(
        max_length=len(DUTIES)
    )


class TurnIn(Input):
    """Who takes which duty."""

    account: int = Number
    duty: str = Field(max_length=20)


class ShiftOut(Schema):
    """A shift, and how many of those needed are on it."""

    id: int
    post: int
    starts_at: datetime
    ends_at: datetime
    needed: int
    covered: int
    duties: dict[str, int]


class HandOverIn(Input):
    """Somebody at a post who owes something, and where they go."""

    person: int = Number
    owed: str = Field(max_length=40)
    rule: str = Field("", max_length=80)
    to_area: str = AreaCode
    to_place: int | None = Field(None, ge=1, le=2**53)
    pass_id: UUID | None = None


class Step(Input):
    """The next step of a hand-over."""

    act: Literal["assign", "depart", "receive", "refuse"]
    vehicle: str = Field("", max_length=20)
    escort: str = Field("", max_length=80)
    note: str = Field("", max_length=200)


class HandOverOut(Schema):
    """A hand-over as both ends see it."""

    id: int
    person: int
    name_masked: str
    post: int
    from_area: str
    to_area: str
    state: str
    opened_at: datetime
    leave_by: datetime
    arrive_by: datetime
    ended_at: datetime | None
    note: str


class MetOut(Schema):
    """Somebody who came in by a post and owes something."""

    pass_id: UUID
    person: int
    passed_at: datetime
    kind: str
    rule: str


@router.get("/posts", response=list[PostOut], summary="Posts that are open")
@allow(role=STAFF)
def posts(request: HttpRequest) -> list[dict[str, Any]]:
    return [_post(each) for each in queries.posts_at(request.scope, now=request.now)[:2000]]


@router.post("/posts", response={201: PostOut}, summary="Open a post")
@allow(role=MANAGER)
def open_post(request: HttpRequest, body: PostIn) -> Status[dict[str, Any]]:
    return Status(201, _post(actions.open_post(**body.dict(), **asked_by(request))))


@router.post("/posts/{int:post}/close", response=PostOut, summary="Close a post")
@allow(role=MANAGER)
def close_post(request: HttpRequest, post: int) -> dict[str, Any]:
    return _post(actions.close_post(post=_known(request, post).pk, **asked_by(request)))


@router.get("/posts/{int:post}/met", response=list[MetOut], summary="Who came in and must be handed over")
@allow(role=STAFF)
def met(request: HttpRequest, post: int) -> list[queries.Met]:
    found = _known(request, post)
    return queries.met(request.scope, post=found.pk, area=found.area, now=request.now)[:500]


@router.get("/posts/{int:post}/shifts", response=list[ShiftOut], summary="Shifts of the next days")
@allow(role=STAFF)
def shifts(request: HttpRequest, post: int, days: int = 7) -> list[dict[str, Any]]:
    until = request.now + timedelta(days=min(max(days, 1), 60))
    rows = queries.shifts(request.scope, since=request.now, until=until, post=_known(request, post).pk)
    return [_shift(each, each.covered) for each in rows[:500]]  # type: ignore[attr-defined]


@router.post("/posts/{int:post}/shifts", response={201: ShiftOut}, summary="Plan a shift")
@allow(role=MANAGER)
def plan_shift(request: HttpRequest, post: int, body: ShiftIn) -> Status[dict[str, Any]]:
    duties = {str(name): count for name, count in body.duties.items()}
    made = actions.plan_shift(
        post=_known(request, post).pk,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        duties=duties,
        **asked_by(request),
    )
    return Status(201, _shift(made, 0))


@router.post("/shifts/{int:shift}/turns", response={201: dict[str, int]}, summary="Put somebody on a shift")
@allow(role=MANAGER)
def take_turn(request: HttpRequest, shift: int, body: TurnIn) -> Status[dict[str, int]]:
    made = actions.take_turn(shift=shift, account=body.account, duty=body.duty, **asked_by(request))
    return Status(201, {"turn": made.pk})


@router.get("/hand-overs", response=list[HandOverOut], summary="Open hand-overs at either end")
@allow(role=ENDS)
def hand_overs(request: HttpRequest, to_us: bool = False) -> list[dict[str, Any]]:
    rows = queries.incoming(request.scope) if to_us else queries.outgoing(request.scope)
    return [_hand_over(each) for each in rows[:500]]


@router.post("/posts/{int:post}/hand-overs", response={201: HandOverOut}, summary="Open a hand-over")
@allow(role=(OFFICER, MANAGER))
def open_hand_over(request: HttpRequest, post: int, body: HandOverIn) -> Status[dict[str, Any]]:
    made = actions.open_hand_over(post=_known(request, post).pk, **body.dict(), **asked_by(request))
    return Status(201, _hand_over(made))


@router.post("/hand-overs/{int:hand_over}/steps", response=HandOverOut, summary="The next step of a hand-over")
@allow(role=(OFFICER, MANAGER, RECEIVER))
def step(request: HttpRequest, hand_over: int, body: Step) -> dict[str, Any]:
    about = asked_by(request) | {"hand_over": hand_over}
    if body.act == "assign":
        return _hand_over(actions.assign_vehicle(vehicle=body.vehicle, escort=body.escort, **about))
    if body.act == "depart":
        return _hand_over(actions.depart(**about))
    if body.act == "receive":
        return _hand_over(actions.receive(note=body.note, **about))
    return _hand_over(actions.refuse(reason=body.note, **about))


def _known(request: HttpRequest, number: int) -> Post:
    found = queries.post(request.scope, number) if number < 2**63 else None
    if found is None:
        raise Http404(str(number))
    return found


def _post(post: Post) -> dict[str, Any]:
    place = {name: getattr(post.place, name) for name in ("name_zh", "name_en", "longitude", "latitude")}
    own = {name: getattr(post, name) for name in ("area", "kind", "direction", "lanes", "open_from", "open_to")}
    return {"id": post.pk, **place, **own}


def _shift(shift: Shift, covered: int) -> dict[str, Any]:
    own = {name: getattr(shift, name) for name in ("starts_at", "ends_at", "needed", "duties")}
    return {"id": shift.pk, "post": shift.post_id, "covered": covered, **own}


def _hand_over(one: HandOver) -> dict[str, Any]:
    names = ("to_area", "state", "opened_at", "leave_by", "arrive_by", "ended_at", "note")
    return {
        "id": one.pk,
        "person": one.person_id,
        "name_masked": one.shown_name,
        "post": one.post_id,
        "from_area": one.area,
        **{name: getattr(one, name) for name in names},
    }
