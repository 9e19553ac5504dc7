"""Follow-up teams, how much each of them has to do on a day, and a team's doors in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.models import STOP_DAYS, Stop, Team
from yanmen.subsystems.tracing.queries.follow_up import Door, Key, due_doors


@dataclass(frozen=True)
class Round:
    """A team's day: its doors in the order to walk them, each with who is still owed something there."""

    team: Team
    stops: list[tuple[Stop, Door | None]]
    late: int

    @property
    def owed(self) -> int:
        """Doors where something is still owed."""
        return sum(door is not None for _, door in self.stops)

    @property
    def people(self) -> int:
        """People who are still owed something."""
        return sum(len(door.people) for _, door in self.stops if door is not None)

    @property
    def load(self) -> int:
        """Doors given, in percent of what the team can do in a day."""
        return round(100 * len(self.stops) / self.team.capacity)


@dataclass(frozen=True)
class Day:
    """A day of follow-up: the rounds of the teams, and the doors that no team has."""

    day: date
    rounds: list[Round]
    nobodys: list[Door]
    doors: int
    people: int
    late: int


def open_teams(scope: Scope) -> list[Team]:
    """Teams of the asker's areas that work."""
    return list(scope.within(Team.objects, "area").filter(closed_at=None).order_by("area", "name"))


def team(scope: Scope, number: int) -> Team | None:
    """One team of the asker's areas."""
    found: Team | None = scope.within(Team.objects, "area").filter(pk=number).first()
    return found


def day_of(scope: Scope, day: date, *, now: datetime) -> Day:
    """Who has how much to do on a day, and what is overdue."""
    doors = {door.key: door for door in due_doors(scope, day=day)}
    stops = scope.within(Stop.objects, "area").filter(day=day, dropped_at=None).order_by("team_id", "position")
    given: dict[int, list[Stop]] = {}
    for stop in stops:
        given.setdefault(stop.team_id, []).append(stop)
    rounds = []
    for each in open_teams(scope):
        mine = [(stop, doors.get(key_of(stop))) for stop in given.get(each.pk, [])]
        rounds.append(Round(each, mine, sum(door is not None and door.late(now) for _, door in mine)))
    taken = {key_of(stop) for one in rounds for stop, _ in one.stops}
    return Day(
        day, rounds, [door for key, door in doors.items() if key not in taken], len(doors),
        sum(len(door.people) for door in doors.values()), sum(door.late(now) for door in doors.values()),
    )  # fmt: skip


def former_teams(scope: Scope, *, day: date) -> dict[Key, int]:
    """The team that each door had last, on the day itself or before."""
    stops = scope.within(Stop.objects, "area").filter(
        day__lte=day, day__gt=day - timedelta(days=STOP_DAYS), dropped_at=None
    )
    return {key_of(stop): stop.team_id for stop in stops.order_by("day")}


def key_of(stop: Stop) -> Key:
    """The door of a stop."""
    return ("household", stop.household_id) if stop.household_id else ("person", stop.person_id or 0)
