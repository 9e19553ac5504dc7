"""The village pack: every door of a worker with everybody behind it, as the page of the door shows them, in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from yanmen.base.clock import local_date
from yanmen.base.identity import mask
from yanmen.base.refusals import Refusal
from yanmen.loop.policies import numbers
from yanmen.registry.models import Person
from yanmen.registry.people import unsealed_text
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.methods.routes import walking_order
from yanmen.subsystems.grid.models import Door
from yanmen.subsystems.grid.queries import day as days
from yanmen.subsystems.grid.queries.asking import Asked, forms_at
from yanmen.subsystems.grid.queries.conflicts import Conflict, conflicts
from yanmen.subsystems.grid.queries.fields import InForce, Subject, in_force

NORM = "grid.offline"


@dataclass(frozen=True)
class PackDoor:
    """A door of the pack, and what is asked of each person there."""

    door: Door
    asked: list[Asked]


@dataclass(frozen=True)
class Pack:
    """The doors in walking order; fields in force, masked telephones by person, conflicts; when it was made and until when it may be kept."""

    made_at: datetime
    ends_at: datetime
    doors: list[PackDoor]
    fields: Mapping[Subject, InForce]
    phones: Mapping[int, str]
    conflicts: list[Conflict]

    @property
    def people(self) -> int:
        """How many people are in it."""
        return sum(len(each.asked) for each in self.doors)


def own_doors(scope: Scope) -> QuerySet[Door]:
    """The doors of the asker's grids, or of their areas where they have none, by where they stand."""
    own = [cell.pk for cell in days.cells_of(scope, scope.account)]
    return days.doors(scope).filter(cell__in=own) if own else days.doors(scope)


def pack(scope: Scope, *, now: datetime) -> Pack:
    """Everything that a worker needs at their doors without a network. A fixed number of statements, however many doors."""
    norm = numbers(NORM, local_date(now))
    found, most = own_doors(scope), int(norm.get("most_doors", 0))
    own = list(found[: most + 1])
    if len(own) > most:
        many = found.count()
        raise Refusal(
            f"共{many}户，离线包至多{most}户。请先划分网格，或以更小地区的身份下载。",
            f"There are {many} doors; a pack holds {most}. Make grids, or ask in a role of a smaller area.",
            field="doors",
            value=str(many),
        )
    walked = [own[place] for place in walking_order([days.stop_of(each) for each in own])]
    numbers_of_doors = [each.pk for each in walked]
    asked = forms_at(scope, walked, now=now)
    people = [each.resident.person for door in asked.values() for each in door]
    return Pack(
        now,
        now + timedelta(hours=float(norm.get("pack_hours", 0))),
        [PackDoor(each, asked[each.pk]) for each in walked],
        in_force(scope, numbers_of_doors),
        _phones(scope, people),
        conflicts(scope, doors=numbers_of_doors, now=now),
    )


def _phones(scope: Scope, people: list[int]) -> dict[int, str]:
    rows = scope.within(Person.objects, "area").filter(pk__in=people, phone_sealed__isnull=False)
    return {
        person: mask(unsealed_text(sealed, "phone", person))
        for person, sealed in rows.values_list("pk", "phone_sealed")
    }
