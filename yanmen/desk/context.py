"""What every page knows: who is acting, as what, where; the menu; the clock."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from yanmen.desk import clock, grants
from yanmen.desk.pages import PAGES, Page, nav_of

GROUPS = {
    "watch": {"zh": "态势", "en": "Situation"},
    "work": {"zh": "工作", "en": "Work"},
    "subsystem": {"zh": "业务", "en": "Fields"},
    "policy": {"zh": "政策", "en": "Policy"},
    "data": {"zh": "数据", "en": "Data"},
}


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    scope = getattr(request, "scope", None)
    found: dict[str, Any] = {"scope": scope, "clock": clock.now(), "clock_shifted": clock.shifted()}
    if scope is not None:
        found["menu"] = menu(scope.role)
        found["many_grants"] = request.user.is_authenticated and len(grants.choices(request, found["clock"])) > 1
    match = getattr(request, "resolver_match", None)
    found["here"] = match.url_name if match else ""
    found["page_here"] = PAGES.get(found["here"])
    return found


def menu(role: str) -> list[tuple[dict[str, str], list[Page]]]:
    """The menu of a role: groups in their order, pages as registered."""
    shelves: dict[str, list[Page]] = {name: [] for name in GROUPS}
    for one in nav_of(role):
        shelves[one.group if one.group in GROUPS else "subsystem"].append(one)
    return [(GROUPS[name], pages) for name, pages in shelves.items() if pages]
