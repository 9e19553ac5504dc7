"""Four families isolated at home, as journeys with telephones find them; and what the database holds of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg

from yanmen.project.testing import show_clock
from yanmen.registry.scope import acting
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.models import Door
from yanmen.subsystems.grid.tests.village import (
    MORNING,
    PROVINCE,
    VILLAGE,
    at,
    held_at_home,
    home,
    open_village,
    record,
)

HOUSES = ((1, 101), (2, 101), (2, 601), (3, 301))


@dataclass
class Village:
    """Doors by address, people by name, and what stands in the database."""

    database: str
    doors: dict[str, int]
    people: dict[str, int]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database holds, as its owner sees it."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(query, values).fetchall()

    def facts(self, *ids: str) -> int:
        """How many facts bear one of these ids."""
        return int(self.rows("SELECT count(*) FROM loop_fact WHERE id = ANY (%s::uuid[])", list(ids))[0][0])

    def edits(self, *ids: str) -> int:
        """How many edits bear one of these ids."""
        return int(self.rows("SELECT count(*) FROM grid_edit WHERE key = ANY (%s::uuid[])", list(ids))[0][0])

    def door(self, house: int, room: int) -> int:
        return self.doors[f"幸福小区{house}号楼1单元{room}室"]


def built(database: str) -> Village:
    """Four families isolated at home; one needs dialysis."""
    open_village()
    families = [
        home(f"幸福小区{house}号楼1单元{room}室", f"人{house}{room}", f"伴{house}{room}") for house, room in HOUSES
    ]
    held_at_home(*(person for family in families for person in family))
    record(
        "quarantine.need_told", families[0][0].pk, at("2022-12-10 03:00"), need="dialysis", urgent=True, text="每周三次"
    )
    with acting(PROVINCE):
        actions.register_doors(scope=PROVINCE, by="test", now=MORNING, area=VILLAGE)
    show_clock(MORNING)
    doors = dict(Door.objects.using("owner").values_list("address", "pk"))
    return Village(database, doors, {each.name: each.pk for family in families for each in family})
