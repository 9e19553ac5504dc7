"""What a plan of rooms starts from: the parties that wait, the open sites with their free rooms, weights of the norm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.parties import Guest, Together, parties
from yanmen.subsystems.quarantine.methods.rooms import FreeRoom, OpenSite, Party, Weights
from yanmen.subsystems.quarantine.models import Plan
from yanmen.subsystems.quarantine.queries import free_rooms, owed
from yanmen.subsystems.quarantine.queries.waiting import Waiting, guests, waiting


@dataclass(frozen=True)
class Basis:
    """Everything that decides a plan. `alone` are children whom no adult can go with, each with the reason."""

    waiting: list[Waiting]
    guests: dict[int, Guest]
    parties: list[Party]
    alone: dict[int, str]
    sites: list[OpenSite]
    rooms: list[FreeRoom]
    there: dict[int, frozenset[str]]
    weights: Weights


def basis(scope: Scope, *, now: datetime) -> Basis:
    """What a plan of this moment starts from."""
    norm = numbers(owed.ASSIGNING, local_date(now))
    wait = waiting(scope, now=now)
    who = {each.person: each for each in guests(scope, wait)}
    found, alone = parties(who.values(), together(norm))
    return Basis(
        wait, who, found, alone, free_rooms.open_sites(scope), free_rooms.free_rooms(scope, at=now),
        free_rooms.sources_there(scope), weights(norm),
    )  # fmt: skip


def together(norm: Mapping[str, Any]) -> Together:
    """Whom the norm wants in one room."""
    return Together(
        int(norm.get("with_adult_age", -1)), int(norm.get("adult_age", 0)), frozenset(norm.get("with_carer", ())),
        bool(norm.get("household_together", False)),
    )  # fmt: skip


def weights(norm: Mapping[str, Any]) -> Weights:
    """What the norm weighs."""
    return Weights(
        float(norm.get("mixing_km", 0)), float(norm.get("wasted_bed_km", 0)), float(norm.get("fallback_km", 0)),
        float(norm.get("gap", 0)), float(norm.get("seconds", 1)),
    )  # fmt: skip


def plan(scope: Scope, number: int) -> Plan | None:
    """One plan of the asker's areas."""
    found: Plan | None = scope.within(Plan.objects, "area").filter(pk=number).first()
    return found


def latest_plan(scope: Scope) -> Plan | None:
    """The plan made last for the asker's area."""
    found: Plan | None = Plan.objects.filter(area=scope.area).order_by("-made_at", "-pk").first()
    return found
