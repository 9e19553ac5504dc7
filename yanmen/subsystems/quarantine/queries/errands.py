"""How far a plan is that was asked for."""

from __future__ import annotations

from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.models import Errand
from yanmen.subsystems.quarantine.models.errands import OPEN


def errand(scope: Scope, number: int) -> Errand | None:
    """One errand of the asker's areas."""
    found: Errand | None = scope.within(Errand.objects, "area").filter(pk=number).first()
    return found


def latest(scope: Scope, kind: str) -> Errand | None:
    """What was asked for last in the asker's areas; what is asked for exactly theirs and not done comes first."""
    rows = scope.within(Errand.objects, "area").filter(kind=kind).order_by("-asked_at", "-pk")
    found: Errand | None = rows.filter(area=scope.area, state__in=OPEN).first() or rows.first()
    return found


def before(scope: Scope, one: Errand) -> int:
    """How many of the asker's areas were asked for earlier and wait or are being worked on."""
    rows = scope.within(Errand.objects, "area").filter(state__in=OPEN, pk__lt=one.pk)
    return int(rows.count())
