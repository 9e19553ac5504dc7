"""Is this installation a drill? Then every page, paper and answer says so."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import get_language

from yanmen.base.drill_mark import HEADER, DrillMark, mark_of
from yanmen.base.drill_mark import TAG as TAG


def mark() -> DrillMark | None:
    """The mark of this installation; None for a real one."""
    return mark_of(settings.YANMEN_HOME)


def said() -> str:
    """The mark in the reader's language; empty for a real installation."""
    found = mark()
    return found.said(get_language() or "zh") if found else ""


class MarkAnswers(MiddlewareMixin):
    """Every answer of the site and the API carries the mark as a header too."""

    def process_response(self, _request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if found := mark():
            response[HEADER] = found.header
        return response
