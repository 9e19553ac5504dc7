"""Labels for tubes: every number is given once, whichever site prints it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from stdnum import luhn

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.queries import sites as queries

SHEET = 65
"""Labels on a sheet of A4."""

SHEETS = 20
"""Sheets that are made at once."""


@transaction.atomic
def issue_labels(*, scope: Scope, site: int, sheets: int, by: str, now: datetime) -> list[str]:
    """Numbers nobody had before, for some sheets of labels: S, nine digits, and the check digit of Luhn's formula."""
    if queries.site(scope, site) is None:
        raise Refusal(
            "您的辖区内没有这一采样点。", "There is no such site in your areas.", field="site", value=str(site)
        )
    if not 1 <= sheets <= SHEETS:
        raise Refusal(
            f"一次可打印1–{SHEETS}张标签纸。",
            f"Print 1 to {SHEETS} sheets at a time.",
            field="sheets",
            value=str(sheets),
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('screening_label') FROM generate_series(1, %s)", [sheets * SHEET])
        return [f"S{number:09d}{luhn.calc_check_digit(f'{number:09d}')}" for (number,) in cursor]
