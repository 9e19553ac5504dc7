"""Who opens the pages of tracing, whose names they show, and the way to pages of other fields."""

from __future__ import annotations

from django.urls import reverse

from yanmen.base.identity import mask_name
from yanmen.desk.pages import PAGES
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.kinds import TRACER

EPIDEMIOLOGIST, COMMAND = "cases.epidemiologist", "command.staff"
READERS = (TRACER, EPIDEMIOLOGIST, COMMAND)


def may_judge(scope: Scope) -> bool:
    """Tracers and epidemiologists judge and see names; others see initials."""
    return scope.role in (TRACER.name, EPIDEMIOLOGIST)


def shown_name(scope: Scope, name: str) -> str:
    """A name as this role may see it."""
    return name if may_judge(scope) else mask_name(name)


def link(scope: Scope, page: str, *values: object) -> str:
    """The address of a page that may not be installed, or not be this role's: empty then."""
    found = PAGES.get(page)
    return reverse(found.name, args=values) if found and found.opens_for(scope.role) else ""
