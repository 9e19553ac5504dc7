"""What the health code does by itself: publish what doors need, forget codes and tries whose time is over."""

from __future__ import annotations

from datetime import datetime

from yanmen.registry.devices import forget_tries
from yanmen.subsystems.health_code.actions import publish_documents


def every_minute(now: datetime) -> list[str]:
    """Publish keys, changes and words where they changed; the names of what was published."""
    published = publish_documents(by="job:health_code", now=now)
    if now.minute == 0:
        forget_tries(now=now)
    return published
