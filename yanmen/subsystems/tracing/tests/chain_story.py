"""A made-up outbreak in the database, for the picture of chains: told links, inferred ones, unknown sources, somebody from abroad."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from yanmen.loop import facts
from yanmen.registry import people
from yanmen.subsystems.tracing.tests.district import BY, DISTRICT, District, moment

NOW = moment("2022-10-20").replace(hour=12)
FIRST = date(2022, 9, 20)


def told_outbreak(district: District, *, cases: int = 24, seed: int = 3) -> list[str]:
    """Cases a few days apart, four in five with a source or a contact; the first from abroad. Keys in order."""
    rng = np.random.default_rng(seed)
    keys: list[str] = []
    who: list[int] = []
    onsets: list[date] = []
    for number in range(cases):
        before = int(rng.integers(max(number - 6, 0), number)) if number else 0
        onset = min(
            FIRST + timedelta(days=0) if not number else onsets[before] + timedelta(days=int(rng.integers(2, 6))),
            NOW.date(),
        )
        found = min(onset + timedelta(days=1), NOW.date())
        person = district.person(f"合成{number:02d}")
        setting = "community" if number else "arrival"
        key = district.case(person, found.isoformat(), onset_on=onset.isoformat(), setting=setting)
        keys, who, onsets = [*keys, key], [*who, person], [*onsets, onset]
        if number == 0:
            district.record("cases.source_told", person, found.isoformat(), case=key, infector="")
        elif rng.random() < 0.4:
            via = str(rng.choice(["household", "workplace", "venue"]))
            district.record(
                "cases.source_told",
                person,
                found.isoformat(),
                case=key,
                infector=keys[before],
                setting=via,
                certainty=0.9,
            )
        elif rng.random() < 0.7:
            met = onset - timedelta(days=3)
            district.contact(
                person, keys[before], last=met.isoformat(), found=found.isoformat(), first_exposed=met - timedelta(days=1),
                via=str(rng.choice(["household", "class", "workplace", "venue"])),
            )  # fmt: skip
    return keys


def many_cases(district: District, *, cases: int) -> None:
    """So many cases within three months, two in three with a told source: for how fast the page is."""
    rng = np.random.default_rng(5)
    with district.acting():
        keys: list[str] = []
        persons = [
            people.register_person(name=f"合成{at}", area=DISTRICT, by=BY, now=moment("2019-01-01")).pk
            for at in range(cases)
        ]
        for at, person in enumerate(persons):
            found = moment((NOW.date() - timedelta(days=58 - int(58 * at / cases))).isoformat())
            onset = found.date() - timedelta(days=int(rng.integers(0, 3)))
            report = facts.record(
                "cases.reported", person=person, area=DISTRICT, occurred_at=found, by=BY, now=found,
                detail={"kind": "confirmed", "setting": "community", "onset_on": onset.isoformat()},
            )  # fmt: skip
            keys.append(str(report))
            if at > 20 and rng.random() < 0.66:
                infector = keys[max(at - int(rng.integers(100, 400)), 0)] if at > 400 else keys[int(rng.integers(at))]
                facts.record(
                    "cases.source_told", person=person, area=DISTRICT, occurred_at=found, by=BY, now=found,
                    detail={"case": keys[-1], "infector": infector, "setting": "household", "certainty": 0.9},
                )  # fmt: skip
