"""Guests of a site for tests of their days: contacts with a room, admitted; tests and temperatures by day. All synthetic."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from yanmen.base.clock import at
from yanmen.base.ids import uuid7
from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.registry.models import Person
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine.actions import stays
from yanmen.subsystems.quarantine.models import Room, Site, Stay
from yanmen.subsystems.quarantine.tests.city import PROVINCE


def rooms_of(site: Site) -> list[Room]:
    """The rooms of a site, by number."""
    with acting(PROVINCE):
        return list(Room.objects.filter(site=site).order_by("number"))


def put_in(person: Person, room: Room, *, now: datetime) -> Stay:
    """Somebody is given a room, and is in it."""
    with acting(PROVINCE):
        (given,) = stays.take_room(scope=PROVINCE, people=[person.pk], room=room.pk, by="test", now=now)
        return stays.admit(scope=PROVINCE, stay=given.pk, by="test", now=now)


def tell(fact: str, person: Person, /, *, now: datetime, **detail: Any) -> str:
    """A fact that another desk records."""
    with acting(PROVINCE):
        return str(
            facts.record(fact, person=person.pk, area=person.area, occurred_at=now, by="test", now=now, detail=detail)
        )


def sample(person: Person, day: date, *, hour: int = 9, result: str = "negative") -> None:
    """A sample is taken and its result told two hours later."""
    taken = at(day, hour)
    with acting(PROVINCE):
        facts.record(
            "screening.result", person=person.pk, area=person.area, occurred_at=taken, by="test", now=at(day, hour + 2),
            detail={"sample": str(uuid7(taken)), "result": result, "method": "nat"},
        )  # fmt: skip


def turn(now: datetime) -> None:
    """The loop works everything out."""
    settle(now=now)


def post(client: Any, path: str, form: dict[str, Any]) -> Any:
    """Send a form of a page."""
    client.get(path)
    token = client.cookies.get("csrftoken")
    return client.post(path, data=form | {"csrfmiddlewaretoken": token}, headers={"Referer": str(client.base_url)})
