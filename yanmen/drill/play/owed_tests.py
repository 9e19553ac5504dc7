"""Tests that measures owe: posts by tens, people held apart or at home each alone, those of a doubtful tube again."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from yanmen.drill.play.swabs import Swabs, pooled
from yanmen.drill.play.town import Town
from yanmen.drill.world.figures import INDUSTRIES
from yanmen.subsystems.screening.actions import take_post

OWED = """
SELECT DISTINCT ON (t.subject) t.subject, t.kind, m.rule, s.site_id FROM loop_task t
JOIN loop_measure m ON m.id = t.measure_id
LEFT JOIN quarantine_stay s ON s.person_id = t.subject AND s.state = 'admitted'
WHERE t.subject_type = 'person' AND t.kind IN ('test', 'release_test', 'resample') AND t.state IN ('open', 'failed') AND t.opens_at <= %s
  AND t.due_at > %s - interval '3 days'
ORDER BY t.subject, t.kind <> 'resample', t.due_at
"""
POSTS = {"transport": "transport", "trade": "market", "health": "fever_clinic"}
SHARE = 0.02
POOLED_RULES = (
    "screening.daily_posts",
    "screening.twice_weekly_posts",
    "screening.weekly_posts",
    "screening.round_missed",
    "arrivals.",
)
POOL = 10


def man_posts(town: Town) -> int:
    """Some who work where many pass take posts with tests of their own. Returns how many."""
    taken = 0
    for number, industry in enumerate(INDUSTRIES):
        if industry not in POSTS:
            continue
        workers = [int(each) for each in np.flatnonzero(town.city.industry == number)]
        for each in town.chance("posts", number).sample(workers, int(len(workers) * SHARE)):
            area = town.city.areas[town.city.home[each]].code
            with town.acting("screening.manager") as who:
                take_post(person=int(town.persons[each]), area=area, post=POSTS[industry], by=who["by"], now=town.now)
            taken += 1
    return taken


def sample_owed(town: Town, swabs: Swabs, missing: set[int], taken: set[int]) -> int:
    """Whoever owes a test today gives a sample, where they are. `taken`: who was sampled today already. Returns how many."""
    alone: dict[int, list[int]] = defaultdict(list)
    together: dict[int, list[int]] = defaultdict(list)
    for person, kind, rule, inside in town.rows(OWED, town.now, town.now):
        index = town.index.get(person)
        if index is None or index in missing or index in taken or person in town.cases:
            continue
        if not inside and town.chance("comes", index).random() < town.scenario.behaviour.no_show:
            continue
        group = together if kind == "test" and rule.startswith(POOLED_RULES) else alone
        group[int(town.city.county[index])].append(index)
    done = 0
    for groups, size in ((together, POOL), (alone, 1)):
        for county, people in sorted(groups.items()):
            about: dict[str, Any] = town.by_county[town.city.counties[county]]
            sites = about["sites"]
            share = -(-len(people) // len(sites))
            for number, site in enumerate(sites):
                if mine := people[number * share : (number + 1) * share]:
                    done += swabs.take(site, pooled(mine, size), 10.5 if size == 1 else 11.5)
    return done
