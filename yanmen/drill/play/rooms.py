"""Quarantine: rooms, rides and days of those whom measures want apart, as dispatchers, drivers and staff of sites do it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from yanmen.base.clock import local_date, start_of
from yanmen.base.refusals import Refusal
from yanmen.drill.play.town import Town
from yanmen.subsystems.cases import actions as cases
from yanmen.subsystems.quarantine.actions import (
    days,
    planning,
    releasing,
    requests,
    rooms,
    run_plans,
    runs,
    transfers,
    waste,
)
from yanmen.subsystems.quarantine.models import Room, Run, Site, Stay, Transfer
from yanmen.subsystems.quarantine.queries import planning as room_plans
from yanmen.subsystems.quarantine.queries.rides import ahead
from yanmen.subsystems.quarantine.queries.run_plans import basis as ride_basis

GREEDY_FROM = 60
"""From so many parties on rooms go to who came first: an exact plan is for the night, not for the evening."""
SECONDS = 1.0
BAGS, KG = 2, Decimal("4.20")
DISPATCHER, MANAGER, STAFF = "quarantine.dispatcher", "quarantine.manager", "quarantine.staff"


def give_rooms(town: Town) -> int:
    """Rooms for everybody who waits, and a ride asked for and agreed to by both sides. Returns how many people."""
    with town.acting(DISPATCHER) as who:
        basis = room_plans.basis(who["scope"], now=town.now)
        if not basis.parties:
            return 0
        plan = planning.keep_plan(shares=basis.share_out(greedy=len(basis.parties) >= GREEDY_FROM), **who)
        given = planning.adopt(plan=plan.pk, **who).people
        stays = list(Stay.objects.filter(state="assigned").order_by("pk").values_list("pk", flat=True))
        asked = set(
            Transfer.objects.filter(stay__in=stays)
            .exclude(state__in=("cancelled", "refused"))
            .values_list("stay_id", flat=True)
        )
        fresh = [each for each in stays if each not in asked]
        numbers = [each.pk for each in requests.request_stays(stays=fresh, **who)] if fresh else []
        if numbers:
            transfers.approve(transfers=numbers, **who)
    return given


def drive(town: Town, hours: float = 6.0) -> int:
    """Runs are planned and driven, everybody is taken in, vehicles are disinfected. Returns how many arrived."""
    with town.acting(DISPATCHER) as who:
        about = ride_basis(who["scope"], kept=[])
        board = ahead(who["scope"], requests.transfer_numbers(town.now), now=town.now)
    if board.parties:
        proposal = board.plan(seconds=SECONDS)
        with town.acting(DISPATCHER) as who:
            plan = run_plans.keep_plan(proposal=proposal, basis=about, kept=[], **who)
            run_plans.adopt_kept(plan=plan.pk, **who)
    arrived, until = 0, town.now + dt.timedelta(hours=hours)
    begun = town.now
    while run := _next_run(town, until):
        arrived += _drive(town, run)
    town.now = begun
    return arrived


def _next_run(town: Town, until: dt.datetime) -> Run | None:
    """The run that departs next; each that is driven may move those after it."""
    with town.acting(DISPATCHER):
        return Run.objects.filter(state="planned", departs_at__lt=until).order_by("departs_at", "pk").first()


def _drive(town: Town, run: Run) -> int:
    """One run at the times of its plan: everybody is picked up, handed over, and the vehicle disinfected."""
    town.now = run.departs_at
    with town.acting(DISPATCHER) as who:
        runs.depart(run=run.pk, driver="演练司机", **who)
        riders = list(Transfer.objects.filter(run=run).order_by("position", "pk"))
        numbers = [each.pk for each in riders]
        there = max((each.arrive_at for each in riders if each.arrive_at), default=run.back_at)
        who["now"] = max(there, run.departs_at + dt.timedelta(minutes=2))
        transfers.pick_up(
            transfers=numbers, picked_up_by="演练转运员", **who | {"now": who["now"] - dt.timedelta(minutes=1)}
        )
        transfers.arrive(transfers=numbers, received_by="演练接收员", **who)
        runs.finish(run=run.pk, **who)
        who["now"] += requests.transfer_numbers(town.now)["disinfect_minutes"] * dt.timedelta(minutes=1)
        runs.disinfected(run=run.pk, disinfected_by="演练消毒员", **who)
    return len(numbers)


def admit_cases(town: Town) -> int:
    """Hospitals and cabins say that a case has come into care. Returns how many."""
    done = 0
    for task in town.owed("admit_case"):
        case = town.cases.get(task["subject"])
        if case and town.rows(
            "SELECT 1 FROM quarantine_stay WHERE person_id = %s AND state = 'admitted'", task["subject"]
        ):
            with town.acting("cases.reporter") as who:
                cases.admit(case=case, facility="定点医院（演练）", **who)
            done += 1
    return done


def rounds(town: Town) -> int:
    """Temperatures and symptoms of everybody inside, and a doctor for those who need one. Returns how many were measured."""
    ill = town.outbreak.symptomatic(town.day + 0.5)
    with town.acting(STAFF) as who:
        inside = list(
            Stay.objects.filter(state="admitted").exclude(group="case").order_by("pk").values_list("pk", "person_id")
        )
        readings = []
        for stay, person in inside:
            index = town.index.get(person)
            sick = index is not None and bool(ill[index])
            readings.append(days.Reading(stay, 38.2 if sick else 36.5, ("fever", "cough") if sick else ()))
        for start in range(0, len(readings), 2_000):
            days.record_checks(readings=readings[start : start + 2_000], **who)
    return len(inside)


def see_doctors(town: Town) -> int:
    """Whoever told of symptoms is looked at. Returns how many."""
    done = 0
    for task in town.owed("see_doctor"):
        with town.acting(STAFF) as who:
            stay = Stay.objects.filter(person=task["subject"], state="admitted").order_by("-pk").first()
            if stay is not None:
                days.look(stay=stay.pk, judged="watch", **who)
                done += 1
    return done


def let_go(town: Town) -> Counter[str]:
    """Who has served their days and their tests goes home; rooms are made ready again by two people."""
    tomorrow = start_of(local_date(town.now)) + dt.timedelta(days=1)
    told: Counter[str] = Counter()
    with town.acting(MANAGER) as who:
        due = list(
            Stay.objects.filter(state="admitted", during__endswith__lte=tomorrow)
            .exclude(group="case")
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        if due:
            signed = releasing.check_releases(stays=due, journey="own", **who)
            told["refused"] = len(signed.refused)
            if signed.done:
                told["released"] = len(releasing.let_all_go(stays=signed.done, **who).done)
    with town.acting(STAFF) as who:
        left = list(Room.objects.filter(state="vacated").values_list("pk", flat=True))
        if left:
            rooms.step_rooms(rooms=left, act="strip", **who)
            rooms.step_rooms(rooms=left, act="disinfect", **who)
    if left:
        with town.acting(MANAGER) as who:
            rooms.step_rooms(rooms=left, act="inspect", **who)
    return told


def clear_waste(town: Town) -> int:
    """Bags of the day: sealed and weighed by one, taken by another, carried and received by the plant. Returns how many."""
    bags = 0
    with town.acting(STAFF):
        used = list(
            Site.objects.filter(pk__in=Stay.objects.filter(state="admitted").values("site"))
            .order_by("pk")
            .values_list("pk", flat=True)
        )
    for site in used:
        codes = [f"{site}-{town.today:%m%d}-{each}" for each in range(BAGS)]
        with town.acting(STAFF) as who:
            waste.seal_bags(site=site, codes=codes, **who)
            for code in codes:
                waste.weigh_bag(code=code, kg=KG, **who)
        with town.acting(MANAGER) as who:
            waste.take_bags(codes=codes, **who)
            load = waste.load_bags(
                site=site,
                codes=codes,
                manifest=f"M{site}-{town.today:%m%d}",
                plate="晋A演0001",
                carrier="演练转运",
                plant="演练处置",
                **who,
            )
            waste.dispose_load(load=load.pk, received_bags=BAGS, received_kg=BAGS * KG, receipt="演练回执", **who)
        bags += len(codes)
    return bags


def needs(town: Town) -> int:
    """Some guests need something, and it is brought. Returns how many."""
    rng, met = town.chance("needs"), 0
    with town.acting(STAFF) as who:
        inside = list(
            Stay.objects.filter(state="admitted").exclude(group="case").order_by("pk").values_list("pk", flat=True)
        )
        for stay in rng.sample(inside, len(inside) // 50):
            try:
                told = days.tell_stay_need(
                    stay=stay, need=rng.choice(("medicine", "food", "other")), text="演练", **who
                )
                days.meet_stay_need(stay=stay, told=str(told), how="已送达", **who)
            except Refusal:
                continue
            met += 1
    return met
