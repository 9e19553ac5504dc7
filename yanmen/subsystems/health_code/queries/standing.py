"""Where an officer's telephone may stand: posts and venues are kept by the roles that name their register."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from yanmen.loop.catalogue import catalogue
from yanmen.loop.kinds import ANY_PLACE, Role
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope

MOST_PLACES = 500


def keepers_of(scope: Scope, place: int) -> list[Role]:
    """The roles in which a telephone may stand at a place of the asker's area; empty: in every role."""
    return _keepers(_registers_of([place]).get(place, set()))


def places_of(scope: Scope, *, limit: int = MOST_PLACES) -> list[Place]:
    """Places of the asker's area where a telephone may stand in the asker's role."""
    found = list(scope.within(Place.objects, "area").order_by("area", "name_zh")[:limit])
    registers = _registers_of([each.pk for each in found])
    closed = {place for place, names in registers.items() if scope.role not in {role.name for role in _keepers(names)}}
    return [each for each in found if each.pk not in closed]


def _keepers(registers: set[str]) -> list[Role]:
    if not registers:
        return []
    return [role for role in catalogue.roles.values() if registers & set(role.stands_at) or ANY_PLACE in role.stands_at]


def _registers_of(places: Iterable[int]) -> dict[int, set[str]]:
    """In which registers, of those that roles name, each place stands."""
    named = sorted({name for role in catalogue.roles.values() for name in role.stands_at} - {ANY_PLACE})
    asked = " UNION ALL ".join(
        f"SELECT place_id, '{name}' FROM {name} WHERE place_id = ANY (%(places)s)" for name in named
    )
    found: dict[int, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(asked, {"places": list(places)})
        for place, name in cursor.fetchall():
            found.setdefault(place, set()).add(name)
    return found
