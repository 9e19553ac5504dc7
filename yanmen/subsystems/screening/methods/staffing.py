"""What testing an area takes: sites, desks, samplers, tubes, laboratory tubes a day.

Everybody's result is due `hours` after the start. The last tube that is taken still has to be collected and run, so people are
sampled in `hours - collect_hours - run_hours`; the laboratory sees its first tube after `collect_hours` and its last run
starts `run_hours` before the end, so it has as long for all of them.

Desks of a site: the fewest with which a share of those who come in the busiest hour waits less than the target (`base.queues`:
Erlang C, Allen and Cunneen). Samplers at a desk take turns: as long at rest as at work where the window is longer than a shift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from yanmen.base.queues import Staffed, servers_needed
from yanmen.base.refusals import Refusal

MOST_PEOPLE = 100_000_000
DAY = 24


@dataclass(frozen=True)
class Pace:
    """How fast things go: the numbers of a policy, or what a place measures."""

    hours: float
    collect_hours: float
    run_hours: float
    seconds_a_person: float
    longest_wait_seconds: float
    percent_within: float
    variation_percent: float
    busiest_hour_percent: float
    shift_hours: float

    @property
    def window(self) -> float:
        """Hours in which people are sampled, and tubes are run."""
        return self.hours - self.collect_hours - self.run_hours


@dataclass(frozen=True)
class Norms:
    """People a site (fewest, most), people a sampler and pool sizes, as a guide asks; None where it says nothing."""

    people_per_station: tuple[int, int]
    people_per_sampler: int | None
    pools: tuple[int, ...]


@dataclass(frozen=True)
class Needs:
    """What so many people need. `desks` is one full site in its busiest hour."""

    people: int
    window: float
    sites: tuple[int, int]
    people_a_site: int
    desks: Staffed
    crews: int
    samplers_by_desks: int
    samplers_by_norm: int | None
    tubes: Mapping[int, int]
    tubes_a_day: Mapping[int, int]

    @property
    def desks_in_all(self) -> int:
        """Desks of all sites, full ones."""
        return self.desks.servers * self.sites[0]

    @property
    def samplers(self) -> int:
        """The larger of what the guide and what the desks ask for."""
        return max(self.samplers_by_desks, self.samplers_by_norm or 0)


def needs(people: int, *, pace: Pace, norms: Norms) -> Needs:
    """Sites, desks, samplers, tubes and laboratory tubes a day for so many people."""
    if not 1 <= people <= MOST_PEOPLE:
        raise Refusal(f"人数须在1至{MOST_PEOPLE}之间。", f"Plan for 1 to {MOST_PEOPLE:,} people.", field="people", value=str(people))  # fmt: skip
    if pace.window <= 0:
        raise Refusal("时限太短：样本收集转运和检测已占去全部时间。请延长时限，或缩短转运、检测时间。", "Too short: collecting and running the tubes takes all of it. Allow more hours, or less for collecting and running.", field="hours", value=f"{pace.hours:g}")  # fmt: skip
    least, most = sorted(norms.people_per_station)
    fewest = ceil(people / most)
    a_site = ceil(people / fewest)
    desks = desks_of_site(a_site, pace=pace)
    crews = 1 if pace.window <= pace.shift_hours else 2
    tubes = {size: ceil(people / size) for size in sorted(set(norms.pools))}
    by_norm = ceil(people / norms.people_per_sampler) if norms.people_per_sampler else None
    return Needs(
        people, pace.window, (fewest, ceil(people / least)), a_site, desks, crews, desks.servers * crews * fewest, by_norm,
        tubes, {size: ceil(number * DAY / pace.window) for size, number in tubes.items()},
    )  # fmt: skip


def desks_of_site(people: int, *, pace: Pace) -> Staffed:
    """Desks of a site for so many people, in its busiest hour."""
    busiest = people / pace.window * pace.busiest_hour_percent / 100
    return servers_needed(
        busiest,
        pace.seconds_a_person,
        target_seconds=pace.longest_wait_seconds,
        share=pace.percent_within / 100,
        service_cv2=(pace.variation_percent / 100) ** 2,
    )


def laboratories_needed(tubes_a_day: int, laboratories: Sequence[int]) -> int | None:
    """How many of these laboratories (tubes a day), largest first, carry so many; None where all of them do not."""
    left = tubes_a_day
    for number, each in enumerate(sorted(laboratories, reverse=True), 1):
        left -= each
        if left <= 0:
            return number
    return 0 if left <= 0 else None
