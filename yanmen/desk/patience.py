"""How long a page may ask the database. One question that does not end must not take the processors from everybody else."""

from __future__ import annotations

from django.db import connection
from psycopg.errors import QueryCanceled

from yanmen.base.refusals import Refusal

SECONDS = 30.0
"""Of one statement of a page that only reads. Who writes, and jobs, are given their time."""


class TooLong(Refusal):
    """The question was stopped before it was answered."""


def limit() -> None:
    """From here to the end of the transaction no statement takes longer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{int(1000 * SECONDS)}ms"])


def refusal_of(error: BaseException) -> TooLong | None:
    """What to say where the database stopped a statement for its time; None for any other error."""
    if not isinstance(error.__cause__, QueryCanceled):
        return None
    return TooLong(
        f"查询超过{SECONDS:g}秒，已停止，以免影响他人。请缩小地区或日期范围后重试；如仍不成，请告知系统管理员。",
        f"This question took longer than {SECONDS:g} s and was stopped, so that others are served."
        " Ask for a smaller area or fewer days; if that does not help, tell the administrator of the system.",
    )
