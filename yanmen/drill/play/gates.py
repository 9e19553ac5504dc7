"""Doors of a day: residents check in at public places, and pass the posts; telephones of staff keep it until the evening."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np

from yanmen.base.clock import BEIJING
from yanmen.drill.play.people import document_of, name_of
from yanmen.drill.play.phones import Names, keep
from yanmen.drill.play.town import Town
from yanmen.drill.world.draws import dice
from yanmen.drill.world.visits import Visits
from yanmen.subsystems.venues.actions import record_visits

ACTS = {"green": "pass", "yellow": "refer", "red": "stop"}
PASSERS = 0.004
"""Assumed: share of the residents who pass a post of their county on a day."""
PAPER = 40
"""Assumed: lines of a paper list at most; of each county one venue hands one in a day."""


def check_in(town: Town, visits: Visits, names: Names) -> int:
    """Those who scan at the places they visited today. Returns how many records the scanners keep."""
    places, seed = town.city.places, town.scenario.seed
    drawn = dice(seed, "checks in", town.day).random(len(visits)) < town.scenario.behaviour.checks_in
    coded = np.zeros(len(places), bool)
    coded[list(town.by_county["venues"])] = True
    chosen = visits.kept(drawn & coded[visits.place] & town.city.has_phone[visits.person])
    midnight = int(dt.datetime.combine(town.today, dt.time(), tzinfo=BEIJING).timestamp())
    order = np.argsort(chosen.place, kind="stable")
    people, where, arrived = chosen.person[order], chosen.place[order], chosen.arrived[order]
    shown = names.of([int(each) for each in town.persons[people]], town.today)
    bounds = np.flatnonzero(np.diff(where, prepend=-1, append=-2))
    for first, last in pairwise(bounds):
        phone = town.by_county["venues"][int(where[first])]
        keep(
            phone,
            [
                {"at": (midnight + int(at)) * 1000, "pseudonym": name}
                for at, name in zip(arrived[first:last], shown[first:last], strict=True)
            ],
            town.at(1),
        )
    return len(chosen)


def write_down(town: Town, visits: Visits) -> int:
    """Who has no telephone is written down at the door; the venue with most of them hands in its list. Returns lines taken."""
    city, midnight = town.city, dt.datetime.combine(town.today, dt.time(), tzinfo=BEIJING)
    coded = np.zeros(len(city.places), bool)
    coded[list(town.by_county["venues"])] = True
    came = (midnight + dt.timedelta(seconds=1)).timestamp() + visits.arrived < town.now.timestamp()
    chosen = visits.kept(coded[visits.place] & ~city.has_phone[visits.person] & came)
    counties = np.array([area.code[:6] for area in city.areas])[city.places.area[chosen.place]]
    taken = 0
    for county in town.scenario.areas:
        here = chosen.kept(counties == county)
        if not len(here):
            continue
        place = int(np.bincount(here.place).argmax())
        listed = here.kept(here.place == place)
        lines = [
            f"{name_of(int(each))},{document_of(town, int(each))},{midnight + dt.timedelta(seconds=int(at)):%Y-%m-%d %H:%M:%S}"
            for each, at in zip(listed.person[:PAPER], listed.arrived[:PAPER], strict=True)
        ]
        with town.acting("venues.manager", area=county) as who:
            receipt = record_visits(
                place=town.by_county["venues"][place].place, content="\n".join(["姓名,证件号码,到达时间", *lines]).encode(),
                file_name=f"演练纸质登记{town.today:%m%d}.csv", **who,
            )  # fmt: skip
        taken += receipt.counts.get("created", 0)
    return taken


def pass_posts(town: Town, free: np.ndarray, names: Names) -> int:
    """Some of those who may go about pass a post of their county and show their code. Returns how many."""
    rng = town.chance("passes")
    colours = colours_of(town)
    passed, held = 0, _out_all_the_same(town, free, colours)
    for county in town.scenario.areas:
        here = np.flatnonzero((town.city.county == county_index(town, county)) & free & town.city.has_phone)
        for phone in town.by_county[county]["posts"]:
            met = rng.sample(list(map(int, here)), min(len(here), max(3, int(len(here) * PASSERS))))
            met = list(dict.fromkeys([*met, *held.pop(county, [])]))
            shown = names.of([int(town.persons[each]) for each in met], town.today)
            records = []
            for each, name in zip(met, shown, strict=True):
                colour = colours.get(int(town.persons[each]), "green")
                at = town.at(6 + rng.random() * 13.5)
                records.append(
                    seen(
                        at,
                        name,
                        ACTS[colour],
                        "valid" if colour == "green" else f"colour_{colour}",
                        rng.randrange(1, 90),
                    )
                )
            keep(phone, records, town.at(1))
            passed += len(records)
    return passed


def _out_all_the_same(town: Town, free: np.ndarray, colours: dict[int, str]) -> dict[str, list[int]]:
    """By county, who goes about though their code is not green: they come to its first post."""
    found: dict[str, list[int]] = {}
    for person in sorted(colours):
        each = town.index.get(person)
        if each is not None and free[each] and town.city.has_phone[each]:
            found.setdefault(town.city.areas[town.city.home[each]].code[:6], []).append(each)
    return found


def seen(at: dt.datetime, name: str | None, shown: str, reason: str, minutes: int) -> dict[str, object]:
    """A pass as the officer's telephone writes it."""
    return {
        "at": int(at.timestamp() * 1000),
        "pseudonym": name,
        "direction": "in",
        "lane": 1,
        "shown": shown,
        "reason": reason,
        "knowledge_minutes": minutes,
    }


def county_index(town: Town, county: str) -> int:
    """The number of a county in the city; -1 where nobody lives."""
    return town.city.counties.index(county) if county in town.city.counties else -1


def colours_of(town: Town) -> dict[int, str]:
    """Codes that are not the default, as doors know them."""
    return dict(
        town.rows(
            "SELECT subject, value FROM loop_status WHERE subject_type = 'person' AND status = 'health_code' AND value <> 'green'"
        )
    )
