"""Alarms: attempts that were refused, and shapes that inspection should look at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connections

from yanmen.loop.named import sql


def raise_alarm(*, kind: str, actor: str, count: int, detail: Mapping[str, Any], now: datetime) -> None:
    """Keep an alarm for inspection. Call it where it survives: outside the refused transaction."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            sql("raise_alarm"),
            {
                "kind": kind,
                "actor": actor,
                "count": count,
                "now": now,
                "detail": json.dumps(detail, ensure_ascii=False, default=str),
            },
        )
