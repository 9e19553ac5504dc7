"""What the staff of sites do day by day: linen, waste, staff cycles, rooms between two stays; temperatures, tests and releases of guests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from yanmen.base.clock import at
from yanmen.base.ids import uuid7
from yanmen.loop import facts
from yanmen.project.testing import show_clock
from yanmen.registry.models import Person
from yanmen.registry.scope import acting
from yanmen.subsystems.quarantine.actions import linen, staff, waste
from yanmen.subsystems.quarantine.models import Room, Site, Stay, WasteBag, WasteLoad
from yanmen.subsystems.quarantine.queries import linen as linens
from yanmen.subsystems.quarantine.tests.counties import PROVINCE, post

GIVES, TAKES = "account:901", "account:902"
SPARE, BAGS, KG = 40, 2, Decimal("4.20")


def staffed(now: datetime) -> None:
    """In each hotel somebody enters the closed loop, and linen is bought and laid out where people come."""
    with acting(PROVINCE) as scope:
        about = {"scope": scope, "by": GIVES, "now": now}
        for site in _hotels():
            worker = Person.objects.create(name=f"合成员工{site.pk}", area=site.area, synthetic=True, created_at=now)
            staff.enter_loop(site=site.pk, who=str(worker.pk), zone="observation", duty="health", **about)
            rooms = _lived_in(site)
            linen.move_linen(site=site.pk, act="buy", sets=2 * rooms + SPARE, **about)
            if rooms:
                linen.move_linen(site=site.pk, act="lay_out", sets=rooms, **about)


def changed(now: datetime) -> None:
    """Linen is changed in every room that somebody lives in; what is soiled goes to the laundry and is back the next day."""
    with acting(PROVINCE) as scope:
        about = {"scope": scope, "by": GIVES}
        for site in _hotels():
            if rooms := _lived_in(site):
                linen.move_linen(site=site.pk, act="strip", sets=rooms, now=now, **about)
                linen.move_linen(site=site.pk, act="lay_out", sets=rooms, now=now, **about)
    washed(now)


def washed(now: datetime) -> None:
    """Whatever is soiled is washed."""
    with acting(PROVINCE) as scope:
        about = {"scope": scope, "by": GIVES, "partner": "合成洗涤厂"}
        for site in _hotels():
            if sets := linens.holdings(scope, site)["soiled"]:
                linen.move_linen(site=site.pk, act="send", sets=sets, now=now, **about)
                linen.move_linen(site=site.pk, act="take_back", sets=sets, now=now + timedelta(hours=20), **about)


def cleared(now: datetime) -> None:
    """The waste of a day: sealed, weighed by one and taken by another, loaded, and received by the plant."""
    with acting(PROVINCE) as scope:
        for site in _hotels():
            codes = [f"{site.pk}-{now:%m%d}-{each}" for each in range(BAGS)]
            about = {"scope": scope, "now": now}
            waste.seal_bags(site=site.pk, codes=codes, by=GIVES, **about)
            for code in codes:
                waste.weigh_bag(code=code, kg=KG, by=GIVES, **about)
            waste.take_bags(codes=codes, by=TAKES, **about)
            load = waste.load_bags(
                site=site.pk, codes=codes, manifest=f"M{site.pk}-{now:%m%d}", plate="晋合00000", carrier="合成转运", plant="合成处置", by=TAKES, **about
            )  # fmt: skip
            waste.dispose_load(
                load=load.pk, received_bags=BAGS, received_kg=BAGS * KG, receipt="合成回执", by=TAKES, scope=scope, now=now + timedelta(hours=6)
            )  # fmt: skip


def measured(keeper: Any, now: datetime) -> int:
    """Everybody who stays has their temperature taken, in one list. Says of how many."""
    show_clock(now)
    with acting(PROVINCE):
        here = Stay.objects.filter(state="admitted", group="contact").order_by("pk").values_list("pk", flat=True)
        readings = [{"stay": each, "celsius": 36.4, "id": str(uuid7(now))} for each in here]
    for some in (readings[start : start + 5_000] for start in range(0, len(readings), 5_000)):
        kept = post(keeper, "/checks", {"readings": some})
        assert (kept["created"], kept["rejected"], kept["told"]) == (len(some), [], 0)
    return len(readings)


def tested(people: Iterable[Person], day: date) -> None:
    """Negative results of a day, told in the afternoon."""
    taken = at(day, 9)
    rows = [
        {"person": each.pk, "area": each.area, "occurred_at": taken, "detail": {"sample": str(uuid7(taken)), "result": "negative", "method": "nat"}}
        for each in people
    ]  # fmt: skip
    with acting(PROVINCE):
        facts.record_many("screening.result", rows, by="test", now=at(day, 14))


def released(manager: Any, stays: list[int], now: datetime, *, journey: str = "own") -> dict[int, str]:
    """The releases of these guests are signed and they go. Answers with those who may not, and why."""
    show_clock(now)
    if not stays:
        return {}
    said = post(manager, "/releases", {"stays": stays, "journey": journey})
    if said["done"]:
        assert post(manager, "/releases/go", {"stays": said["done"]}) == {"done": said["done"], "refused": []}
    return {each["stay"]: each["en"] for each in said["refused"]}


def made_ready(one: Any, other: Any, now: datetime, *, fails: bool = False) -> int:
    """Rooms that were left are stripped, disinfected and found clean by somebody else; one of them only at the second look."""
    show_clock(now)
    with acting(PROVINCE):
        rows = Room.objects.filter(state="vacated").order_by("pk")
        rooms = list(rows.values_list("pk", flat=True))
        hotels = set(rows.filter(site__kind="hotel").values_list("pk", flat=True))
    for sets, some in (
        (1, [each for each in rooms if each in hotels]),
        (0, [each for each in rooms if each not in hotels]),
    ):
        if not some:
            continue
        post(one, "/rooms/steps", {"rooms": some, "act": "strip", "sets": sets})
        post(one, "/rooms/steps", {"rooms": some, "act": "disinfect"})
        if fails:
            post(other, "/rooms/steps", {"rooms": some[:1], "act": "fail"})
            post(one, "/rooms/steps", {"rooms": some[:1], "act": "disinfect"})
            fails = False
        post(other, "/rooms/steps", {"rooms": some, "act": "inspect"})
    return len(rooms)


def nothing_is_missing() -> None:
    """Every set that was bought is on the shelf, every bag that was sealed is disposed of, every room is clean."""
    with acting(PROVINCE) as scope:
        for site in _hotels():
            held = {place: sets for place, sets in linens.holdings(scope, site).items() if sets}
            bought = sum(each.sets for each in site.linen.filter(act="buy"))
            assert held == {"shelf": bought}, site
        assert set(WasteBag.objects.values_list("state", flat=True)) == {"disposed"}
        assert not WasteLoad.objects.filter(disposed_at=None).exists()
        assert not Room.objects.exclude(state="clean").exists()


def _hotels() -> list[Site]:
    return list(Site.objects.filter(kind="hotel").order_by("pk"))


def _lived_in(site: Site) -> int:
    rows = Stay.objects.filter(site=site, state="admitted").order_by()
    return int(rows.values("room").distinct().count())
