"""Linen of a site: every act takes sets from one place to another, and no place gives what it has not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions.sites import locked
from yanmen.subsystems.quarantine.methods.housekeeping import LINEN_ACTS, LINEN_PLACES
from yanmen.subsystems.quarantine.models import LinenMove, Room, Site
from yanmen.subsystems.quarantine.queries import linen

WITH_REASON = ("miss_room", "miss_laundry", "scrap", "scrap_soiled", "write_off")
MOST = 100_000


@transaction.atomic
def move_linen(
    *, scope: Scope, site: int, act: str, sets: int, by: str, now: datetime, partner: str = "", note: str = ""
) -> LinenMove:
    """Take sets from one place to another. What is missing, scrapped or written off needs a reason."""
    if act not in LINEN_ACTS:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    if not 1 <= sets <= MOST:
        raise Refusal(f"套数应为1至{MOST}。", f"From 1 to {MOST} sets.", field="sets", value=str(sets))
    if act in WITH_REASON and not note.strip():
        raise Refusal("请写明原因。", "Give the reason.", field="note")
    if act in ("send", "take_back", "miss_laundry") and not partner.strip():
        raise Refusal("请填写洗涤厂。", "Name the laundry.", field="partner")
    return _moved(scope, locked(scope, site), act, sets, by, now, partner=partner.strip()[:80], note=note.strip()[:200])


def stripped(*, scope: Scope, room: Room, sets: int, by: str, now: datetime) -> None:
    """Sets come out of a room."""
    _moved(scope, Site.objects.select_for_update().get(pk=room.site_id), "strip", sets, by, now, room=room)


def laid_out(*, scope: Scope, room: Room, sets: int, by: str, now: datetime) -> None:
    """Fresh sets go into a room."""
    _moved(scope, Site.objects.select_for_update().get(pk=room.site_id), "lay_out", sets, by, now, room=room)


def _moved(
    scope: Scope, site: Site, act: str, sets: int, by: str, now: datetime, room: Room | None = None, **said: str
) -> LinenMove:
    source, target = LINEN_ACTS[act]
    there = linen.holdings(scope, site).get(source, 0)
    if source != "outside" and there < sets:
        title = LINEN_PLACES[source]
        raise Refusal(
            f"{title['zh']}只有{there}套。", f"Only {there} sets are there: {title['en'].lower()}.", field="sets", value=str(sets)
        )  # fmt: skip
    about = {"site": site, "area": site.area, "act": act, "source": source, "target": target, "sets": sets}
    return LinenMove.objects.create(room=room, at=now, by=by, **about, **said)
