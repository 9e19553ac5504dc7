"""No door sets a colour, a tier or a verdict.

Statuses are computed. Whoever sends a field that names one, by form, file or API, is
refused before any view runs, and inspection gets an alarm with who, where and how many.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from yanmen.desk import clock, grants
from yanmen.desk.errors import refusal
from yanmen.desk.machines import scope_of_key
from yanmen.loop.alarms import raise_alarm

COMPUTED = frozenset(
    [
        "colour",
        "color",
        "code_colour",
        "codecolour",
        "codecolor",
        "health_code",
        "healthcode",
        "tier",
        "risk_tier",
        "risktier",
        "risk_level",
        "verdict",
        "release_verdict",
        "status",
        "mark",
        "颜色",
        "码色",
        "健康码",
        "健康码颜色",
        "码颜色",
        "赋码",
        "赋码颜色",
        "转码",
        "红黄绿码",
        "风险等级",
        "风险级别",
        "等级",
        "判定",
        "判定结果",
        "结论",
        "放行",
        "放行结论",
        "状态",
    ]
)
SAID = (
    "颜色、等级和结论由事实按政策计算得出，任何人不得填写。此次操作已报督查。",
    "Colours, tiers and verdicts follow from facts under policy; nobody enters them. This attempt was reported to inspection.",
    "请录入事实（如病例、行程、检测结果）；如有错误，请更正该事实。",
    "Record a fact (a case, a journey, a test result) instead, or correct the one that is wrong.",
)
_LARGEST = 8 * 1024 * 1024


def computed_among(names: Iterable[object]) -> list[str]:
    """Those of ``names`` that only the loop may compute."""
    return [str(name) for name in names if _plain(name) in COMPUTED]


def refuse(names: list[str], *, actor: str, door: str, count: int, now: datetime) -> None:
    """Record the attempt. It stands even when the request around it is rolled back."""
    with transaction.atomic():
        raise_alarm(
            kind="status_set_by_hand", actor=actor, count=count, detail={"fields": names, "door": door}, now=now
        )


class RefuseComputed(MiddlewareMixin):
    """Look at what an unsafe request carries before its view does."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return None
        names, count = _carried(request)
        asked = computed_among(names)
        if not asked:
            return None
        now = clock.now()
        actor = _actor(request, now)
        if actor is None:
            return None  # the door turns strangers away by itself
        refuse(asked, actor=actor, door=request.path, count=count, now=now)
        return _answer(request, asked)


def _plain(name: object) -> str:
    return re.sub(r"[\s\-]+", "_", str(name).strip().lower())


def _carried(request: HttpRequest) -> tuple[list[str], int]:
    if request.content_type == "application/json":
        if int(request.headers.get("Content-Length") or 0) > _LARGEST:
            return [], 0
        try:
            body = json.loads(request.body or b"null")
        except ValueError:
            return [], 0
        return sorted({*_keys(body), *request.GET}), _people(body)
    names = sorted({*request.POST, *request.GET})
    return names, max((len(request.POST.getlist(name)) for name in request.POST), default=1)


def _keys(body: object) -> Iterator[str]:
    stack = [body]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield from map(str, item)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _people(body: object) -> int:
    """How many the request meant: the longest list in it."""
    if isinstance(body, list):
        return max(len(body), *(_people(one) for one in body[:1])) if body else 0
    if isinstance(body, dict):
        return max([1, *(_people(value) for value in body.values() if isinstance(value, (list, dict)))])
    return 1


def _actor(request: HttpRequest, now: datetime) -> str | None:
    if request.user.is_authenticated:
        request.scope = grants.chosen(request, now)  # type: ignore[attr-defined]
        return f"account:{request.user.pk}"
    scope = scope_of_key(request, now)
    return scope.by if scope else None


def _answer(request: HttpRequest, names: list[str]) -> HttpResponse:
    told = refusal(*SAID[:2], field=", ".join(names), remedy_zh=SAID[2], remedy_en=SAID[3])
    if request.path.startswith("/api/"):
        return JsonResponse({"errors": [told]}, status=403)
    return render(request, "desk/refused.html", {"refusal": told}, status=403)
