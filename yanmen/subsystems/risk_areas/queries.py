"""Every read of zones, tiers and key-area lists, within the asker's areas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from yanmen.base.clock import local_date
from yanmen.loop import reading
from yanmen.loop.models import Measure
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.risk_areas.kinds import RISK_TIER, ZONE
from yanmen.subsystems.risk_areas.methods import key_list
from yanmen.subsystems.risk_areas.methods.key_list import Changes, Entry
from yanmen.subsystems.risk_areas.models import Delivery, KeyArea, KeyAreaList, Receiver

LEVELS = (2, 4, 6, 9, 12)
MOST = 5000


@dataclass(frozen=True)
class Zone:
    """A zone in force on an area, with the area's tier today."""

    area: str
    area_id: int
    tier: str
    rule: str
    state: str
    count_from: date
    last_day: date | None
    over_hold: bool
    measure: int


def zones(scope: Scope, *, limit: int = MOST) -> list[Zone]:
    """Zones in force or proposed in the asker's areas, by area."""
    tiers = dict(reading.statuses(scope, RISK_TIER.name).values_list("subject", "value"))
    rows = _zone_measures(scope).order_by("area", "-last_day", "pk")[:limit]
    return [
        Zone(
            area=row.area, area_id=row.subject, tier=tiers.get(row.subject, RISK_TIER.default), rule=row.rule,
            state=row.state, count_from=row.count_from, last_day=row.last_day, over_hold=row.over_hold, measure=row.pk,
        )
        for row in rows
    ]  # fmt: skip


def tiers_now(scope: Scope, *, newest: int) -> dict[str, Any]:
    """How many areas are at each tier, and those whose tier is newest."""
    counted = reading.status_counts(scope, RISK_TIER.name)
    rows = reading.statuses(scope, RISK_TIER.name).order_by("-since", "area")
    return {tier: counted.get(tier, 0) for tier in RISK_TIER.order} | {"newest": list(rows[:newest])}


def entries_now(scope: Scope) -> list[Entry]:
    """The key areas as the loop sees them: every area with a tier, and those with a zone that carries none."""
    found: dict[str, Entry] = {}
    held: dict[str, list[Measure]] = {}
    for row in _zone_measures(scope).filter(state="in_force"):
        held.setdefault(row.area, []).append(row)
    for status in reading.statuses(scope, RISK_TIER.name):
        found[status.area] = _entry(status.area, status.value, local_date(status.since), held.get(status.area, []))
    for area, rows in held.items():
        if area not in found:
            found[area] = _entry(area, RISK_TIER.default, min(row.known_on for row in rows), rows)
    return key_list.ordered(found.values())


def latest(scope: Scope) -> KeyAreaList | None:
    """The newest list published for the asker's area: by it, or by an area above it."""
    return _readable(scope).order_by("-published_at", "-pk").first()


def lists(scope: Scope, *, before: int | None = None, limit: int = 50) -> QuerySet[KeyAreaList]:
    """Versions of the lists that concern the asker, newest first."""
    rows = _readable(scope)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-pk")[:limit]


def key_area_list(scope: Scope, pk: int) -> KeyAreaList | None:
    """One version."""
    return _readable(scope).filter(pk=pk).first()


def newer_than(scope: Scope, pk: int) -> KeyAreaList | None:
    """The newest list if it came after the one with this number: what the stream sends."""
    newest = latest(scope)
    return newest if newest is not None and newest.pk > pk else None


def entries(scope: Scope, of: KeyAreaList) -> list[Entry]:
    """What stands on a version, strictest first."""
    rows = KeyArea.objects.filter(list__in=_readable(scope), list=of)
    return key_list.ordered(_as_entry(row) for row in rows)


def previous(scope: Scope, of: KeyAreaList) -> KeyAreaList | None:
    """The version before."""
    earlier = _readable(scope).filter(area=of.area, version__lt=of.version)
    return earlier.order_by("-version").first()


def changes_of(scope: Scope, of: KeyAreaList) -> Changes:
    """What a version changed against the one before it."""
    before = previous(scope, of)
    return key_list.changes(entries(scope, before) if before else [], entries(scope, of))


def names_of(scope: Scope, codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Both names of areas by code: public, whoever asks."""
    del scope
    rows = Area.objects.filter(code__in=list(codes), valid_to=None)
    return {row.code: {"zh": row.name_zh, "en": row.name_en or row.name_zh} for row in rows}


def receivers(scope: Scope) -> QuerySet[Receiver]:
    """Who gets the list in the asker's areas."""
    rows: QuerySet[Receiver] = scope.within(Receiver.objects, "area").filter(closed_at=None)
    return rows.order_by("area", "pk")


def deliveries(scope: Scope, of: KeyAreaList) -> QuerySet[Delivery]:
    """What became of a version at each receiver in the asker's areas."""
    rows: QuerySet[Delivery] = scope.within(Delivery.objects, "area").filter(list=of)
    return rows.select_related("receiver").order_by("area", "pk")


def to_acknowledge(scope: Scope) -> QuerySet[Delivery]:
    """Versions that receivers of exactly the asker's area (or in it) have not acknowledged yet, oldest first."""
    rows: QuerySet[Delivery] = scope.within(Delivery.objects, "area").filter(acknowledged_at=None)
    return rows.select_related("receiver", "list").order_by("due_at", "pk")


def overdue(scope: Scope, *, now: datetime) -> QuerySet[Delivery]:
    """Deliveries that should have been acknowledged by now, longest overdue first."""
    return to_acknowledge(scope).filter(due_at__lt=now)


def _zone_measures(scope: Scope) -> QuerySet[Measure]:
    rows: QuerySet[Measure] = reading.measures(scope).filter(kind=ZONE.name, subject_type="area")
    return rows


def _readable(scope: Scope) -> QuerySet[KeyAreaList]:
    above = [scope.area[:length] for length in LEVELS if length <= len(scope.area)]
    inside = Q(area__gte=scope.area, area__lt=scope.area + "~")
    return KeyAreaList.objects.filter(Q(area__in=above) | inside)


def _entry(area: str, tier: str, since: date, rows: list[Measure]) -> Entry:
    days = [row.last_day for row in rows]
    until = (
        None if None in days or any(row.over_hold for row in rows) else max((day for day in days if day), default=None)
    )
    return Entry(area=area, tier=tier, since=since, until=until, rules=tuple(sorted({row.rule for row in rows})))


def _as_entry(row: KeyArea) -> Entry:
    return Entry(area=row.area, tier=row.tier, since=row.since, until=row.until, rules=tuple(row.rules))


def rows_of(scope: Scope, of: KeyAreaList, language: str) -> list[dict[str, Any]]:
    """A version as table rows, for files."""
    found = entries(scope, of)
    names = names_of(scope, [entry.area for entry in found])
    side = "en" if language.startswith("en") else "zh"
    return [
        {
            "area": entry.area,
            "name": names.get(entry.area, {}).get(side, entry.area),
            "tier": key_list.TIERS[entry.tier][side],
            "since": entry.since.isoformat(),
            "until": entry.until.isoformat() if entry.until else "",
            "rules": " ".join(entry.rules),
        }
        for entry in found
    ]
