"""The API of planning: what an area needs, sizes of tubes, suggested sites, when a running round finishes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from pydantic import Field

from yanmen.base.clock import local_date
from yanmen.desk.api import Input, allow
from yanmen.loop.own_kinds import COMMAND
from yanmen.subsystems.screening.kinds import MANAGER
from yanmen.subsystems.screening.methods.pooling import MOST, best_pool, pools
from yanmen.subsystems.screening.methods.staffing import needs
from yanmen.subsystems.screening.queries import planning as queries

router = Router()
SECONDS = 4.0


class NeedsOut(Schema):
    """What so many people need, and under which guide."""

    people: int
    hours: float
    guide: str
    sites_fewest: int
    sites_most: int
    desks_a_site: int
    samplers_by_guide: int | None
    samplers_by_desks: int
    tubes: dict[int, int]
    laboratory_tubes_a_day: dict[int, int]
    spare_laboratories: int | None


class PoolIn(Input):
    """Parts from 0 to 1; `sizes` are those that are allowed."""

    prevalence: float = Field(ge=0, le=1)
    se: float = Field(1.0, ge=0, le=1)
    sp: float = Field(1.0, ge=0, le=1)
    dilution: float = Field(0.0, ge=0, le=1)
    least_sensitivity: float = Field(0.0, ge=0, le=1)
    sizes: list[int] = Field(default_factory=lambda: list(range(1, MOST + 1)), max_length=200)


class PoolOut(Schema):
    """One size of tube."""

    size: int
    tests: float
    sensitivity: float
    specificity: float
    positive_value: float
    negative_value: float


class PoolsOut(Schema):
    """The size with the fewest tests, and all that were compared."""

    best: int
    sizes: list[PoolOut]


class SiteOut(Schema):
    """Sites at a settlement, and how many people they take."""

    area: str
    name: str
    longitude: float
    latitude: float
    sites: int
    people: int


class SitesOut(Schema):
    """The plan; `bound` is the fewest that any plan needs."""

    count: int
    bound: int
    mean_walk: float
    farthest: float
    sites: list[SiteOut]
    without_coordinates: int


class StageOut(Schema):
    """A stage of a running round."""

    name: str
    waiting: float
    alone_hours: float | None
    sooner_hours: float


class LossOut(Schema):
    """The finish without one site or laboratory."""

    kind: str
    place: int
    name: str
    share: float
    ends_at: datetime | None


class ForecastOut(Schema):
    """When the last result of a round is released, as things stand."""

    people: int
    sampled: int
    released: int
    ends_at: datetime | None
    bottleneck: str
    stages: list[StageOut]
    losses: list[LossOut]


@router.get("/planning/needs", response=NeedsOut, summary="What testing so many people takes")
@allow(role=(MANAGER, COMMAND))
def needed(request: HttpRequest, people: int, hours: float = 0, on: date | None = None) -> NeedsOut:
    basis = queries.basis(on or local_date(request.now))
    within = hours or basis.hours(people)
    found = needs(people, pace=basis.pace_for(within), norms=basis.norms)
    return NeedsOut(
        people=people, hours=within, guide=basis.guide.source.zh if basis.guide.source else "", sites_fewest=found.sites[0],
        sites_most=found.sites[1], desks_a_site=found.desks.servers, samplers_by_guide=found.samplers_by_norm,
        samplers_by_desks=found.samplers_by_desks, tubes=dict(found.tubes), laboratory_tubes_a_day=dict(found.tubes_a_day),
        spare_laboratories=basis.spare_laboratories(people),
    )  # fmt: skip


@router.post("/planning/pool-size", response=PoolsOut, summary="How many people share a tube")
@allow(role=(MANAGER, COMMAND))
def pool_size(request: HttpRequest, body: PoolIn) -> PoolsOut:
    about: dict[str, Any] = {"se": body.se, "sp": body.sp, "dilution": body.dilution, "sizes": body.sizes}
    best = best_pool(body.prevalence, least_sensitivity=body.least_sensitivity, **about)
    every = pools(body.prevalence, **about)
    return PoolsOut(best=best.size, sizes=[PoolOut(**vars(each)) for each in every])


@router.get("/planning/sites", response=SitesOut, summary="Where sampling sites could stand")
@allow(role=(MANAGER, COMMAND))
def sites(
    request: HttpRequest,
    area: str = "",
    walk: Annotated[float, Field(ge=0, le=100_000)] = 0,
    capacity: Annotated[int, Field(ge=0, le=100_000)] = 0,
) -> SitesOut:
    scope, now = request.scope, request.now
    basis = queries.basis(local_date(now))
    found = queries.suggested(
        scope, area or scope.area, walk=walk or basis.walk, capacity=capacity or basis.norms.people_per_station[1],
        seconds=SECONDS,
    )  # fmt: skip
    going: dict[int, float] = {}
    for _from, to, people in found.held.ways:
        going[to] = going.get(to, 0.0) + people
    told = [(found.settlements[at], number, round(going.get(at, 0))) for at, number in found.held.sites.items()]
    return SitesOut(
        count=found.held.count, bound=found.held.bound, farthest=found.held.farthest,
        mean_walk=found.held.walked / max(1.0, sum(going.values())),
        sites=[
            SiteOut(area=each.area, name=each.name_zh, longitude=each.longitude or 0, latitude=each.latitude or 0, sites=number, people=people)
            for each, number, people in told
        ],
        without_coordinates=sum(each.people for each in found.pointless),
    )  # fmt: skip


@router.get("/planning/rounds/{round_id}", response=ForecastOut, summary="When a running round finishes")
@allow(role=(MANAGER, COMMAND))
def forecast(request: HttpRequest, round_id: int, vehicles: int | None = None) -> ForecastOut:
    scope, now = request.scope, request.now
    found = queries.running_round(scope, round_id, now=now)
    if found is None:
        raise Http404(str(round_id))
    flow = queries.flow(scope, found, now=now, vehicles=vehicles)
    return ForecastOut(
        people=flow.people, sampled=flow.sampled, released=flow.released, ends_at=_at(now, flow.finish.hours),
        bottleneck=flow.finish.bottleneck,
        stages=[
            StageOut(name=each.name, waiting=each.waiting, alone_hours=flow.finish.alone[each.name], sooner_hours=flow.finish.sooner[each.name])
            for each in flow.stages
        ],
        losses=[
            LossOut(kind=each.kind, place=each.what.pk, name=each.what.place.name_zh, share=each.share, ends_at=_at(now, each.without.hours))
            for each in queries.losses(flow)
        ],
    )  # fmt: skip


def _at(now: datetime, hours: float | None) -> datetime | None:
    return None if hours is None else now + timedelta(hours=hours)
