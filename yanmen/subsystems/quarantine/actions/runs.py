"""Runs of vehicles: taken over from a plan or put together by hand, departed, finished, disinfected. Only then is a vehicle free."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions.requests import transfer_numbers
from yanmen.subsystems.quarantine.actions.vehicles import own_vehicle
from yanmen.subsystems.quarantine.methods.courses import RUN, RUN_STATES
from yanmen.subsystems.quarantine.methods.plan_check import FAULTS, faults_of
from yanmen.subsystems.quarantine.methods.rides import Plan, Ride, Van, timed
from yanmen.subsystems.quarantine.methods.transfer_words import RUN_ACTS
from yanmen.subsystems.quarantine.models import Run, Transfer, Vehicle
from yanmen.subsystems.quarantine.queries import rides as queries
from yanmen.subsystems.quarantine.queries import transfers as reads
from yanmen.subsystems.quarantine.queries.rides import Board, Proposal

UNDER_WAY = ("planned", "out", "disinfecting")


@dataclass(frozen=True)
class Adopted:
    """How many runs and people a plan brought, and how many rides were left out because something had changed meanwhile."""

    runs: int
    people: int
    skipped: int


@transaction.atomic
def take_over(
    *, scope: Scope, rows: Sequence[Mapping[str, Any]], by: str, now: datetime, kept: Collection[int] = ()
) -> Adopted:
    """Runs as `rows_of` writes them take the place of those that have not departed, but for the runs `kept`."""
    _undo_planned(scope, kept)
    waiting = {row.pk: row for row in reads.to_plan(scope, kept=kept).select_for_update(of=("self",))}
    fleet = {each.pk: each for each in Vehicle.objects.filter(pk__in=[row["vehicle"] for row in rows], closed_at=None)}
    free: dict[int, datetime] = {}
    for run in Run.objects.filter(vehicle__in=fleet, state__in=UNDER_WAY):
        free[run.vehicle_id] = max(free.get(run.vehicle_id, run.free_at), run.free_at)
    taken = people = skipped = 0
    for row in rows:
        numbers = [number for stop in row["stops"] for number in stop["transfers"]]
        departs = datetime.fromisoformat(row["departs"])
        usable = row["vehicle"] in fleet and departs >= free.get(row["vehicle"], departs)
        if not usable or any(number not in waiting for number in numbers):
            skipped += 1
            continue
        run = _make(fleet[row["vehicle"]], row, by=by, now=now)
        _put(run, row, [waiting[number] for number in numbers])
        taken, people = taken + 1, people + len(numbers)
    return Adopted(taken, people, skipped)


def rows_of(proposal: Proposal) -> list[dict[str, Any]]:
    """The runs of a proposal as they are kept: moments and numbers of transfers."""
    return [_row(ride, proposal.board) for ride in proposal.plan.rides]


@transaction.atomic
def put_on_run(*, scope: Scope, vehicle: int, transfers: Sequence[int], by: str, now: datetime, departs_at: datetime | None = None) -> Run:  # fmt: skip
    """A run by hand: these transfers in this order, with this vehicle. What does not hold is refused; being late is not."""
    car = own_vehicle(scope, vehicle)
    board = queries.ahead(scope, transfer_numbers(now), now=now)
    party_of = {number: party for party, numbers in board.members.items() for number in numbers}
    missing = [number for number in transfers if number not in party_of]
    if missing or not transfers:
        raise Refusal("只能安排双方已同意、尚未发车的转运。", "Only transfers that both sides approved and that have not departed.", field="transfers", value=str(missing[0]) if missing else "")  # fmt: skip
    chosen = list(dict.fromkeys(party_of[number] for number in transfers))
    parties = {each.key: each for each in board.parties}
    van = next(each for each in board.vans if each.key == car.pk)
    taken = {number for party in chosen for number in board.members[party]}
    _take_off(Transfer.objects.filter(pk__in=taken, state="planned"))
    others = Run.objects.filter(vehicle=car, state="planned").order_by("-free_at").values_list("free_at", flat=True)
    start = max([van.free, *(round((each - now).total_seconds()) for each in others[:1])])
    if departs_at is not None:
        start = max(start, round((departs_at - now).total_seconds()))
    van = Van(van.key, van.stand, van.seats, van.kind, start)
    order = [parties[party] for party in chosen]
    ride = timed(van, order, start=start, ways=board.ways, pace=board.pace)
    wrong = [each for each in faults_of(Plan((ride,)), order, [van], board.ways, board.pace) if each.code != "late"]
    if wrong:
        title = FAULTS[wrong[0].code]
        raise Refusal(f"不能这样安排：{title['zh']}。", f"This run does not hold: {title['en']}.", field="transfers", value=str(wrong[0].key))  # fmt: skip
    planned = _row(ride, board)
    run = _make(car, planned, by=by, now=now)
    rows = {row.pk: row for row in Transfer.objects.select_for_update(of=("self",)).filter(pk__in=taken)}
    _put(run, planned, [rows[number] for party in chosen for number in board.members[party]])
    return run


@transaction.atomic
def depart(*, scope: Scope, run: int, driver: str, by: str, now: datetime) -> Run:
    """The vehicle leaves. It must be disinfected since its last run."""
    found = _run(scope, run)
    before = Run.objects.filter(vehicle=found.vehicle_id, state__in=("out", "disinfecting")).first()
    if before is not None and found.state == "planned":
        state = RUN_STATES[before.state]
        raise Refusal(
            f"该车上一趟（{before.pk}号）{state['zh']}，消毒完成后才能再发车。",
            f"The vehicle's run {before.pk} is not over ({state['en']}). It departs again once it is disinfected.",
            field="run",
            value=str(before.pk),
        )
    if not found.transfers.exists():
        raise Refusal("这一趟没有人员。", "Nobody is on this run.", field="run", value=str(run))
    if not driver.strip():
        raise Refusal("请写明驾驶员。", "Say who drives.", field="driver")
    shift = now - found.departs_at
    _step(found, "depart", departed_at=now, driver=driver.strip()[:64])
    _moved(found, shift)
    return found


@transaction.atomic
def finish(*, scope: Scope, run: int, by: str, now: datetime) -> Run:
    """Everybody is handed over or brought back; the vehicle is to be disinfected."""
    found = _run(scope, run)
    left = found.transfers.filter(state__in=("planned", "picked_up")).count()
    if left and found.state == "out":
        raise Refusal(
            f"还有{left}人未送达、未取消。请逐一登记。",
            f"{left} people have neither arrived nor been cancelled or brought back. Say what became of each.",
            field="run",
            value=str(run),
        )
    _step(found, "finish", finished_at=now)
    minutes = timedelta(minutes=transfer_numbers(now)["disinfect_minutes"])
    _span(found, found.departs_at, now, now + minutes)
    return found


@transaction.atomic
def disinfected(*, scope: Scope, run: int, disinfected_by: str, by: str, now: datetime) -> Run:
    """The vehicle was disinfected, and by whom. It is free from now on."""
    if not disinfected_by.strip():
        raise Refusal("请写明消毒人员。", "Say who disinfected it.", field="disinfected_by")
    found = _run(scope, run)
    _step(found, "disinfect", disinfected_at=now, disinfected_by=disinfected_by.strip()[:64])
    _span(found, found.departs_at, min(found.back_at, now), now)
    return found


@transaction.atomic
def cancel_run(*, scope: Scope, run: int, by: str, now: datetime) -> Run:
    """A run that has not departed is given up; whoever was on it waits for another."""
    found = _run(scope, run)
    if found.pk in reads.fixed_runs(scope):
        raise Refusal(
            "这一趟载有其他辖区的人员，请由上级调度取消。",
            "The run takes people of other areas. Whoever planned it gives it up.",
            field="run",
            value=str(run),
        )
    _take_off(found.transfers.filter(state="planned"))
    return _step(found, "cancel")


def _undo_planned(scope: Scope, kept: Collection[int]) -> None:
    """Take back every run that has not departed and that the asker may plan anew."""
    runs = scope.within(Run.objects.select_for_update(), "area").filter(state="planned")
    mine = list(runs.exclude(pk__in=reads.fixed_runs(scope) | set(kept)).values_list("pk", flat=True))
    _take_off(Transfer.objects.filter(run__in=mine, state="planned"))
    Run.objects.filter(pk__in=mine).update(state="cancelled")


def _take_off(rows: Any) -> None:
    runs = set(rows.values_list("run", flat=True))
    rows.update(state="approved", run=None, position=None, pick_up_at=None, arrive_at=None)
    empty = Run.objects.filter(pk__in=runs, state="planned").exclude(transfers__state="planned")
    empty.update(state="cancelled")


def _row(ride: Ride, board: Board) -> dict[str, Any]:
    return {
        "vehicle": ride.van,
        "group": ride.group,
        "departs": board.at(ride.departs).isoformat(),
        "arrives": board.at(ride.arrives).isoformat(),
        "back": board.at(ride.back).isoformat(),
        "free": board.at(ride.free).isoformat(),
        "metres": ride.metres,
        "stops": [
            {"transfers": list(board.members[stop.party]), "at": board.at(stop.at).isoformat()} for stop in ride.stops
        ],
    }


def _make(vehicle: Vehicle, row: Mapping[str, Any], *, by: str, now: datetime) -> Run:
    moments = {
        name: datetime.fromisoformat(row[key])
        for name, key in (("departs_at", "departs"), ("back_at", "back"), ("free_at", "free"))
    }
    return Run.objects.create(
        vehicle=vehicle, area=vehicle.area, group=row["group"], metres=row["metres"], planned_at=now, planned_by=by, **moments,
    )  # fmt: skip


def _put(run: Run, row: Mapping[str, Any], transfers: Iterable[Transfer]) -> None:
    stops = enumerate(row["stops"], 1)
    places = {
        number: (position, datetime.fromisoformat(stop["at"]))
        for position, stop in stops
        for number in stop["transfers"]
    }
    changed = []
    for each in transfers:
        each.run, each.state = run, "planned"
        each.position, each.pick_up_at = places[each.pk]
        each.arrive_at = datetime.fromisoformat(row["arrives"])
        changed.append(each)
    Transfer.objects.bulk_update(changed, ["run", "position", "state", "pick_up_at", "arrive_at"])


def _run(scope: Scope, number: int) -> Run:
    rows = scope.within(Run.objects.select_for_update(of=("self",)), "area").select_related("vehicle")
    found: Run | None = rows.filter(pk=number).first()
    if found is None:
        raise Refusal("您的辖区内没有这一趟次。", "No such run in your areas.", field="run", value=str(number))
    return found


def _step(run: Run, act: str, **changes: Any) -> Run:
    if not RUN.can(run.state, act):
        state, wanted = RUN_STATES[run.state], RUN_ACTS[act]
        possible = [RUN_ACTS[each] for each in RUN.steps[run.state]]
        zh = "、".join(each["zh"] for each in possible) or "无（已结束）"
        en = ", ".join(each["en"] for each in possible) or "nothing, it has ended"
        raise Refusal(
            f"这一趟现为“{state['zh']}”，不能“{wanted['zh']}”。现在可以：{zh}。",
            f'This run is "{state["en"]}": "{wanted["en"]}" does not come now. Possible: {en}.',
            field="state",
            value=run.state,
        )
    run.state = RUN.after(run.state, act)
    for name, value in changes.items():
        setattr(run, name, value)
    run.save(update_fields=["state", *changes])
    return run


def _moved(run: Run, shift: timedelta) -> None:
    """A run that leaves at another moment than planned: all its times move, and later runs of the vehicle make room."""
    _span(run, run.departs_at + shift, run.back_at + shift, run.free_at + shift)
    for each in run.transfers.filter(state="planned"):
        each.pick_up_at = each.pick_up_at and each.pick_up_at + shift
        each.arrive_at = each.arrive_at and each.arrive_at + shift
        each.save(update_fields=["pick_up_at", "arrive_at"])


def _span(run: Run, departs: datetime, back: datetime, free: datetime) -> None:
    """Set a run's times. The vehicle's planned runs that would begin before it is free begin when it is."""
    moment = free
    following = list(
        Run.objects.filter(vehicle=run.vehicle_id, state="planned").exclude(pk=run.pk).order_by("departs_at")
    )
    shifts = []
    for each in following:
        late = max(timedelta(0), moment - each.departs_at)
        shifts.append(late)
        moment = each.free_at + late
    for each, late in reversed(list(zip(following, shifts, strict=True))):
        if late:
            Run.objects.filter(pk=each.pk).update(departs_at=each.departs_at + late, back_at=each.back_at + late, free_at=each.free_at + late)  # fmt: skip
            for row in each.transfers.filter(state="planned"):
                row.pick_up_at = row.pick_up_at and row.pick_up_at + late
                row.arrive_at = row.arrive_at and row.arrive_at + late
                row.save(update_fields=["pick_up_at", "arrive_at"])
    run.departs_at, run.back_at, run.free_at = min(departs, back), back, max(free, back)
    run.save(update_fields=["departs_at", "back_at", "free_at"])
