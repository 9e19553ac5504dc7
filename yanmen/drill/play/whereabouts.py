"""Where everybody may be tomorrow, as the software has it: apart in a room, at home, or free. Measures change the epidemic this way."""

from __future__ import annotations

import numpy as np
from django.db import connections

from yanmen.base.clock import local_date
from yanmen.drill.play.town import Town
from yanmen.drill.world.visits import APART, FREE, HOME

HELD = """
SELECT measure.subject, array_agg(DISTINCT stage.place)
FROM loop_measure AS measure
JOIN loop_edition_stage AS stage ON stage.edition_id = measure.edition_id
 AND measure.count_from + stage.from_day <= %(day)s
 AND (stage.to_day IS NULL OR measure.count_from + stage.to_day >= %(day)s OR (stage.is_last AND measure.over_hold))
WHERE measure.subject_type = 'person' AND measure.state = 'in_force' AND stage.place <> ''
GROUP BY measure.subject
"""
INSIDE = "SELECT person_id FROM quarantine_stay WHERE state = 'admitted'"
SEALED = "SELECT a.code FROM loop_status s JOIN registry_area a ON a.id = s.subject WHERE s.subject_type = 'area' AND s.status = 'risk_tier' AND s.value = 'high'"
AT_HOME = {"home_isolation", "central_quarantine", "designated_hospital", "mobile_cabin_hospital", "sealed_area"}
"""Places of a measure that keep somebody from going about, until there is a room."""


def held_at(town: Town) -> dict[int, set[str]]:
    """Places where measures in force hold people on the day that is played."""
    with connections["loop"].cursor() as cursor:
        cursor.execute(HELD, {"day": local_date(town.now)})
        return {person: set(places) for person, places in cursor.fetchall()}


def whereabouts(town: Town) -> np.ndarray:
    """FREE, HOME or APART for everybody; some whom a measure holds at home go out all the same."""
    city = town.city
    found = np.full(city.people, FREE, np.int8)
    sealed = {code for (code,) in town.rows(SEALED)}
    in_zone = np.array([any(area.code.startswith(code) for code in sealed) for area in city.areas], bool)
    found[in_zone[city.home]] = HOME
    for person, places in held_at(town).items():
        index = town.index.get(person)
        if index is not None and places & AT_HOME:
            found[index] = HOME
    cutoff = (
        np.quantile(city.complies, 1 - town.scenario.behaviour.complies) if town.scenario.behaviour.complies < 1 else -1
    )
    found[(found == HOME) & (city.complies < cutoff)] = FREE
    inside = [town.index[person] for (person,) in town.rows(INSIDE) if person in town.index]
    found[inside] = APART
    return found
