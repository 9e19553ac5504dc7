"""Cases in care: asked how they are, sampled from the days on which they may be over it, discharged when the criteria are met."""

from __future__ import annotations

from typing import Any

from yanmen.base.refusals import Refusal
from yanmen.drill.play.swabs import Swabs
from yanmen.drill.play.town import Town
from yanmen.subsystems.cases import actions as cases
from yanmen.subsystems.quarantine.actions import releasing
from yanmen.subsystems.quarantine.models import Stay

CARE = 6
"""Assumed: days after the report from which a case is sampled, once a day."""
IN_CARE = """
SELECT f.person_id FROM loop_fact f WHERE f.kind = 'cases.admitted' AND f.recorded_at < %s
  AND EXISTS (SELECT FROM loop_fact r WHERE r.kind = 'cases.reported' AND r.person_id = f.person_id AND r.recorded_at < %s - %s * interval '1 day')
  AND NOT EXISTS (SELECT FROM loop_fact d WHERE d.kind = 'cases.discharged' AND d.person_id = f.person_id)
GROUP BY 1 ORDER BY 1
"""


def _in_care(town: Town) -> list[int]:
    """Cases so long in care that they may soon go."""
    found: list[Any] = town.rows(IN_CARE, town.now, town.now, CARE)
    return [person for (person,) in found if person in town.cases and person in town.index]


def sample(town: Town, swabs: Swabs) -> int:
    """Each alone in a tube, by the hospital's staff. Returns how many."""
    groups: dict[str, list[list[int]]] = {}
    for person in _in_care(town):
        index = town.index[person]
        groups.setdefault(town.city.counties[town.city.county[index]], []).append([index])
    return sum(swabs.take(town.by_county[county]["clinic"], each, 8.5) for county, each in sorted(groups.items()))


def discharge(town: Town) -> int:
    """Doctors say how each is, and let go who meets the criteria. Returns how many were discharged."""
    ill = town.outbreak.symptomatic(town.day + 0.7)
    done = 0
    for person in _in_care(town):
        case, sick = town.cases[person], bool(ill[town.index[person]])
        symptoms, temperature = (("cough",), 37.6) if sick else (("none",), 36.5)
        with town.acting("cases.reporter") as who:
            cases.tell_course(case=case, symptoms=symptoms, temperature=temperature, **who)
        try:
            with town.acting("cases.reporter") as who:
                cases.discharge(case=case, note="符合出院标准（演练）", **who)
        except Refusal:  # not over it yet
            continue
        done += 1
    return done


def go_home(town: Town) -> int:
    """Discharged cases leave their rooms. Returns how many."""
    discharged: list[Any] = town.rows("SELECT DISTINCT person_id FROM loop_fact WHERE kind = 'cases.discharged'")
    with town.acting("quarantine.manager") as who:
        left = Stay.objects.filter(state="admitted", group="case", person__in=[person for (person,) in discharged])
        stays = list(left.order_by("pk").values_list("pk", flat=True))
        if not stays:
            return 0
        signed = releasing.check_releases(stays=stays, journey="own", **who)
        return len(releasing.let_all_go(stays=signed.done, **who).done) if signed.done else 0
