"""Plans of rooms: made beside the baseline, kept until somebody adopts one, adopted whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions import stays as staying
from yanmen.subsystems.quarantine.methods.rooms import Assignment, figures
from yanmen.subsystems.quarantine.methods.serving import strictest
from yanmen.subsystems.quarantine.models import Plan, Room, Stay
from yanmen.subsystems.quarantine.queries import owed
from yanmen.subsystems.quarantine.queries import planning as planned
from yanmen.subsystems.quarantine.queries.planning import Shares


@dataclass(frozen=True)
class Adopted:
    """How many people have rooms now, and how many of the plan needed none any more."""

    people: int
    gone: int


@transaction.atomic
def keep_plan(*, scope: Scope, shares: Shares, by: str, now: datetime) -> Plan:
    """Keep who would get which room, with its figures beside the baseline's. Nothing is given yet."""
    basis, found, base = shares.basis, shares.found, shares.base
    sites = {each.number: each for each in basis.sites}
    people = {each.number: each.people for each in basis.parties}
    placed = {person for each in found.given for person in each.cell.people}
    left = {person: why for party, why in found.left.items() for person in people[party] if person not in placed}
    beside = planned.beside(scope, {each: basis.guests[each] for each in basis.alone}, now=now)
    left |= {child: why for child, why in basis.alone.items() if child not in beside}
    told: dict[str, Any] = {
        "waiting": len(basis.waiting), "parties": len(basis.parties), "rooms": len(basis.rooms), "gap": found.gap,
        "seconds": round(found.seconds, 2), "by": "greedy" if found is base else "solver",
        "plan": _figures(found, sites, basis.there), "greedy": _figures(base, sites, basis.there),
    }  # fmt: skip
    rows = [
        {"party": each.party.number, "people": list(each.cell.people), "room": each.room.number, "site": each.room.site}
        for each in found.given
    ]
    rows += [
        {"party": party, "people": [child], "room": room, "site": site} for child, (party, room, site) in beside.items()
    ]
    return Plan.objects.create(
        area=scope.area,
        made_at=now,
        made_by=by,
        rows=rows,
        left={str(k): v for k, v in sorted(left.items())},
        figures=told,
    )


@transaction.atomic
def adopt(*, scope: Scope, plan: int, by: str, now: datetime) -> Adopted:
    """Give everybody of a plan the room it names, in one step. Who needs none any more is left out; a room that was taken refuses all."""
    kept = Plan.objects.select_for_update().filter(pk=plan, area__startswith=scope.area).first()
    if kept is None:
        raise Refusal("没有这一方案，或不属于您的辖区。", "No such plan in your areas.", field="plan", value=str(plan))
    if kept.adopted_at:
        raise Refusal("方案已采纳。", "The plan was adopted already.", field="plan", value=str(plan))
    hours = numbers(owed.ASSIGNING, local_date(now)).get("plan_hours", 0)
    if now - kept.made_at > timedelta(hours=hours):
        raise Refusal("方案已过期，请重新制定。", "The plan is too old. Make a new one.", field="plan", value=str(plan))
    stays, gone = _stays(scope, kept, by, now)
    staying.lock_sites(scope, [each.site_id for each in stays])
    staying.store(scope=scope, stays=stays, by=by, now=now)
    kept.adopted_at, kept.adopted_by = now, by
    kept.save(update_fields=["adopted_at", "adopted_by"])
    return Adopted(len(stays), gone)


def _stays(scope: Scope, plan: Plan, by: str, now: datetime) -> tuple[list[Stay], int]:
    """The stays of a plan as policy wants them at this moment, in the order of their rooms; and how many fell away."""
    day = local_date(now)
    people = [person for row in plan.rows for person in row["people"]]
    whole = owed.places_owed(scope, day=day, people=people)
    about = owed.known(scope, people, day=day, now=now)
    rooms = {
        each.pk: each
        for each in Room.objects.filter(pk__in=[row["room"] for row in plan.rows]).select_related("site", "floor")
    }
    held = {each: strictest(whole[each].stretches, day) for each in whole}
    served = staying.served_already(scope, {each: mine for each, mine in held.items() if mine})
    found, gone = [], 0
    for row in sorted(plan.rows, key=lambda each: int(each["room"])):
        room = rooms[row["room"]]
        for person in row["people"]:
            mine = held.get(person)
            if mine is None or person in served or person not in about or room.site.kind not in mine.site_kinds:
                gone += 1
                continue
            found.append(
                staying.new_stay(
                    scope=scope,
                    whole=whole[person],
                    mine=mine,
                    room=room,
                    party=int(row["party"]),
                    needs=sorted(about[person].special),
                    by=by,
                    now=now,
                )
            )
    return found, gone


def _figures(found: Assignment, sites: Mapping[int, Any], there: Mapping[int, frozenset[str]]) -> dict[str, Any]:
    told = figures(found, dict(sites), there=there)
    return asdict(told) | {
        "mean_km": round(told.mean_km, 2),
        "km": round(told.km, 1),
        "farthest_km": round(told.farthest_km, 1),
    }
