"""Ten days forward with everybody who was named: every stay ends on the day the edition says, and only a withheld test keeps anybody.

300 people of three counties; `YANMEN_JOURNEY_PEOPLE=2000` makes it 2,000 of eleven. On the way a receiving side refuses, somebody in a
site turns out to be infected and the floors around begin anew, a test is withheld on purpose, and a room is not found clean. What the
days are is read from the rules' files and reckoned here, without the platform. All people are synthetic.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import yaml

from yanmen.base.clock import BEIJING, at
from yanmen.loop import facts
from yanmen.loop.run import settle
from yanmen.project.testing import show_clock
from yanmen.registry.scope import acting, system
from yanmen.subsystems.quarantine import jobs, queries
from yanmen.subsystems.quarantine.models import Stay, Transfer
from yanmen.subsystems.quarantine.queries import findings
from yanmen.subsystems.quarantine.tests import house_days as house
from yanmen.subsystems.quarantine.tests.counties import (
    COUNTIES,
    EIGHT,
    FIRST,
    PROVINCE,
    Province,
    brought,
    driven,
    faults,
    post,
    seated,
    told,
)

PEOPLE = int(os.environ.get("YANMEN_JOURNEY_PEOPLE", "300"))
WHOLE = PEOPLE >= 1_000
RULES = Path(__file__).resolve().parents[2] / "packs" / "covid19-cn" / "rules"
NINTH = date(2022, 6, 28)
FOUND, GOING, LAST = FIRST + timedelta(days=2), FIRST + timedelta(days=7), FIRST + timedelta(days=11)
"""The day somebody is found positive, the day most people go home, and the last day that is looked at."""


@pytest.fixture(autouse=True)
def commands_here(clean: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run on the database of this test."""
    monkeypatch.setattr("yanmen.project.database.ready", lambda: None)


def test_ten_days_go_by_and_only_a_withheld_test_keeps_anybody(clean, capsys, sign_in):
    journey = Journey(sign_in, capsys)
    journey.everybody_comes()
    for offset in range((LAST - FIRST).days + 1):
        journey.day(FIRST + timedelta(days=offset))
    journey.ends()
    print({name: round(spent, 1) for name, spent in journey.spent.items()})


class Journey:
    """Eleven days of a province, through the doors of those who work in it."""

    def __init__(self, sign_in: Any, capsys: Any) -> None:
        counties = list(COUNTIES) if WHOLE else list(COUNTIES)[:3]
        self.capsys, self.spent = capsys, Counter[str]()
        self.province = Province(seed=7)
        self.province.furnish(counties, rooms=100 if WHOLE else 80, vans=10)
        self.people = self.province.contacts(counties, PEOPLE)
        self.dispatcher = sign_in("quarantine.dispatcher", "14")
        self.manager = sign_in("quarantine.manager", "14", language="en")
        self.staff = sign_in("quarantine.staff", "14")
        self.seconds = 30 if WHOLE else 5
        self.positive: Stay
        self.withheld: Stay
        self.expected: dict[int, date] = {}

    def everybody_comes(self) -> None:
        """Rooms, rides and arrivals of the first day; one is refused by who should take them and asked for again."""
        with self.timed("rooms and seats"):
            brought(self.dispatcher, self.capsys, EIGHT + timedelta(minutes=10), self.seconds, refused=1)
        with self.timed("driven and admitted"):
            self.arrived = driven(self.dispatcher, EIGHT + timedelta(hours=1))
        with acting(PROVINCE):
            stays = list(Stay.objects.filter(group="contact").select_related("room__floor", "site").order_by("pk"))
            assert {each.state for each in stays} == {"admitted"}
            assert {each.person_id for each in stays} == {each.pk for each in self.people}
            alone = Counter(each.household_id for each in self.people)
            single = {each.pk for each in self.people if alone[each.household_id] == 1}
        self.positive = next(each for each in stays if each.person_id in single and each.room.floor.level == 3)
        self.withheld = next(
            each for each in stays if each.person_id in single and each.site_id != self.positive.site_id
        )
        self.expected = expected_days(stays, self.positive)
        assert Counter(self.expected.values()).keys() == {GOING, FOUND + timedelta(days=8)}

    def day(self, day: date) -> None:
        """A day of every site: found, measured, tested, changed, cleared, released, made ready."""
        if day == GOING:
            self.turned(at(day, 0) + timedelta(minutes=30))
            self.withheld_is_found(at(day, 0) + timedelta(minutes=31))
        if day == FOUND:
            self.somebody_is_infected(at(day, 10))
        if day == FIRST:
            house.staffed(at(day, 20))
        if day > FIRST:
            with self.timed("temperatures"):
                house.measured(self.staff, at(day, 13))
        with self.timed("tests and turns"):
            house.tested([each for each in self.people if self.gives_a_sample(each.pk, day)], day)
            self.turned(max(at(day, 14), self.arrived) + timedelta(minutes=30))
        if day > FIRST:
            with self.timed("temperatures"):
                house.measured(self.staff, at(day, 15))
        with self.timed("linen and waste"):
            if day == FIRST + timedelta(days=3):
                house.changed(at(day, 10))
            house.cleared(at(day, 16))
        with self.timed("releases"):
            refused = self.releases(at(day, 16))
        assert set(refused) == ({self.withheld.pk} if day == GOING else set())
        with self.timed("rooms made ready"):
            house.made_ready(self.staff, self.manager, at(day, 17), fails=day == GOING)
        house.washed(at(day, 17))
        self.turned(max(at(day, 18), self.arrived + timedelta(hours=1)))
        with acting(system("14", purpose="control")) as scope, self.timed("findings"):
            held = {each.person for each in findings.findings(scope, now=at(day, 18))}
        assert held == ({self.withheld.person_id} if day == GOING else set()), day

    def gives_a_sample(self, person: int, day: date) -> bool:
        """Everybody gives one a day; the infected no more, and one withholds theirs on the last day and the day after."""
        if person == self.positive.person_id:
            return day < FOUND
        return person != self.withheld.person_id or day not in (GOING - timedelta(days=1), GOING)

    def turned(self, now: datetime) -> None:
        """A turn of the loop and the minute job after it."""
        settle(now=now)
        jobs.every_minute(now + timedelta(minutes=1))

    def withheld_is_found(self, now: datetime) -> None:
        """One turn after the last day everybody is to go; of one alone something is missing, and it says what."""
        with acting(system("14", purpose="control")) as scope:
            found = findings.findings(scope, now=now)
        missing = {each.person: each.en for each in found if "every condition of the release holds" not in each.en}
        assert missing.keys() == {self.withheld.person_id}
        assert f"{GOING - timedelta(days=1):%m-%d} not taken" in missing[self.withheld.person_id]

    def somebody_is_infected(self, now: datetime) -> None:
        """A positive in a site: brought to hospital the same day; the floors around begin anew."""
        with acting(PROVINCE):
            about = {"person": self.positive.person_id, "area": self.positive.area, "by": "test", "now": now}
            facts.record(
                "screening.result", occurred_at=now - timedelta(hours=2), detail={"result": "positive", "method": "nat", "sample": "00000000-0000-7000-8000-000000000001"}, **about
            )  # fmt: skip
            detail = {"kind": "confirmed", "setting": "central_quarantine"}
            case = str(facts.record("cases.reported", occurred_at=now, detail=detail, **about))
            admitted = {"case": case, "facility": "合成定点医院"}
            facts.record("cases.admitted", occurred_at=now, detail=admitted, **about)
        self.turned(now + timedelta(minutes=5))
        ill = self.positive.person_id
        brought(self.dispatcher, self.capsys, now + timedelta(minutes=20), 2, misplaced=[ill])
        driven(self.dispatcher, now + timedelta(minutes=30))
        with acting(PROVINCE):
            self.positive.refresh_from_db()
        assert (self.positive.state, self.positive.why) == ("left", "hospital")

    def releases(self, now: datetime) -> dict[int, str]:
        """Whoever is due is released; three of them are driven home."""
        with acting(PROVINCE):
            due = Stay.objects.filter(state="admitted", group="contact", during__endswith__lte=now).order_by("pk")
            stays = list(due.values_list("pk", flat=True))
            stays += [self.withheld.pk] if now.date() in (GOING, GOING + timedelta(days=1)) else []
        stays = list(dict.fromkeys(stays))
        if now.date() != GOING:
            return house.released(self.manager, stays, now)
        home = [each for each in stays if each != self.withheld.pk][:3]
        refused = house.released(self.manager, [each for each in stays if each not in home], now)
        self.driven_home(home, now)
        return refused

    def driven_home(self, stays: list[int], now: datetime) -> None:
        """Signed with a ride, asked for, seated; they go with their papers and are driven to their doors."""
        show_clock(now)
        assert post(self.manager, "/releases", {"stays": stays, "journey": "transfer"})["done"] == stays
        token = {"X-CSRFToken": self.manager.cookies["csrftoken"], "Referer": str(self.manager.base_url)}
        for each in stays:
            page = f"/quarantine/stays/{each}/"
            assert self.manager.post(page, data={"act": "home"}, headers=token).status_code == 200
            assert self.manager.get(f"{page}release.pdf").content.startswith(b"%PDF")
        with acting(PROVINCE):
            asked = list(Transfer.objects.filter(group="home", state="requested").values_list("pk", flat=True))
        assert len(asked) == len(stays)
        post(self.dispatcher, "/transfers/approve", {"transfers": asked})
        with acting(PROVINCE):
            going = set(Stay.objects.filter(pk__in=stays).values_list("person_id", flat=True))
        seated(self.capsys, now + timedelta(minutes=5), 2, misplaced=going | {self.withheld.person_id})
        show_clock(now + timedelta(minutes=10))
        assert post(self.manager, "/releases/go", {"stays": stays})["done"] == stays
        driven(self.dispatcher, now + timedelta(minutes=15))
        with acting(PROVINCE):
            assert set(Transfer.objects.filter(pk__in=asked).values_list("state", flat=True)) == {"arrived"}

    def ends(self) -> None:
        """Everybody is gone on their day, nothing is left over, and nothing that is stored contradicts anything."""
        now = at(LAST, 19)
        show_clock(now)
        with acting(PROVINCE):
            gone = {each.person_id: each for each in Stay.objects.filter(group="contact")}
        assert {each.state for each in gone.values()} == {"left"}
        ended = {person: each.ended_at.astimezone(BEIJING).date() for person, each in gone.items()}
        off = {person: day for person, day in ended.items() if self.expected.get(person, FOUND) != day}
        assert off == {self.withheld.person_id: GOING + timedelta(days=1)}
        house.nothing_is_missing()
        assert faults(self.capsys, now) == set()
        assert queries.audit(system("14"), now=now) == []
        assert told(self.capsys, "audit")["breaks"] == []

    def timed(self, what: str) -> Any:
        """Adds up how long a part takes."""
        return Timed(self.spent, what)


class Timed:
    """How long something took, added to what it took before."""

    def __init__(self, spent: Counter[str], what: str) -> None:
        self.spent, self.what = spent, what

    def __enter__(self) -> None:
        self.began = perf_counter()

    def __exit__(self, *_: object) -> None:
        self.spent[self.what] += perf_counter() - self.began  # type: ignore[assignment]


def expected_days(stays: list[Stay], positive: Stay) -> dict[int, date]:
    """The day everybody leaves, from the rules' files: the days of contacts; of the floors around a positive, counted from the day they left."""
    contact, near = (values(name) for name in ("tracing/close_contact", "quarantine/neighbour"))
    leaves = FIRST - timedelta(days=1) + timedelta(days=contact["stages"][0]["days"] + 1)
    anew = FOUND + timedelta(days=near["stages"][0]["days"] + 1)
    floor = positive.room.floor.level
    return {
        each.person_id: anew if each.site_id == positive.site_id and abs(each.room.floor.level - floor) <= near["floors"] else leaves
        for each in stays
        if each.pk != positive.pk
    }  # fmt: skip


def values(rule: str) -> dict[str, Any]:
    """What a rule says under the ninth edition."""
    body = yaml.safe_load((RULES / f"{rule}.yaml").read_text("utf-8"))
    return dict(body["values"][NINTH])
