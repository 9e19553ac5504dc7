"""A drill from its first morning to its last night.

A day: 06:00 the night's results are there and cases are reported; 08:00 cases are worked, zones drawn, lists pushed; 09:00 people are
sampled, travellers land; 17:00 rooms and rides; 20:00 telephones deliver, boxes leave; by 04:00 the laboratories have read what they can.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from yanmen.drill.play import (
    commanding,
    discharging,
    doors,
    gates,
    handing_over,
    investigation,
    linen,
    lists,
    offices,
    owed_tests,
    rooms,
    tracers_desk,
    two_hands,
    zones,
)
from yanmen.drill.play.at_once import at_once
from yanmen.drill.play.clinic import Reporters, seek_care
from yanmen.drill.play.faults import Faults
from yanmen.drill.play.furnishing import furnish
from yanmen.drill.play.house import House
from yanmen.drill.play.keeping import keep_exposed, keep_people, keep_truth
from yanmen.drill.play.laboratory import Benches
from yanmen.drill.play.no_shows import owing
from yanmen.drill.play.people import move_in
from yanmen.drill.play.points import homes
from yanmen.drill.play.rounds import Rounds
from yanmen.drill.play.swabs import Swabs, pooled
from yanmen.drill.play.town import Town
from yanmen.drill.play.travel import Journeys
from yanmen.drill.play.whereabouts import whereabouts
from yanmen.drill.scenario import Scenario
from yanmen.drill.world.city import City, build
from yanmen.drill.world.diseases import DISEASES
from yanmen.drill.world.figures import figures
from yanmen.drill.world.spread import Outbreak
from yanmen.drill.world.visits import FREE, day_visits

KEPT = (
    "SELECT (SELECT count(*) FROM loop_bulk_presence_scanned) + (SELECT count(*) FROM loop_bulk_checkpoints_passed)"
    " + (SELECT count(*) FROM loop_bulk_screening_bound)"
)

SWEPT = (50_000, 20, 100)
"""Thresholds of the garbage collector while a drill is played; Python's own would take a twentieth of its time."""


@dataclass
class Played:
    """What a drill did: the last moment, sums of acts, seconds by step. Of records: how many edges acknowledged, sites bound by card or
    venues had on paper, how many the database keeps (as many, or something is lost or kept twice), and how many telephones still hold."""

    ends: dt.datetime
    done: dict[str, int]
    seconds: dict[str, float]
    acknowledged: int
    kept: int
    undelivered: int


def play(
    scenario: Scenario,
    *,
    folder: Path,
    house: House,
    tick: Callable[[int, dict[str, Any]], None] | None = None,
    moved_in: Callable[[int], None] = lambda count: None,
) -> Played:
    """Play a scenario into a fresh, migrated database with areas. Writes truth, people, faults and days into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with _seldom_swept():
        drill = Drill(scenario, folder, house)
        drill.prepare(moved_in)
        gc.freeze()
        for day in range(scenario.days):
            summary = drill.play(day)
            if tick is not None:
                tick(day, summary)
        return drill.finish()


@contextmanager
def _seldom_swept() -> Iterator[None]:
    """A town remembers nearly all it makes: Python looks through it for what nobody needs seldom, and not at who moved in."""
    usual = gc.get_threshold()
    gc.set_threshold(*SWEPT)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


class Drill:
    """The day's course, with everybody who acts in it."""

    def __init__(self, scenario: Scenario, folder: Path, house: House) -> None:
        self.folder = folder
        city = _city(scenario)
        outbreak = Outbreak(city, DISEASES[scenario.disease], seed=scenario.seed)
        outbreak.watch_exposures()
        self.town = Town(scenario, house, city, outbreak)
        self.town.now = self.town.begins - dt.timedelta(hours=12)
        self.swabs = Swabs(self.town)
        self.benches = Benches(self.town, self.swabs)
        self.rounds = Rounds(self.town, self.swabs)
        self.journeys = Journeys(self.town)
        self.reporters = Reporters(self.town)
        self.faults = Faults(self.town, self.benches, folder)
        self.told: Counter[str] = Counter()

    def prepare(self, moved_in: Callable[[int], None]) -> None:
        """Everybody moves in; what there is is registered; posts are manned."""
        (self.folder / "days.jsonl").unlink(missing_ok=True)
        self.town.staff("arrivals.officer")  # accounts are numbered as ever, whoever acts first
        at_once(partial(self._move_in, moved_in), self._furnish)
        owed_tests.man_posts(self.town)
        self.town.turn()
        self._new_day()
        keep_people(self.town, self.folder / "people.parquet")
        self._keep_day(-1)

    def _move_in(self, moved_in: Callable[[int], None]) -> None:
        with self.town.timed("people"):
            move_in(self.town, moved_in)

    def _furnish(self) -> None:
        with self.town.timed("register"):
            furnish(self.town)

    def play(self, day: int) -> dict[str, Any]:
        """One day."""
        town = self.town
        town.day = day
        with town.step("world", 0.5):
            by_train = self.journeys.infect()
            where = whereabouts(town)
            visits = day_visits(town.city, day, where, seed=town.scenario.seed)
            self.told["infected"] += len(town.outbreak.step(day, visits, where))
        with town.step("report", 6, worker=True):
            late = self.faults.today("late_report")
            self.told["cases"] += len(
                self.reporters.report(sum(each.count for each in late), max((each.days for each in late), default=0))
            )
            self.faults.morning()
        self._morning(by_train)
        self._noon(where)
        with self.faults.edge_from(20.1):
            self._afternoon()
            self._evening(visits, where)
        self._night()
        self._new_day()
        keep_truth(town, self.folder / "truth.parquet")
        keep_exposed(town, self.folder / "exposed.parquet")
        return self._keep_day(day)

    def finish(self) -> Played:
        """The truth and the faults are written down, telephones are empty."""
        town = self.town
        (self.folder / "faults.json").write_text(json.dumps(town.planted, ensure_ascii=False, indent=1), "utf-8")
        waiting = sum(len(phone.outbox) for phone in town.phones)
        seconds = {name: round(float(spent), 2) for name, spent in town.spent.items()}
        town.house.finish()
        acknowledged = sum(self.told[name] for name in ("edge_kept", "edge_repeated", "cards", "paper"))
        [(kept,)] = town.rows(KEPT)
        return Played(town.now, dict(self.told), seconds, acknowledged, int(kept), waiting)

    def _morning(self, by_train: list[int]) -> None:
        town = self.town
        with town.step("travel", 7):
            self.told["declared"] += self.journeys.declare(by_train)
        with town.step("investigation", 8, worker=True):
            self.told["investigated"] += investigation.work_cases(town)
            self.told["judged"] += investigation.judge(town)
            self.told["cared"] += investigation.care(town)
        with town.step("zones", 8.5, loop=True):
            self.told["zones"] += zones.draw_zones(town)
            self.told["lists"] += zones.push_list(town)
            self.told["full_tests"] += zones.full_tests(town, self.rounds.tested)
        with town.step("command", 8.6):
            self.told["orders"] += commanding.command(town)
        with town.step("offices", 8.7):
            self.told.update(offices.work(town))
            self.told.update(tracers_desk.work(town))
            self.told["line_lists"] += lists.exchange(town)
        with town.step("rounds", 8.75):
            self.told["rounds"] += self.rounds.plan()

    def _noon(self, where: np.ndarray) -> None:
        town = self.town
        before = set(self.swabs.contents)
        with town.step("sampling", 12):
            self.told["clinic"] += seek_care(town, self.swabs, where)
            self.told["clinic"] += discharging.sample(town, self.swabs)
            self.faults.stay_away(lambda: owing(town, self.rounds, self._taken(before)))
            missing = self.faults.missing
            cards = [each for each in self.faults.no_phones() if each not in missing]
            if cards:
                site = town.by_county[town.scenario.areas[0]]["sites"][0]
                self.told["sampled"] += self.swabs.take(site, pooled(cards, 10), 10.0)
            taken = self._taken(before)
            self.told["sampled"] += owed_tests.sample_owed(town, self.swabs, missing, taken)
            self.told["sampled"] += self.rounds.sample(where, missing | self._taken(before))
        with town.step("travel", 15, loop=True):
            self.told["landed"] += self.journeys.land(missing)
        with town.step("doors", 16):
            self.told["visits"] += doors.visit(town) + doors.journeys(town) + doors.meet_needs(town)
            self.told["rang"] += doors.ring(town)
            self.told["edited"] += two_hands.edit_apart(town)
            self.told["handed_over"] += handing_over.hand_over(town)

    def _afternoon(self) -> None:
        town = self.town
        with town.step("rooms", 17):
            self.told["rooms"] += rooms.give_rooms(town)
            self.told["driven"] += rooms.drive(town)
        with town.step("sites", 18):
            self.faults.leave_early()
            self.told["measured"] += rooms.rounds(town)
            self.told["bags"] += rooms.clear_waste(town)
            self.told["needs"] += rooms.needs(town)
            self.told.update(rooms.let_go(town))
            self.told["linen"] += linen.launder(town)
        with town.step("care", 19, loop=True):
            self.told["admitted"] += rooms.admit_cases(town)
            self.told["doctors"] += rooms.see_doctors(town)
            self.told["discharged"] += discharging.discharge(town)

    def _evening(self, visits: Any, where: np.ndarray) -> None:
        town = self.town
        with town.step("doors_of_the_day", 20):
            self.told["released"] += discharging.go_home(town)
            self.told["check_ins"] += gates.check_in(town, visits, self.swabs.names)
            self.told["paper"] += gates.write_down(town, visits)
            self.told["passes"] += gates.pass_posts(town, where == FREE, self.swabs.names)
            self.faults.forge()
            self.faults.scan_from_afar()
        with town.step("edge", 20.1, worker=True):
            started = perf_counter()
            cards, records = at_once(partial(self.swabs.hand_in_cards, town.now), self.faults.deliver)
            self.told["cards"] += cards
            self.told.update({f"edge_{name}": count for name, count in records.items()})
            town.now += dt.timedelta(seconds=perf_counter() - started, minutes=2)

    def _night(self) -> None:
        town = self.town
        with town.step("boxes", 21):
            self.told["boxes"] += self.benches.pack()
            self.benches.carry()
        with town.step("laboratory", 25):
            came, lost = self.benches.receive()
            self.told["tubes"] += came
            self.faults.boxes_lost(lost)
        with town.step("laboratory", 28, worker=True):
            self.told.update({f"lab_{name}": count for name, count in self.benches.read().items()})
            self.journeys.results()
        with town.step("rounds", 28.5):
            self.told["missed"] += self.rounds.close()

    def _new_day(self) -> None:
        with self.town.timed("new_day"):
            self.town.house.new_day(self.town.now)

    def _taken(self, before: set[str]) -> set[int]:
        """Who is in a tube of today."""
        return {each for tube in self.swabs.contents.keys() - before for each in self.swabs.contents[tube].people}

    def _keep_day(self, day: int) -> dict[str, Any]:
        """A line of what was done so far, in sums, with the seconds by step."""
        town = self.town
        seconds = {name: round(spent, 2) for name, spent in town.spent.items()}
        known = int(np.isfinite(town.outbreak.infected_at).sum())
        row = {
            "day": day,
            "date": town.today.isoformat(),
            "infected": known,
            "done": dict(self.told),
            "seconds": seconds,
        }
        with (self.folder / "days.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return row


def _city(scenario: Scenario) -> City:
    """The city, with the scenario's share of people without a telephone: small children and the oldest first."""
    city = build(homes(scenario.areas), people=scenario.people, figures=figures(), seed=scenario.seed)
    if not scenario.behaviour.no_phone:
        return city
    without = round(scenario.behaviour.no_phone * city.people)
    rank = np.where(city.has_phone, 0.0, 1_000.0) + np.where(city.age < 10, 500.0, city.age)
    has_phone = np.ones(city.people, bool)
    has_phone[np.argsort(-rank, kind="stable")[:without]] = False
    return dataclasses.replace(city, has_phone=has_phone)
