"""The API of findings: what may be wrong with tubes, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yanmen.desk.api import Input, allow
from yanmen.loop.own_kinds import COMMAND
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.kinds import MANAGER, SAMPLING
from yanmen.subsystems.screening.methods.words import FINDINGS
from yanmen.subsystems.screening.models import Finding
from yanmen.subsystems.screening.queries import findings as queries

router = Router()


class Note(Input):
    """What became of a finding."""

    note: str = Field(min_length=1, max_length=500)


class FindingOut(Schema):
    """Something that may be wrong with a tube."""

    id: int
    kind: str
    title: dict[str, str]
    tube: str
    area: str
    person: int | None
    site: int | None
    detail: dict[str, Any]
    found_at: datetime
    resolved_at: datetime | None
    note: str


@router.get("/findings", response=list[FindingOut], summary="What may be wrong with tubes, newest first")
@allow(role=(MANAGER, SAMPLING, COMMAND))
def findings(
    request: HttpRequest, settled: bool = False, kind: str = "", tube: str = "", before: int | None = None
) -> list[dict[str, Any]]:
    about: dict[str, Any] = {"settled": settled, "kind": kind, "tube": tube[:40], "before": before}
    return [_out(row) for row in queries.findings(request.scope, **about)]


@router.post("/findings/{finding}", response=FindingOut, summary="Say what became of a finding")
@allow(role=(MANAGER, SAMPLING))
def settle(request: HttpRequest, finding: int, body: Note) -> dict[str, Any]:
    scope, now = request.scope, request.now
    return _out(actions.resolve_finding(scope=scope, finding=finding, note=body.note, by=scope.by, now=now))


def _out(row: Finding) -> dict[str, Any]:
    own = ("id", "kind", "tube", "area", "detail", "found_at", "resolved_at", "note")
    told = {name: getattr(row, name) for name in own}
    return told | {"title": FINDINGS[row.kind], "person": row.person_id, "site": row.site_id}
