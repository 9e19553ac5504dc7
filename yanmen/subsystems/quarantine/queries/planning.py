"""What a plan of rooms starts from: the parties that wait, the open sites with their free rooms, weights of the norm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.assigning import assign
from yanmen.subsystems.quarantine.methods.courses import STAYING
from yanmen.subsystems.quarantine.methods.greedy import first_come
from yanmen.subsystems.quarantine.methods.parties import Guest, Together, needs_of, parties
from yanmen.subsystems.quarantine.methods.rooms import Assignment, FreeRoom, OpenSite, Party, Weights
from yanmen.subsystems.quarantine.models import Plan, Stay
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

    def share_out(self, *, greedy: bool = False) -> Shares:
        """Rooms for those who wait, and what first come, first served would do; it takes no more of the database."""
        base = first_come(self.parties, self.sites, self.rooms)
        found = base if greedy else assign(self.parties, self.sites, self.rooms, self.weights, there=self.there)
        return Shares(self, found, base)


@dataclass(frozen=True)
class Shares:
    """Who would get which room, beside the baseline, and from what it was worked out."""

    basis: Basis
    found: Assignment
    base: Assignment


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


def beside(scope: Scope, children: Mapping[int, Guest], *, now: datetime) -> dict[int, tuple[int, int, int]]:
    """For children whom nobody who waits can go with: the party, room and site of an adult of their household who has a bed beside theirs."""
    adult = int(numbers(owed.ASSIGNING, local_date(now)).get("adult_age", 0))
    born = local_date(now) - timedelta(days=round(adult * 365.25))
    homes = {each.household for each in children.values() if each.household}
    carers = {each.guardian for each in children.values() if each.guardian}
    rows = Stay.objects.filter(state__in=STAYING).filter(Q(person__household__in=homes) | Q(person__in=carers))
    rows = scope.within(rows, "area").filter(Q(person__born_on=None) | Q(person__born_on__lte=born))
    inside = dict(
        Stay.objects.filter(room__in=rows.values("room"), state__in=STAYING)
        .values_list("room")
        .annotate(n=Count("pk"))
        .order_by()
    )
    found: dict[int, tuple[int, int, int]] = {}
    for stay in rows.select_related("room", "site", "person").order_by("pk"):
        for child, about in children.items():
            near = stay.person_id == about.guardian or (about.household and stay.person.household_id == about.household)
            fits = (
                near
                and stay.group == about.group
                and stay.site.kind in about.kinds
                and needs_of(about) <= set(stay.room.features)
            )
            if fits and child not in found and inside.get(stay.room_id, 0) < stay.room.beds:
                found[child] = stay.party, stay.room_id, stay.site_id
                inside[stay.room_id] = inside.get(stay.room_id, 0) + 1
    return found


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
