"""Opening, changing and closing posts. The edges hear of it with the commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.loop import outbox
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints.actions.common import post_of
from yanmen.subsystems.checkpoints.methods.words import DIRECTIONS, KINDS
from yanmen.subsystems.checkpoints.models import MOST_LANES, Post

CHANGED = "checkpoints.changed"
PLACE_KIND = "checkpoint"


@transaction.atomic
def open_post(
    *,
    scope: Scope,
    name_zh: str,
    area: str,
    kind: str,
    by: str,
    now: datetime,
    name_en: str = "",
    direction: str = "in",
    lanes: int = 1,
    longitude: float | None = None,
    latitude: float | None = None,
    roads: Sequence[Mapping[str, Any]] = (),
    open_from: datetime | None = None,
    open_to: datetime | None = None,
) -> Post:
    """Open a post, and the place where it stands."""
    scope.require(area)
    begins = open_from or now
    _check(name_zh, kind, direction, lanes, begins, open_to)
    _check_position(longitude, latitude)
    place = Place.objects.create(
        kind=PLACE_KIND,
        name_zh=name_zh.strip(),
        name_en=name_en.strip(),
        area=area,
        longitude=longitude,
        latitude=latitude,
        created_at=now,
    )
    post = Post.objects.create(
        place=place,
        area=area,
        kind=kind,
        direction=direction,
        lanes=lanes,
        roads=[dict(road) for road in roads],
        open_from=begins,
        open_to=open_to,
        created_at=now,
        created_by=by,
    )
    outbox.tell(CHANGED, {"places": [place.pk]}, now=now)
    return post


@transaction.atomic
def change_post(
    *,
    scope: Scope,
    post: int,
    by: str,
    now: datetime,
    kind: str | None = None,
    direction: str | None = None,
    lanes: int | None = None,
    open_to: datetime | None = None,
) -> Post:
    """Change what a post checks, or until when it is open. What is not given stays."""
    del by
    found = post_of(scope, post)
    wanted = {"kind": kind, "direction": direction, "lanes": lanes, "open_to": open_to}
    for name, value in wanted.items():
        if value is not None:
            setattr(found, name, value)
    _check(found.place.name_zh, found.kind, found.direction, found.lanes, found.open_from, found.open_to)
    found.save(update_fields=list(wanted))
    outbox.tell(CHANGED, {"places": [found.pk]}, now=now)
    return found


@transaction.atomic
def close_post(*, scope: Scope, post: int, by: str, now: datetime) -> Post:
    """Close a post from this moment; what was recorded there stays."""
    del by
    found = post_of(scope, post)
    if found.open_to is not None and found.open_to <= now:
        return found
    found.open_to = max(now, found.open_from)
    found.save(update_fields=["open_to"])
    outbox.tell(CHANGED, {"places": [found.pk]}, now=now)
    return found


def _check(name: str, kind: str, direction: str, lanes: int, open_from: datetime, open_to: datetime | None) -> None:
    if not name.strip():
        raise Refusal("请填写卡口名称。", "Give the post a name.", field="name_zh", value=name)
    _check_choice("kind", kind, KINDS)
    _check_choice("direction", direction, DIRECTIONS)
    if not 1 <= lanes <= MOST_LANES:
        raise Refusal(
            f"车道数须在1至{MOST_LANES}之间。",
            f"Lanes must be between 1 and {MOST_LANES}.",
            field="lanes",
            value=str(lanes),
        )
    if open_to is not None and open_to < open_from:
        raise Refusal(
            "撤卡时间早于设卡时间。请核对。",
            "The post would close before it opens. Check both times.",
            field="open_to",
            value=open_to.isoformat(),
        )


def _check_choice(field: str, value: str, choices: Mapping[str, Mapping[str, str]]) -> None:
    if value not in choices:
        raise Refusal(
            f"“{value}”不可选。可选：{'、'.join(choices)}。",
            f'"{value}" is not possible. Choose one of: {", ".join(choices)}.',
            field=field,
            value=value,
        )


def _check_position(longitude: float | None, latitude: float | None) -> None:
    if longitude is not None and not -180 <= longitude <= 180:
        raise Refusal(
            "经度须在-180至180之间。", "Longitude lies between -180 and 180.", field="longitude", value=str(longitude)
        )
    if latitude is not None and not -90 <= latitude <= 90:
        raise Refusal(
            "纬度须在-90至90之间。", "Latitude lies between -90 and 90.", field="latitude", value=str(latitude)
        )
    if (longitude is None) != (latitude is None):
        raise Refusal("经度和纬度须同时填写。", "Give longitude and latitude together.", field="longitude")
