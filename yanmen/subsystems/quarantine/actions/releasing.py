"""Before somebody goes: the checklist is signed, their way home is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine import kinds
from yanmen.subsystems.quarantine.actions.leaving import leave
from yanmen.subsystems.quarantine.actions.requests import request_transfers
from yanmen.subsystems.quarantine.methods.words import HOW_HOME
from yanmen.subsystems.quarantine.models import Stay, Transfer
from yanmen.subsystems.quarantine.queries.guests import Guest, guest
from yanmen.subsystems.quarantine.queries.release import checklist


@transaction.atomic
def check_release(*, scope: Scope, stay: int, journey: str, by: str, now: datetime) -> UUID:
    """Sign that every line of a guest's release holds. What does not hold is named, and nothing is signed."""
    found = _guest(scope, stay, now)
    if journey not in HOW_HOME:
        raise Refusal("请选择返家方式。", "Choose how they go home.", field="journey", value=journey[:20])
    missing = checklist(found, now=now).open
    if missing:
        raise Refusal(
            "解除条件尚未满足：" + "；".join(f"{each.zh}（{each.because['zh']}）" for each in missing),
            "Not yet: " + "; ".join(f"{each.en} ({each.because['en']})" for each in missing),
            field="stay",
            value=str(stay),
        )
    papers = f"{local_date(now):%Y%m%d}-{stay}"
    return facts.record(
        kinds.RELEASE_CHECKED.name, person=found.stay.person_id, place=found.stay.site_id, area=found.stay.area,
        occurred_at=now, by=by, now=now, detail={"stay": stay, "papers": papers, "journey": journey},
    )  # fmt: skip


@transaction.atomic
def let_go(*, scope: Scope, stay: int, by: str, now: datetime) -> Stay:
    """A guest whose release was checked goes; the room is turned over from now on."""
    found = _guest(scope, stay, now)
    signed = found.of(kinds.RELEASE_CHECKED.name)
    if not signed:
        raise Refusal("请先核对解除条件并签字。", "Check the release and sign it first.", field="stay", value=str(stay))
    journey = signed[-1]["detail"].get("journey", "")
    return leave(scope=scope, stay=stay, why="site" if journey == "stays" else "released", by=by, now=now)


@transaction.atomic
def ask_journey_home(*, scope: Scope, stays: Sequence[int], by: str, now: datetime) -> list[Transfer]:
    """Ask for the transfer home of guests whose release was checked."""
    people = [_guest(scope, each, now) for each in stays]
    for each in people:
        if not each.of(kinds.RELEASE_CHECKED.name):
            raise Refusal(
                "请先核对解除条件，再申请送返。", "Check the release first, then ask for the journey.",
                field="stay", value=str(each.stay.pk),
            )  # fmt: skip
    return request_transfers(scope=scope, people=[each.stay.person_id for each in people], group="home", by=by, now=now)


def _guest(scope: Scope, number: int, now: datetime) -> Guest:
    found = guest(scope, number, now=now)
    if found is None or found.stay.state != "admitted" or not scope.includes(found.stay.area):
        raise Refusal(
            "您的隔离点内没有此人在住。请核对。", "Nobody stays under this number in your sites. Check it.",
            field="stay", value=str(number),
        )  # fmt: skip
    return found
