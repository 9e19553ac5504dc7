"""Before the first day: venues, posts, sampling sites, laboratories, quarantine sites and vehicles go into the registers."""

from __future__ import annotations

from typing import Any

import numpy as np

from yanmen.drill.play.phones import enrol
from yanmen.drill.play.points import spread
from yanmen.drill.play.town import Town
from yanmen.drill.world.places import CLINIC, MARKET, RESTAURANT, STATION
from yanmen.registry.models import Area
from yanmen.subsystems.checkpoints.actions import open_post
from yanmen.subsystems.quarantine.actions import rooms, sites, vehicles
from yanmen.subsystems.quarantine.queries import inspections
from yanmen.subsystems.risk_areas.actions import add_receiver
from yanmen.subsystems.screening.actions import controls
from yanmen.subsystems.screening.actions import sites as sampling
from yanmen.subsystems.venues.actions import open_venue

VENUES = {
    MARKET: ("market", "农贸市场", "Market"),
    RESTAURANT: ("restaurant", "饭店", "Restaurant"),
    CLINIC: ("hospital", "门诊部", "Clinic"),
    STATION: ("station", "客运站", "Station"),
}
"""Public places with a code and somebody at the door. Small shops and buses have none here: what happens there no record shows."""
POSTS = (("railway", "火车站检查点", "Railway station"), ("highway", "高速出口检查站", "Motorway exit"))
FLEET = (("negative_pressure", 2), ("wheelchair", 6), ("bus", 20))
CONTROLS = (("weak_positive", 33.0), ("positive", 24.0))
TARGETS = (("ORF1ab", 0.0), ("N", 0.7))
LOT = "QC-1"
FLOORS = 5


def furnish(town: Town) -> None:
    """Everything that stands in the counties, and a telephone wherever people are met."""
    names = {row.code: row for row in Area.objects.filter(valid_to=None, code__in=town.scenario.areas)}
    for number, county in enumerate(town.scenario.areas):
        town.by_county[county] = about = {"area": names[county], "number": number}
        about["posts"] = [_post(town, names[county], each) for each in POSTS]
        about["sites"] = [
            _sampling_site(town, names[county], each) for each in range(_share(town, "sampling_sites", number))
        ]
        about["clinic"] = _clinic(town, names[county])
        _isolation(town, names[county], _share(town, "rooms", number), _share(town, "vehicles", number))
    town.by_county["laboratories"] = [
        _laboratory(town, number) for number in range(max(1, town.scenario.capacity.laboratories))
    ]
    _venues(town)
    for city in sorted({county[:4] for county in town.scenario.areas}):
        with town.acting("command.staff") as who:
            add_receiver(area=city, name_zh="疫情防控指挥部（演练）", name_en="Command centre (drill)", **who)


def _share(town: Town, name: str, number: int) -> int:
    """What a county gets of something there is in all; at least one."""
    every, many = int(getattr(town.scenario.capacity, name)), len(town.scenario.areas)
    return max(1, every // many + (number < every % many))


def _post(town: Town, area: Area, kind: tuple[str, str, str]) -> Any:
    name, zh, en = kind
    with town.acting("checkpoints.manager") as who:
        post = open_post(
            name_zh=f"{area.name_zh}{zh}", name_en=f"{area.name_en} {en}", area=area.code, kind=name, lanes=4, **who
        )
    return enrol(town, "checkpoints.officer", post.pk, area.code, "passes")


def _sampling_site(town: Town, area: Area, number: int) -> Any:
    longitude, latitude = spread(area.code, number * 5, 60)
    with town.acting("screening.manager") as who:
        site = sampling.open_site(
            area=area.code, kind="fixed", name_zh=f"{area.name_zh}第{number + 1}采样点", name_en=f"{area.name_en} site {number + 1}",
            desks=20, longitude=longitude, latitude=latitude, **who,
        )  # fmt: skip
    return enrol(town, "sampling", site.pk, area.code, "samples")


def _clinic(town: Town, area: Area) -> Any:
    longitude, latitude = spread(area.code, 3, 60)
    with town.acting("screening.manager") as who:
        site = sampling.open_site(
            area=area.code, kind="fixed", name_zh=f"{area.name_zh}发热门诊", name_en=f"{area.name_en} fever clinic",
            desks=4, longitude=longitude, latitude=latitude, **who,
        )  # fmt: skip
    return enrol(town, "sampling", site.pk, area.code, "samples")


def _laboratory(town: Town, number: int) -> int:
    areas = town.scenario.areas
    county = areas[number % len(areas)]
    tubes = max(1, town.scenario.capacity.wells_a_day // max(1, town.scenario.capacity.laboratories))
    longitude, latitude = spread(county, 1, 60)
    with town.acting("screening.manager") as who:
        made = sampling.open_laboratory(
            area=county, name_zh=f"核酸检测中心{number + 1}", name_en=f"Laboratory {number + 1}", tubes_a_day=tubes,
            hours_a_run=2.0, longitude=longitude, latitude=latitude, **who,
        )  # fmt: skip
    with town.acting("laboratory") as who:
        for control, mean in CONTROLS:
            for target, more in TARGETS:
                controls.state_lot(
                    laboratory=made.pk, lot=LOT, control=control, target=target, mean=mean + more, deviation=0.5, **who
                )
    return int(made.pk)


def _isolation(town: Town, area: Area, many: int, cars: int) -> None:
    """Hotels for contacts, a cabin for the mild, a hospital, and vehicles between them."""
    beds = {"hotel": many, "cabin": max(10, many // 4), "hospital": max(5, many // 10)}
    for number, (kind, zh, en) in enumerate(
        (
            ("hotel", "集中隔离点", "quarantine hotel"),
            ("cabin", "方舱医院", "mobile cabin"),
            ("hospital", "定点医院", "hospital"),
        )
    ):
        _site(town, area, kind, (f"{area.name_zh}{zh}", f"{area.name_en} {en}"), beds[kind], number)
    longitude, latitude = spread(area.code, 0, 60)
    with town.acting("quarantine.dispatcher") as who:
        for number in range(max(cars, len(FLEET))):
            kind, seats = FLEET[number] if number < len(FLEET) else ("van", 8)
            vehicles.register_vehicle(
                area=area.code, plate=f"晋演{area.code[2:]}{number:02d}", kind=kind, seats=seats, longitude=longitude,
                latitude=latitude, **who,
            )  # fmt: skip


def _site(town: Town, area: Area, kind: str, name: tuple[str, str], many: int, number: int) -> None:
    longitude, latitude = spread(area.code, 10 + number, 60)
    with town.acting("quarantine.manager") as who:
        site = sites.register_site(
            area=area.code, kind=kind, name_zh=name[0], name_en=name[1], longitude=longitude, latitude=latitude, **who
        )
        floors, ends = (FLOORS, -(-many // FLOORS))
        rooms.add_rooms(
            site=site.pk, floors=f"2-{floors + 1}", rooms=f"01-{max(2, ends):02d}", beds=1 if kind == "hotel" else 2,
            features=["bathroom", "window", "accessible"], **who,
        )  # fmt: skip
        items = inspections.asked(who["scope"], kind, now=town.now)
        sites.inspect_site(site=site.pk, holds=dict.fromkeys(items, True), **who)
        sites.move_site(site=site.pk, act="open", **who)


def _venues(town: Town) -> None:
    """Public places with a door that is kept have a code, and a scanner that staff hold."""
    places = town.city.places
    town.by_county["venues"] = venues = {}
    for number in np.flatnonzero(np.isin(places.kind, list(VENUES))):
        kind, zh, en = VENUES[places.kind[number]]
        area = town.city.areas[places.area[number]]
        with town.acting("venues.manager") as who:
            venue = open_venue(
                kind=kind, name_zh=f"演练{zh}{number}", name_en=f"Drill {en} {number}", area=area.code, capacity=500,
                longitude=float(places.longitude[number]), latitude=float(places.latitude[number]), **who,
            )  # fmt: skip
        venues[int(number)] = enrol(town, "venues.staff", venue.pk, area.code, "check-ins")
