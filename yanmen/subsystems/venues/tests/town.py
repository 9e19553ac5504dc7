"""Two cities, venues in them, people who check in; acts are the subsystem's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connections

from yanmen.base.clock import BEIJING
from yanmen.loop.bulk import record_bulk
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.people import Details, Registered, register_people
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.venues import actions
from yanmen.subsystems.venues.models import Venue

AREAS = {
    "14": "山西省",
    "1401": "太原市",
    "140105": "小店区",
    "140106": "迎泽区",
    "1402": "大同市",
    "140213": "平城区",
    "41": "河南省",
    "4101": "郑州市",
    "410105": "金水区",
}
NOON = datetime(2022, 10, 7, 12, tzinfo=BEIJING)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MANAGER = Scope(None, "venues.manager", "14")
WHERE = {  # Datong lies 250 km north of Taiyuan; the noodle shop three kilometres from the market
    "market": ("140105", 112.56, 37.74),
    "noodles": ("140106", 112.58, 37.76),
    "datong": ("140213", 113.30, 40.08),
}


def open_town() -> None:
    load_areas([AreaRow(code, name) for code, name in AREAS.items()])


def venue(name: str, *, kind: str = "other", **about: Any) -> Venue:
    """A venue at one of the places of WHERE."""
    area, longitude, latitude = WHERE[name]
    values: dict[str, Any] = {"longitude": longitude, "latitude": latitude, "area": area} | about
    with acting(MANAGER):
        return actions.open_venue(
            scope=MANAGER, kind=kind, name_zh=name, by="test", now=NOON - timedelta(days=30), **values
        )


def people(count: int, area: str = "140105", first: int = 1) -> list[int]:
    """So many people of an area."""
    with acting(Scope(None, "test", area[:2])):
        found = register_people(
            [Details(name=f"居民{first + n}号", area=area) for n in range(count)], by="test", now=NOON
        )
    return [each.person for each in found if isinstance(each, Registered)]


def scan(
    who: int | Iterable[int],
    where: Venue,
    at: datetime,
    *,
    claimed: bool = True,
    told: datetime | None = None,
    device: int | None = None,
) -> None:
    """People check in at a venue, and the edge records it at once (or when it was told)."""
    persons = [who] if isinstance(who, int) else list(who)
    detail = {"claimed": claimed, "via": "phone" if claimed else "scanner", "device": device}
    rows = [
        {"person": one, "place": where.pk, "area": where.area, "occurred_at": at, "detail": detail} for one in persons
    ]
    with acting(MANAGER):
        record_bulk("presence.scanned", rows, by="device:1", now=told or at)


def judge(at: datetime) -> actions.Judged:
    return actions.judge(by="test", now=at)


def rows(sql: str, *arguments: object, alias: str = "loop") -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchall()


def counted(at: datetime) -> list[tuple[int, int]]:
    """Person and place of every check-in that counts, as known at a moment."""
    return rows("SELECT person_id, place_id FROM venues_counted(%s) ORDER BY occurred_at, person_id", at)


def stays(who: int, at: datetime) -> list[tuple[str, int]]:
    """Place and minutes of the stays that rules see."""
    from yanmen.loop.catalogue import catalogue
    from yanmen.loop.session import EVER

    relation = catalogue.relation("venue_stay").sql
    with connections["loop"].cursor() as cursor:
        cursor.execute(
            f"WITH asked (subject, member) AS (VALUES (%(who)s::bigint, %(who)s::bigint)) SELECT p.name_zh, r.minutes"
            f" FROM ({relation}) r JOIN registry_place p ON p.id = r.place ORDER BY r.entered_at",
            {"who": who, "known_at": at, "since": EVER},
        )
        return cursor.fetchall()
