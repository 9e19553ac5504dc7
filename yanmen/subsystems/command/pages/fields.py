"""What the screens of command share: who opens them, reading a form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.desk.asking import moment_said
from yanmen.loop.catalogue import catalogue
from yanmen.loop.own_kinds import COMMAND, INSPECTOR
from yanmen.registry.areas import children
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.kinds import UNIT

GIVES = (COMMAND.name,)
HOLDS = (COMMAND.name, UNIT.name)
LOOKS = (COMMAND, UNIT, INSPECTOR)


def must_hold(scope: Scope) -> None:
    """Whoever only looks may not act."""
    if scope.role not in HOLDS:
        raise NotAllowed("您当前的角色只能查看。", "Your role may only look.", field="role", value=scope.role)


def no_such_act(act: str) -> Refusal:
    """What a form asks for that its page does not do."""
    return Refusal(
        "没有这项操作，请刷新页面。", "There is no such act here. Load the page again.", field="act", value=act[:40]
    )


def text_in(request: HttpRequest, name: str, most: int = 200) -> str:
    """What a form says under a name."""
    return request.POST.get(name, "").strip()[:most]


def moment_in(request: HttpRequest, name: str) -> datetime | None:
    """A moment in local time, or nothing."""
    text = text_in(request, name, 40)
    return moment_said(text, name) if text else None


def number_in(request: HttpRequest, name: str) -> int | None:
    """A whole number, or nothing."""
    text = text_in(request, name, 15)
    if text and not (text.isascii() and text.isdigit()):
        raise Refusal("此处应为整数。", "A whole number is expected here.", field=name, value=text)
    return int(text) if text else None


def target_in(request: HttpRequest) -> dict[str, Any]:
    """The target of a form: codes one a line or after commas, each maybe followed by a name."""
    named = request.POST.get("areas", "")[:20_000].replace(",", "\n").replace("，", "\n").replace("、", "\n")
    kind = text_in(request, "kind", 20)
    kinds = [text_in(request, "task_kind" if kind == "tasks" else "place_kind", 80)]
    return {
        "kind": kind,
        "areas": [line.split()[0] for line in named.split("\n") if line.split()],
        "level": text_in(request, "level", 20),
        "tiers": [each[:20] for each in request.POST.getlist("tiers")][:10],
        "kinds": [each for each in kinds if each],
    }


def choices(scope: Scope) -> dict[str, Any]:
    """What the form of an order offers: areas below, task kinds, place kinds, clauses that measures rest on."""
    clauses = sorted({one.basis_zh for one in catalogue.measures.values() if one.basis_zh})
    return {
        "areas": children(scope.area),
        "tasks": sorted(catalogue.tasks.values(), key=lambda one: one.name),
        "facts": sorted((one for one in catalogue.facts.values() if one.subject == "area"), key=lambda one: one.name),
        "clauses": clauses,
    }
