"""What the health code does by itself: publish what doors need, shut out devices of officers who left, forget old tries."""

from __future__ import annotations

from datetime import datetime

from yanmen.registry.devices import forget_tries
from yanmen.subsystems.health_code.actions import publish_documents, shut_out_departed

BY = "job:health_code"


def every_minute(now: datetime) -> list[str]:
    """Publish keys, changes and words where they changed; the names of what was published."""
    shut_out_departed(by=BY, now=now)
    published = publish_documents(by=BY, now=now)
    if now.minute == 0:
        forget_tries(now=now)
    return published
