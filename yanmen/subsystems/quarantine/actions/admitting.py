"""Taking somebody in: a stay begins when they arrive."""

from __future__ import annotations

from datetime import datetime

from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions.stays import admit
from yanmen.subsystems.quarantine.models import Stay


def admit_arrived(*, scope: Scope, stay: int, by: str, now: datetime) -> Stay:
    """Somebody has arrived at the site of their stay and is in their room; where they were before they have left. Told twice it is one."""
    return admit(scope=scope, stay=stay, by=by, now=now)
