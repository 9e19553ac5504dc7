"""Risk areas: boundaries drawn where the loop says a zone begins, full tests told, the key-area list pushed and read."""

from __future__ import annotations

import datetime as dt

from yanmen.base.refusals import Refusal
from yanmen.drill.play.roads import around
from yanmen.drill.play.town import Town
from yanmen.registry.models import Area
from yanmen.subsystems.checkpoints.actions import add_plan
from yanmen.subsystems.checkpoints.methods.plan import Question, make_plan
from yanmen.subsystems.checkpoints.methods.plan_files import write_plan
from yanmen.subsystems.checkpoints.methods.protected import circle
from yanmen.subsystems.risk_areas.actions import acknowledge, complete_full_test, draw, publish
from yanmen.subsystems.risk_areas.queries import deliveries, latest

NEAR, REACH = 300.0, 500.0
"""Metres: the circle around a zone's middle that posts close, and how far from it they may stand."""


def draw_zones(town: Town) -> int:
    """The command centre says where each new zone runs. Returns how many."""
    tasks = town.owed("draw_zone")
    codes = dict(Area.objects.filter(pk__in=[task["subject"] for task in tasks]).values_list("pk", "code"))
    for task in tasks:
        with town.acting("command.staff") as who:
            draw(
                area=codes[task["subject"]],
                boundary="以村（小区）围合为界（演练）",
                document="演练〔2022〕1号",
                by=who["by"],
                now=town.now,
            )
    for code in sorted(codes.values()):
        _plan_posts(town, code)
    return len(tasks)


def _plan_posts(town: Town, code: str) -> None:
    """Where posts would close every way into a new zone: worked out on its roads, and taken in as a plan."""
    home = next((area for area in town.city.areas if area.code.startswith(code)), None)
    if home is None:
        return
    middle = (home.longitude, home.latitude)
    asked = Question(area=circle(*middle, NEAR), reach=REACH)
    plan = make_plan(around(*middle), asked, network="演练路网")
    name = f"{Area.objects.get(code=code, valid_to=None).name_zh}风险区设卡（演练）"
    with town.acting("checkpoints.manager") as who:
        add_plan(area=code[:6], name=name, content=write_plan(plan).encode(), **who)


def full_tests(town: Town, tested: dict[str, int]) -> int:
    """Where everybody of an area has been sampled, that is told. `tested`: people sampled since the zone began, by area."""
    tasks = town.owed("area_full_test")
    codes = dict(Area.objects.filter(pk__in=[task["subject"] for task in tasks]).values_list("pk", "code"))
    done = 0
    for task in tasks:
        code = codes[task["subject"]]
        people = sum(count for area, count in tested.items() if area.startswith(code))
        if people:
            with town.acting("command.staff") as who:
                complete_full_test(area=code, persons=people, positives=0, by=who["by"], now=town.now)
            done += 1
    return done


def push_list(town: Town) -> bool:
    """The key-area list is published when it changed; cities read it within the hour."""
    with town.acting("command.staff") as who:
        before = latest(who["scope"])
        published = publish(**who)
        if before is not None and before.pk == published.pk:
            return False
        owed = list(deliveries(who["scope"], published).values_list("pk", "area"))
    rng = town.chance("list", published.pk)
    for delivery, city in owed:
        with town.acting("command.staff", area=city) as who:
            try:
                acknowledge(delivery=delivery, **who | {"now": town.now + dt.timedelta(minutes=rng.randint(2, 50))})
            except Refusal:
                continue  # a unit with an address of its own reads it there
    return True
