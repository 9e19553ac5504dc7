"""Indicators for machines: which there are, and one of them by day and area."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from yanmen.desk import figures
from yanmen.desk.api import allow
from yanmen.numbers import indicators
from yanmen.registry.scope import Scope

router = Router()


@router.get("/")
@allow(role=figures.ROLES)
def listing(request: HttpRequest) -> dict[str, Any]:
    """Every indicator: its unit, what it counts, and where its numbers come from."""
    rows = [
        {
            "id": one.id,
            "title": {"zh": one.zh, "en": one.en},
            "unit": figures.unit(one),
            "counts": one.how,
            "source": one.source,
            "parts": one.parts,
            "addable": indicators.addable(one),
        }
        for one in indicators.INDICATORS.values()
    ]
    return {"read_at": indicators.read_at(), "indicators": rows}


@router.get("/{name}/")
@allow(role=figures.ROLES)
def values(
    request: HttpRequest, name: str, area: str = "", first: date | None = None, last: date | None = None, known_at: datetime | None = None
) -> dict[str, Any]:  # fmt: skip
    """An indicator by day (`first` to `last`, thirty days unless given) of an area, and by the areas one level below, as known at a moment."""
    scope: Scope = request.scope
    question = figures.question(scope, area=area, first=first, last=last, known_at=known_at, now=request.now)
    days, areas = figures.by_day(scope, name, question), figures.by_area(scope, name, question)
    return {
        "indicator": name,
        "area": question.area,
        "known_at": days.known_at,
        "read_at": days.read_at,
        "days": [figures.plain(row) for row in days.rows],
        "areas": [figures.plain(row) for row in areas.rows],
    }
