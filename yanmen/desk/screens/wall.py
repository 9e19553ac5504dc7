"""The wall: one page from the province down to a township, live; on a laptop it is the situation page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from yanmen.base.clock import local_date
from yanmen.desk import boundaries, clock, grants
from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.desk.pages import page
from yanmen.desk.wall import Drawn, Look, drawn, key_of
from yanmen.desk.wall_panels import PLACES
from yanmen.desk.wall_stream import QUIET, events
from yanmen.registry.areas import children, descendants
from yanmen.registry.scope import Scope

LEVELS = (2, 4, 6, 9, 12)
COUNTY = 6
LINE = 20
"""Columns of one line of the band, at most: more than the twelve that a laptop shows side by side."""
LOWEST = LEVELS[-1]


@page(
    "wall/", role=(COMMAND, INSPECTOR), name="desk.wall", zh="态势", en="Situation", icon="home", group="watch", order=1
)
def wall(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The asker's area, or one in it (`area`), as its panels tell it; `map=tiles` shows tiles instead of boundaries."""
    here, now = _here(request, scope), request.now  # type: ignore[attr-defined]
    look = _look(request, here)
    found = drawn(look, now=now)
    context = {
        "here": here,
        "above": [
            code for length in LEVELS if len(scope.area) <= length < len(here.area) for code in [here.area[:length]]
        ],
        "below": children(here.area, on=local_date(now)) if len(here.area) < LOWEST else [],
        "key": key_of(found),
        "quiet": int(QUIET * 1000),
        "map_shown": look.map,
        "maps": _two_maps(here),
        **placed(found),
    }
    alone = request.headers.get("HX-Request") == "true"
    return _timed(render(request, "desk/parts/wall.html" if alone else "desk/wall.html", context), found)


@page("wall/panels/", role=(COMMAND, INSPECTOR), name="desk.wall_panels", zh="态势面板", en="Panels", nav=False)
def panels(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Some panels (`names`, with commas) as they read now: htmx puts each in its place."""
    names = [name for name in request.GET.get("names", "").split(",") if name]
    here = _here(request, scope)
    shown = drawn(_look(request, here), now=request.now, names=names) if names else []  # type: ignore[attr-defined]
    context = {"panels": shown, "here": here, "swap": True}
    return _timed(render(request, "desk/parts/wall_panels.html", context), shown)


@page("wall/stream/", role=(COMMAND, INSPECTOR), name="desk.wall_stream", zh="态势更新", en="Changes", nav=False)
def stream(request: HttpRequest, scope: Scope) -> StreamingHttpResponse:
    """Server-sent events: which panels read otherwise than what the browser has (`after`, or the header Last-Event-ID)."""
    last = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    told = events(
        _look(request, _here(request, scope)), last, clock=clock.now, goes_on=partial(_goes_on, request, scope)
    )
    answer = StreamingHttpResponse(told, content_type="text/event-stream")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


def placed(found: list[Drawn]) -> dict[str, Any]:
    """Panels by the place where they stand; the band in lines that fill their width."""
    by_place = {place: [one for one in found if one.panel.place == place] for place in PLACES}
    return {**by_place, "lines": lines(by_place["band"])}


def lines(found: Iterable[Drawn]) -> list[list[Drawn]]:
    """Lines of panels, as even as their order allows. A wall shows each in one row; narrower screens break it."""
    rest = list(found)
    left = sum(one.panel.width for one in rest)
    made: list[list[Drawn]] = []
    for lines_left in range(-(-left // LINE), 0, -1):
        line, width = [], 0
        while rest and (lines_left == 1 or width + rest[0].panel.width / 2 <= left / lines_left):
            line.append(rest.pop(0))
            width += line[-1].panel.width
        left -= width
        made.append(line)
    return [line for line in made if line]


def _here(request: HttpRequest, scope: Scope) -> Scope:
    wanted = request.GET.get("area", "")
    here = scope.narrowed(wanted) if wanted else scope
    day = local_date(request.now)  # type: ignore[attr-defined]
    if wanted and not descendants(here.area, on=day).filter(code=here.area).exists():
        raise Http404(here.area)
    return here


def _look(request: HttpRequest, here: Scope) -> Look:
    wanted = "tiles" if request.GET.get("map") == "tiles" and _two_maps(here) else ""
    return Look.of(here, get_language() or "zh-hans", wanted)


def _two_maps(here: Scope) -> bool:
    """Whether there are boundaries to choose beside tiles."""
    return len(here.area) < COUNTY and boundaries.installed()


def _timed(answer: HttpResponse, found: Iterable[Drawn]) -> HttpResponse:
    """What each panel cost when it was drawn, where a browser's tools show it."""
    answer["Server-Timing"] = ", ".join(f"{one.panel.name};dur={one.seconds * 1000:.1f}" for one in found)
    return answer


def _goes_on(request: HttpRequest, scope: Scope, now: datetime) -> bool:
    """Whether the session still stands and its account still holds the grant."""
    session = type(request.session)(request.session.session_key)
    same = session.get("_auth_user_id") == str(request.user.pk)
    return same and any(grants.key(one) == grants.key(scope) for one in grants.choices(request, now))
