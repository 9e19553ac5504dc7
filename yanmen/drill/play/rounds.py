"""Mass testing: planned once cases are found in the community, the whole city by rounds, at every site, in tubes of ten."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from yanmen.base.refusals import Refusal
from yanmen.drill.play.clinic import number_of
from yanmen.drill.play.swabs import Swabs, pooled
from yanmen.drill.play.town import Town
from yanmen.drill.world.visits import APART
from yanmen.subsystems.screening.actions import close_round, plan_campaign, start_campaign
from yanmen.subsystems.screening.models import Round
from yanmen.subsystems.screening.queries.looking import pool_sizes

POOL = 10
PAUSE = 4
"""Assumed: days between the beginnings of two rounds of a county."""


class Rounds:
    """Rounds of the counties. A round goes on as long as the laboratories need, the worst hit county first."""

    def __init__(self, town: Town, swabs: Swabs) -> None:
        self.town, self.swabs = town, swabs
        self.open: dict[str, int] = {}
        self.begun: dict[str, int] = {}
        self.left: dict[str, list[int]] = {}
        self.tested: dict[str, int] = defaultdict(int)
        self.refused = ""

    def plan(self) -> int:
        """The command centre orders a round where it is due. Returns how many began."""
        town = self.town
        if not town.cases or self.refused:
            return 0
        began, free = 0, self._most() - sum(map(len, self.left.values()))
        for county in sorted(town.scenario.areas, key=lambda each: (-self._cases_in(each), each)):
            people = int((town.city.county == number_of(town, county)).sum())
            if self.open and people > free:
                continue  # a round is to end within the hours of the guide: this county's begins when laboratories are free
            if county in self.open or town.day - self.begun.get(county, -PAUSE) < PAUSE:
                continue
            if county in self.begun and not self._cases_in(county):
                continue
            try:
                began += self._begin(county)
                free -= people
            except Refusal as refusal:
                self.refused = refusal.en
                return began
        return began

    def sample(self, where: np.ndarray, missing: set[int]) -> int:
        """Everybody who is due today comes to a site near home; some do not. Returns how many were sampled."""
        most, sampled = self._most(), 0
        for county in self._order():
            due = self.left[county][: most - sampled]
            self.left[county] = self.left[county][len(due) :]
            coming = [each for each in due if self._comes(each, where, missing)]
            sampled += self._at_sites(county, coming)
        return sampled

    def called(self) -> list[int]:
        """Who is due today in any case, though everybody before them comes."""
        return [each for county in self._order() for each in self.left[county]][: self._most()]

    def close(self) -> int:
        """Rounds in which everybody was asked are closed: the loop owes a test to whoever did not come. Returns how many that is."""
        missed = 0
        for county in [each for each, left in self.left.items() if not left]:
            del self.left[county]
            with self.town.acting("screening.manager") as who:
                if Round.objects.filter(pk=self.open[county], closed_at=None).exists():  # else its hours were over
                    missed += close_round(round=self.open[county], **who)
            del self.open[county]
        return missed

    def _order(self) -> list[str]:
        """Counties with a round that is not over, the worst hit first."""
        return sorted(self.left, key=lambda county: (-self._cases_in(county), county))

    def _most(self) -> int:
        """As many as the laboratories can read in a day, with wells to spare for those who are sampled alone."""
        return max(POOL, self.town.scenario.capacity.wells_a_day * POOL * 9 // 10)

    def _begin(self, county: str) -> int:
        town = self.town
        number = number_of(town, county)
        if number < 0:
            return 0
        size = max(each for each in pool_sizes(town.today) if each <= POOL)
        with town.acting("screening.manager") as who:
            campaign = plan_campaign(
                area=county, name_zh=f"{town.by_county[county]['area'].name_zh}区域核酸检测", name_en="Area testing", basis="演练指挥部令",
                pools={"general": size}, starts_at=town.now, **who,
            )  # fmt: skip
            opened = start_campaign(campaign=campaign.pk, **who)
        self.open[county], self.begun[county] = opened.pk, town.day
        self.left[county] = [int(each) for each in np.flatnonzero(town.city.county == number)]
        return 1

    def _comes(self, each: int, where: np.ndarray, missing: set[int]) -> bool:
        if each in missing or where[each] == APART or int(self.town.persons[each]) in self.town.cases:
            return False
        return bool(self.town.chance("comes", each).random() >= self.town.scenario.behaviour.no_show)

    def _at_sites(self, county: str, people: list[int]) -> int:
        sites = self.town.by_county[county]["sites"]
        size = -(-len(people) // len(sites)) if people else 0
        taken = 0
        for number, site in enumerate(sites):
            mine = people[number * size : (number + 1) * size]
            if mine:
                taken += self.swabs.take(site, pooled(mine, POOL), 9.0)
        for each in people:
            self.tested[self.town.city.areas[self.town.city.home[each]].code] += 1
        return taken

    def _cases_in(self, county: str) -> int:
        town = self.town
        mine = number_of(town, county)
        return sum(1 for person in town.cases if person in town.index and town.city.county[town.index[person]] == mine)
