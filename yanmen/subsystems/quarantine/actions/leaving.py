"""Somebody leaves their room: released with a signed checklist, or in a way of its own that says what happened."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine import kinds
from yanmen.subsystems.quarantine.actions.stays import end_stay, own_stay
from yanmen.subsystems.quarantine.methods.courses import STAY
from yanmen.subsystems.quarantine.methods.words import LEAVINGS, STATED
from yanmen.subsystems.quarantine.models import Stay
from yanmen.subsystems.quarantine.queries.guests import guest


@transaction.atomic
def leave(*, scope: Scope, stay: int, why: str, by: str, now: datetime, to: str = "", note: str = "") -> Stay:
    """Somebody leaves their room; it is held until it is clean. `why` is one of LEAVINGS.

    Who is released has a signed checklist. Who goes on at home, or was never to be here, is wanted here by no measure.
    Death, hospital and leaving without release are told with what happened.
    """
    if why not in LEAVINGS:
        raise Refusal("请选择离开原因。", "Choose why they leave.", field="why", value=why[:20])
    found = own_stay(scope, stay)
    if not STAY.can(found.state, "leave"):
        raise Refusal("此人不在住。", "This person does not stay here now.", field="stay", value=str(stay))
    if why in STATED and not (to.strip() or note.strip()):
        raise Refusal("请写明去向或经过。", "Say where they went, or what happened.", field="note")
    if why == "released":
        _check_signed(scope, found, now)
    elif why in ("home", "corrected"):
        _check_unwanted(scope, found, now)
    end_stay(scope=scope, stay=found, why=why, to=to.strip()[:80], note=note.strip()[:200], by=by, now=now)
    return found


def _check_signed(scope: Scope, stay: Stay, now: datetime) -> None:
    """Nobody is released before the checklist of this stay is signed."""
    found = guest(scope, stay.pk, now=now)
    signed = found.of(kinds.RELEASE_CHECKED.name) if found else []
    if not any(each["detail"].get("stay") == stay.pk for each in signed):
        raise Refusal(
            "请先核对解除条件并签字。", "Check the release and sign it first.", field="stay", value=str(stay.pk)
        )


def _check_unwanted(scope: Scope, stay: Stay, now: datetime) -> None:
    """A measure of today that wants them in such a site keeps them, but for a release."""
    day, found = local_date(now), guest(scope, stay.pk, now=now)
    held = found.serving(day) if found else []
    wanting = [each for each in held if each.state == "in_force" and (each.last is None or each.last >= day)]
    if found is None or wanting:
        last = wanting[0].last if wanting else None
        raise Refusal(
            f"仍有措施要求在此隔离（至{last or '未定'}）。期满请核对解除条件；措施有误请先更正。",
            f"A measure still wants them here (through {last or 'no day yet'}). Sign the release at its end; if it is wrong, correct it.",
            field="why",
        )
