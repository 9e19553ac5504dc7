"""What quarantine does by itself: stays follow the measures, runs are planned as people wait for them; and plans asked for."""

from __future__ import annotations

from datetime import datetime

from yanmen.base.refusals import Refusal
from yanmen.registry.areas import only_province
from yanmen.registry.scope import acting, system
from yanmen.subsystems.quarantine.actions.errands import ask_due, do_one
from yanmen.subsystems.quarantine.actions.following import follow_measures

BY = "job:quarantine"


def every_minute(now: datetime) -> None:
    """The end of a stay is that of the measure, a minute after the measure changed; who waits for a run is planned."""
    try:
        province = only_province()
    except Refusal:
        return
    with acting(system(province)) as scope:
        follow_measures(scope=scope, by=BY, now=now)
    with acting(system(province)) as scope:
        ask_due(scope=scope, by=BY, now=now)


def long_work(now: datetime) -> bool:
    """Make one plan that was asked for. Whether there was one."""
    try:
        province = only_province()
    except Refusal:
        return False
    return do_one(by=BY, now=now, province=province) is not None
