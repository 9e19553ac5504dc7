"""The grid worker's pages for a telephone, which work without a network: files for whoever asks, and the way in to sign in.

The files say nothing of anybody: what a worker may see comes from the API, under the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from yanmen.base import phone_pages
from yanmen.desk import drill_mark
from yanmen.desk.pages import PUBLIC, page
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.pages.common import STAFF

FOLDER = Path(__file__).parents[1] / "phone"
ROOT = "/grid/phone/"


@page("grid/phone/in/", role=STAFF, name="grid.phone_in", zh="手机登录", en="Sign in on a phone", nav=False)
def sign_in(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Who comes here is signed in as a grid worker: back to the pages."""
    return HttpResponseRedirect(ROOT)


@page("grid/phone/", role=PUBLIC, name="grid.phone", zh="手机入户", en="At the doors by phone")
def front(request: HttpRequest, _scope: Scope | None) -> HttpResponse:
    """The first file of the application."""
    return _file(request)


@page("grid/phone/<path:name>", role=PUBLIC, name="grid.phone_file", zh="手机入户", en="At the doors by phone")
def file(request: HttpRequest, _scope: Scope | None, name: str) -> HttpResponse:
    """One of its files."""
    return _file(request)


@cache
def files(drill: str = "") -> Mapping[str, phone_pages.Page]:
    """The application, read and compressed once a process; marked if this is a drill."""
    return phone_pages.read(FOLDER, drill)


def _file(request: HttpRequest) -> HttpResponse:
    accepted, known = request.headers.get("Accept-Encoding", ""), request.headers.get("If-None-Match", "")
    drill = drill_mark.mark()
    status, headers, body = phone_pages.answer(files(drill.both if drill else ""), ROOT, request.path, accepted, known)
    return HttpResponse(body, status=status, headers=dict(headers))
