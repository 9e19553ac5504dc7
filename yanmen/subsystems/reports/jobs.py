"""What reports do by themselves: each morning yesterday's are drafted, for people to review; in emergency each area's own, too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from yanmen.base.clock import BEIJING, local_date, start_of
from yanmen.base.refusals import Refusal
from yanmen.numbers.indicators import read_at
from yanmen.registry.areas import only_province
from yanmen.registry.scope import acting, system
from yanmen.subsystems.reports import actions, queries

BY = "job:reports"
COUNTED = ("situation",)
"""Reports that ask for indicators: they wait until the copied ledger holds their whole day."""


def every_minute(now: datetime) -> list[str]:
    """Draft what the norm names, once; areas and kinds that were drafted."""
    try:
        province = only_province()
    except Refusal:
        return []
    with acting(system(province)):
        areas = dict.fromkeys([province, *queries.own_drafting(system(province))])
    return [f"{area} {kind}" for area in areas for kind in _drafted(area, now)]


def _drafted(area: str, now: datetime) -> Iterator[str]:
    today, scope = local_date(now), system(area)
    day = today - timedelta(days=1)
    with acting(scope):
        said = queries.drafting(scope, today)
        if now.astimezone(BEIJING).hour < said.hour:
            return
        for kind in said.kinds:
            if queries.draft_of(scope, kind=kind, day=day) is None and _ready(kind, now):
                actions.draft(scope=scope, kind=kind, day=day, by=BY, now=now)
                yield kind


def _ready(kind: str, now: datetime) -> bool:
    known = read_at()
    return kind not in COUNTED or (known is not None and known >= start_of(local_date(now)))
