"""Pages: closed until opened.

    @page("arrivals/", role="community_officer", name="arrivals.list", zh="入晋人员", en="Arrivals")
    def arrivals(request, scope): ...

A page without a role does not import. The view runs in one transaction as the grant that
the session chose, so row-level security holds for everything it reads.

A page for strangers says ``role=PUBLIC`` and nothing else. Its view gets no scope, signed in or not: row-level
security shows it what is on every signboard, and what a function of the database tells anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import URLPattern
from django.urls import path as url_path
from django.views.decorators.vary import vary_on_headers

from yanmen.base.refusals import TooOften
from yanmen.desk import clock, grants, patience
from yanmen.desk.errors import refusal_of
from yanmen.desk.kinds import ACCOUNT_ADMINISTRATOR
from yanmen.loop.kinds import Role
from yanmen.registry.accounts import holders
from yanmen.registry.scope import Scope, acting

ANY = "any"
"""Any role: a page for everybody who holds a grant."""
PUBLIC = "public"
"""Nobody's role: a page or an operation for whoever comes."""

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Page:
    """One page and who may open it."""

    path: str
    roles: frozenset[str]
    name: str
    zh: str
    en: str
    methods: tuple[str, ...]
    view: View
    icon: str
    group: str
    nav: bool
    order: int

    def opens_for(self, role: str) -> bool:
        return ANY in self.roles or role in self.roles


PAGES: dict[str, Page] = {}


def page(
    path: str,
    *,
    role: str | Role | Iterable[str | Role],
    name: str,
    zh: str,
    en: str,
    methods: tuple[str, ...] = ("GET",),
    icon: str = "dot",
    group: str = "",
    nav: bool | None = None,
    order: int = 50,
) -> Callable[[View], View]:
    """Register a view(request, scope, **kwargs) at ``path`` for those who hold ``role``."""
    roles = names_of(role)
    if not roles:
        raise ImproperlyConfigured(f"page {name}: name at least one role (or ANY) that may open it")
    if PUBLIC in roles and len(roles) > 1:
        raise ImproperlyConfigured(f"page {name}: what strangers may open is open to all: write role=PUBLIC alone")
    if name in PAGES:
        raise ImproperlyConfigured(f"page {name} is registered twice: {PAGES[name].path} and {path}")

    def register(view: View) -> View:
        shown = "<" not in path and "GET" in methods and PUBLIC not in roles if nav is None else nav
        home = group or view.__module__.split(".")[-2]
        PAGES[name] = Page(path, roles, name, zh, en, tuple(methods), view, icon, home, shown, order)
        return view

    return register


def urls() -> list[URLPattern]:
    """Every page that is registered, as URL patterns. Import the pages first."""
    from yanmen.desk.sign_in import grants_page

    own = [url_path("acting-as/", grants_page, name="desk.grants")]
    return own + [url_path(one.path, _door(one), name=one.name) for one in PAGES.values()]


def nav_of(role: str) -> Iterator[Page]:
    """The pages that the menu shows to a role."""
    return iter(sorted((one for one in PAGES.values() if one.nav and one.opens_for(role)), key=lambda one: one.order))


def names_of(role: str | Role | Iterable[str | Role]) -> frozenset[str]:
    """The role names that a page, an operation or an import opens for."""
    many = [role] if isinstance(role, (str, Role)) else list(role)
    names = frozenset(one.name if isinstance(one, Role) else one for one in many)
    return names - {""}


def _door(one: Page) -> View:
    @wraps(one.view)
    @vary_on_headers("HX-Request")
    def door(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        request.now = clock.now()  # type: ignore[attr-defined]
        if request.method not in (*one.methods, "HEAD", "OPTIONS"):
            return HttpResponseNotAllowed(one.methods)
        if PUBLIC in one.roles:
            request.scope = None  # type: ignore[attr-defined]
            return _answered(request, lambda: one.view(request, None, **kwargs))
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        scope = grants.chosen(request, request.now)  # type: ignore[attr-defined]
        request.scope = scope  # type: ignore[attr-defined]
        if scope is None:
            return redirect("desk.grants")
        if not one.opens_for(scope.role):
            return closed(request, one, scope)
        return _open(request, one, scope, kwargs)

    return door


def _open(request: HttpRequest, one: Page, scope: Scope, kwargs: dict[str, Any]) -> HttpResponseBase:
    def view() -> HttpResponseBase:
        with acting(scope):
            if request.method in ("GET", "HEAD"):
                patience.limit()
            response = one.view(request, scope, **kwargs)
            if callable(getattr(response, "render", None)):
                response.render()  # lazy templates read rows too: render while the scope is set
            return response

    return _answered(request, view)


def _answered(request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        return view()
    except Exception as raised:
        error = patience.refusal_of(raised) or raised
        refusal = refusal_of(error)
        if refusal is None:
            raise
        told = render(request, "desk/refused.html", {"refusal": refusal}, status=422)
        if isinstance(error, TooOften):
            told.status_code, told["Retry-After"] = 429, str(error.retry_after)
        if isinstance(error, patience.TooLong):
            told.status_code = 503
        return told


def closed(request: HttpRequest, one: Page, scope: Scope) -> HttpResponse:
    """403 that says why, and who can open the page for the asker."""
    mine = [other for other in grants.choices(request, request.now) if one.opens_for(other.role)]  # type: ignore[attr-defined]
    context = {"page": one, "roles": sorted(one.roles), "mine": mine, "granters": _granters(request, scope)}  # type: ignore[attr-defined]
    return render(request, "desk/closed.html", context, status=403)


def _granters(request: HttpRequest, scope: Scope) -> list[str]:
    with acting(scope):
        found = holders(ACCOUNT_ADMINISTRATOR.name, scope.area, request.now)  # type: ignore[attr-defined]
        return [f"{one.name} ({one.unit})" if one.unit else str(one) for one in found]
