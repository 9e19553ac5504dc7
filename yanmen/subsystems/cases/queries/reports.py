"""Daily reports of health commissions, and the names of places they use."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.models import Bulletin, BulletinItem

PAGE = 50


def bulletins(scope: Scope, *, before: date | None = None, limit: int = PAGE) -> QuerySet[Bulletin]:
    """Daily reports about the asker's area and the areas around it, latest first. They are public."""
    rows = _readable(scope)
    if before:
        rows = rows.filter(day__lt=before)
    return rows.order_by("-day", "-pk")[:limit]


def bulletin(scope: Scope, pk: int) -> Bulletin | None:
    """One daily report."""
    return _readable(scope).filter(pk=pk).first()


def items(scope: Scope, of: Bulletin) -> QuerySet[BulletinItem]:
    """Every figure of a daily report, its headlines included."""
    return of.items.order_by("kind", "-headline", "area", "converted")


def place_codes(scope: Scope) -> dict[str, str]:
    """Full path names below the asker's province and their codes, for reading reports."""
    province = scope.area[:2]
    rows = list(
        Area.objects.filter(
            code__gte=province, code__lt=province + "~", level__in=("city", "county"), valid_to=None
        ).values_list("code", "name_zh")
    )
    cities = {code: name for code, name in rows if len(code) == 4}
    return {cities.get(code[:4], "") + ("" if len(code) == 4 else name): code for code, name in rows}


def _readable(scope: Scope) -> QuerySet[Bulletin]:
    inside: QuerySet[Bulletin] = scope.within(Bulletin.objects, "area")
    return inside | Bulletin.objects.filter(area__in=_around(scope.area))


def _around(area: str) -> list[str]:
    return [area[:length] for length in (2, 4, 6, 9, 12) if length <= len(area)]
