"""A county with posts; acts are the subsystem's own."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

import pytest

from yanmen.base.clock import BEIJING

PLACES = {
    "14": "山西省",
    "1401": "太原市",
    "140121": "清徐县",
    "140121100": "清源镇",
    "140121100201": "城关村",
    "1402": "大同市",
    "140212": "新荣区",
    "1408": "运城市",
    "140802": "盐湖区",
}


def moment(text: str) -> datetime:
    """`2022-09-01` at nine, or `2022-09-01 22:30`, in Shanxi."""
    day, _, hour = text.partition(" ")
    return datetime.fromisoformat(f"{day}T{hour or '09:00'}").replace(tzinfo=BEIJING)


class County:
    """A checkpoint manager of Xinrong (140212) and what happens at its posts."""

    def __init__(self) -> None:
        from yanmen.registry.scope import Scope

        self.scope = Scope(None, "checkpoints.manager", "140212")
        self._numbers = count(1)

    def acting(self, area: str = "") -> Any:
        from yanmen.registry.scope import Scope, acting

        return acting(Scope(None, self.scope.role, area) if area else self.scope)

    def post(self, on: str = "2022-08-01", **about: Any) -> Any:
        from yanmen.subsystems.checkpoints import actions

        known = {"name_zh": f"得胜堡卡口{next(self._numbers)}", "area": "140212", "kind": "highway"}
        with self.acting():
            return actions.open_post(scope=self.scope, by="test", now=moment(on), **(known | about))

    def person(self, area: str = "140212", **about: Any) -> Any:
        from yanmen.registry.people import register_person

        with self.acting(area):
            name = about.pop("name", f"路人{next(self._numbers)}")
            return register_person(name=name, area=area, by="test", now=moment("2022-01-01"), **about)


@pytest.fixture
def county(clean: str) -> County:
    from yanmen.registry.areas import AreaRow, load_areas

    load_areas([AreaRow(code, name) for code, name in PLACES.items()])
    return County()
