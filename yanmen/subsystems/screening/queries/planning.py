"""What planning reads: the guide in force, where people live, and how far a round has come by the hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import connection
from django.db.models import Avg, Q

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.base.sphere import metres_between
from yanmen.loop.policies import norm_in_force
from yanmen.loop.policy.parts import Dated
from yanmen.registry.models import Area, Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.finishing import Finish, Stage, expected_arrivals, finish, lost
from yanmen.subsystems.screening.methods.hours import is_open, write_hours
from yanmen.subsystems.screening.methods.siting import Held, hold_everybody
from yanmen.subsystems.screening.methods.staffing import Norms, Pace
from yanmen.subsystems.screening.models import Laboratory, Round, Site, Trip, Tube
from yanmen.subsystems.screening.queries.campaigns import UP_TO_5_MILLION, parts, registered

GUIDE, PACE = "screening.mass_test", "screening.planning"
MOST_POINTS = 600
GATES = ("sampled", "sent", "received", "logged", "released")
LONGEST = 240


@dataclass(frozen=True)
class Basis:
    """The guide and the pace in force on a day."""

    day: date
    guide: Dated
    pace: Dated

    def hours(self, people: int) -> int:
        """In how many hours so many people are to be tested."""
        parts = self.guide.parts
        if "within" in parts:
            return int(parts["within"])
        days = parts["days_up_to_5_million" if people <= UP_TO_5_MILLION else "days_above_5_million"]
        return 24 * (max(days) if isinstance(days, list) else int(days))

    def pace_for(self, hours: float) -> Pace:
        """The pace as the methods take it."""
        parts = self.pace.parts
        return Pace(
            hours, parts["collect_hours"], parts["run_hours"], parts["seconds_a_person"], parts["longest_wait_seconds"],
            parts["percent_within"], parts["variation_percent"], parts["busiest_hour_percent"], parts["shift_hours"],
        )  # fmt: skip

    @property
    def norms(self) -> Norms:
        """The guide's norms as the methods take them."""
        parts = self.guide.parts
        least, most = parts["people_per_station"]
        pools = parts["pool"] if isinstance(parts["pool"], list) else [parts["pool"]]
        return Norms((least, most), parts.get("people_per_sampler"), tuple(pools))

    def spare_laboratories(self, people: int) -> int | None:
        """Laboratories that can be converted in need, as the guide asks; None where it says nothing."""
        few = people < UP_TO_5_MILLION
        found = self.guide.parts.get("spare_laboratories_up_to_5_million" if few else "spare_laboratories_above")
        return None if found is None else int(found)

    @property
    def walk(self) -> float:
        """Metres to a site at most."""
        return float(self.pace.parts["walk_minutes"] * self.pace.parts["metres_a_minute"])


@dataclass(frozen=True)
class Settlement:
    """An area where people are registered, and the middle of its places with coordinates."""

    area: str
    name_zh: str
    name_en: str
    people: int
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True)
class Flow:
    """A running round: people by hour and gate, what they come through, and how many are still to come."""

    round: Round
    people: int
    seen: Mapping[str, list[float]]
    stages: tuple[Stage, Stage, Stage]
    arriving: list[float]
    finish: Finish
    sites: list[tuple[Site, float]]
    laboratories: list[tuple[Laboratory, float]]
    vehicles: int
    people_a_tube: float

    @property
    def sampled(self) -> int:
        """People sampled so far."""
        return round(sum(self.seen["sampled"]))

    @property
    def released(self) -> int:
        """People with a result so far."""
        return round(sum(self.seen["released"]))


@dataclass(frozen=True)
class Loss:
    """What losing one site or laboratory now would mean: its part of the capacity, and the finish without it."""

    kind: str
    what: Site | Laboratory
    share: float
    without: Finish


@dataclass(frozen=True)
class Suggested:
    """Settlements with a point, the sites suggested among them, and who has no point."""

    settlements: list[Settlement]
    held: Held
    pointless: list[Settlement]
    walk: float
    capacity: int


def basis(day: date) -> Basis:
    """What is in force on a day. Refuses where no guide asks for the testing of an area."""
    guide, pace = norm_in_force(GUIDE, day), norm_in_force(PACE, day)
    if guide is None or pace is None:
        raise Refusal(f"{day}没有施行中的区域核酸检测指南，无从测算。请选择指南施行期间的日期。", f"No guide to the testing of an area is in force on {day}. Choose a day on which one is.", field="on", value=str(day))  # fmt: skip
    return Basis(day, guide, pace)


def settlements(scope: Scope, area: str) -> list[Settlement]:
    """Where people of an area are registered, down to the village, with a point where a place there has coordinates."""
    scope.require(area)
    people = registered(scope, area, 12)
    points = scope.within(Place.objects, "area").filter(longitude__isnull=False, latitude__isnull=False)
    points = (
        points.filter(area__gte=area, area__lt=area + "~")
        .values("area")
        .annotate(x=Avg("longitude"), y=Avg("latitude"))
    )
    where = {row["area"]: (row["x"], row["y"]) for row in points}
    names = {row.code: row for row in Area.objects.filter(code__in=list(people), valid_to=None)}
    return [
        Settlement(
            code, names[code].name_zh if code in names else code, names[code].name_en if code in names else "", count,
            *where.get(code, (None, None)),
        )
        for code, count in sorted(people.items())
    ]  # fmt: skip


def suggested(scope: Scope, area: str, *, walk: float, capacity: int, seconds: float) -> Suggested:
    """The fewest sites for the settlements of an area, none fuller than `capacity`, none farther than `walk` metres."""
    every = settlements(scope, area)
    placed = [each for each in every if each.longitude is not None and each.latitude is not None]
    if len(placed) > MOST_POINTS:
        raise Refusal(f"有坐标的村居超过{MOST_POINTS}个，请按县或乡镇分别测算。", f"More than {MOST_POINTS} settlements have coordinates. Plan a county or a town at a time.", field="area", value=area)  # fmt: skip
    x = np.array([each.longitude or 0.0 for each in placed])
    y = np.array([each.latitude or 0.0 for each in placed])
    people = np.array([float(each.people) for each in placed])
    held = hold_everybody(people, metres_between(x, y), capacity=capacity, walk=walk, seconds=seconds)
    return Suggested(placed, held, [each for each in every if each not in placed], walk, capacity)


def running_rounds(scope: Scope, *, now: datetime) -> list[Round]:
    """Rounds of the asker's areas (or around them) that have begun and are not closed, the newest first."""
    around = [scope.area[:length] for length in (2, 4, 6, 9, 12) if length < len(scope.area)]
    here = Q(area__gte=scope.area, area__lt=scope.area + "~") | Q(area__in=around)
    rows = Round.objects.filter(here, opens_at__lte=now, closed_at=None, campaign__state="running")
    return list(rows.select_related("campaign").order_by("-opens_at", "-pk")[:20])


def running_round(scope: Scope, number: int, *, now: datetime) -> Round | None:
    """One of them."""
    return next((row for row in running_rounds(scope, now=now) if row.pk == number), None)


def flow(scope: Scope, of: Round, *, now: datetime, vehicles: int | None = None) -> Flow:
    """How far a round has come in the asker's areas, and what its coming hours can carry. `vehicles`: instead of those seen."""
    basis_ = basis(local_date(now))
    pace = basis_.pace.parts
    people = sum(part.people for part, _ in parts(scope, of))
    seen, tubes = _by_hour(scope, of, now)
    a_tube = sum(seen["sampled"]) / tubes if tubes else float(of.campaign.pools["general"])
    sites = _sites(scope, of, now)
    laboratories = _laboratories(scope, of, now)
    each_site = _rates(sites, pace["seconds_a_person"], max(seen["sampled"][-4:-1], default=0.0))
    each_laboratory = [(one, one.tubes_a_day / 24 * a_tube) for one in laboratories]
    counted = _vehicles(scope, of) if vehicles is None else vehicles
    open_by_hour = _open_capacity(each_site, now)
    carried = counted * pace["vehicle_tubes"] / pace["round_trip_hours"] * a_tube
    done = {gate: sum(hours) for gate, hours in seen.items()}
    run_hours = max((one.hours_a_run for one in laboratories), default=pace["run_hours"])
    in_all = sum(rate for _, rate in each_laboratory)
    stages = (
        Stage("sites", tuple(open_by_hour)),
        Stage("vehicles", (carried if counted else 1e9,), pace["collect_hours"], _gap(done, "sampled", "sent"), _gap(done, "sent", "received")),
        Stage("laboratory", (in_all,), run_hours, _gap(done, "received", "logged"), _gap(done, "logged", "released")),
    )  # fmt: skip
    planned = people / max(1.0, (of.closes_at - of.opens_at).total_seconds() / 3600)
    over = seen["sampled"][:-1]
    arriving = expected_arrivals(people - done["sampled"], over, planned, opened=[rate > 0 for rate in open_by_hour])
    arriving = arriving[:LONGEST]
    end = finish(stages, arriving=arriving, horizon=LONGEST)
    return Flow(of, people, seen, stages, arriving, end, each_site, each_laboratory, counted, a_tube)


def losses(of: Flow, *, sites: int = 5, laboratories: int = 20) -> list[Loss]:
    """The finish without each of the largest sites and laboratories."""
    found = []
    for kind, at, rows in (("site", 0, of.sites[:sites]), ("laboratory", 2, of.laboratories[:laboratories])):
        total = sum(rate for _, rate in (of.sites if kind == "site" else of.laboratories))
        for what, rate in rows:
            share = rate / total if total else 1.0
            stages = [lost(stage, share) if number == at else stage for number, stage in enumerate(of.stages)]
            found.append(Loss(kind, what, share, finish(stages, arriving=of.arriving, horizon=LONGEST)))
    return found


def _by_hour(scope: Scope, of: Round, now: datetime) -> tuple[dict[str, list[float]], int]:
    """People by the gate that their tubes have passed and the hour since the round opened; and how many tubes. Void ones are left out."""
    hours = max(1, int((now - of.opens_at).total_seconds() // 3600) + 1)
    seen = {gate: [0.0] * hours for gate in GATES}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT g.gate, greatest(0, floor(extract(epoch FROM g.at - %(opened)s) / 3600))::int, sum(t.members)
            FROM screening_tube t
            CROSS JOIN LATERAL (VALUES ('sampled', t.first_at), ('sent', coalesce(t.sent_at, t.received_at, t.logged_at, t.released_at)),
                ('received', coalesce(t.received_at, t.logged_at, t.released_at)), ('logged', coalesce(t.logged_at, t.released_at)),
                ('released', t.released_at)) g (gate, at)
            WHERE t.round_id = %(round)s AND t.void_at IS NULL AND g.at <= %(now)s
              AND t.area COLLATE "C" >= %(area)s AND t.area COLLATE "C" < %(area)s || '~'
            GROUP BY 1, 2
            """,
            {"opened": of.opens_at, "round": of.pk, "now": now, "area": scope.area},
        )
        for gate, hour, number in cursor.fetchall():
            seen[gate][min(hour, hours - 1)] += float(number)
    tubes = scope.within(Tube.objects, "area").filter(round=of, void_at=None, first_at__lte=now).count()
    return seen, tubes


def _sites(scope: Scope, of: Round, now: datetime) -> list[Site]:
    rows = scope.within(Site.objects.select_related("place"), "area").filter(area__gte=of.area, area__lt=of.area + "~")
    return list(rows.filter(Q(open_to=None) | Q(open_to__gt=now), open_from__lte=now).order_by("-desks", "pk"))


def _rates(sites: list[Site], seconds: float, seen: float) -> list[tuple[Site, float]]:
    """People an hour at each site: what its desks do by the norm, or more where all together did more in an hour."""
    by_norm = [site.desks * 3600 / seconds for site in sites]
    faster = max(1.0, seen / sum(by_norm)) if sites else 1.0
    return [(site, rate * faster) for site, rate in zip(sites, by_norm, strict=True)]


def _laboratories(scope: Scope, of: Round, now: datetime) -> list[Laboratory]:
    """Those of the round's area and those that its tubes went to, the largest first."""
    used = Tube.objects.filter(round=of, laboratory__isnull=False).values("laboratory")
    rows = Laboratory.objects.filter(Q(area__gte=of.area, area__lt=of.area + "~") | Q(pk__in=used)).select_related(
        "place"
    )
    return list(rows.filter(Q(open_to=None) | Q(open_to__gt=now), open_from__lte=now).order_by("-tubes_a_day", "pk"))


def _vehicles(scope: Scope, of: Round) -> int:
    trips = scope.within(Trip.objects, "area").filter(departed_at__gte=of.opens_at)
    return int(trips.values("vehicle").distinct().count())


def _open_capacity(sites: list[tuple[Site, float]], now: datetime) -> list[float]:
    """People whom the sites take in each coming hour; sites with the same hours are asked once."""
    alike: dict[tuple[str, datetime | None], tuple[Site, float]] = {}
    for site, rate in sites:
        key = (write_hours(site.hours), site.open_to)
        alike[key] = (site, alike.get(key, (site, 0.0))[1] + rate)
    moments = [now + timedelta(hours=hour) for hour in range(LONGEST)]
    return [
        sum(r for site, r in alike.values() if (site.open_to is None or at < site.open_to) and is_open(site.hours, at))
        for at in moments
    ]


def _gap(done: Mapping[str, float], before: str, after: str) -> float:
    return max(0.0, done[before] - done[after])
