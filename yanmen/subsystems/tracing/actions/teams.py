"""Follow-up teams: opened, changed, closed; and a day's doors shared out among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.policies import numbers
from yanmen.registry import areas
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.assigning import share_out, walking_order
from yanmen.subsystems.tracing.models import Stop, Team
from yanmen.subsystems.tracing.queries import follow_up
from yanmen.subsystems.tracing.queries import teams as working

MOST_DOORS, AHEAD = 1000, 7
_LOCK = 7315


@dataclass(frozen=True)
class Planned:
    """A day shared out: doors given to teams, doors that nobody can take, and doors that changed their team."""

    given: int
    left_over: int
    changed: int


@transaction.atomic
def open_team(
    *,
    scope: Scope,
    area: str,
    name: str,
    capacity: int,
    by: str,
    now: datetime,
    longitude: float | None = None,
    latitude: float | None = None,
) -> Team:
    """A team begins its work from a place of its own."""
    areas.area(area)
    scope.require(area)
    _check(name, capacity, longitude, latitude)
    if scope.within(Team.objects, "area").filter(area=area, name=name.strip(), closed_at=None).exists():
        raise Refusal("该地区已有同名随访组。", "There is a team of this name there.", field="name", value=name[:40])
    return Team.objects.create(
        area=area, name=name.strip(), capacity=capacity, longitude=longitude, latitude=latitude, opened_at=now, opened_by=by,
    )  # fmt: skip


@transaction.atomic
def change_team(
    *,
    scope: Scope,
    team: int,
    capacity: int,
    by: str,
    now: datetime,
    longitude: float | None = None,
    latitude: float | None = None,
) -> Team:
    """The team can do more or fewer doors from now on, or stands elsewhere; `by` and `now` go with the day's next plan."""
    found = _open(scope, team)
    _check(found.name, capacity, longitude, latitude)
    found.capacity, found.longitude, found.latitude = capacity, longitude, latitude
    found.save(update_fields=["capacity", "longitude", "latitude"])
    return found


@transaction.atomic
def close_team(*, scope: Scope, team: int, by: str, now: datetime) -> None:
    """The team works no more: its doors of today and later are free for others."""
    found = _open(scope, team)
    Stop.objects.filter(team=found, day__gte=local_date(now), dropped_at=None).update(dropped_at=now)
    found.closed_at, found.closed_by = now, by
    found.save(update_fields=["closed_at", "closed_by"])


@transaction.atomic
def plan_day(*, scope: Scope, day: date, by: str, now: datetime) -> Planned:
    """Share the doors of a day out among the teams: whole households, the nearest team with room, the same as before where it can."""
    today = local_date(now)
    if not today <= day <= today + timedelta(days=AHEAD):
        raise Refusal(
            f"只能安排今天起{AHEAD}天内的随访。",
            f"Plan today or one of the {AHEAD} days after it.",
            field="day",
            value=day.isoformat(),
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, int(scope.area[:6])])
    teams = working.open_teams(scope)
    if not teams:
        raise Refusal("本辖区还没有随访组，请先设立。", "There is no team in your area. Open one first.", field="team")
    doors = follow_up.due_doors(scope, day=day)
    former = working.former_teams(scope, day=day)
    place = {team.pk: index for index, team in enumerate(teams)}
    before = [place.get(former.get(door.key, 0), -1) for door in doors]
    norm = numbers(follow_up.NORM, day)
    x, y = _points([door.point for door in doors])
    tx, ty = _points([_point(team) for team in teams])
    shared = share_out(
        x, y, tx, ty, [team.capacity for team in teams], before=before,
        same_team=float(norm.get("same_team_metres", 0)), unknown=float(norm.get("unknown_metres", 0)),
    )  # fmt: skip
    stops = []
    for index, team in enumerate(teams):
        mine = np.flatnonzero(shared.team == index)
        for position, door in enumerate(mine[walking_order(x[mine], y[mine], float(tx[index]), float(ty[index]))], 1):
            stops.append(_stop(team, doors[int(door)], position, float(shared.metres[door]), day, by, now))
    scope.within(Stop.objects, "area").filter(day=day, dropped_at=None).update(dropped_at=now)
    Stop.objects.bulk_create(stops, batch_size=1000)
    changed = sum(had >= 0 and int(has) not in (-1, had) for had, has in zip(before, shared.team, strict=True))
    return Planned(len(stops), shared.left_over, changed)


def _stop(team: Team, door: follow_up.Door, position: int, metres: float, day: date, by: str, now: datetime) -> Stop:
    kind, number = door.key
    return Stop(
        team=team, area=team.area, day=day, position=position, metres=None if np.isnan(metres) else metres,
        household_id=number if kind == "household" else None, person_id=number if kind == "person" else None,
        planned_at=now, planned_by=by,
    )  # fmt: skip


def _point(team: Team) -> follow_up.Point | None:
    return None if team.longitude is None or team.latitude is None else (team.longitude, team.latitude)


def _points(points: list[follow_up.Point | None]) -> tuple[np.ndarray, np.ndarray]:
    pairs = [point or (float("nan"), float("nan")) for point in points]
    return np.array([x for x, _ in pairs], dtype=np.float64), np.array([y for _, y in pairs], dtype=np.float64)


def _open(scope: Scope, team: int) -> Team:
    found = working.team(scope, team)
    if found is None or found.closed_at is not None:
        raise Refusal(
            "没有这个随访组，或已停用。", "There is no such team, or it is closed.", field="team", value=str(team)
        )
    return found


def _check(name: str, capacity: int, longitude: float | None, latitude: float | None) -> None:
    if not name.strip() or len(name) > 80:
        raise Refusal("请填写组名（80字以内）。", "Give a name of up to 80 characters.", field="name", value=name[:20])
    if not 1 <= capacity <= MOST_DOORS:
        raise Refusal(
            f"每日户数须在1至{MOST_DOORS}之间。",
            f"A team does 1 to {MOST_DOORS} doors a day.",
            field="capacity",
            value=str(capacity),
        )
    if (longitude is None) != (latitude is None):
        raise Refusal("经度和纬度须同时填写。", "Give both coordinates, or neither.", field="longitude")
    if longitude is not None and latitude is not None and not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise Refusal(
            "坐标超出范围。", "The coordinates are not on earth.", field="longitude", value=f"{longitude}, {latitude}"
        )
