"""Edges that are not heard of: people stand at a door or a desk, and nothing they show or tell arrives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connections

from yanmen.loop.named import sql

SILENT = timedelta(minutes=2)
"""An edge says every twenty seconds that it is there (`yanmen.edge.presence`)."""

LOOKED_BACK = timedelta(days=2)
BY = "job:edges"


def tell_silent_edges(*, now: datetime, alias: str = "loop") -> int:
    """Raise an alarm for each edge that fell silent without a farewell. Returns how many are new; safe to repeat."""
    with connections[alias].cursor() as cursor:
        about: dict[str, Any] = {"now": now, "silent": SILENT, "looked_back": now - LOOKED_BACK, "by": BY}
        cursor.execute(sql("silent_edges"), about)
        return int(cursor.rowcount)
