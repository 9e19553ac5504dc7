"""Travellers: they declare before they come, land at a station, are sampled there; those who bring the infection are among them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np

from yanmen.drill.play.gates import county_index
from yanmen.drill.play.town import Town
from yanmen.registry.models import Area, Person
from yanmen.subsystems.arrivals import actions
from yanmen.subsystems.screening.actions import Reading, record_results, record_sample

SHARE = 0.0004
"""Assumed: share of the residents who come home from elsewhere in the province on a day."""
LANDS = 0.97


@dataclass
class Journeys:
    """Who comes today, and whose sample of a landing test is with the laboratory."""

    town: Town
    journeys: dict[int, str] = field(default_factory=dict)
    samples: list[tuple[int, str, dt.datetime, bool]] = field(default_factory=list)
    origins: list[str] = field(default_factory=list)

    def infect(self) -> list[int]:
        """Those who bring the infection today: residents who were away, or who have it at home already."""
        town, outbreak = self.town, self.town.outbreak
        by_train: list[int] = []
        for number, each in enumerate(town.scenario.imported):
            if each.day != town.day:
                continue
            adults = np.flatnonzero(
                (town.city.county == county_index(town, each.county))
                & (town.city.age >= 18)
                & np.isinf(outbreak.infected_at)
            )
            chosen = town.chance("imported", number).sample(list(map(int, adults)), min(each.count, len(adults)))
            outbreak.seed(np.array(chosen, np.int32), day=float(town.day) - (1.0 if each.how == "train" else 0.0))
            by_train += chosen if each.how == "train" else []
        return by_train

    def declare(self, infected: list[int]) -> int:
        """People on the way declare themselves; so do those who do not know what they bring."""
        town, rng = self.town, self.town.chance("travel")
        if not self.origins:
            rows = Area.objects.filter(valid_to=None, level="county", code__startswith=town.province)
            self.origins = [row.code for row in rows.order_by("code") if row.code not in town.scenario.areas] or list(
                town.scenario.areas
            )
        others = rng.sample(range(town.city.people), max(3, int(town.city.people * SHARE)))
        coming = list(dict.fromkeys([*infected, *others]))
        with town.acting("arrivals.officer") as who:
            people = Person.objects.in_bulk([int(town.persons[each]) for each in coming])
            for each in coming:
                person = people[int(town.persons[each])]
                left = town.today - dt.timedelta(days=rng.choice((0, 0, 1)))
                self.journeys[each] = actions.declare(
                    person=person, origin=rng.choice(self.origins), arrived_origin_on=left - dt.timedelta(days=rng.randint(1, 6)),
                    left_origin_on=left, expected_on=town.today, transport=rng.choice(("train", "train", "car", "coach")),
                    destination=person.area, by=who["by"], now=town.now,
                )  # fmt: skip
        return len(coming)

    def land(self, missing: set[int]) -> int:
        """Trains arrive: who comes is entered and sampled at the station. Who is `missing` does not come; somebody writes that down."""
        town, rng = self.town, self.town.chance("landing")
        shed = town.outbreak.detectable(town.day + 0.6)
        landed = 0
        coming, self.journeys = self.journeys, {}
        for each, journey in coming.items():
            with town.acting("arrivals.station") as who:
                if each in missing or (rng.random() > LANDS and not shed[each]):
                    if each not in missing:
                        actions.mark_no_show(journey=journey, **who)
                    continue
                actions.land(journey=journey, station="演练站", **who)
            with town.acting("sampling") as who:
                sample = record_sample(person=int(town.persons[each]), site="station", **who)
            self.samples.append((each, sample, town.now, bool(shed[each])))
            landed += 1
        return landed

    def results(self) -> int:
        """The laboratory reports landing tests one by one, not by tube."""
        town = self.town
        rows = []
        for each, sample, at, positive in self.samples:
            area = town.city.areas[town.city.home[each]].code
            result: dict[str, Any] = {"result": "positive", "ct": 27.0} if positive else {"result": "negative"}
            rows.append(
                Reading(person=int(town.persons[each]), area=area, sampled_at=at, sample=UUID(sample), **result)
            )
        self.samples = []
        if rows:
            with town.acting("laboratory") as who:
                record_results(readings=rows, by=who["by"], now=town.now)
        return len(rows)
