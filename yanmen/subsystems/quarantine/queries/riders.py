"""Who is to be brought somewhere, from where, and by when: what a request for a transfer is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Avg

from yanmen.base.area_codes import ancestors_of
from yanmen.base.rows import records
from yanmen.loop import reading
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.models import Stay

Point = tuple[float, float]


@dataclass(frozen=True)
class Rider:
    """Somebody behind a stay or a transfer, wherever they are registered."""

    id: int
    name: str
    sex: str
    born_on: date | None
    area: str
    address: str
    household: int | None
    guardian: int | None


def riders(scope: Scope, people: Iterable[int]) -> dict[int, Rider]:
    """Those of these people whom the asker may know: their own, their guests, and whose transfer they are an end of."""
    wanted = sorted(set(people))
    if not wanted or not scope.sees_people:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, sex, born_on, area, address, household_id AS household, guardian_id AS guardian FROM quarantine_people(%s)",
            [wanted],
        )
        return {row["id"]: Rider(**row) for row in records(cursor)}


def point_of(scope: Scope, area: str) -> Point | None:
    """The middle of the places in an area, or in the smallest area around it that has places, down to the county."""
    for code in reversed(ancestors_of(area)):
        if len(code) < 6:
            break
        rows = Place.objects.filter(
            area__gte=code, area__lt=code + "~", longitude__isnull=False, latitude__isnull=False
        )
        middle = rows.aggregate(x=Avg("longitude"), y=Avg("latitude"))
        if middle["x"] is not None:
            return middle["x"], middle["y"]
    return None


def task_due(scope: Scope, person: int) -> datetime | None:
    """By when the loop wants somebody transferred: the due moment of their open task."""
    found = reading.tasks(scope, kinds=("transfer",)).filter(subject_type="person", subject=person).first()
    return found.due_at if found else None


def stay_now(scope: Scope, person: int) -> Stay | None:
    """The stay in which somebody is."""
    rows = Stay.objects.filter(person_id=person, state="admitted").select_related("site__place")
    return rows.first()


def stay_to_come(scope: Scope, number: int) -> Stay | None:
    """A stay that was given and has not begun."""
    found: Stay | None = Stay.objects.filter(pk=number, state="assigned").select_related("site__place").first()
    return found
