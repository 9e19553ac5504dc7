"""Playing the same scenario under another edition: the first day moves to where that edition is in force."""

from __future__ import annotations

import datetime as dt

from yanmen.base.conditions import nearest
from yanmen.drill.scenario import Scenario
from yanmen.drill.scenario_file import ScenarioFault
from yanmen.loop.policy.words import NamedEdition, Policy

WEEK = dt.timedelta(days=7)


def under(scenario: Scenario, edition: str, policy: Policy) -> Scenario:
    """The scenario in the days of an edition, beginning on the same weekday: runs under several stay comparable.

    It begins a week or more after the edition came into force, so that contacts of the days before fall under it too;
    sooner where the edition did not last that long.
    """
    named = {each.id: each for pack in policy.packs for each in pack.editions}
    if edition not in named:
        raise ScenarioFault(
            f"没有版本“{edition}”。现有：{'、'.join(named)}。",
            f'There is no edition "{edition}".{nearest(edition, named)}',
            field="edition",
            value=edition,
        )
    return scenario.altered(edition=edition, starts_on=_first_day(scenario, named[edition]))


def _first_day(scenario: Scenario, edition: NamedEdition) -> dt.date:
    shift = (scenario.starts_on.weekday() - edition.valid_from.weekday()) % 7
    soonest = edition.valid_from + dt.timedelta(days=shift)
    for day in (soonest + WEEK, soonest):
        if edition.valid_to is None or day + dt.timedelta(days=scenario.days) <= edition.valid_to:
            return day
    assert edition.valid_to is not None
    most = (edition.valid_to - soonest).days
    raise ScenarioFault(
        f"版本“{edition.id}”只到 {edition.valid_to}，容不下 {scenario.days} 天。请用 --days {most} 或更少。",
        f"The edition {edition.id} ends on {edition.valid_to}: {scenario.days} days do not fit. Use --days {most} or fewer.",
        field="days",
        value=str(scenario.days),
    )
