"""The menu of a role: made once a role and language, and marked for the page that is open.

It is the same seventy links on every page; made anew each time they took a fifth of what a short page takes.
"""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from yanmen.desk.pages import PAGES, Page, nav_of

GROUPS = {
    "watch": {"zh": "态势", "en": "Situation"},
    "work": {"zh": "工作", "en": "Work"},
    "subsystem": {"zh": "业务", "en": "Fields"},
    "policy": {"zh": "政策", "en": "Policy"},
    "data": {"zh": "数据", "en": "Data"},
}


def menu(role: str, here: Page | None) -> SafeString:
    """The links of a role, in the language in use; that of the page ``here`` is marked as the current one."""
    made = _made(role, get_language() or "", len(PAGES))
    if here is None:
        return made
    address = f'href="/{here.path}"'
    return mark_safe(made.replace(f"{address}>", f'{address} aria-current="page">', 1))


@lru_cache(256)
def _made(role: str, language: str, pages: int) -> SafeString:
    """Of so many pages: what registers one later is seen."""
    return render_to_string("desk/parts/menu.html", {"shelves": shelves(role)})


def shelves(role: str) -> list[tuple[dict[str, str], list[Page]]]:
    """Groups in their order, pages as registered."""
    found: dict[str, list[Page]] = {name: [] for name in GROUPS}
    for one in nav_of(role):
        found[one.group if one.group in GROUPS else "subsystem"].append(one)
    return [(GROUPS[name], pages) for name, pages in found.items() if pages]
