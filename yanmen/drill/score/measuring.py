"""The numbers of a score: the truth beside what the software knew. Pure functions over both."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from yanmen.base.clock import BEIJING, start_of
from yanmen.drill.score.knowledge import Holding, Knowledge, by_person
from yanmen.drill.score.truth import NOBODY, Moments, Truth

DAY = 86_400.0
Values = dict[str, float | None]


def measured(truth: Truth, known: Knowledge, *, starts_on: dt.date, days: int, quiet_days: int) -> Values:
    """Every metric of `words.METRICS` but the faults. None: cannot be said."""
    begin = start_of(starts_on).timestamp()
    held = by_person(known.holdings)
    return {
        **_finding(truth, known, end=begin + days * DAY),
        **_delays(truth, known),
        **_control(truth, held),
        **_tracing(truth, known),
        **_zero(truth, held, begin=begin, days=days, quiet_days=quiet_days),
        **_burden(truth, known, held),
        **_work(truth, known),
    }


def _finding(truth: Truth, known: Knowledge, *, end: float) -> Values:
    found = _looked_up(truth, known.found_at)
    missing = np.isnan(found)
    infected = set(truth.person.tolist())
    return {
        "infections": truth.infections,
        "found": int((~missing).sum()),
        "not_found": int(missing.sum()),
        "not_findable": int((missing & ~(truth.infectious_from < end)).sum()),
        "found_share": _share(int((~missing).sum()), truth.infections),
        "wrongly_reported": sum(person not in infected for person in known.found_at),
    }


def _delays(truth: Truth, known: Knowledge) -> Values:
    found, reported = _looked_up(truth, known.found_at), _looked_up(truth, known.reported_at)
    ill = ~np.isnan(truth.onset_at)
    contagious = ~np.isnan(truth.infectious_from)
    return {
        **_spread("from_infection", found - truth.infected_at),
        **_spread("from_infectious", found - truth.infectious_from),
        **_spread("from_onset", reported - truth.onset_at),
        "before_onset": _share(int((found < truth.onset_at).sum()), int(ill.sum())),
        "before_infectious": _share(int((found < truth.infectious_from).sum()), int(contagious.sum())),
    }


def _control(truth: Truth, held: Mapping[int, list[Holding]]) -> Values:
    at = [_held_at(held, *each) for each in zip(truth.person.tolist(), truth.infectious_from.tolist(), strict=True)]
    contagious = ~np.isnan(truth.infectious_from)
    return {"held_before_infectious": _share(sum(at), int(contagious.sum()))}


def _tracing(truth: Truth, known: Knowledge) -> Values:
    inside = truth.infector != NOBODY
    named, found = _looked_up(truth, known.contact_at), _looked_up(truth, known.found_at)
    before = ~np.isnan(named) & (np.isnan(found) | (named < found))
    infected = set(truth.person.tolist())
    return {
        "tracing_recall": _share(int((before & inside).sum()), int(inside.sum())),
        "tracing_precision": _share(sum(person in infected for person in known.contact_at), len(known.contact_at)),
        "contacts": len(known.contact_at),
    }


def _zero(truth: Truth, held: Mapping[int, list[Holding]], *, begin: float, days: int, quiet_days: int) -> Values:
    rows = zip(truth.person.tolist(), truth.infected_at.tolist(), truth.infector.tolist(), strict=True)
    free = [at for person, at, infector in rows if infector != NOBODY and not _held_at(held, person, at)]
    last = max((int((at - begin) // DAY) for at in free), default=-1)
    return {"outside_control": len(free), "time_to_zero": last + 1 if days - 1 - last >= quiet_days else None}


def _burden(truth: Truth, known: Knowledge, held: Mapping[int, list[Holding]]) -> Values:
    infected = set(truth.person.tolist())
    total = false = needless = 0
    for person, holdings in held.items():
        days = {day for each in holdings for day in _days(each)}
        total += len(days)
        if person in infected:
            continue
        false += len(days)
        if truth.exposed_at is not None:
            near = truth.exposed_at.get(person, float("inf"))
            needless += sum(start_of(day).timestamp() + DAY <= near for day in days)
    found = sum(person in infected for person in known.found_at)
    return {
        "person_days": total,
        "held_people": len(held),
        "found_per_1000": 1000 * found / total if total else None,
        "false_days": false,
        "needless_days": needless if truth.exposed_at is not None else None,
        "over_hold_days": known.over_hold_days,
    }


def _work(truth: Truth, known: Knowledge) -> Values:
    tests = known.samples["bound"] + known.samples["sampled"]
    acts = sum(known.acts.values()) + known.samples["bound"]
    late, due = (sum(row[name] for row in known.tasks) for name in ("late", "tasks"))
    return {
        "tests": tests,
        "tubes": known.samples["tubes"],
        "rooms_peak": max(known.rooms.values(), default=0),
        "overdue": late,
        "overdue_share": _share(late, due),
        "acts_a_resident": acts / len(truth.people) if len(truth.people) else None,
    }


def by_day(truth: Truth, known: Knowledge, *, starts_on: dt.date, days: int) -> list[dict[str, Any]]:
    """A row a day: infected (truth), found, reported, people held, rooms in use."""
    begin = start_of(starts_on).timestamp()

    def counted(moments: Sequence[float]) -> list[int]:
        numbers = [int((at - begin) // DAY) for at in moments if at == at]
        return [sum(number == day for number in numbers) for day in range(days)]

    infected = counted(truth.infected_at.tolist())
    found, reported = counted(list(known.found_at.values())), counted(list(known.reported_at.values()))
    held: dict[dt.date, set[int]] = defaultdict(set)
    for each in known.holdings:
        for one in _days(each):
            held[one].add(each.person)
    return [
        {
            "day": (day := starts_on + dt.timedelta(days=number)).isoformat(),
            "infected": infected[number],
            "found": found[number],
            "reported": reported[number],
            "held": len(held.get(day, ())),
            "rooms": known.rooms.get(day, 0),
        }
        for number in range(days)
    ]


def by_clause(known: Knowledge, titles: Callable[[str], tuple[str, str]]) -> list[dict[str, Any]]:
    """Person-days held under each rule, most first. A day under two rules counts under both."""
    found: dict[str, set[tuple[int, dt.date]]] = defaultdict(set)
    for each in known.holdings:
        found[each.rule].update((each.person, day) for day in _days(each))
    rows = []
    for rule, held in sorted(found.items(), key=lambda item: -len(item[1])):
        zh, en = titles(rule)
        people = len({person for person, _ in held})
        rows.append({"rule": rule, "zh": zh, "en": en, "person_days": len(held), "people": people})
    return rows


def _looked_up(truth: Truth, moments: Mapping[int, float]) -> Moments:
    return np.array([moments.get(person, np.nan) for person in truth.person.tolist()], np.float64)


def _held_at(held: Mapping[int, list[Holding]], person: int, moment: float) -> bool:
    return any(each.first <= moment < each.last for each in held.get(person, ()))


def _days(holding: Holding) -> list[dt.date]:
    """The days on which somebody is held; one that ends with the first second of a day does not count."""
    first = dt.datetime.fromtimestamp(holding.first, BEIJING).date()
    last = dt.datetime.fromtimestamp(holding.last - 1, BEIJING).date()
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def _spread(name: str, seconds: Moments) -> Values:
    told = seconds[~np.isnan(seconds)] / DAY
    if not len(told):
        return {name: None, f"{name}_90": None}
    return {name: float(np.median(told)), f"{name}_90": float(np.quantile(told, 0.9))}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
