"""A made-up outbreak in the database, for the picture of chains: told links, inferred ones, unknown sources, somebody from abroad."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from yanmen.subsystems.tracing.tests.district import District, moment

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
            FIRST if not number else onsets[before] + timedelta(days=int(rng.integers(2, 6))),
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
