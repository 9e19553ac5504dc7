"""What the health code does by itself: publish what doors need, shut out devices of officers who left."""

from __future__ import annotations

from datetime import datetime

from yanmen.subsystems.health_code.actions import publish_documents, shut_out_departed

BY = "job:health_code"


def every_minute(now: datetime) -> list[str]:
    """Publish keys, changes and words where they changed; the names of what was published."""
    shut_out_departed(by=BY, now=now)
    return publish_documents(by=BY, now=now)
