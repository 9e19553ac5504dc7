"""Hand-overs as both ends see them, and people at a post who owe something and were not handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet

from yanmen.base.clock import local_date
from yanmen.loop.policies import shelf
from yanmen.loop.policy.words import Edition
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints.methods.handing_over import ENDED
from yanmen.subsystems.checkpoints.models import HandOver

RULE = "checkpoints.point_to_point"
RECENT = timedelta(hours=24)


@dataclass(frozen=True)
class Met:
    """Somebody who passed a post and owes something that asks for a hand-over."""

    pass_id: UUID
    person: int
    passed_at: datetime
    shown: str
    name: str
    home_area: str
    kind: str
    rule: str
    last_day: date | None


def hand_overs(scope: Scope) -> QuerySet[HandOver]:
    """Hand-overs that begin or end in the asker's areas, the longest due first."""
    end = scope.area + "~"
    here = Q(area__gte=scope.area, area__lt=end) | Q(to_area__gte=scope.area, to_area__lt=end)
    rows = HandOver.objects.filter(here).select_related("post__place", "to_place")
    return rows.order_by(F("ended_at").desc(nulls_first=True), "arrive_by", "pk")


def outgoing(scope: Scope, *, post: int | None = None) -> QuerySet[HandOver]:
    """Open hand-overs from the asker's posts, or from one of them."""
    rows = scope.within(hand_overs(scope), "area").exclude(state__in=ENDED)
    return rows.filter(post=post) if post is not None else rows  # type: ignore[no-any-return]


def incoming(scope: Scope) -> QuerySet[HandOver]:
    """Open hand-overs to the asker's areas."""
    return scope.within(hand_overs(scope), "to_area").exclude(state__in=ENDED)  # type: ignore[no-any-return]


def met(scope: Scope, *, post: int, area: str, now: datetime) -> list[Met]:
    """Who came in by a post in the last 24 hours, owes something, and was not handed over since."""
    edition = owed_here(scope, area=area, now=now)
    if edition is None:
        return []
    with connection.cursor() as cursor:
        kinds = list(edition.values.get("hand_over_for", []))
        cursor.execute("SELECT * FROM checkpoints_met(%s, %s, %s)", [post, now - RECENT, kinds])
        return [Met(*row) for row in cursor.fetchall()]


def owed_here(scope: Scope, *, area: str, now: datetime) -> Edition | None:
    """What the policy in force says of hand-overs in an area; None where it asks for none."""
    del scope
    edition = shelf.policy().at(RULE, area, local_date(now))
    return None if edition is None or edition.off else edition
