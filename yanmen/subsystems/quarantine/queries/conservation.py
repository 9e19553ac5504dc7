"""What does not balance in the houses: rooms, linen, bags and loads. Nothing when all is well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connections

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.models import Site
from yanmen.subsystems.quarantine.queries.statements import statement
from yanmen.subsystems.quarantine.queries.waste import NORM

FAULTS = {
    "room_state_without_step": ("房间状态没有对应的清理记录", "A room in a state that no step says"),
    "guest_in_unclean_room": ("房间未验收合格却有人入住", "Somebody stays in a room that is not clean"),
    "linen_below_nothing": ("布草数为负", "Less linen than nothing"),
    "bag_missing": ("医疗废物袋去向不明", "A bag of medical waste is missing"),
    "bag_disposed_with_load_out": ("袋与所在车次的处置状态不符", "A bag that contradicts the load it is on"),
    "load_against_bags": ("车次的袋数或重量与所载的袋不符", "A load whose bags or weight are not those of its bags"),
    "load_against_plant": ("处置单位收到的与装车的不符", "What the plant received is not what was loaded"),
}
EXACT = 0


def audit(scope: Scope, *, now: datetime, alias: str = "loop") -> list[dict[str, Any]]:
    """What does not balance in an area, as `yanmen audit` reports it."""
    off = numbers(NORM, local_date(now)).get("weight_off_percent", EXACT)
    with connections[alias].cursor() as cursor:
        cursor.execute(statement("house_faults"), {"area": scope.area, "off": off})
        return [_fault(row) for row in records(cursor)]


def balance(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """The same for a screen, within what the asker may see, with the names of the sites."""
    found = audit(scope, now=now, alias="default")
    sites = scope.within(Site.objects.select_related("place"), "area").in_bulk([each["row"]["site"] for each in found])
    return [each | {"site": sites.get(each["row"]["site"])} for each in found]


def _fault(row: Mapping[str, Any]) -> dict[str, Any]:
    zh, en = FAULTS[row["fault"]]
    return {"check": row["fault"], "zh": zh, "en": en, "row": {name: row[name] for name in ("site", "what", "area")}}
