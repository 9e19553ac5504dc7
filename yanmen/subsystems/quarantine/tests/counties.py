"""Counties with sites and vehicles, contacts that live there in households, and the way of everybody into a room. All synthetic."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import numpy as np

from yanmen.base.clock import BEIJING
from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.project.cli import main
from yanmen.project.testing import show_clock
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Household, Person, Place
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.quarantine.models import Floor, Room, Run, Site, Stay, Transfer, Vehicle

COUNTIES = {
    "140105": ("小店区", 112.56, 37.74), "140213": ("平城区", 113.30, 40.08), "140302": ("城区", 113.60, 37.85),
    "140403": ("潞州区", 113.12, 36.20), "140502": ("城区", 112.85, 35.50), "140602": ("朔城区", 112.43, 39.31),
    "140702": ("榆次区", 112.75, 37.69), "140802": ("盐湖区", 110.99, 35.02), "140902": ("忻府区", 112.73, 38.40),
    "141002": ("尧都区", 111.58, 36.08), "141102": ("离石区", 111.14, 37.52),
}  # fmt: skip
TOWNS = 6
EIGHT = datetime(2022, 10, 1, 8, tzinfo=BEIJING)
FIRST = EIGHT.date()
PROVINCE = Scope(None, "quarantine.dispatcher", "14")
KINDS = {0: ("negative_pressure", 2), 1: ("wheelchair", 6), 2: ("bus", 20), 3: ("bus", 20), 4: ("bus", 20)}
"""Kinds and seats of the first vehicles of a county; the rest are vans of eight seats."""


class Province:
    """Counties with sites, rooms and vehicles; contacts that live there in households."""

    def __init__(self, seed: int) -> None:
        self.dice = np.random.default_rng(seed)
        self.plates = count(1)
        rows = [AreaRow(code="14", name_zh="山西省")]
        rows += [AreaRow(code=code[:4], name_zh=f"合成市{code[2:4]}") for code in COUNTIES]
        rows += [AreaRow(code=code, name_zh=name) for code, (name, *_) in COUNTIES.items()]
        rows += [
            AreaRow(code=f"{code}{100 + each}", name_zh=f"合成镇{each + 1}")
            for code in COUNTIES
            for each in range(TOWNS)
        ]
        load_areas(rows)

    def furnish(self, counties: list[str], *, rooms: int, vans: int) -> None:
        """In each county two hotels of so many rooms, a hospital, so many vehicles, and a square in each town."""
        with acting(PROVINCE):
            for code in counties:
                name, x, y = COUNTIES[code]
                for each in range(TOWNS):
                    dx, dy = self.dice.normal(0, 0.12, 2)
                    Place.objects.create(
                        kind="other", name_zh="广场", area=f"{code}{100 + each}", longitude=x + dx, latitude=y + dy, created_at=EIGHT
                    )  # fmt: skip
                for number in range(2):
                    self._site(code, f"{name}{number + 1}号隔离点", x + 0.03 * number, y, rooms)
                self._site(code, f"{name}定点医院", x, y + 0.02, 10, kind="hospital")
                for number in range(vans):
                    kind, seats = KINDS.get(number, ("van", 8))
                    Vehicle.objects.create(
                        area=code, plate=f"晋合{next(self.plates):05}", kind=kind, seats=seats, longitude=x, latitude=y,
                        created_at=EIGHT, created_by="test",
                    )  # fmt: skip

    def contacts(self, counties: list[str], number: int) -> list[Person]:
        """So many people in households of one to four, judged close contacts of one of the cases at eight in the morning."""
        people: list[Person] = []
        with acting(PROVINCE):
            while len(people) < number:
                code = counties[int(self.dice.integers(len(counties)))]
                area = f"{code}{100 + int(self.dice.integers(TOWNS))}"
                home = Household.objects.create(area=area, address=f"合成路{len(people)}号", created_at=EIGHT)
                size = min(int(self.dice.choice([1, 1, 2, 2, 3, 4])), number - len(people))
                people += [
                    Person(
                        name=f"合成{len(people) + each:04}", area=area, household=home, address=home.address, synthetic=True,
                        born_on=date(2012 if each == 3 else 1980, 5, 1), created_at=EIGHT - timedelta(days=9),
                    )
                    for each in range(size)
                ]  # fmt: skip
            people = Person.objects.bulk_create(people)
            cases = [self._case(code) for code in counties]
            facts.record_many(
                "tracing.contact_found",
                [self._contact(each, cases[counties.index(each.area[:6])]) for each in people],
                by="test",
                now=EIGHT,
            )
        settle(now=EIGHT)
        return people

    def _site(self, area: str, name: str, x: float, y: float, rooms: int, *, kind: str = "hotel") -> None:
        place = Place.objects.create(
            kind="quarantine_site", name_zh=name, area=area, longitude=x, latitude=y, created_at=EIGHT
        )
        site = Site.objects.create(
            place=place, area=area, kind=kind, state="open", created_at=EIGHT, created_by="test", opened_at=EIGHT
        )
        for level in range(2, 7):
            floor = Floor.objects.create(site=site, area=area, level=level, name=f"{level}层")
            Room.objects.bulk_create(
                Room(
                    floor=floor, site=site, area=area, number=f"{level}{each:02}", position=each, beds=(1, 1, 2, 3)[each % 4],
                    features=["bathroom", "window", *(["accessible"] if each < 3 else [])],
                )
                for each in range(rooms // 5)
            )  # fmt: skip

    def _case(self, code: str) -> str:
        index = Person.objects.create(
            name=f"合成病例{code}", area=code, synthetic=True, created_at=EIGHT - timedelta(days=9)
        )
        hour = EIGHT - timedelta(hours=1)
        told = {"person": index.pk, "area": code, "occurred_at": hour, "by": "test", "now": hour}
        case = str(facts.record("cases.reported", **told, detail={"kind": "confirmed", "setting": "community"}))
        facts.record("cases.admitted", **told, detail={"case": case, "facility": "合成定点医院"})
        return case

    def _contact(self, person: Person, case: str) -> dict[str, object]:
        last = (FIRST - timedelta(days=1)).isoformat()
        detail = {"case": case, "degree": 1, "first_exposed": last, "last_exposed": last, "via": "venue"}
        return {"person": person.pk, "area": person.area, "occurred_at": EIGHT, "detail": detail}


def told(capsys: Any, *line: str) -> dict[str, Any]:
    """What a command says as JSON; it has to end well."""
    capsys.readouterr()
    assert main([*line, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def post(client: Any, path: str, body: dict[str, Any]) -> Any:
    """What the API answers to somebody signed in; it has to agree."""
    token = {"X-CSRFToken": client.cookies["csrftoken"], "Referer": str(client.base_url)}
    answer = client.post(f"/api/quarantine{path}", json=body, headers=token, timeout=300)
    assert answer.status_code in (200, 201), answer.text[:500]
    return answer.json()


def faults(capsys: Any, now: datetime) -> set[int]:
    """Of whom `yanmen quarantine verify` says that something does not hold; it ends well only when it says nothing."""
    capsys.readouterr()
    code = main(["quarantine", "verify", "--at", now.isoformat(), "--json"])
    found = {each["person"] for each in json.loads(capsys.readouterr().out)["faults"]}
    assert (code == 0) == (not found)
    return found


def brought(
    dispatcher: Any, capsys: Any, now: datetime, seconds: int, *, refused: int = 0, misplaced: Iterable[int] = ()
) -> dict[str, Any]:
    """Everybody is given a room, asked for, approved by both sides and put on a run, through the doors of the dispatcher.

    The first `refused` are refused by the side that should take them, and asked for again. Who is `misplaced` is so until brought away.
    """
    clock = now.isoformat()
    rooms = told(capsys, "quarantine", "assign", "--adopt", "--at", clock)
    assert rooms["left"] == {}, "everybody has a room"
    show_clock(now)
    with acting(PROVINCE):
        given = list(Stay.objects.filter(state="assigned").order_by("pk").values_list("pk", flat=True))
    for some in (given[start : start + 1_000] for start in range(0, len(given), 1_000)):
        numbers = [each["id"] for each in post(dispatcher, "/transfers", {"stays": some})]
        if refused:
            away, numbers = numbers[:refused], numbers[refused:]
            post(dispatcher, "/transfers/refuse", {"transfers": away, "why": "床位核对中"})
            again = post(dispatcher, "/transfers", {"stays": some[:refused]})
            assert {each["state"] for each in again} == {"requested"}
            numbers, refused = [*numbers, *(each["id"] for each in again)], 0
        done = post(dispatcher, "/transfers/approve", {"transfers": numbers})
        assert {each["state"] for each in done} == {"approved"}
    return rooms | seated(capsys, now, seconds, misplaced=misplaced)


def seated(capsys: Any, now: datetime, seconds: int, *, misplaced: Iterable[int] = ()) -> dict[str, Any]:
    """Everybody approved has a seat and is in time, and what is stored holds."""
    clock = now.isoformat()
    rides = told(capsys, "transfers", "plan", "--adopt", "--seconds", str(seconds), "--now", clock)
    assert rides["left"] == [], "everybody has a seat"
    assert rides["faults"] == {}, "and is there in time"
    assert faults(capsys, now) == set(misplaced)
    return rides


def driven(team: Any, now: datetime) -> datetime:
    """Every planned run is driven and its vehicle disinfected, and everybody is taken in. Answers with the last moment."""
    last = now
    while run := _next_run():
        riders = _riders(run)
        departs = max(now, run.departs_at)
        show_clock(departs)
        post(team, f"/runs/{run.pk}/depart", {"driver": "合成司机"})
        riders = _riders(run)
        moment = max(departs + timedelta(minutes=10), *(each.arrive_at for each in riders if each.arrive_at))
        numbers = [each.pk for each in riders]
        show_clock(moment - timedelta(minutes=5))
        post(team, "/transfers/pick-up", {"transfers": numbers, "picked_up_by": "合成转运员"})
        show_clock(moment)
        post(team, "/transfers/arrive", {"transfers": numbers, "received_by": "合成接收员"})
        post(team, f"/runs/{run.pk}/finish", {})
        show_clock(moment + timedelta(hours=2))
        post(team, f"/runs/{run.pk}/disinfected", {"disinfected_by": "合成消毒员"})
        last = max(last, moment + timedelta(hours=2))
    return last


def _next_run() -> Run | None:
    with acting(PROVINCE):
        return Run.objects.filter(state="planned").order_by("departs_at", "pk").first()


def _riders(run: Run) -> list[Transfer]:
    with acting(PROVINCE):
        return list(Transfer.objects.filter(run=run).order_by("position", "pk"))
