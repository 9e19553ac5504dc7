"""A made-up outbreak in the database, for the picture of chains: told links, inferred ones, unknown sources, somebody from abroad."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np

from yanmen.base.ids import uuid7s
from yanmen.loop import facts
from yanmen.loop.bulk import record_bulk
from yanmen.registry.models import Place
from yanmen.registry.people import Details, Registered, register_people
from yanmen.subsystems.tracing.actions.following import follow
from yanmen.subsystems.tracing.tests.district import BY, DISTRICT, District, moment

NOW = moment("2022-10-20").replace(hour=12)
FIRST = date(2022, 9, 20)
DAYS = 58
SETTINGS = ("household", "class", "workplace", "venue", "dormitory")


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


def many_cases(district: District, *, cases: int) -> list[str]:
    """So many cases in two months: two in five with a told source, most others with contacts, all in markets where some met. Keys."""
    rng = np.random.default_rng(5)
    today = NOW.date()
    onsets = [
        today - timedelta(days=DAYS - int((DAYS - 2) * at / cases) - int(rng.integers(0, 3))) for at in range(cases)
    ]
    with district.acting():
        people = register_people([Details(name=f"合成{at:04d}", area=DISTRICT) for at in range(cases)], by=BY, now=NOW)
        who = [each.person for each in people if isinstance(each, Registered)]
        keys = uuid7s(NOW, cases)
        told, contacts = [], []
        for at in range(cases):
            fitting = [each for each in range(max(at - 400, 0), at) if 1 <= (onsets[at] - onsets[each]).days <= 6]
            if not fitting:
                continue
            infector = int(rng.choice(fitting))
            via = str(rng.choice(SETTINGS))
            if rng.random() < 0.4:
                told.append(_about(who[at], onsets[at], case=str(keys[at]), infector=str(keys[infector]), setting=via))
            elif rng.random() < 0.75:
                others = {infector, *(int(each) for each in rng.choice(fitting, size=2))}
                contacts += [_met(who[at], onsets[at], str(keys[each]), via) for each in sorted(others)]
        reports = [
            _about(who[at], onsets[at], kind="confirmed", setting="community", onset_on=onsets[at].isoformat())
            | {"id": keys[at]}
            for at in range(cases)
        ]
        facts.record_many("cases.reported", reports, by=BY, now=NOW)
        facts.record_many("cases.source_told", told, by=BY, now=NOW)
        facts.record_many("tracing.contact_found", contacts, by=BY, now=NOW)
        _to_market(who, onsets, rng)
    follow(by=BY, now=NOW, everyone=True)
    return [str(each) for each in keys]


def _about(person: int, onset: date, **detail: Any) -> dict[str, Any]:
    """A fact of the day after an onset, or of now."""
    at = min(moment((onset + timedelta(days=1)).isoformat()), NOW)
    return {"person": person, "area": DISTRICT, "occurred_at": at, "detail": detail}


def _met(person: int, onset: date, case: str, via: str) -> dict[str, Any]:
    first, last = (onset - timedelta(days=days) for days in (4, 2))
    detail = {"case": case, "degree": 1, "via": via, "certainty": 0.8}
    return _about(person, onset, **detail, first_exposed=first.isoformat(), last_exposed=last.isoformat())


def _to_market(who: list[int], onsets: list[date], rng: np.random.Generator) -> None:
    """Everybody once in one of sixty markets, two to five days before they fell ill."""
    markets = [
        Place.objects.create(name_zh=f"合成市场{at}", kind="market", area=DISTRICT, created_at=NOW).pk
        for at in range(60)
    ]
    seen = [
        {
            "person": person,
            "place": int(rng.choice(markets)),
            "area": DISTRICT,
            "occurred_at": moment((onset - timedelta(days=int(rng.integers(2, 6)))).isoformat())
            + timedelta(minutes=int(rng.integers(0, 240))),
            "detail": {"claimed": False, "via": "scanner", "device": None},
        }
        for person, onset in zip(who, onsets, strict=True)
    ]
    record_bulk("presence.scanned", seen, by=BY, now=NOW)
    left = [
        each | {"occurred_at": each["occurred_at"] + timedelta(hours=1), "detail": {"via": "paper"}} for each in seen
    ]
    record_bulk("venues.left", left, by=BY, now=NOW)
