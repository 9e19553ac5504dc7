"""Stays follow the measures: lifted, revised, held over, completed; a job compares them every minute. No conflict stops the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yanmen.base.clock import local_date
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions import transfers
from yanmen.subsystems.quarantine.actions.stays import after, give_back, held_until
from yanmen.subsystems.quarantine.methods.courses import OPEN_TRANSFER, STAYING, TRANSFER
from yanmen.subsystems.quarantine.methods.serving import last_day_served, strictest
from yanmen.subsystems.quarantine.methods.words import PLACES
from yanmen.subsystems.quarantine.models import Conflict, Followed, Stay, Transfer
from yanmen.subsystems.quarantine.queries import owed
from yanmen.subsystems.quarantine.queries.waiting import end_of

MARGIN = 1000
"""Events of the ledger looked at again: a turn that began before another may be stored after it."""
AT_ONCE = 2000
NOT_BEGUN = [each for each in OPEN_TRANSFER if TRANSFER.can(each, "cancel")]
OUT = {place for kind in ("hotel", "cabin", "hospital") for place in PLACES[kind]}
"""Places away from home: somebody who is wanted in one is in the wrong site, others may go home."""


@dataclass
class Seen:
    """How many stays were compared and what became of them."""

    compared: int = 0
    cancelled: int = 0
    changed: int = 0
    conflicts: int = 0


def follow_measures(*, scope: Scope, by: str, now: datetime, everyone: bool = False) -> Seen:
    """Compare the stays of people whose measures changed (or of everybody) with what holds now; call inside `acting`."""
    mark, _ = Followed.objects.get_or_create(one=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM loop_event")
        (newest,) = cursor.fetchone()
    stays = list(_touched(mark.event, now, everyone))
    seen = Seen()
    for first in range(0, len(stays), AT_ONCE):
        part = stays[first : first + AT_ONCE]
        whole = owed.places_owed(scope, day=local_date(now), people=[each.person_id for each in part])
        moving, open_ones = _newer(part), _with_conflict(part)
        for stay in part:
            if stay.pk in open_ones and stay.pk in moving:
                _settle(stay, now)
            if stay.pk not in moving:
                _compare(scope, stay, whole.get(stay.person_id), stay.pk in open_ones, by=by, now=now, seen=seen)
    Followed.objects.filter(one=True).update(event=newest)
    return seen


def _touched(event: int, now: datetime, everyone: bool) -> list[Stay]:
    rows = Stay.objects.filter(state__in=STAYING).select_related("site", "room__floor").order_by("pk")
    if everyone:
        return list(rows)
    changed = """(quarantine_stay.person_id IN (SELECT e.subject FROM loop_event e WHERE e.subject_type = 'person' AND e.id > %s)
        OR quarantine_stay.state = 'assigned' AND upper(quarantine_stay.during) <= %s
        OR EXISTS (SELECT FROM quarantine_conflict c WHERE c.stay_id = quarantine_stay.id AND c.resolved_at IS NULL))"""
    return list(rows.extra(where=[changed], params=[event - MARGIN, now]))


def _newer(stays: list[Stay]) -> set[int]:
    """Stays of people who have been given another room since: they end when their people leave."""
    rows = Stay.objects.filter(person__in={each.person_id for each in stays}, state__in=STAYING)
    latest = dict(rows.order_by("assigned_at", "pk").values_list("person", "pk"))
    return {each.pk for each in stays if latest.get(each.person_id, each.pk) != each.pk}


def _with_conflict(stays: list[Stay]) -> set[int]:
    rows = Conflict.objects.filter(stay__in=[each.pk for each in stays], resolved_at=None)
    return set(rows.values_list("stay_id", flat=True))


def _compare(
    scope: Scope, stay: Stay, whole: owed.Owed | None, told: bool, *, by: str, now: datetime, seen: Seen
) -> None:
    """One stay beside what holds: kept, shortened, prolonged, or given back where nobody has come."""
    seen.compared += 1
    day = local_date(now)
    mine = strictest(whole.stretches, day) if whole else None
    served, last = last_day_served(whole.stretches, day, stay.site.kind) if whole else (False, None)
    if (
        not told
        and served
        and mine is not None
        and (stay.group, stay.during.upper, stay.measure) == (mine.group, end_of(last), mine.measure)
    ):
        return None
    if not _still(stay):
        return None
    if not served or mine is None or mine.group != stay.group:
        return _not_served(scope, stay, mine is not None and mine.place in OUT, by=by, now=now, seen=seen)
    until = end_of(last)
    holds = held_until(until, day)
    if (stay.during.upper, stay.holds.upper, stay.measure) == (until, holds, mine.measure):
        return _settle(stay, now) if told else None
    try:
        with transaction.atomic():
            stay.during = DateTimeTZRange(stay.during.lower, until)
            stay.holds = DateTimeTZRange(stay.holds.lower, holds)
            stay.measure = mine.measure
            stay.save(update_fields=["during", "holds", "measure"])
    except IntegrityError:
        _settle(stay, now, keep="room_needed")
        _tell(stay, "room_needed", now, {"until": until.isoformat() if until else ""})
        seen.conflicts += 1
        return None
    seen.changed += 1
    return _settle(stay, now) if told else None


def _still(stay: Stay) -> bool:
    """Whether nobody has admitted, moved or let go since it was read; from here on nobody does before this ends."""
    now = Stay.objects.select_for_update(of=("self",)).filter(pk=stay.pk).first()
    return now is not None and (now.state, now.room_id, now.during) == (stay.state, stay.room_id, stay.during)


def _not_served(scope: Scope, stay: Stay, elsewhere: bool, *, by: str, now: datetime, seen: Seen) -> None:
    """Nothing wants the person in such a site any more."""
    if stay.state == "assigned":
        why = "site" if elsewhere else "corrected"
        give_back(scope=scope, stay=stay, why=why, by=by, now=now)
        waiting = Transfer.objects.filter(stay=stay, state__in=NOT_BEGUN)
        if rides := list(
            waiting.values_list("pk", flat=True)
        ):  # nobody is driven to a room that is not theirs any more
            transfers.cancel(scope=scope, transfers=rides, why=why, by=by, now=now)
        seen.cancelled += 1
        return _settle(stay, now)
    if stay.during.upper is None or stay.during.upper > now:
        ends = after(stay, now)
        stay.during = DateTimeTZRange(stay.during.lower, ends)
        stay.holds = DateTimeTZRange(stay.holds.lower, held_until(ends, local_date(now)))
        stay.save(update_fields=["during", "holds"])
        seen.changed += 1
        _tell(stay, "wrong_site" if elsewhere else "no_measure", now, {})
    return None


def _tell(stay: Stay, kind: str, now: datetime, detail: dict[str, str]) -> None:
    Conflict.objects.get_or_create(
        stay=stay, kind=kind, resolved_at=None,
        defaults={
            "person_id": stay.person_id, "area": stay.area, "home_area": stay.home_area, "found_at": now, "detail": detail,
        },
    )  # fmt: skip


def _settle(stay: Stay, now: datetime, *, keep: str = "") -> None:
    Conflict.objects.filter(stay=stay, resolved_at=None).exclude(kind=keep).update(resolved_at=now)
