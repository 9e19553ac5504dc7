"""What an inspection asks of a site, and what the last one found."""

from __future__ import annotations

from datetime import datetime

from yanmen.base.clock import local_date
from yanmen.loop.policies import norm_in_force, numbers
from yanmen.loop.policy.parts import Dated
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.methods.housekeeping import ITEMS
from yanmen.subsystems.quarantine.models import Inspection, Site

NORM = "quarantine.inspection"
NOT_SINGLE = ("cabin", "hospital")


def asked(scope: Scope, kind: str, *, now: datetime) -> list[str]:
    """The items that the norm of the day asks of this kind of site, in its order."""
    norm = numbers(NORM, local_date(now))
    spared = set(norm.get("not_asked_of_cabins", ())) if kind in NOT_SINGLE else set()
    return [item for item in norm.get("items", ()) if item in ITEMS and item not in spared]


def last(scope: Scope, site: Site) -> Inspection | None:
    """The newest inspection of a site."""
    return next(iter(of_site(scope, site, limit=1)), None)


def of_site(scope: Scope, site: Site, *, limit: int = 20) -> list[Inspection]:
    """Inspections of a site, newest first."""
    return list(scope.within(Inspection.objects, "area").filter(site=site).order_by("-at", "-pk")[:limit])


def in_force(scope: Scope, *, now: datetime) -> Dated | None:
    """The norm behind the items, for its source and grade."""
    return norm_in_force(NORM, local_date(now))
