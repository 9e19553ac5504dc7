"""What the screens of the grid share: who opens them, and reading numbers, days and areas from a form."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from yanmen.base.refusals import Refusal
from yanmen.loop.own_kinds import COMMAND
from yanmen.registry.cells import day as day_of_text
from yanmen.subsystems.grid.kinds import MANAGER, WORKER

STAFF = (WORKER, MANAGER)
LEADERS = (MANAGER, COMMAND)
EVERYBODY = (WORKER, MANAGER, COMMAND)


def text_in(request: HttpRequest, name: str, most: int = 200) -> str:
    """What a form says under a name."""
    return request.POST.get(name, "").strip()[:most]


def area_in(request: HttpRequest, otherwise: str) -> str:
    """A code, or a code followed by its name as the list of suggestions writes it."""
    return (text_in(request, "area", 60).split(" ")[0]) or otherwise


def number_in(request: HttpRequest, name: str) -> int | None:
    """A whole number, or nothing."""
    text = text_in(request, name, 20)
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise Refusal("此处应为整数。", "A whole number is expected here.", field=name, value=text)
    return int(text)


def day_in(request: HttpRequest, name: str) -> date | None:
    """A day, or nothing."""
    text = text_in(request, name, 20)
    try:
        return day_of_text(text) if text else None
    except Refusal as fault:
        raise fault.about(name, text) from None
