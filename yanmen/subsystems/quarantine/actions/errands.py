"""Plans asked for on a page or by the clock: made beside the pages, one at a time, told to whoever asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connections, transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.policies import numbers
from yanmen.registry.scope import OPERATION, Scope, acting, system
from yanmen.subsystems.quarantine.actions import planning, run_plans
from yanmen.subsystems.quarantine.actions.requests import transfer_numbers
from yanmen.subsystems.quarantine.models import Errand
from yanmen.subsystems.quarantine.models.errands import OPEN
from yanmen.subsystems.quarantine.queries import owed, rides
from yanmen.subsystems.quarantine.queries import planning as rooms
from yanmen.subsystems.quarantine.queries import run_plans as queries
from yanmen.subsystems.quarantine.queries import transfers as reads

TRIES = 3
"""So often an errand is begun again after its worker ended in the middle, and a plan made again that changed under it."""
BEAT = 1.0
"""Seconds between two words about how far a search is."""
FAILED = {
    "zh": "方案未能完成，系统已记录原因。请重试；仍不行请联系运行人员。",
    "en": "The plan could not be finished; the reason is in the log. Try again, and tell the operator if it stays so.",
}
_LOCK = 7318
logger = logging.getLogger("yanmen.quarantine")
Found = TypeVar("Found")


@transaction.atomic
def ask(*, scope: Scope, kind: str, by: str, now: datetime, adopts: bool = False, keep_minutes: int = 0) -> Errand:
    """Ask for a plan of rooms or runs of the asker's area. While one is asked for already, that is the one."""
    wanted = {"adopts": adopts, "keep_minutes": keep_minutes, "purpose": scope.purpose}
    try:
        with transaction.atomic():
            return Errand.objects.create(
                kind=kind,
                area=scope.area,
                role=scope.role,
                account=scope.account,
                wanted=wanted,
                asked_at=now,
                asked_by=by,
            )
    except IntegrityError:
        found = Errand.objects.select_for_update().filter(kind=kind, area=scope.area, state__in=OPEN).first()
        if found is None:
            raise
        if adopts and not found.wanted["adopts"]:
            found.wanted = wanted
            found.save(update_fields=["wanted"])
        return found


@transaction.atomic
def ask_due(*, scope: Scope, by: str, now: datetime) -> list[Errand]:
    """Ask for runs wherever people wait without one for as long, or are as many, as policy says. Stale offers are void."""
    run_plans.void_stale(scope=scope, by=by, now=now)
    norm = queries.policy(scope, now)
    asked = []
    for due in queries.due(scope, now=now):
        tried = now - timedelta(minutes=norm["waiting_minutes"])
        if Errand.objects.filter(
            kind="runs", area=due.area, state__in=("refused", "failed"), ended_at__gt=tried
        ).exists():
            continue
        adopts, minutes = bool(norm["adopts"]), int(norm["keep_minutes"])
        asked.append(ask(scope=system(due.area), kind="runs", by=by, now=now, adopts=adopts, keep_minutes=minutes))
    return asked


def do_one(*, by: str, now: datetime, province: str) -> Errand | None:
    """Do the errand that was asked for first, from its beginning to its end; None while nobody asks or another worker plans.

    An errand whose worker ended in the middle is begun again.
    """
    del by
    with _alone() as alone:
        errand = _begin(province, now) if alone else None
        if errand is None or errand.state == "failed":
            return errand
        purpose = errand.wanted.get("purpose", OPERATION)
        scope = Scope(errand.account, errand.role, errand.area, purpose=purpose)
        try:
            made, told = _DOES[errand.kind](errand, scope, now)
        except Refusal as refusal:
            said = {"zh": refusal.zh, "en": refusal.en, "field": refusal.field, "value": refusal.value}
            return _end(errand, scope, "refused", now, told=said)
        except OperationalError:
            raise
        except Exception:
            logger.exception("Errand %s (%s of %s) failed.", errand.pk, errand.kind, errand.area)
            return _end(errand, scope, "failed", now, told=FAILED)
        return _end(errand, scope, "done", now, made=made, told=told)


def _plan_rooms(errand: Errand, scope: Scope, now: datetime) -> tuple[int, dict[str, Any]]:
    with acting(scope):
        basis = rooms.basis(scope, now=now)
    seconds = int(numbers(owed.ASSIGNING, local_date(now)).get("seconds", 0))
    shares = _watched(errand, scope, seconds, basis.share_out)
    with acting(scope):
        plan = planning.keep_plan(scope=scope, shares=shares, by=errand.asked_by, now=now)
    return plan.pk, {"people": plan.figures["plan"]["people"], "left": len(plan.left)}


def _plan_runs(errand: Errand, scope: Scope, now: datetime) -> tuple[int, dict[str, Any]]:
    """Runs, planned again when what they were planned on changed before they could be taken over."""
    for _ in range(TRIES - 1):
        with suppress(Refusal):
            return _plan_runs_once(errand, scope, now)
    return _plan_runs_once(errand, scope, now)


def _plan_runs_once(errand: Errand, scope: Scope, now: datetime) -> tuple[int, dict[str, Any]]:
    with acting(scope):
        norm, mine = transfer_numbers(now), queries.policy(scope, now)
        minutes, adopts = errand.wanted["keep_minutes"], errand.wanted["adopts"]
        kept = reads.leaving_soon(scope, now=now, minutes=minutes) if minutes else []
        basis = queries.basis(scope, kept=kept)
        board = rides.ahead(scope, norm, now=now, kept=kept)
    seconds = int(mine.get("seconds", 0))
    proposal = _watched(errand, scope, seconds, lambda: board.plan(seconds=seconds))
    by = errand.asked_by
    with acting(scope):
        plan = run_plans.keep_plan(scope=scope, proposal=proposal, basis=basis, kept=kept, by=by, now=now)
    if adopts:
        with acting(scope):
            run_plans.adopt_kept(scope=scope, plan=plan.pk, by=by, now=now)
    told = {
        "people": plan.figures["people"],
        "runs": len(plan.rows),
        "late": plan.figures["late"],
        "left": len(plan.left),
    }
    return plan.pk, told | {"adopted": adopts}


_DOES = {"rooms": _plan_rooms, "runs": _plan_runs}


def _begin(province: str, now: datetime) -> Errand | None:
    with acting(system(province)):
        rows = Errand.objects.select_for_update().filter(state__in=OPEN)
        found: Errand | None = rows.order_by("asked_at", "pk").first()
        if found is None:
            return None
        if found.tries >= TRIES:
            return _end(found, system(province), "failed", now, told=FAILED)
        found.state, found.started_at, found.part, found.done = "working", now, "reading", 0
        found.tries += 1
        found.save(update_fields=["state", "started_at", "part", "done", "tries"])
        return found


def _end(
    errand: Errand, scope: Scope, state: str, now: datetime, *, told: dict[str, Any], made: int | None = None
) -> Errand:
    errand.state, errand.ended_at, errand.told, errand.made = state, now, told, made
    with acting(scope):
        errand.save(update_fields=["state", "ended_at", "told", "made"])
    return errand


def _watched(errand: Errand, scope: Scope, seconds: int, search: Callable[[], Found]) -> Found:
    """Search beside this thread, which says meanwhile how far it is."""
    began = monotonic()
    with ThreadPoolExecutor(1) as beside:
        found = beside.submit(search)
        while True:
            with acting(scope):
                errand.part, errand.done, errand.whole = "searching", min(seconds, int(monotonic() - began)), seconds
                errand.save(update_fields=["part", "done", "whole"])
            try:
                return found.result(timeout=BEAT)
            except TimeoutError:
                continue


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other worker plans, until this ends. The lock goes with the connection: a worker that dies holds up nobody."""
    with connections["loop"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [_LOCK])
        got = bool(cursor.fetchone()[0])
        try:
            yield got
        finally:
            if got:
                cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [_LOCK])
