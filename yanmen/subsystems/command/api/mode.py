"""Modes, balances and 7-1-7 for programs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from yanmen.desk import clock
from yanmen.desk.api import Input, allow
from yanmen.desk.balances import tell
from yanmen.desk.readiness import ready
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.subsystems.command.actions import mode as actions
from yanmen.subsystems.command.queries import mode as queries
from yanmen.subsystems.command.queries import seven_one_seven as events

router = Router()
READERS = (COMMAND, INSPECTOR)


class Switch(Input):
    """A switch to emergency as one unit proposes it, area by area."""

    areas: list[str] = Field(min_length=1, max_length=200)
    desk: str = Field(default="*", max_length=40)
    disease: str = Field(default="covid19", max_length=40)
    document: str = Field(min_length=1, max_length=200)
    clause: str = Field(min_length=1, max_length=200)
    unit: str = Field(min_length=1, max_length=100)
    starts_on: date
    ends_on: date
    apart_days: int = Field(default=0, ge=0, le=30)
    unready_reason: str = Field(default="", max_length=500)


class Approval(Input):
    """Another unit approves."""

    unit: str = Field(min_length=1, max_length=100)


class Undoing(Approval):
    """Back to peace: all of a switch, or one area of it."""

    document: str = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=300)
    area: str = Field(default="", max_length=12)


@router.get("/modes")
@allow(role=READERS)
def modes(request: HttpRequest) -> list[dict[str, Any]]:
    """What was proposed for the asker's areas, newest first, and what became of it."""
    return [_told(each) for each in queries.proposals(request.scope, now=clock.now())]  # type: ignore[attr-defined]


@router.get("/modes/readiness")
@allow(role=READERS)
def readiness(request: HttpRequest) -> list[dict[str, Any]]:
    """The pre-flight list of the asker's area."""
    found = ready(request.scope, now=clock.now())  # type: ignore[attr-defined]
    return [{"check": one.check.name, "zh": one.check.zh, "en": one.check.en, "state": one.state, "have": one.have,
             "need": one.need, "remedy": one.check.remedy} for one in found]  # fmt: skip


@router.post("/modes")
@allow(role=COMMAND)
def propose(request: HttpRequest, body: Switch) -> dict[str, Any]:
    """Propose a switch."""
    scope = request.scope  # type: ignore[attr-defined]
    made = actions.propose(scope=scope, by=scope.by, now=clock.now(), **body.dict())
    return {"switch": str(made)}


@router.post("/modes/{switch}/approve")
@allow(role=COMMAND)
def approve(request: HttpRequest, switch: str, body: Approval) -> dict[str, Any]:
    """Approve every step of it that waits."""
    scope = request.scope  # type: ignore[attr-defined]
    return {"approved": actions.approve(scope=scope, switch=switch, by=scope.by, now=clock.now(), **body.dict())}


@router.post("/modes/{switch}/undo")
@allow(role=COMMAND)
def undo(request: HttpRequest, switch: str, body: Undoing) -> dict[str, int]:
    """Cancel what has not switched yet, reverse what has."""
    scope = request.scope  # type: ignore[attr-defined]
    return actions.undo(scope=scope, switch=switch, by=scope.by, now=clock.now(), **body.dict())


@router.get("/nobody-lost")
@allow(role=READERS)
def nobody_lost(request: HttpRequest) -> list[dict[str, Any]]:
    """Every chain: what came in, where it is, what is not accounted for."""
    told = tell(request.scope, now=clock.now())  # type: ignore[attr-defined]
    return [{"line": each.line.name, "zh": each.line.zh, "en": each.line.en, "came": each.came, "parts": dict(each.counts),
             "lost": each.lost, "oldest": each.oldest} for each in told]  # fmt: skip


@router.get("/seven-one-seven")
@allow(role=READERS)
def seven_one_seven(request: HttpRequest) -> dict[str, Any]:
    """Outbreaks with their clocks, and the shares that met them."""
    found = events.outbreaks(request.scope, now=clock.now())  # type: ignore[attr-defined]
    rows = [{"case": each.key, "county": each.county, "disease": each.disease, "cases": each.cases, "emerged": each.emerged,
             "clocks": [vars(one) for one in each.clocks], "open_actions": list(each.open_actions)} for each in found]  # fmt: skip
    return {"events": rows, "shares": events.shares(found)}


def _told(each: queries.Proposal) -> dict[str, Any]:
    return {name: getattr(each, name) for name in ("area", "desk", "disease", "document", "clause", "starts_on", "ends_on", "unit",
            "switch", "state", "approved_unit", "undone_reason")} | {"id": str(each.id)}  # fmt: skip
