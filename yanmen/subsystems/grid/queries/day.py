"""A grid worker's day: the doors where something is owed, in walking order; and one door with everybody behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from yanmen.registry.models import Account, Person
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.kinds import WORKER
from yanmen.subsystems.grid.methods.addresses import spot_of
from yanmen.subsystems.grid.methods.routes import Stop, walking_order
from yanmen.subsystems.grid.models import Cell, Door
from yanmen.subsystems.grid.queries.duties import Resident, residents_owed

Key = tuple[str, str]


@dataclass
class Call:
    """A door of the day: who there is owed something. `door` is empty where the address is not registered as one."""

    address: str
    area: str
    door: Door | None
    people: list[Resident] = field(default_factory=list)

    def late(self, now: datetime) -> bool:
        """Whether something is overdue there."""
        return any(each.late(now) for each in self.people)


@dataclass(frozen=True)
class Day:
    """The doors of a day in walking order, and how many others of the area are not on this worker's list."""

    calls: list[Call]
    cells: list[Cell]
    others: int
    late: int

    @property
    def people(self) -> int:
        """To how many people something is owed."""
        return sum(len(call.people) for call in self.calls)

    @property
    def unregistered(self) -> int:
        """Addresses that are not registered as doors."""
        return sum(call.door is None for call in self.calls)


def day_of(scope: Scope, *, now: datetime, everybody: bool = False) -> Day:
    """What is owed today at the doors of the asker: of their grids if they have some, else of their areas."""
    calls = _calls(scope, residents_owed(scope, now=now))
    mine = [] if everybody else cells_of(scope, scope.account)
    own = {cell.pk for cell in mine}
    chosen = [call for call in calls if not own or (call.door is not None and call.door.cell_id in own)]
    ordered = [chosen[index] for index in walking_order([_stop(call) for call in chosen])]
    return Day(ordered, mine, len(calls) - len(chosen), sum(call.late(now) for call in ordered))


def cells_of(scope: Scope, account: int | None) -> list[Cell]:
    """The grids that an account walks, as their worker or a deputy."""
    if account is None or scope.role != WORKER:
        return []
    found = scope.within(Cell.objects, "area").filter(closed_at=None)
    return list(found.filter(Q(worker=account) | Q(deputies__contains=[account])).order_by("area", "name"))


def open_cells(scope: Scope) -> list[Cell]:
    """Grids of the asker's areas, with how many doors each has."""
    found = scope.within(Cell.objects.select_related("worker"), "area").filter(closed_at=None)
    return list(found.annotate(n=Count("doors")).order_by("area", "name"))


def doors(scope: Scope) -> QuerySet[Door]:
    """Doors of the asker's areas, by where they stand."""
    return scope.within(Door.objects.select_related("cell"), "area").order_by("area", "building", "entrance", "pk")  # type: ignore[no-any-return]


def door(scope: Scope, number: int) -> Door | None:
    """One door of the asker's areas."""
    return doors(scope).filter(pk=number).first()


def door_of(scope: Scope, person: int) -> Door | None:
    """The door behind which somebody lives, where it is registered."""
    one = scope.within(Person.objects, "area").filter(pk=person).first()
    if one is None:
        return None
    if one.household_id:
        return doors(scope).filter(household=one.household_id).first()
    return doors(scope).filter(household=None, area=one.area, address=one.address).first()


def workers(scope: Scope, accounts: Iterable[int]) -> dict[int, str]:
    """Names of accounts, for those who assign grids."""
    if not scope.sees_people:
        return {}
    return {each.pk: str(each) for each in Account.objects.filter(pk__in=set(accounts))}


def _calls(scope: Scope, people: Sequence[Resident]) -> list[Call]:
    by_household = {each.household_id: each for each in doors(scope).filter(household__in=_households(people))}
    alone = [each for each in people if each.household is None]
    by_address = {
        (each.area, each.address): each
        for each in doors(scope).filter(household=None, address__in={one.address for one in alone})
    }
    calls: dict[tuple[object, ...], Call] = {}
    for one in people:
        known = by_household.get(one.household) if one.household else by_address.get((one.area, one.address))
        key = ("household", one.household) if one.household else ("address", one.area, one.address or one.person)
        call = calls.setdefault(key, Call(one.address, known.area if known else one.area, known))
        call.people.append(one)
    return list(calls.values())


def _households(people: Sequence[Resident]) -> set[int]:
    return {each.household for each in people if each.household}


def _stop(call: Call) -> Stop:
    if call.door is None:
        spot = spot_of(call.address)
        return Stop(call.area, spot.building, spot.entrance, spot.floor, spot.room)
    return stop_of(call.door)


def stop_of(one: Door) -> Stop:
    """A door as the walk sees it."""
    point = (one.longitude, one.latitude) if one.longitude is not None and one.latitude is not None else None
    return Stop(one.area, one.building, one.entrance, one.floor, one.room, one.position, point)
