"""Every read of quarantine, within the asker's areas."""

from datetime import datetime
from typing import Any

from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.queries import conservation, findings


def audit(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """What does not balance in rooms, linen and waste; who is held too long or went too early, past its clock."""
    return conservation.audit(scope, now=now) + findings.audit(scope, now=now)


__all__ = ["audit"]
