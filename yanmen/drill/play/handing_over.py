"""Posts keep whoever owes something and came through all the same: brought home point to point, and received there."""

from __future__ import annotations

from yanmen.drill.play.town import Town
from yanmen.subsystems.checkpoints import queries
from yanmen.subsystems.checkpoints.actions import handing_over

MANAGER, RECEIVER = "checkpoints.manager", "checkpoints.receiver"
WAITS = 0.4
"""Assumed: share of those for whom a vehicle is found only the next day."""


def hand_over(town: Town) -> int:
    """Who left a post before today is received; who waited leaves; who was met since is kept. Returns how many steps were taken."""
    steps = 0
    for number, county in town.by_county.pop("on the way", []):
        with town.acting(RECEIVER, area=county) as who:
            handing_over.receive(hand_over=number, note="已到家（演练）", **who)
        steps += 1
    for number, county in town.by_county.pop("waiting at posts", []):
        steps += _leave(town, number, county)
    for county in town.scenario.areas:
        for post in town.by_county[county]["posts"]:
            steps += _meet(town, post.place, post.area)
    return steps


def _meet(town: Town, post: int, area: str) -> int:
    steps = 0
    with town.acting(MANAGER) as who:
        found = queries.met(who["scope"], post=post, area=area, now=town.now)
    for each in {one.person: one for one in found}.values():
        county = each.home_area[:6]
        with town.acting(MANAGER) as who:
            made = handing_over.open_hand_over(
                post=post,
                person=each.person,
                owed=each.kind,
                to_area=county,
                rule=each.rule,
                pass_id=each.pass_id,
                **who,
            )
        steps += 1
        if town.chance("vehicle", each.person).random() < WAITS:
            town.by_county.setdefault("waiting at posts", []).append((made.pk, county))
        else:
            steps += _leave(town, made.pk, county)
    return steps


def _leave(town: Town, number: int, county: str) -> int:
    with town.acting(MANAGER) as who:
        handing_over.assign_vehicle(hand_over=number, vehicle=f"晋A{number % 100_000:05d}", escort="演练护送员", **who)
        handing_over.depart(hand_over=number, **who)
    town.by_county.setdefault("on the way", []).append((number, county))
    return 2
