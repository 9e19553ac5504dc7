"""What the operations on cases share: words, a case as it is told, who asks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Schema
from pydantic import Field

from yanmen.desk.api import Input
from yanmen.subsystems.cases import queries
from yanmen.subsystems.cases.kinds import EPIDEMIOLOGIST, REPORTER

STAFF = (REPORTER, EPIDEMIOLOGIST, "command.staff")
AreaCode = Field(pattern=r"^\d{2}(\d{2}(\d{2}(\d{3}){0,2})?)?$", description="GB/T 2260 code, 2 to 12 digits")
Kind = Literal["confirmed", "asymptomatic", "suspected"]
AnyKind = Literal["confirmed", "asymptomatic", "suspected", "false_positive", "excluded"]
Setting = Literal[
    "community", "central_quarantine", "home_isolation", "closed_loop", "arrival", "re_positive", "unknown"
]  # fmt: skip
Severity = Literal["", "mild", "moderate", "severe", "critical"]
Stage = Literal[
    "", "to_audit", "to_trace", "to_investigate", "to_assess", "in_care", "discharged", "died", "handed_over"
]  # fmt: skip
Disease = Field("", max_length=40, description="Code of the disease; empty: COVID-19")


class Note(Input):
    """A remark."""

    note: str = Field("", max_length=400)


class CaseOut(Schema):
    """A case and how far its handling has come."""

    key: str
    person_id: int
    name: str
    area: str
    disease: str
    disease_title: dict[str, str]
    kind: str
    severity: str | None
    setting: str
    onset_on: date | None
    found_at: datetime
    audited_at: datetime | None
    investigated_at: datetime | None
    admitted_at: datetime | None
    discharged_at: datetime | None
    died_at: datetime | None
    handed_to: str | None
    due_at: datetime | None
    stage: str
    stage_title: dict[str, str]


def case_told(request: HttpRequest, key: str) -> queries.Case:
    """The case of that key, or nothing to be found."""
    found = queries.case(request.scope, key, now=request.now)
    if found is None:
        raise Http404(key)
    return found


def about(request: HttpRequest, case: str) -> dict[str, Any]:
    """What every act on a case is told: who asks, for which case, when."""
    scope = request.scope
    return {"scope": scope, "case": case, "by": scope.by, "now": request.now}
