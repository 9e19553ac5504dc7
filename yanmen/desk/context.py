"""What every page knows: who is acting, as what, where; the menu; the clock."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from yanmen.desk import clock, drill_mark, grants
from yanmen.desk.menu import menu
from yanmen.desk.pages import PAGES, Page


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    scope = getattr(request, "scope", None)
    found: dict[str, Any] = {"scope": scope, "clock": clock.now(), "clock_shifted": clock.shifted()}
    found |= {"drill": drill_mark.said(), "drill_tag": drill_mark.TAG}
    if scope is not None:
        found["drill_page"] = found["drill"] and _page_of("desk.drill", scope.role)
        found["many_grants"] = request.user.is_authenticated and len(grants.choices(request, found["clock"])) > 1
    match = getattr(request, "resolver_match", None)
    found["here"] = match.url_name if match else ""
    found["page_here"] = PAGES.get(found["here"])
    if scope is not None:
        found["menu"] = menu(scope.role, found["page_here"])
    return found


def _page_of(name: str, role: str) -> Page | None:
    """The page, where the role may see it."""
    page = PAGES.get(name)
    return page if page and page.opens_for(role) else None
