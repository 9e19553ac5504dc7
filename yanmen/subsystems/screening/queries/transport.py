"""Every read of boxes and tubes on their way. Both ends of the way see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.hops import MOMENTS, due, outside
from yanmen.subsystems.screening.models import Box, Laboratory, Site, Temperature, Trip, Tube
from yanmen.subsystems.screening.queries.statements import TRANSPORT

PACKING = ("draft", "ready")
LIVE = ("draft", "ready", "sent", "in_transit", "received")
MOST = 200
PACKABLE = timedelta(days=7)


@dataclass(frozen=True)
class Temperatures:
    """What a box's thermometer said: all readings, how many lie outside, for how long, and the last."""

    readings: list[Temperature]
    outside: int
    minutes_outside: int

    @property
    def last(self) -> Temperature | None:
        """The latest reading."""
        return self.readings[-1] if self.readings else None


@dataclass(frozen=True)
class Counted:
    """A box's list against what was scanned."""

    listed: int
    received: int
    damaged: int
    missing: int
    unexpected: int

    @property
    def open(self) -> int:
        """On the list and without a condition."""
        return self.listed - self.received - self.damaged - self.missing


def at_either_end(scope: Scope, rows: Any) -> Any:
    """Only boxes, tubes or trips that come from the scope's area or go there."""
    low, high = scope.area, scope.area + "~"
    return rows.filter(Q(area__gte=low, area__lt=high) | Q(lab_area__gte=low, lab_area__lt=high))


def boxes(scope: Scope) -> QuerySet[Box]:
    """Boxes of both ends, newest first, with the number of tubes on their list."""
    rows = at_either_end(scope, Box.objects.select_related("site__place", "laboratory__place", "trip"))
    listed = Tube.objects.filter(box=OuterRef("pk")).exclude(condition="unexpected").order_by().values("box")
    counted = rows.annotate(tubes_listed=Coalesce(Subquery(listed.annotate(n=Count("pk")).values("n")), 0))
    found: QuerySet[Box] = counted.order_by("-created_at", "pk")
    return found


def box(scope: Scope, key: str | int) -> Box | None:
    """A box by its number or the code on its label."""
    text = str(key).strip()
    rows = boxes(scope)
    return rows.filter(code=text).first() or (rows.filter(pk=int(text)).first() if text.isdecimal() else None)


def packing(scope: Scope, site: int | None = None) -> QuerySet[Box]:
    """Boxes being packed or ready at the scope's sites."""
    rows = scope.within(boxes(scope), "area").filter(state__in=PACKING)
    found: QuerySet[Box] = rows.filter(site=site) if site else rows
    return found


def to_collect(scope: Scope) -> QuerySet[Box]:
    """Boxes that were sent and wait for a vehicle, longest first."""
    found: QuerySet[Box] = boxes(scope).filter(state="sent").order_by("sent_at", "pk")
    return found


def trips(scope: Scope) -> QuerySet[Trip]:
    """Vehicles on their way, the soonest due first."""
    rows = at_either_end(scope, Trip.objects.select_related("laboratory__place").prefetch_related("boxes"))
    found: QuerySet[Trip] = rows.filter(boxes__state="in_transit").distinct().order_by("due_at", "pk")
    return found


def incoming(scope: Scope) -> QuerySet[Box]:
    """Boxes that come to the scope's laboratories or are being counted there."""
    rows = scope.within(boxes(scope), "lab_area").filter(state__in=("in_transit", "received"))
    found: QuerySet[Box] = rows.order_by("state", "sent_at", "pk")
    return found


def contents(scope: Scope, box: Box) -> QuerySet[Tube]:
    """Everything that belongs to a box: its list, and what came with it without being on it."""
    found: QuerySet[Tube] = at_either_end(scope, Tube.objects.filter(box=box)).order_by("-boxed_at", "code")
    return found


def counted(scope: Scope, box: Box) -> Counted:
    """The list of a box against what was scanned. A tube of the list that came with another box has its condition too."""
    told = dict(contents(scope, box).order_by().values_list("condition").annotate(Count("pk")))
    unexpected = told.get("unexpected", 0)
    return Counted(
        listed=sum(told.values()) - unexpected,
        received=told.get("received", 0),
        damaged=told.get("damaged", 0),
        missing=told.get("missing", 0),
        unexpected=unexpected,
    )


def unboxed(scope: Scope, *, now: datetime, site: int | None = None) -> QuerySet[Tube]:
    """Tubes that were bound and lie in no box yet, oldest first."""
    rows = scope.within(Tube.objects.select_related("site__place"), "area")
    rows = rows.filter(box=None, released_at=None, void_at=None, received_at=None, first_at__gte=now - PACKABLE)
    found: QuerySet[Tube] = (rows.filter(site=site) if site else rows).order_by("first_at", "code")
    return found


def unboxed_by_site(scope: Scope, *, now: datetime) -> Mapping[int | None, tuple[int, datetime]]:
    """How many tubes lie in no box at each site, and since when."""
    rows = unboxed(scope, now=now).order_by().values_list("site").annotate(Count("pk"), Min("first_at"))
    return {site: (count, oldest) for site, count, oldest in rows}


def temperatures(scope: Scope, box: Box) -> Temperatures:
    """What the thermometer of a box said."""
    seen = at_either_end(scope, Box.objects.filter(pk=box.pk))
    readings = list(Temperature.objects.filter(box__in=seen).order_by("at"))
    wrong, lasted = outside([(each.at, each.celsius) for each in readings], box.coldest, box.warmest)
    return Temperatures(readings, wrong, int(lasted.total_seconds() // 60))


def sites(scope: Scope, *, now: datetime) -> list[Site]:
    """Sites of the scope that are open."""
    rows = scope.within(Site.objects.select_related("place"), "area")
    return list(rows.filter(open_from__lte=now).exclude(open_to__lte=now).order_by("area", "place__name_zh"))


def laboratories(scope: Scope, *, now: datetime) -> list[Laboratory]:
    """Laboratories that are open, the scope's own first: a site may send its tubes anywhere."""
    rows = Laboratory.objects.select_related("place").filter(open_from__lte=now).exclude(open_to__lte=now)
    return sorted(rows, key=lambda each: (not each.area.startswith(scope.area[:4]), each.area, each.place.name_zh))


def clocks(tube: Tube, *, now: datetime) -> datetime | None:
    """Until when a tube is due at its next gate; none once it has a result, or where no norm says so."""
    hours = numbers(TRANSPORT, local_date(now))
    passed = getattr(tube, MOMENTS.get(tube.gate, ""), None)
    return due(tube.gate, passed, hours) if passed else None


def late(tubes: Iterable[Tube], *, now: datetime) -> list[Tube]:
    """Those of the tubes that are past their clock."""
    return [tube for tube in tubes if (until := clocks(tube, now=now)) and until < now]
