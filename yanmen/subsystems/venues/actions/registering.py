"""The register of venues: opening, changing, a new code, closing. The edges are told at the end of each act."""

from __future__ import annotations

from datetime import datetime
from secrets import token_bytes
from typing import Any

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.base.venue_code import SEED_BYTES
from yanmen.registry import areas
from yanmen.registry.models import Organisation, Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.venues.actions.common import add, tell
from yanmen.subsystems.venues.methods.words import KINDS
from yanmen.subsystems.venues.models import MOST_MINUTES, Venue
from yanmen.subsystems.venues.queries import register

PLACE_FIELDS = ("name_zh", "name_en", "address", "longitude", "latitude")


@transaction.atomic
def open_venue(
    *,
    scope: Scope,
    kind: str,
    name_zh: str,
    area: str,
    by: str,
    now: datetime,
    name_en: str = "",
    address: str = "",
    organisation: int | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
    capacity: int | None = None,
    stay_minutes: int | None = None,
    responsible: str = "",
) -> Venue:
    """Register a venue and give it a code. A place of that name and address in the area is taken, not made twice."""
    scope.require(areas.area(area).code)
    if not name_zh.strip():
        raise Refusal("请填写场所名称。", "Give the venue a name.", field="name_zh")
    _check(kind=kind, stay_minutes=stay_minutes, longitude=longitude, latitude=latitude)
    if organisation is not None and not Organisation.objects.filter(pk=organisation).exists():
        raise Refusal(
            "没有此编号的机构，请先登记机构。", "No organisation has this number. Register it first.",
            field="organisation", value=str(organisation),
        )  # fmt: skip
    about = {"name_zh": name_zh.strip(), "address": address.strip()}
    place = Place.objects.filter(area=area, **about).order_by("pk").first() or Place.objects.create(
        kind=kind, name_en=name_en.strip(), area=area, organisation_id=organisation, longitude=longitude,
        latitude=latitude, created_at=now, **about,
    )  # fmt: skip
    if Venue.objects.filter(pk=place.pk).exists():
        raise Refusal(
            f"该场所已登记，编号 {place.pk}。", f"This venue is registered already: number {place.pk}.",
            field="name_zh", value=name_zh[:40],
        )  # fmt: skip
    values = {"kind": kind, "capacity": capacity, "stay_minutes": stay_minutes}
    made = add(place=place, values=values, responsible=_account(scope, responsible, now), by=by, now=now)
    tell([made.pk], now=now)
    return made


@transaction.atomic
def change(*, scope: Scope, place: int, by: str, now: datetime, **values: Any) -> Venue:
    """Correct what is said about a venue: any of its own fields, or of its place's."""
    venue = _mine(scope, place)
    _check(**{name: values[name] for name in ("kind", "stay_minutes", "longitude", "latitude") if name in values})
    if "responsible" in values:
        values["responsible_id"] = _account(scope, values.pop("responsible"), now)
    for name, value in values.items():
        setattr(venue.place if name in PLACE_FIELDS else venue, name, value)
    venue.place.save(update_fields=[name for name in values if name in PLACE_FIELDS])
    venue.save(update_fields=[name for name in values if name not in PLACE_FIELDS])
    tell([venue.pk], now=now)
    return venue


@transaction.atomic
def renew_code(*, scope: Scope, place: int, by: str, now: datetime) -> Venue:
    """A new seed: every code printed before is worthless from the moment the edges hear of it."""
    venue = _mine(scope, place)
    venue.seed, venue.seeded_at, venue.printed_at = token_bytes(SEED_BYTES), now, None
    venue.save(update_fields=["seed", "seeded_at", "printed_at"])
    tell([venue.pk], now=now)
    return venue


@transaction.atomic
def close(*, scope: Scope, place: int, by: str, now: datetime) -> Venue:
    """The venue takes no check-in from now on; its history stays as long as policy keeps it."""
    venue = _mine(scope, place)
    if venue.closed_at is None:
        venue.closed_at, venue.closed_by = now, by
        venue.save(update_fields=["closed_at", "closed_by"])
        tell([venue.pk], now=now)
    return venue


@transaction.atomic
def reopen(*, scope: Scope, place: int, by: str, now: datetime) -> Venue:
    """A closed venue opens again under the code it had."""
    venue = _mine(scope, place)
    if venue.closed_at is not None:
        venue.closed_at, venue.closed_by, venue.opened_at, venue.opened_by = None, "", now, by
        venue.save(update_fields=["closed_at", "closed_by", "opened_at", "opened_by"])
        tell([venue.pk], now=now)
    return venue


def mark_printed(*, scope: Scope, place: int, by: str, now: datetime) -> None:
    """The present code was printed."""
    venue = _mine(scope, place)
    venue.printed_at = now
    venue.save(update_fields=["printed_at"])


def _mine(scope: Scope, place: int) -> Venue:
    venue = register.venue(scope, place)
    if venue is None:
        raise Refusal(
            "您的辖区内没有这个场所。", "There is no such venue in your area.", field="place", value=str(place)
        )
    return venue


def _account(scope: Scope, username: str, now: datetime) -> int | None:
    if not username.strip():
        return None
    found = register.account_of(scope, username, now=now)
    if found is None:
        raise Refusal(
            "没有这个账号，或其不在您的辖区任职。", "No account of that name holds a role in your area.",
            field="responsible", value=username[:40],
        )  # fmt: skip
    return int(found.pk)


def _check(
    *,
    kind: str | None = None,
    stay_minutes: int | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
) -> None:
    if kind is not None and kind not in KINDS:
        raise Refusal("请从列表中选择场所类型。", "Choose a kind from the list.", field="kind", value=kind[:40])
    if stay_minutes is not None and not 1 <= stay_minutes <= MOST_MINUTES:
        raise Refusal(
            f"停留时间应为1至{MOST_MINUTES}分钟。", f"A visit lasts from 1 to {MOST_MINUTES} minutes.",
            field="stay_minutes", value=str(stay_minutes),
        )  # fmt: skip
    for field, value, most in (("longitude", longitude, 180), ("latitude", latitude, 90)):
        if value is not None and not -most <= value <= most:
            raise Refusal("坐标超出范围。", "The coordinate is out of range.", field=field, value=str(value))
