"""People with symptoms come to a fever clinic; positive results become reported cases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.drill.play.swabs import Swabs
from yanmen.drill.play.town import Town
from yanmen.drill.play.whereabouts import held_at
from yanmen.drill.world.draws import dice
from yanmen.drill.world.visits import APART
from yanmen.subsystems.cases import actions

POSITIVE = """
SELECT r.id, r.person_id, r.occurred_at, r.recorded_at, (r.detail ->> 'ct')::float, p.area
FROM loop_fact r JOIN registry_person p ON p.id = r.person_id
WHERE r.kind = 'screening.result' AND r.detail ->> 'result' = 'positive' AND r.recorded_at <= %s
  AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.corrects = r.id)
  AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.kind = 'cases.reported' AND c.person_id = r.person_id)
ORDER BY r.occurred_at, r.person_id
"""
OTHER_COLDS = 0.0006
"""Assumed: share of people who come to a fever clinic on a day with something else."""


def seek_care(town: Town, swabs: Swabs, where: np.ndarray) -> int:
    """Those with symptoms who come today, and others with a cold: each alone in a tube."""
    seeks = town.scenario.behaviour.seeks_care
    draws = dice(town.scenario.seed, "care", town.day).random(town.city.people)
    known = np.zeros(town.city.people, bool)
    known[[town.index[person] for person in town.cases if person in town.index]] = True
    ill = town.outbreak.symptomatic(town.day + 0.35) & (town.outbreak.onset_at < town.day)
    coming = ((ill & (draws < seeks)) | (draws > 1 - OTHER_COLDS)) & (where != APART) & ~known
    came = 0
    for number, county in enumerate(town.scenario.areas):
        here = np.flatnonzero(coming & (town.city.county == number_of(town, county)))
        if len(here):
            came += swabs.take(town.by_county[county]["clinic"], [[int(each)] for each in here], 9 + number * 0.01)
    return came


def number_of(town: Town, county: str) -> int:
    """The number of a county in the city; -1 where nobody lives."""
    return town.city.counties.index(county) if county in town.city.counties else -1


class Reporters:
    """Doctors who report. Some are late: with the mean delay of the scenario, or because a fault says so."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.held_back: dict[int, dt.datetime] = {}
        """Until when somebody's report lies on a desk."""

    def report(self, late: int = 0, days: int = 0) -> list[int]:
        """Report everybody with a positive result of their own; `late` of them are put off by so many days. Returns persons."""
        town = self.town
        places = held_at(town)
        reported = []
        for _, person, sampled, told, ct, area in town.rows(POSITIVE, town.now):
            if person not in self.held_back:
                if late:
                    late -= 1
                    self.held_back[person] = town.now + dt.timedelta(days=days or 1, hours=1)
                    self._plant(person, told)
                else:
                    self.held_back[person] = town.now + dt.timedelta(days=self._delay(person))
            if self.held_back[person] > town.now:
                continue
            if self._report(person, area, sampled, told, ct, places.get(person, set())):
                reported.append(person)
        return reported

    def _delay(self, person: int) -> float:
        """Days that this report lies on a desk: mostly none."""
        mean = self.town.scenario.behaviour.late_report_days
        drawn = self.town.chance("late", self.town.index.get(person, 0)).expovariate(1 / mean) if mean else 0.0
        return float(int(drawn))

    def _report(
        self, person: int, area: str, sampled: dt.datetime, told: dt.datetime, ct: float | None, places: set[str]
    ) -> bool:
        town = self.town
        index = town.index.get(person)
        onset = float(town.outbreak.onset_at[index]) if index is not None else np.inf
        began = town.begins + dt.timedelta(days=onset) if onset <= town.day + 0.4 else None
        about: dict[str, Any] = {"onset_on": min(local_date(began), local_date(told)) if began else None, "ct": ct}
        about |= {"kind": "confirmed", "severity": "mild"} if began else {"kind": "asymptomatic"}
        setting = next((each for each in ("central_quarantine", "home_isolation") if each in places), "community")
        try:
            with town.acting("cases.reporter") as who:
                made = actions.report(
                    person=person,
                    area=area,
                    found_at=told,
                    setting=setting,
                    sampled_on=local_date(sampled),
                    by=who["by"],
                    now=town.now,
                    **about,
                )
        except Refusal as refusal:
            if refusal.field != "person":
                raise
            return False
        town.cases[person] = made.case
        return True

    def _plant(self, person: int, told: dt.datetime) -> None:
        self.town.plant(
            "late_report", (f"人员{person}的阳性结果拖延上报", f"The positive result of person {person} is reported late"),
            {"person": person, "known_at": told.isoformat()},
        )  # fmt: skip
