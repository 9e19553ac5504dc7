"""A city of two counties with sites, rooms, vehicles and people to be quarantined. Everybody here is synthetic."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yanmen.base.clock import BEIJING
from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Household, Person, Place
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.quarantine.actions.planning import keep_plan
from yanmen.subsystems.quarantine.models import Floor, Plan, Room, Site, Vehicle
from yanmen.subsystems.quarantine.queries.planning import basis

NOON = datetime(2022, 10, 1, 12, tzinfo=BEIJING)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROVINCE_CODE, CITY, DISTRICT, COUNTY = "14", "1407", "140702", "140727"
PROVINCE = Scope(None, "quarantine.dispatcher", PROVINCE_CODE)
CENTRES = {DISTRICT: (112.75, 37.69), COUNTY: (112.33, 37.36)}


def open_city() -> None:
    """Areas alone."""
    names = {PROVINCE_CODE: "山西省", CITY: "晋中市", DISTRICT: "榆次区", COUNTY: "祁县"}
    load_areas([AreaRow(code=code, name_zh=name) for code, name in names.items()])


def site(
    area: str = DISTRICT, *, floors: int = 3, rooms: int = 4, beds: int = 1, kind: str = "hotel", state: str = "open"
) -> Site:
    """A site with its floors and rooms: 201, 202 … on floor 2, and so on; the ground floor is the work area."""
    with acting(PROVINCE):
        longitude, latitude = CENTRES[area]
        place = Place.objects.create(
            kind="quarantine_site", name_zh=f"合成隔离点{Place.objects.count() + 1}", area=area, created_at=NOON,
            longitude=longitude, latitude=latitude,
        )  # fmt: skip
        made = Site.objects.create(
            place=place,
            area=area,
            kind=kind,
            state=state,
            created_at=NOON - 9 * DAY,
            created_by="test",
            opened_at=NOON - DAY,
        )
        Floor.objects.create(site=made, area=area, level=1, name="1层", zone="service")
        for level in range(2, floors + 2):
            floor = Floor.objects.create(site=made, area=area, level=level, name=f"{level}层")
            Room.objects.bulk_create(
                Room(floor=floor, site=made, area=area, number=f"{level}{each:02}", beds=beds, position=each,
                     features=["bathroom", "window"])
                for each in range(1, rooms + 1)
            )  # fmt: skip
    return made


def room_plan(scope: Scope, now: datetime) -> Plan:
    """A plan of rooms for all who wait, as the worker would make it."""
    return keep_plan(scope=scope, shares=basis(scope, now=now).share_out(), by="test", now=now)


def vehicle(area: str = DISTRICT, *, seats: int = 8, kind: str = "van", plate: str = "") -> Vehicle:
    """A vehicle at the middle of its area."""
    longitude, latitude = CENTRES[area]
    with acting(PROVINCE):
        return Vehicle.objects.create(
            area=area, plate=plate or f"晋K{Vehicle.objects.count():05}", kind=kind, seats=seats, longitude=longitude,
            latitude=latitude, created_at=NOON, created_by="test",
        )  # fmt: skip


def household(count: int, area: str = DISTRICT, *, born: date = date(1980, 1, 1)) -> list[Person]:
    """So many people who live together."""
    with acting(PROVINCE):
        home = Household.objects.create(area=area, address=f"合成路{Household.objects.count() + 1}号", created_at=NOON)
        return [
            Person.objects.create(
                name=f"合成{home.pk}之{each + 1}", area=area, household=home, address=home.address, synthetic=True,
                born_on=born, created_at=NOON - 9 * DAY,
            )
            for each in range(count)
        ]  # fmt: skip


def close_contacts(people: list[Person], *, last: date, now: datetime = NOON) -> str:
    """A case is reported, these people are judged its close contacts, and the loop turns: the first stage of each is central
    quarantine. Returns the key of the case."""
    with acting(PROVINCE):
        index = Person.objects.create(name="合成病例", area=people[0].area, synthetic=True, created_at=NOON - 9 * DAY)
        case = str(
            facts.record(
                "cases.reported", person=index.pk, area=index.area, occurred_at=now - HOUR, by="test", now=now - HOUR,
                detail={"kind": "confirmed", "setting": "community"},
            )
        )  # fmt: skip
        for each in people:
            facts.record(
                "tracing.contact_found", person=each.pk, area=each.area, occurred_at=now, by="test", now=now,
                detail={"case": case, "degree": 1, "first_exposed": last.isoformat(), "last_exposed": last.isoformat(), "via": "venue"},
            )  # fmt: skip
    settle(now=now)
    return case
