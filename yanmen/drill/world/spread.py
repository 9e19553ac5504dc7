"""An infection that spreads on contact, a day a step, the times inside the day kept.

Who is infected becomes infectious after a latent period of at least a day, so that a day's infections follow from those of the days
before. Model and sources: `diseases`; how one day's meetings infect: `meeting`; how strong a contact is: `calibration`.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from yanmen.drill.world import meeting
from yanmen.drill.world.calibration import ABROAD, groups_of, transmissibility
from yanmen.drill.world.city import City
from yanmen.drill.world.diseases import Disease, Period
from yanmen.drill.world.draws import Flags, Floats, Ints, Small, dice
from yanmen.drill.world.meeting import Carriers, Infections
from yanmen.drill.world.visits import APART, FREE, Visits


class Setting(IntEnum):
    """Where somebody was infected; NOWHERE of those who were not, IMPORTED of those who brought it along."""

    NOWHERE = -1
    IMPORTED = 0
    HOUSEHOLD = 1
    CLASS = 2
    WORKPLACE = 3
    PUBLIC = 4
    COMMUNITY = 5


class Outbreak:
    """The truth about an outbreak. By person: ``infected_at``, ``infectious_from``, ``infectious_to``, ``onset_at`` in days (infinite:
    never), ``infector`` (-1: none), ``setting``, ``place`` (index into the city's places; -1: none).

    What somebody's infection would be like is drawn beforehand, so the same seed gives the same course of disease under any policy.
    """

    def __init__(self, city: City, disease: Disease, *, seed: int, strength: float | None = None) -> None:
        self.city, self.disease, self.key = city, disease, seed
        self.beta = transmissibility(city, disease) if strength is None else strength
        self.groups = groups_of(city, disease)
        many = city.people
        self.infected_at = np.full(many, np.inf)
        self.infectious_from = np.full(many, np.inf)
        self.infectious_to = np.full(many, np.inf)
        self.onset_at = np.full(many, np.inf)
        self.infector = np.full(many, -1, np.int32)
        self.setting = np.full(many, Setting.NOWHERE, np.int8)
        self.place = np.full(many, -1, np.int32)
        self.exposed_at: Floats | None = None
        self.active = np.empty(0, np.int32)
        self.county_starts = np.concatenate([[0], np.cumsum(city.county_people)])
        self._nature(dice(seed, "nature"))

    def watch_exposures(self) -> None:
        """From now on remember, by person, when they first met somebody infectious: in a group, or in a public place at the same time
        (chance meetings left out). ``exposed_at``: days; infinite: never."""
        self.exposed_at = np.full(self.city.people, np.inf)

    def _nature(self, free: np.random.Generator) -> None:
        """What an infection of each person would be like: periods, symptoms, and the factor of infectiousness (mean 1 before symptoms)."""
        disease, many = self.disease, self.city.people
        self.latent = _periods(disease.latent, many, free)
        self.lasts = _periods(disease.infectious, many, free)
        self.silent: Flags = free.random(many) < float(disease.asymptomatic)
        k = float(disease.dispersion)
        self.factor = free.standard_gamma(k, many, np.float32) / np.float32(k)
        self.factor[self.silent] *= np.float32(disease.asymptomatic_factor)
        before = float(disease.incubation) - disease.latent.mean
        self.before_onset = free.standard_gamma(4.0, many, np.float32) * np.float32(before / 4.0)

    def seed(self, persons: Ints | list[int], day: float | Floats) -> None:
        """These bring the infection along: infected at that time (or times), elsewhere. Who was infected before stays as is."""
        chosen, first = np.unique(np.asarray(persons, np.int32), return_index=True)
        well = np.isinf(self.infected_at[chosen])
        at = np.broadcast_to(np.asarray(day, float), np.shape(persons))[first]
        nowhere = np.full(int(well.sum()), -1, np.int32)
        self._infect(Infections(chosen[well], nowhere, at[well], nowhere), Setting.IMPORTED)

    def step(self, day: int, visits: Visits, whereabouts: Small | None = None) -> Ints:
        """One day: who is infected on it, sorted. ``whereabouts`` by person: FREE, HOME (household only), APART (nobody)."""
        self.active = self.active[self.infectious_to[self.active] > day]
        carriers = self._carriers(day, whereabouts)
        if not len(carriers.person):
            return np.empty(0, np.int32)
        home, out = self._open(whereabouts)
        free_ones = carriers if whereabouts is None else carriers.kept(whereabouts[carriers.person] == FREE)
        near = None if self.exposed_at is None else np.full(self.city.people, np.inf)
        parts = []
        for number, group in enumerate(self.groups):
            at_home = number == 0
            parts.append(
                meeting.in_groups(
                    group, carriers if at_home else free_ones, home if at_home else out, self._dice(day, number), near
                )
            )
        disease = self.disease
        pair, hourly = float(disease.weights["public"]), float(disease.contacts_an_hour)
        parts.append(meeting.at_places(visits, free_ones, out, pair, hourly, self._dice(day, 3), near))
        contacts = float(disease.weights["community"]) * float(disease.contacts["community"])
        parts.append(
            meeting.at_large(free_ones, out, contacts, self.city.county, self.county_starts, ABROAD, self._dice(day, 4))
        )
        if self.exposed_at is not None and near is not None:
            self.exposed_at = np.minimum(self.exposed_at, day + near)
        found, which = meeting.earliest(parts)
        self._infect(Infections(found.person, found.infector, day + found.at, found.place), which + 1)
        return found.person

    def detectable(self, day: float) -> Flags:
        """Whose PCR is positive at this time."""
        disease = self.disease
        low = self.infectious_from - float(disease.detectable_before)
        high = self.infectious_to + float(disease.detectable_after)
        found: Flags = (low <= day) & (day < high)
        return found

    def symptomatic(self, day: float) -> Flags:
        """Who has had an onset and is not yet over it: until the end of the infectious period, a day at least."""
        found: Flags = (self.onset_at <= day) & (day < np.maximum(self.infectious_to, self.onset_at + 1))
        return found

    def infected(self) -> Ints:
        """Everybody who was ever infected."""
        return np.flatnonzero(np.isfinite(self.infected_at)).astype(np.int32)

    def _dice(self, day: int, part: int) -> np.random.Generator:
        return dice(self.key, "spread", day, part)

    def _carriers(self, day: int, whereabouts: Small | None) -> Carriers:
        """Who is infectious for a part of the day and meets anybody."""
        person = self.active[self.infectious_from[self.active] < day + 1]
        if whereabouts is not None:
            person = person[whereabouts[person] != APART]
        person = np.sort(person)
        since = np.clip(self.infectious_from[person] - day, 0, 1)
        until = np.clip(self.infectious_to[person] - day, 0, 1)
        return Carriers(person, self.factor[person].astype(float) * self.beta, since, until)

    def _open(self, whereabouts: Small | None) -> tuple[Flags, Flags]:
        """Who may be infected at home, and who outside."""
        well = np.isinf(self.infected_at)
        return (well, well) if whereabouts is None else (well & (whereabouts != APART), well & (whereabouts == FREE))

    def _infect(self, found: Infections, setting: NDArray[np.int8] | int) -> None:
        who = found.person
        self.infected_at[who], self.infector[who], self.place[who] = found.at, found.infector, found.place
        self.setting[who] = setting
        self.infectious_from[who] = found.at + self.latent[who]
        self.infectious_to[who] = self.infectious_from[who] + self.lasts[who]
        onset = self.infectious_from[who] + self.before_onset[who]
        self.onset_at[who] = np.where(self.silent[who], np.inf, onset)
        self.active = np.concatenate([self.active, who])


def _periods(period: Period, many: int, free: np.random.Generator) -> NDArray[np.float32]:
    drawn = free.standard_gamma(period.shape, many, np.float32) * np.float32(period.scale)
    return (period.least + drawn).astype(np.float32)
