"""Posts that are manned and tell nothing: inspection hears of it, for somebody there checks nobody, or what they check gets lost."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import connection, transaction

from yanmen.base.clock import local_date
from yanmen.loop.modes import numbers_in
from yanmen.registry.models import Area
from yanmen.registry.scope import acting, system

NORM = "checkpoints.silence"


def tell_silent(*, by: str, now: datetime) -> int:
    """Raise an alarm for each post on a shift of which nothing came in for longer than the norm. Returns how many are new."""
    told = 0
    for province in Area.objects.filter(level="province", valid_to=None).values_list("code", flat=True):
        with acting(system(province)):
            told += _tell(province, by, now)
    return told


@transaction.atomic
def _tell(area: str, by: str, now: datetime) -> int:
    minutes = numbers_in(area, NORM, local_date(now)).get("silent_minutes")
    if minutes is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"area": area, "by": by, "now": now, "minutes": minutes})
        return int(cursor.rowcount)


@cache
def _statement() -> str:
    return (Path(__file__).resolve().parents[1] / "sql" / "silence.sql").read_text(encoding="utf-8")
