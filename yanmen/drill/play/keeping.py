"""The truth of a drill, written beside the database: who was infected when and by whom, who was near. The software never reads it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yanmen.drill.play.town import Town
from yanmen.drill.world.spread import Setting


def keep_people(town: Town, path: Path) -> None:
    """Everybody who lives in the drill."""
    city = town.city
    table = {
        "person": town.persons,
        "index": np.arange(city.people),
        "area": [city.areas[each].code for each in city.home],
        "has_phone": city.has_phone,
    }
    pq.write_table(pa.table(table), path)


def keep_truth(town: Town, path: Path) -> None:
    """A row an infection, in the order of infection. Moments are seconds since 1970; null where there is none."""
    outbreak = town.outbreak
    who = outbreak.infected()
    who = who[np.lexsort((who, outbreak.infected_at[who]))]
    venues = town.by_county.get("venues", {})
    table = {
        "person": pa.array(town.persons[who], pa.int64()),
        "infected_at": _moments(town, outbreak.infected_at[who]),
        "infector": pa.array(
            [int(town.persons[each]) if each >= 0 else None for each in outbreak.infector[who]], pa.int64()
        ),
        "setting": [Setting(each).name.lower() for each in outbreak.setting[who]],
        "place": pa.array(
            [venues[each].place if (each := int(place)) in venues else None for place in outbreak.place[who]],
            pa.int64(),
        ),
        "onset_at": _moments(town, outbreak.onset_at[who]),
        "infectious_from": _moments(town, outbreak.infectious_from[who]),
        "infectious_to": _moments(town, outbreak.infectious_to[who]),
    }
    pq.write_table(pa.table(table), path)


def keep_exposed(town: Town, path: Path) -> None:
    """A row for everybody who was ever near somebody infectious, with the first moment."""
    exposed = town.outbreak.exposed_at
    if exposed is None:
        return
    who = np.flatnonzero(np.isfinite(exposed))
    pq.write_table(
        pa.table({"person": pa.array(town.persons[who], pa.int64()), "first_exposed_at": _moments(town, exposed[who])}),
        path,
    )


def _moments(town: Town, days: np.ndarray) -> pa.Array:
    started = town.begins.timestamp()
    return pa.array([started + float(day) * 86_400 if np.isfinite(day) else None for day in days], pa.float64())
