"""Where the measures in force want people, as stretches of days; and what rooms ask of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Avg, Count

from yanmen.base.area_codes import ancestors_of
from yanmen.base.rows import records
from yanmen.loop.policies import numbers, shelf
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.serving import Stretch, kind_of
from yanmen.subsystems.quarantine.queries.statements import statement

HOME, ASSIGNING, BETWEEN = "quarantine.home", "quarantine.assigning", "quarantine.rooms_between"
Point = tuple[float, float]


@dataclass(frozen=True)
class Owed:
    """What holds for somebody: the stretches of their measures, since when, and the area that answers for them."""

    person: int
    area: str
    since: datetime
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Known:
    """What rooms ask of somebody. `home` is None while nobody looked at it."""

    person: int
    name: str
    age: int | None
    area: str
    address: str
    household: int | None
    guardian: int | None
    special: frozenset[str]
    language: str
    home: bool | None
    carer: bool
    chosen: str


def places_known() -> dict[str, list[Any]]:
    """The places of the packs, how strict each is and which kind of site serves it: what statements about places are asked with."""
    policy = shelf.policy()
    names = sorted(policy.words.get("places", {}))
    return {
        "names": names,
        "ranks": [policy.strictness(each) for each in names],
        "kinds": [kind_of(each) for each in names],
    }


def places_owed(scope: Scope, *, day: date, people: Sequence[int] | None = None) -> dict[int, Owed]:
    """Stages of measures that hold on a day or later, by person: of these people, or of the asker's areas."""
    policy = shelf.policy()
    about = {
        "day": day,
        "people": None if people is None else list(people),
        "area": scope.area if people is None else "",
    }
    with connection.cursor() as cursor:
        cursor.execute(statement("places_owed"), about)
        rows = records(cursor)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["person"], []).append(row)
    return {
        person: Owed(
            person, mine[0]["area"], min(row["imposed_at"] for row in mine),
            tuple(
                Stretch(
                    row["place"], row["first"], row["last"], policy.strictness(row["place"]), row["measure"], row["kind"],
                    row["rule"], row["reason"], row["fallback"], row["voluntary"],
                )
                for row in mine
            ),
        )
        for person, mine in found.items()
    }  # fmt: skip


def known(scope: Scope, people: Sequence[int], *, day: date, now: datetime) -> dict[int, Known]:
    """Age, household, needs and the latest check of the home of these people, as far as the asker may see them."""
    del scope
    with connection.cursor() as cursor:
        cursor.execute(statement("guests_known"), {"people": list(people), "now": now})
        rows = records(cursor)
    norm = numbers(HOME, day)
    return {row["person"]: _known(row, day, norm) for row in rows}


def points(scope: Scope) -> dict[str, Point]:
    """The middle of the places with coordinates in each area of the asker's and in those around it."""
    rows = (
        scope.within(Place.objects, "area").filter(longitude__isnull=False, latitude__isnull=False)
        .values("area").annotate(x=Avg("longitude"), y=Avg("latitude"), n=Count("pk"))
    )  # fmt: skip
    sums: dict[str, list[tuple[float, float, int]]] = {}
    for row in rows:
        for code in ancestors_of(row["area"]):
            sums.setdefault(code, []).append((row["x"], row["y"], row["n"]))
    return {code: _middle(parts) for code, parts in sums.items()}


def point_of(area: str, middles: dict[str, Point]) -> Point | None:
    """The point of an area, or of the smallest one around it that has one."""
    return next((middles[code] for code in reversed(ancestors_of(area)) if code in middles), None)


def _middle(parts: list[tuple[float, float, int]]) -> Point:
    whole = sum(n for *_, n in parts)
    return sum(x * n for x, _, n in parts) / whole, sum(y * n for _, y, n in parts) / whole


def _known(row: dict[str, Any], day: date, norm: Mapping[str, Any]) -> Known:
    home = row["home"] or {}
    home = json.loads(home) if isinstance(home, str) else home
    needs = [str(each).split(":", 1) for each in row["needs"] or ()]
    special = {str(home["special"])} if home.get("special") else set()
    special |= {"dialysis" for kind, _ in needs if kind == "dialysis"}
    language = next((text.strip().lower() for kind, text in needs if kind == "language" and text.strip()), "")
    age = _age(row["born_on"], day)
    fit = None if not row["home"] else _fit(home, norm)
    return Known(
        row["person"], row["name"], age, row["area"], row["address"] or "", row["household"], row["guardian"],
        frozenset(special), language, fit, bool(home.get("carer")), str(home.get("chosen") or ""),
    )  # fmt: skip


def _fit(home: dict[str, Any], norm: Mapping[str, Any]) -> bool:
    """What was judged on the spot, and nothing that the norm asks for is missing."""
    has = all(home.get(each) is not False for each in norm.get("must_have", ()))
    free = not any(home.get(each) for each in norm.get("must_not", ()))
    return bool(home.get("fit")) and has and free


def _age(born: date | None, day: date) -> int | None:
    return None if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))
