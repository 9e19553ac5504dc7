"""The API of a grid worker's phone: who is signed in on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Schema

from yanmen.desk import words
from yanmen.desk.api import allow
from yanmen.desk.asking import moment_of
from yanmen.subsystems.grid.kinds import MANAGER, WORKER

router = Router()


class Me(Schema):
    """Who is signed in, as what and where; the token that its requests carry; the site's time in milliseconds."""

    account: int
    name: str
    role: str
    area: str
    area_zh: str
    area_en: str
    csrf: str
    time: int


@router.get("/me", response=Me)
@allow(role=(WORKER, MANAGER))
def me(request: HttpRequest) -> dict[str, Any]:
    """Whose session this is. A phone hands records over only while it is still their author's."""
    scope = request.scope
    return {
        "account": scope.account or 0, "name": str(request.user), "role": scope.role, "area": scope.area,
        "area_zh": words.own_name(scope.area, True), "area_en": words.own_name(scope.area, False), "csrf": get_token(request),
        "time": int(moment_of(request).timestamp() * 1000),
    }  # fmt: skip
