"""Two thousand contacts are named at eight in the morning in eleven counties: everybody has a room, a seat in a vehicle and a time.

Then ten days go by for some of them: every stay ends on the day the edition says, and a test that was withheld is found within a turn.
All people are synthetic.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from itertools import count

import numpy as np
import pytest

from yanmen.base.clock import BEIJING, at
from yanmen.base.ids import uuid7
from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.project.cli import main
from yanmen.project.testing import show_clock
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Household, Person, Place
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.quarantine import jobs
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
TESTS = (1, 2, 3, 5, 7, 10)
"""Days of tests of the ninth edition: five in a site, the last at home."""


@pytest.fixture(autouse=True)
def commands_here(clean: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run on the database of this test."""
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)


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
                    self.site(code, f"{name}{number + 1}号隔离点", x + 0.03 * number, y, rooms)
                self.site(code, f"{name}定点医院", x, y + 0.02, 10, kind="hospital")
                for number in range(vans):
                    kind, seats = KINDS.get(number, ("van", 8))
                    Vehicle.objects.create(
                        area=code, plate=f"晋合{next(self.plates):05}", kind=kind, seats=seats, longitude=x, latitude=y,
                        created_at=EIGHT, created_by="test",
                    )  # fmt: skip

    def site(self, area: str, name: str, x: float, y: float, rooms: int, *, kind: str = "hotel") -> None:
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

    def contacts(self, counties: list[str], number: int) -> list[Person]:
        """So many people in households of one to four, judged close contacts of one of eleven cases at eight in the morning."""
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

    def _case(self, code: str) -> str:
        index = Person.objects.create(
            name=f"合成病例{code}", area=code, synthetic=True, created_at=EIGHT - timedelta(days=9)
        )
        return str(
            facts.record(
                "cases.reported", person=index.pk, area=code, occurred_at=EIGHT - timedelta(hours=1), by="test",
                now=EIGHT - timedelta(hours=1), detail={"kind": "confirmed", "setting": "community"},
            )
        )  # fmt: skip

    def _contact(self, person: Person, case: str) -> dict[str, object]:
        last = (FIRST - timedelta(days=1)).isoformat()
        detail = {"case": case, "degree": 1, "first_exposed": last, "last_exposed": last, "via": "venue"}
        return {"person": person.pk, "area": person.area, "occurred_at": EIGHT, "detail": detail}


def told(capsys: pytest.CaptureFixture[str], *line: str) -> dict[str, object]:
    """What a command says as JSON; it has to end well."""
    capsys.readouterr()
    assert main([*line, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def brought(dispatcher, capsys, now: datetime, seconds: int) -> dict[str, object]:
    """Everybody is given a room, asked for, approved by both sides and put on a run, through the doors of the dispatcher."""
    clock = now.isoformat()
    rooms = told(capsys, "quarantine", "assign", "--adopt", "--at", clock)
    assert rooms["left"] == {}, "everybody has a room"
    show_clock(now)
    with acting(PROVINCE):
        given = list(Stay.objects.filter(state="assigned").values_list("pk", flat=True))
    token = {"X-CSRFToken": dispatcher.cookies["csrftoken"], "Referer": str(dispatcher.base_url)}
    for some in (given[start : start + 1_000] for start in range(0, len(given), 1_000)):
        asked = dispatcher.post("/api/quarantine/transfers", json={"stays": some}, headers=token, timeout=300)
        assert asked.status_code == 201, asked.text[:500]
        numbers = [each["id"] for each in asked.json()]
        done = dispatcher.post(
            "/api/quarantine/transfers/approve", json={"transfers": numbers}, headers=token, timeout=300
        )
        assert {each["state"] for each in done.json()} == {"approved"}
    rides = told(capsys, "transfers", "plan", "--adopt", "--seconds", str(seconds), "--now", clock)
    assert rides["left"] == [], "everybody has a seat"
    assert rides["faults"] == {}, "and is there in time"
    assert told(capsys, "quarantine", "verify", "--at", clock)["faults"] == []
    return rooms | rides


def test_everybody_has_a_room_a_seat_and_a_time(clean, capsys, sign_in):
    province = Province(seed=6)
    province.furnish(list(COUNTIES), rooms=100, vans=10)
    people = province.contacts(list(COUNTIES), 2_000)
    dispatcher = sign_in("quarantine.dispatcher", "14")
    said = brought(dispatcher, capsys, EIGHT + timedelta(minutes=10), seconds=30)
    with acting(PROVINCE):
        stays = set(Stay.objects.exclude(group="case").values_list("person_id", flat=True))
        rows = list(Transfer.objects.values("state", "run_id", "pick_up_at", "arrive_at", "due_at"))
    assert stays == {each.pk for each in people}
    assert len(rows) == 2_000 + len(COUNTIES), "the contacts, and the case of each county"
    assert all(each["state"] == "planned" and each["run_id"] and each["pick_up_at"] for each in rows)
    assert all(each["pick_up_at"] < each["arrive_at"] <= each["due_at"] for each in rows)
    plan, without = said["plan"], said["without"]
    print(said["figures"], plan, without, sep="\n")
    assert said["figures"]["plan"]["km"] <= said["figures"]["greedy"]["km"]
    assert said["figures"]["plan"]["mixed_floors"] <= said["figures"]["greedy"]["mixed_floors"]
    assert plan["kilometres"] < without["kilometres"]
    assert plan["last_arrival"] < without["last_arrival"]


def test_ten_days_later_all_have_gone_home_on_their_day_but_one_whose_test_was_withheld(clean, capsys, sign_in):
    from yanmen.subsystems.quarantine.queries import findings

    two = list(COUNTIES)[:2]
    province = Province(seed=7)
    province.furnish(two, rooms=30, vans=6)
    people = province.contacts(two, 60)
    withheld = people[0]
    dispatcher = sign_in("quarantine.dispatcher", "14")
    brought(dispatcher, capsys, EIGHT + timedelta(minutes=10), seconds=3)
    arrived(EIGHT + timedelta(hours=1))
    for offset in range(11):
        day = FIRST + timedelta(days=offset)
        if offset + 1 in TESTS:
            with acting(PROVINCE):
                facts.record_many("screening.result", [negative(each, day) for each in people if each != withheld or offset < 6], by="test", now=at(day, 14))  # fmt: skip
        settle(now=at(day, 16))
        jobs.every_minute(at(day, 16))
        leave(at(day, 17))
    with acting(PROVINCE) as scope:
        stays = {each.person_id: each for each in Stay.objects.all()}
        held = {each.person for each in findings.findings(scope, now=at(FIRST + timedelta(days=10), 18))}
    gone = {stays[each.pk].ended_at.astimezone(BEIJING).date() for each in people if each != withheld}
    assert gone == {FIRST + timedelta(days=7)}, "seven days after the last exposure, and on no other day"
    assert stays[withheld.pk].state == "admitted"
    assert held == {withheld.pk}
    capsys.readouterr()
    main(["quarantine", "verify", "--at", at(FIRST + timedelta(days=10), 18).isoformat(), "--json"])
    assert {each["person"] for each in json.loads(capsys.readouterr().out)["faults"]} <= {withheld.pk}


def negative(person: Person, day: date) -> dict[str, object]:
    taken = at(day, 9)
    return {"person": person.pk, "area": person.area, "occurred_at": taken, "detail": {"sample": str(uuid7(taken)), "result": "negative", "method": "nat"}}  # fmt: skip


def arrived(now: datetime) -> None:
    """Every run is driven, and everybody is taken in."""
    from yanmen.subsystems.quarantine.actions import runs, transfers

    with acting(PROVINCE) as scope:
        about = {"scope": scope, "by": "test"}
        while run := Run.objects.filter(state="planned").order_by("departs_at").first():
            runs.depart(run=run.pk, driver="合成司机", now=max(now, run.departs_at), **about)
            riders = list(Transfer.objects.filter(run=run).order_by("position"))
            moment = max(now, max(each.arrive_at for each in riders if each.arrive_at))
            numbers = [each.pk for each in riders]
            transfers.pick_up(transfers=numbers, picked_up_by="合成转运员", now=moment - timedelta(minutes=5), **about)
            transfers.arrive(transfers=numbers, received_by="合成接收员", now=moment, **about)
            runs.finish(run=run.pk, now=moment, **about)
            runs.disinfected(run=run.pk, disinfected_by="合成消毒员", now=moment + timedelta(hours=2), **about)


def leave(now: datetime) -> None:
    """Whoever is due goes home, if every line of the release holds and is signed: temperatures are taken first."""
    from yanmen.base.refusals import Refusal
    from yanmen.subsystems.quarantine.actions import days, releasing

    with acting(PROVINCE) as scope:
        due = list(
            Stay.objects.filter(state="admitted", group="contact", during__endswith__lte=now).values_list(
                "pk", flat=True
            )
        )
        about = {"scope": scope, "by": "test", "now": now}
        days.record_checks(readings=[days.Reading(each, 36.4) for each in due], **about)
        for each in due:
            try:
                releasing.check_release(stay=each, journey="own", **about)
            except Refusal:
                continue
            releasing.let_go(stay=each, **about)
