"""The API of sites for whoever comes: where one is tested now, and how long one waits. No sign-in, of no person.

One's own county is told to one's own telephone alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from yanmen.desk.api import PUBLIC, allow
from yanmen.desk.device_keys import HolderKey
from yanmen.desk.networks import within_rate
from yanmen.subsystems.screening.methods.words import SITES, STATES
from yanmen.subsystems.screening.queries import open_sites as queries

router = Router()
FRESH = "public, max-age=30"
RATE = "open sites by network"
HOLDER = "holder"
"""Whoever signs with the key of their telephone: `HolderKey` opens, no account has this role."""
Area = Annotated[str, Field(max_length=12, pattern=r"^\d*$", description="GB/T 2260 code; without it, all")]


class Both(Schema):
    """A text in both languages."""

    zh: str
    en: str


class Word(Both):
    """A word of a closed list."""

    value: str


class QueueOut(Schema):
    """Who waited by the last report, and whether it still tells how things are."""

    people: int
    reported_at: datetime
    recent: bool


class WaitOut(Both):
    """How long one waits who comes now: in words, in minutes where there are any, and what that rests on."""

    band: str
    minutes: int | None
    basis: str


class OpenSiteOut(Schema):
    """A site: hours of today, whether it is open, its queue, how long one waits."""

    place: int
    name: Both
    address: str
    area: str
    area_name: Both
    county: str
    county_name: Both
    kind: Word
    desks: int
    today: list[str]
    state: Word
    opens_at: datetime | None
    queue: QueueOut | None
    wait: WaitOut | None
    longitude: float | None
    latitude: float | None


class OpenSitesOut(Schema):
    """Sites in the order in which people choose, and how many more the area has."""

    as_of: datetime
    sites: list[OpenSiteOut]
    left_off: int


class HomeOut(Schema):
    """The county where whoever asks lives: a telephone does not know it."""

    county: str


class CountyOut(Schema):
    """A county and how many sites it has."""

    code: str
    name: Both
    sites: int


@router.get("/public/sites", auth=None, response=OpenSitesOut, summary="Sites open to everybody, with hours and queue")
@allow(role=PUBLIC)
def open_sites(request: HttpRequest, response: HttpResponse, area: Area = "") -> OpenSitesOut:
    within_rate(request, RATE, now=request.now)
    found = queries.open_sites(request.scope, area=area, now=request.now)
    response["Cache-Control"] = FRESH
    return OpenSitesOut(as_of=request.now, sites=[_site(each) for each in found.sites], left_off=found.left_off)


@router.get("/public/sites/counties", auth=None, response=list[CountyOut], summary="Counties that have such sites")
@allow(role=PUBLIC)
def open_counties(request: HttpRequest, response: HttpResponse) -> list[CountyOut]:
    within_rate(request, RATE, now=request.now)
    response["Cache-Control"] = FRESH
    return [
        CountyOut(code=row["code"], name=Both(**row["name"]), sites=row["sites"])
        for row in queries.open_counties(request.scope, now=request.now)
    ]


@router.get("/holder/county", auth=HolderKey(), response=HomeOut, summary="One's own county, to begin with its sites")
@allow(role=HOLDER)
def own_county(request: HttpRequest) -> HomeOut:
    return HomeOut(county=request.scope.area[:6])


def _site(each: queries.OpenSite) -> OpenSiteOut:
    names: dict[str, Any] = {name: Both(**getattr(each, name)) for name in ("name", "area_name", "county_name")}
    same = ("place", "address", "area", "county", "desks", "today", "opens_at", "longitude", "latitude")
    queue = wait = None
    if each.people is not None and each.reported_at is not None:
        queue = QueueOut(people=each.people, reported_at=each.reported_at, recent=each.recent)
    if each.wait is not None:
        wait = WaitOut(band=each.wait.band, minutes=each.wait.minutes, basis=each.wait.basis, **each.wait.said)
    return OpenSiteOut(
        **{name: getattr(each, name) for name in same},
        **names,
        kind=Word(value=each.kind, **SITES[each.kind]),
        state=Word(value=each.state, **STATES[each.state]),
        queue=queue,
        wait=wait,
    )
