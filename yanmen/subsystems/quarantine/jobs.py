"""What quarantine does by itself: stays follow the measures."""

from __future__ import annotations

from datetime import datetime

from yanmen.base.refusals import Refusal
from yanmen.registry.areas import only_province
from yanmen.registry.scope import acting, system
from yanmen.subsystems.quarantine.actions.following import follow_measures

BY = "job:quarantine"


def every_minute(now: datetime) -> None:
    """The end of a stay is that of the measure, a minute after the measure changed."""
    try:
        province = only_province()
    except Refusal:
        return
    with acting(system(province)) as scope:
        follow_measures(scope=scope, by=BY, now=now)
