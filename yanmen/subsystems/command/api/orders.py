"""The API of orders: giving them, what units say of them, coverage from the facts, hops that are late, requests upward."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.desk.asking import asked_by
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.subsystems.command.actions import orders, receipts, requests
from yanmen.subsystems.command.kinds import UNIT
from yanmen.subsystems.command.models import Order, Receipt, Request
from yanmen.subsystems.command.queries import orders as queries
from yanmen.subsystems.command.queries import requests as asking
from yanmen.subsystems.command.queries import targets

router = Router()
GIVES = (COMMAND,)
HOLDS = (COMMAND, UNIT)
LOOKS = (COMMAND, UNIT, INSPECTOR)
MOST = 2000
Number = Annotated[int, Path(ge=1, le=2**62)]
Code = Annotated[str, Field(max_length=12)]


class Target(Input):
    """A question that names units: see GET /targets for the kinds."""

    kind: Literal["below", "areas", "tier", "places", "tasks"]
    areas: list[Code] = Field(default=[], max_length=500)
    level: str = Field(default="", max_length=12)
    tiers: list[Annotated[str, Field(max_length=20)]] = Field(default=[], max_length=10)
    kinds: list[Annotated[str, Field(max_length=80)]] = Field(default=[], max_length=20)


class End(Input):
    """What the order is measured by: tasks of a kind done, or a fact of a kind recorded."""

    by: Literal["tasks", "facts"]
    kind: str = Field(max_length=80)


class NewOrder(Input):
    """An order. Without a deadline the one of its urgency holds; `counted`: refused where the target names another number of units by now."""

    title: str = Field(max_length=200)
    text: str = Field(max_length=4000)
    document: str = Field(max_length=200)
    target: Target
    urgency: Literal["express", "urgent", "ordinary"] = "ordinary"
    due_at: datetime | None = None
    clauses: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=20)
    end: End | None = None
    replaces: int | None = Field(default=None, ge=1, le=2**62)
    counted: int | None = Field(default=None, ge=0, le=10**9)


class Split(Input):
    """Passing an order on; by default to every unit of the next level."""

    target: Target | None = None
    text: str = Field(default="", max_length=4000)
    due_at: datetime | None = None


class Done(Input):
    note: str = Field(max_length=1000)


class Units(Input):
    units: list[Code] = Field(min_length=1, max_length=MOST)


class Back(Input):
    unit: Code
    reason: str = Field(max_length=400)
    due_at: datetime | None = None


class Why(Input):
    why: str = Field(max_length=400)


class Ask(Input):
    """A request to the unit above."""

    kind: Literal["teams", "supplies", "rooms", "decision", "other"]
    text: str = Field(max_length=2000)
    amount: int | None = Field(default=None, ge=0, le=10**9)
    needed_at: datetime | None = None
    receipt: int | None = Field(default=None, ge=1, le=2**62)


class Answer(Input):
    outcome: Literal["granted", "partly", "refused"]
    reason: str = Field(default="", max_length=1000)


@router.get("/orders", summary="The board of orders: open, closed, or given by areas below")
@allow(role=LOOKS)
def board(request: HttpRequest, show: Literal["open", "closed", "below"] = "open") -> list[dict[str, Any]]:
    return queries.board(request.scope, now=request.now, show=show)


@router.post("/orders", summary="Give an order to the units that the target names at this moment")
@allow(role=GIVES)
def issue(request: HttpRequest, body: NewOrder) -> dict[str, Any]:
    given = body.model_dump(exclude={"replaces", "target", "end"})
    replaced = _order(request, body.replaces) if body.replaces else None
    end = body.end.model_dump() if body.end else None
    made = orders.issue(target=body.target.model_dump(), end=end, replaces=replaced, **given, **asked_by(request))
    return _told(request, made)


@router.post("/targets", summary="How many units a target names now, and the first of them")
@allow(role=GIVES)
def count(request: HttpRequest, body: Target) -> dict[str, Any]:
    found = targets.counted(request.scope, body.model_dump())
    return {"count": len(found), "units": found[:MOST]}


@router.get(
    "/orders/{order}",
    summary="An order, its units by level and state, and its coverage as claimed and as the facts say",
)
@allow(role=LOOKS)
def order(request: HttpRequest, order: Number) -> dict[str, Any]:
    return _told(request, _order(request, order))


@router.get("/orders/{order}/units", summary="The units of an order in the asker's areas, by code; `after` goes on")
@allow(role=LOOKS)
def units(
    request: HttpRequest,
    order: Number,
    after: Annotated[str, Query(max_length=12)] = "",
    state: Annotated[str, Query(max_length=12)] = "",
) -> dict[str, Any]:
    rows = queries.units(request.scope, _order(request, order), now=request.now, state=state, after=after, limit=MOST)
    return {"items": rows, "after": rows[-1]["area"] if len(rows) == MOST else ""}


@router.get(
    "/orders/{order}/since",
    summary="The frozen question asked again: units that it would name now, and those it no longer would",
)
@allow(role=(COMMAND, INSPECTOR))
def since(request: HttpRequest, order: Number) -> dict[str, list[str]]:
    found = _order(request, order)
    request.scope.require(found.area)
    return {name: codes[:MOST] for name, codes in targets.since(request.scope, found).items()}


@router.post("/orders/{order}/verify", summary="These units' claims hold")
@allow(role=HOLDS)
def verify(request: HttpRequest, order: Number, body: Units) -> dict[str, int]:
    return {"verified": receipts.verify(order=_order(request, order), units=body.units, **asked_by(request))}


@router.post("/orders/{order}/return", summary="A unit's claim does not hold: it owes the order again")
@allow(role=HOLDS)
def send_back(request: HttpRequest, order: Number, body: Back) -> dict[str, Any]:
    return _held(receipts.send_back(order=_order(request, order), **body.model_dump(), **asked_by(request)))


@router.post("/orders/{order}/recall", summary="Take an order back, with everything below it")
@allow(role=GIVES)
def recall(request: HttpRequest, order: Number, body: Why) -> dict[str, int]:
    return {"units": orders.recall(order=_order(request, order), why=body.why, **asked_by(request))}


@router.get("/inbox", summary="Orders in the hands of the asker's own unit")
@allow(role=LOOKS)
def inbox(request: HttpRequest) -> list[dict[str, Any]]:
    return [_held(each) | {"title": each.order.title} for each in queries.inbox(request.scope)]


@router.post("/inbox/receive", summary="The unit's desk has received everything sent to it")
@allow(role=HOLDS)
def receive(request: HttpRequest) -> dict[str, int]:
    return {"received": receipts.receive(**asked_by(request))}


@router.post("/receipts/{receipt}/read", summary="Somebody of the unit has read the order")
@allow(role=HOLDS)
def read(request: HttpRequest, receipt: Number) -> dict[str, Any]:
    return _held(receipts.read(receipt=receipt, **asked_by(request)))


@router.post("/receipts/{receipt}/accept", summary="The unit takes the order on")
@allow(role=HOLDS)
def accept(request: HttpRequest, receipt: Number) -> dict[str, Any]:
    return _held(receipts.accept(receipt=receipt, **asked_by(request)))


@router.post("/receipts/{receipt}/split", summary="Pass an order on to the unit's own units below")
@allow(role=HOLDS)
def split(request: HttpRequest, receipt: Number, body: Split) -> dict[str, Any]:
    found = queries.receipt(request.scope, receipt)
    if found is None:
        raise Http404(str(receipt))
    target = body.target.model_dump() if body.target else None
    made = orders.split(receipt=found, target=target, text=body.text, due_at=body.due_at, **asked_by(request))
    return _told(request, made)


@router.post("/receipts/{receipt}/done", summary="The unit says that it is done, and what was done")
@allow(role=HOLDS)
def done(request: HttpRequest, receipt: Number, body: Done) -> dict[str, Any]:
    return _held(receipts.done(receipt=receipt, note=body.note, **asked_by(request)))


@router.get("/late", summary="Hops that did not come in time: told to the asker's level, and all of their areas")
@allow(role=LOOKS)
def late(request: HttpRequest) -> dict[str, list[dict[str, Any]]]:
    rows = queries.late(request.scope, now=request.now)
    return {
        "told": [vars(each) for each in rows if each.told_to(request.scope.area)],
        "all": [vars(each) for each in rows],
    }


@router.get("/requests", summary="What was asked of the asker's unit, and what it asked itself")
@allow(role=LOOKS)
def asked(request: HttpRequest) -> dict[str, list[dict[str, Any]]]:
    scope, now = request.scope, request.now
    return {
        "incoming": [_request(each.row) | {"reached": each.reached} for each in asking.incoming(scope, now=now)],
        "outgoing": [_request(each.row) | {"reached": each.reached} for each in asking.outgoing(scope, now=now)],
    }


@router.post("/requests", summary="Ask the unit above for teams, supplies, rooms or a decision")
@allow(role=HOLDS)
def ask(request: HttpRequest, body: Ask) -> dict[str, Any]:
    given = body.model_dump(exclude={"receipt"})
    held = queries.receipt(request.scope, body.receipt) if body.receipt else None
    return _request(requests.ask(receipt=held, **given, **asked_by(request)))


@router.post("/requests/{number}/answer", summary="Grant a request, in part or whole, or refuse it with a reason")
@allow(role=HOLDS)
def answer(request: HttpRequest, number: Number, body: Answer) -> dict[str, Any]:
    return _request(requests.answer(request=number, **body.model_dump(), **asked_by(request)))


def _order(request: HttpRequest, number: int) -> Order:
    found = queries.order(request.scope, number)
    if found is None:
        raise Http404(str(number))
    return found


def _told(request: HttpRequest, one: Order) -> dict[str, Any]:
    names = (
        "area", "title", "text", "document", "clauses", "urgency", "target", "end", "due_at", "issued_at", "issued_by", "state",
        "closed_why",
    )  # fmt: skip
    scope, now = request.scope, request.now
    return (
        {"id": one.pk, "parent": one.parent_id, "root": one.root_id or one.pk, "units": one.target_count}
        | {name: getattr(one, name) for name in names}
        | {"levels": queries.levels(scope, one, now=now), "coverage": queries.coverage(scope, one, now=now)}
    )


def _held(one: Receipt) -> dict[str, Any]:
    names = (
        "area", "state", "due_at", "issued_at", "received_at", "read_at", "accepted_at", "split_at", "done_at", "done_note", "verified_at",
        "returned_at", "returned_why", "step_due",
    )  # fmt: skip
    return {"id": one.pk, "order": one.order_id} | {name: getattr(one, name) for name in names}


def _request(one: Request) -> dict[str, Any]:
    names = (
        "area", "to_area", "kind", "text", "amount", "needed_at", "asked_at", "due_at", "seen_at", "answered_at", "outcome", "reason",
    )  # fmt: skip
    return {"id": one.pk} | {name: getattr(one, name) for name in names}
