"""A small province and people who travel in it; acts are the subsystem's own."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

import pytest

from yanmen.base.clock import BEIJING

PLACES = {
    "14": "山西省",
    "1401": "太原市",
    "140105": "小店区",
    "140121": "清徐县",
    "140121100": "清源镇",
    "140121100201": "城关村",
    "140121100202": "西关村",
    "140121101": "徐沟镇",
    "1404": "长治市",
    "140403": "潞州区",
}


class Office:
    """An officer of the province: tells what happened, turns the loop, reads what is owed."""

    def __init__(self) -> None:
        from yanmen.registry.scope import Scope

        self.scope = Scope(None, "arrivals.officer", "14")
        self._numbers = count(1)

    def person(self, area: str = "140403", **about: Any) -> Any:
        from yanmen.registry.people import register_person

        n = next(self._numbers)
        return register_person(name=f"来人{n}", area=area, by="test", now=moment("2022-01-01"), **about)

    def declare(self, on: str, *, origin: str, left: str, since: str = "", person: Any = None) -> tuple[int, str]:
        """A traveller declares on a day; answers with the person and the key of the journey."""
        from yanmen.registry.scope import acting
        from yanmen.subsystems.arrivals import actions

        with acting(self.scope):
            person = person or self.person()
            key = actions.declare(
                person=person,
                origin=origin,
                arrived_origin_on=date.fromisoformat(since) if since else None,
                left_origin_on=date.fromisoformat(left),
                expected_on=max(date.fromisoformat(left), moment(on).date()),
                destination="140403",
                by="test",
                now=moment(on),
            )
        return person.pk, key

    def case(self, on: str, area: str, **about: Any) -> None:
        """A case found in the community of an area."""
        from yanmen.loop import facts
        from yanmen.registry.scope import acting

        detail = {"kind": "confirmed", "setting": "community"} | about
        with acting(self.scope):
            facts.record("cases.reported", area=area, occurred_at=moment(on), by="test", now=moment(on), detail=detail)

    def turn(self, on: str) -> Any:
        from yanmen.loop.run import turn

        return turn(now=moment(on, 12))

    def owed(self, person: int) -> dict[str, tuple[str, str]]:
        """Rules in force on a person for where they stayed, with day 0 and last day."""
        from yanmen.loop.models import Measure

        rows = Measure.objects.using("owner").filter(subject_type="person", subject=person, state="in_force")
        rows = rows.filter(rule__startswith="arrivals.from_")
        return {row.rule: (str(row.count_from), str(row.last_day)) for row in rows}


def moment(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=BEIJING)


@pytest.fixture
def office(clean: str) -> Office:
    from yanmen.registry.areas import AreaRow, load_areas
    from yanmen.registry.scope import acting

    load_areas([AreaRow(code, name) for code, name in PLACES.items()])
    made = Office()
    register = made.person

    def person(area: str = "140403", **about: Any) -> Any:
        with acting(made.scope):
            return register(area, **about)

    made.person = person  # type: ignore[method-assign]
    return made
