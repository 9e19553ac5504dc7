"""Telling the edges: what changed, in the order in which it was committed. The loop tells its own turns in ``ledger.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from yanmen.loop.named import sql


def tell(topic: str, body: Mapping[str, Any], *, now: datetime) -> int:
    """Put a message into the outbox, in the caller's transaction and as its last act. Returns its number.

    From here to the commit whoever tells anything else waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql("tell_edges"), {"topic": topic, "body": json.dumps(body, default=str), "now": now})
        (number,) = cursor.fetchone()
    return int(number)
