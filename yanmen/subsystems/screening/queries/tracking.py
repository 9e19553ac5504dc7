"""Where a result is: for whoever waits for it, for a site, for a laboratory, for a commander."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Min, Q

from yanmen.base.clock import BEIJING, local_date
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.hops import HOPS, MOMENTS, due, expected
from yanmen.subsystems.screening.methods.words import GATES, RESULTS
from yanmen.subsystems.screening.models import Laboratory, Site, Tube
from yanmen.subsystems.screening.queries.statements import TRANSPORT, statement
from yanmen.subsystems.screening.queries.transport import at_either_end

Said = Mapping[str, str]
SHOWN = timedelta(days=30)
A_DAY = timedelta(days=1)
OPEN_FOR = timedelta(days=14)
MOST = 20
AGAIN: Said = {
    "zh": "所在混检管需复核，请等候单独复采",
    "en": "Your tube needs a second look: you are sampled again, alone",
}
VOID: Said = {"zh": "样本作废，请重新采样", "en": "The sample cannot be tested: please be sampled again"}


@dataclass(frozen=True)
class Hop:
    """How long a hop took: of so many tubes the median and the ninth decile, in seconds. `key`: a site or a laboratory; none: all together."""

    key: int | None
    gate: str
    tubes: int
    median: float
    p90: float


@dataclass(frozen=True)
class Backlog:
    """What lies before a laboratory: at the bench, on the machine, on the way; and the hours it takes at its own pace."""

    laboratory: Laboratory
    waiting: int
    on_machine: int
    coming: int
    oldest: datetime | None
    hours: float


def own_results(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """One's own tests, newest first: each with the gate it has reached, when, and when the next ones are likely."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM screening_own_tests(%s, %s) LIMIT %s", [now, local_date(now - SHOWN), MOST])
        rows = records(cursor)
    places = _places(rows)
    return [_own(row, places, now) for row in rows]


def turn_round(scope: Scope, *, now: datetime, by: str = "all") -> list[Hop]:
    """How long each hop took in the last day: all together, and by `site` or `laboratory` if asked. The gate `all` is sampling to result."""
    about: dict[str, Any] = {"area": scope.area, "now": now, "since": now - A_DAY, "by": by}
    with connection.cursor() as cursor:
        cursor.execute(statement("turnround"), about)
        return [Hop(**row) for row in records(cursor)]


def by_hour(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """Tubes sampled, received and released in each hour of the last day."""
    first = (now - A_DAY).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(statement("hours"), {"area": scope.area, "now": now, "since": first})
        found = {row["hour"]: row for row in records(cursor)}
    none = {"sampled": 0, "received": 0, "released": 0}
    hours = [first + timedelta(hours=n) for n in range(25)]
    return [none | found.get(hour, {}) | {"hour": f"{hour.astimezone(BEIJING):%H:00}"} for hour in hours]


def oldest(scope: Scope, *, now: datetime, limit: int = 50) -> list[dict[str, Any]]:
    """Tubes without a result, the oldest first: at which gate, since when, until when the next is due."""
    rows = at_either_end(scope, Tube.objects.select_related("site__place", "laboratory__place", "box", "run"))
    waiting = rows.filter(released_at=None, void_at=None, first_at__gte=now - OPEN_FOR).order_by("first_at", "code")
    hours = numbers(TRANSPORT, local_date(now))
    return [_waiting(tube, hours, now) for tube in waiting[:limit]]


def backlog(scope: Scope, *, now: datetime) -> list[Backlog]:
    """What lies before each laboratory that has tubes of the scope's areas, the longest first."""
    rows = at_either_end(scope, Tube.objects.filter(released_at=None, void_at=None).exclude(laboratory=None))
    counted = rows.order_by().values("laboratory").annotate(
        waiting=Count("pk", filter=Q(received_at__isnull=False, logged_at=None)),
        on_machine=Count("pk", filter=Q(logged_at__isnull=False)),
        coming=Count("pk", filter=Q(received_at=None)),
        oldest=Min(F("first_at")),
    )  # fmt: skip
    found = {row.pop("laboratory"): row for row in counted}
    laboratories = Laboratory.objects.select_related("place").filter(pk__in=found)
    made = [
        Backlog(each, **found[each.pk], hours=24 * (found[each.pk]["waiting"] + found[each.pk]["coming"]) / each.tubes_a_day)
        for each in laboratories
    ]  # fmt: skip
    return sorted(made, key=lambda each: -each.hours)


def find_tube(scope: Scope, code: str, *, now: datetime) -> dict[str, Any] | None:
    """One tube and every gate it passed."""
    rows = at_either_end(scope, Tube.objects.select_related("site__place", "laboratory__place", "box", "run"))
    tube = rows.filter(pk=code.strip()).first()
    if tube is None:
        return None
    steps = [(gate, GATES[gate], getattr(tube, column)) for gate, column in MOMENTS.items()]
    return _waiting(tube, numbers(TRANSPORT, local_date(now)), now) | {"steps": steps}


def _waiting(tube: Tube, hours: Mapping[str, float], now: datetime) -> dict[str, Any]:
    gate = tube.gate
    passed = getattr(tube, MOMENTS.get(gate, "void_at"))
    until = due(gate, passed, hours) if gate in MOMENTS else None
    return {"tube": tube, "gate": gate, "title": GATES[gate], "since": passed, "due": until, "late": bool(until and until < now)}  # fmt: skip


def _own(row: Mapping[str, Any], places: Mapping[int, Any], now: datetime) -> dict[str, Any]:
    passed = {"sampled": row["sampled_at"]} | {gate: row[f"{gate}_at"] for gate in HOPS if row[f"{gate}_at"]}
    gate = "void" if row["void_at"] else "released" if row["result"] else _last(passed)
    laboratory = places.get(row["laboratory"] or 0)
    found = {
        "sample": row["sample"],
        "tube": row["tube"],
        "sampled_at": row["sampled_at"],
        "site": places.get(row["site"] or 0),
        "laboratory": laboratory,
        "gate": {"value": gate, **GATES[gate]},
        "steps": [{"value": name, **GATES[name], "at": at} for name, at in passed.items() if name != "released"],
        "result": _result(row),
        "reported_at": row["reported_at"],
        "method": row["method"],
        "ahead": None,
        "next": [],
        "expected_at": None,
    }
    return found | (_outlook(row, gate, passed, now) if gate not in ("void", "released") and row["tube"] else {})


def _outlook(row: Mapping[str, Any], gate: str, passed: Mapping[str, datetime], now: datetime) -> dict[str, Any]:
    """When the gates ahead are likely passed, and how many tubes are before this one at the laboratory."""
    with connection.cursor() as cursor:
        laboratory = row["laboratory"]
        if laboratory is None and row["site"] is not None:
            cursor.execute("SELECT screening_sends_to(%s)", [row["site"]])
            laboratory = cursor.fetchone()[0]
        cursor.execute("SELECT gate, seconds FROM screening_pace(%s, %s, %s)", [row["site"], laboratory, now])
        usual = dict(cursor.fetchall())
        cursor.execute("SELECT screening_ahead(%s, %s)", [laboratory, row["received_at"] or now])
        ahead = cursor.fetchone()[0]
    likely = expected(gate, passed[gate], usual, now=now)
    steps = [
        {"value": name, **GATES[name], "at": at, "minutes": round(usual[name] / 60)} for name, at in likely.items()
    ]
    return {"ahead": ahead, "next": steps, "expected_at": likely.get("released")}


def _last(passed: Mapping[str, datetime]) -> str:
    """The last gate before the result: what has not been told yet is still being reviewed."""
    return next(gate for gate in ("measured", "logged", "received", "sent", "boxed", "sampled") if gate in passed)


def _result(row: Mapping[str, Any]) -> dict[str, str] | None:
    if row["void_at"]:
        return {"value": "void", **VOID}
    if row["result"] is None:
        return None
    if row["result"] == "reactive":
        return {"value": "reactive", **AGAIN}
    return {"value": row["result"], **RESULTS.get(row["result"], {"zh": row["result"], "en": row["result"]})}


def _places(rows: list[dict[str, Any]]) -> dict[int, dict[str, str]]:
    keys = {row[name] for row in rows for name in ("site", "laboratory")} - {None}
    found: dict[int, dict[str, str]] = {}
    for model in (Site, Laboratory):
        for each in model.objects.select_related("place").filter(pk__in=keys):
            found[each.pk] = {"zh": each.place.name_zh, "en": each.place.name_en or each.place.name_zh}
    return found
