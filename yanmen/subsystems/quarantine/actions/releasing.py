"""Before somebody goes: the checklist is signed, their way home is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine import kinds
from yanmen.subsystems.quarantine.actions.leaving import leave
from yanmen.subsystems.quarantine.actions.requests import request_transfers
from yanmen.subsystems.quarantine.actions.stays import end_stay, own_stay
from yanmen.subsystems.quarantine.methods.words import HOW_HOME
from yanmen.subsystems.quarantine.models import Stay, Transfer
from yanmen.subsystems.quarantine.queries.guests import Guest, guest, guests
from yanmen.subsystems.quarantine.queries.guests import stays as stays_of
from yanmen.subsystems.quarantine.queries.release import checklist

AT_ONCE = 2_000


@dataclass(frozen=True)
class Answered:
    """What became of many stays: done, or refused each with its reason."""

    done: list[int]
    refused: list[tuple[int, Refusal]]


@transaction.atomic
def check_release(*, scope: Scope, stay: int, journey: str, by: str, now: datetime) -> UUID:
    """Sign that every line of a guest's release holds. What does not hold is named, and nothing is signed."""
    found = _guest(scope, stay, now)
    _check_journey(journey)
    if (refusal := _missing(found, now)) is not None:
        raise refusal
    return facts.record(kinds.RELEASE_CHECKED.name, by=by, now=now, **_signature(found, journey, now))


@transaction.atomic
def check_releases(*, scope: Scope, stays: Sequence[int], journey: str, by: str, now: datetime) -> Answered:
    """Sign the release of many guests. Whoever may not go yet is named with what is missing, and hinders nobody else."""
    _check_journey(journey)
    here, refused = _guests(scope, stays, now)
    missing = [(each, _missing(each, now)) for each in here]
    ready = [each for each, refusal in missing if refusal is None]
    refused += [(each.stay.pk, refusal) for each, refusal in missing if refusal is not None]
    facts.record_many(kinds.RELEASE_CHECKED.name, [_signature(each, journey, now) for each in ready], by=by, now=now)
    return Answered([each.stay.pk for each in ready], refused)


@transaction.atomic
def let_go(*, scope: Scope, stay: int, by: str, now: datetime) -> Stay:
    """A guest whose release was checked goes; the room is turned over from now on."""
    found = _guest(scope, stay, now)
    signed = found.of(kinds.RELEASE_CHECKED.name)
    if not signed:
        raise _unsigned(stay)
    return leave(scope=scope, stay=stay, why=_way(signed), by=by, now=now)


@transaction.atomic
def let_all_go(*, scope: Scope, stays: Sequence[int], by: str, now: datetime) -> Answered:
    """Guests whose releases were checked go. Whose release nobody signed is named, and hinders nobody else."""
    here, refused = _guests(scope, stays, now)
    gone = []
    for each in here:
        number = each.stay.pk
        signed = [one for one in each.of(kinds.RELEASE_CHECKED.name) if one["detail"].get("stay") == number]
        if not signed:
            refused.append((number, _unsigned(number)))
            continue
        end_stay(scope=scope, stay=own_stay(scope, number), why=_way(signed), to="", by=by, now=now)
        gone.append(number)
    return Answered(gone, refused)


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
        raise _nobody(number)
    return found


def _guests(scope: Scope, asked: Sequence[int], now: datetime) -> tuple[list[Guest], list[tuple[int, Refusal]]]:
    """Guests of the asker's sites under these numbers, and a refusal for each number under which nobody stays."""
    wanted = list(dict.fromkeys(asked))
    if len(wanted) > AT_ONCE:
        raise Refusal(
            f"一次最多{AT_ONCE}人。请分批提交。", f"At most {AT_ONCE} at once. Send them in parts.", field="stays"
        )
    here = guests(scope, stays_of(scope, numbers=wanted), now=now)
    known = {each.stay.pk for each in here}
    return here, [(number, _nobody(number)) for number in wanted if number not in known]


def _check_journey(journey: str) -> None:
    if journey not in HOW_HOME:
        raise Refusal("请选择返家方式。", "Choose how they go home.", field="journey", value=journey[:20])


def _missing(found: Guest, now: datetime) -> Refusal | None:
    """What stands in the way of a release, line by line."""
    missing = checklist(found, now=now).open
    if not missing:
        return None
    return Refusal(
        "解除条件尚未满足：" + "；".join(f"{each.zh}（{each.because['zh']}）" for each in missing),
        "Not yet: " + "; ".join(f"{each.en} ({each.because['en']})" for each in missing),
        field="stay",
        value=str(found.stay.pk),
    )


def _signature(found: Guest, journey: str, now: datetime) -> dict[str, Any]:
    """The fact that a release was checked, with the number of its paper."""
    stay = found.stay
    papers = f"{local_date(now):%Y%m%d}-{stay.pk}"
    detail = {"stay": stay.pk, "papers": papers, "journey": journey}
    return {"person": stay.person_id, "place": stay.site_id, "area": stay.area, "occurred_at": now, "detail": detail}


def _way(signed: Sequence[Mapping[str, Any]]) -> str:
    return "site" if signed[-1]["detail"].get("journey") == "stays" else "released"


def _unsigned(number: int) -> Refusal:
    return Refusal("请先核对解除条件并签字。", "Check the release and sign it first.", field="stay", value=str(number))


def _nobody(number: int) -> Refusal:
    return Refusal(
        "您的隔离点内没有此人在住。请核对。",
        "Nobody stays under this number in your sites. Check it.",
        field="stay",
        value=str(number),
    )
