"""Which of an account's grants a session acts as."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from yanmen.registry.accounts import scopes_of
from yanmen.registry.scope import Scope

_KEY = "acting_as"
_HELD = "grants_held"


def key(scope: Scope) -> str:
    """A grant as one short text, for forms and sessions."""
    return "|".join((scope.role, scope.area, scope.purpose))


def choices(request: HttpRequest, now: datetime) -> list[Scope]:
    """What the signed-in account may act as today. A request asks once: its door wants to know, and then its page."""
    if not hasattr(request, _HELD):
        setattr(request, _HELD, scopes_of(int(request.user.pk or 0), now))
    return list(getattr(request, _HELD))


def chosen(request: HttpRequest, now: datetime) -> Scope | None:
    """The grant this session chose while it is still valid; the only grant, when there is one."""
    scopes = choices(request, now)
    wanted = request.session.get(_KEY)
    for scope in scopes:
        if key(scope) == wanted:
            return scope
    return scopes[0] if len(scopes) == 1 else None


def choose(request: HttpRequest, wanted: str, now: datetime) -> Scope | None:
    """Act as the grant called ``wanted``, if the account holds it."""
    for scope in choices(request, now):
        if key(scope) == wanted:
            request.session[_KEY] = wanted
            return scope
    return None
