"""A small province in the middle of an outbreak, made through the kernel's own doors."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from yanmen.base.clock import at
from yanmen.base.identity import synthetic_resident_id
from yanmen.base.refusals import Refusal
from yanmen.desk.demo_accounts import create_demo_accounts
from yanmen.desk.tests.conftest import PASSWORD
from yanmen.loop import facts
from yanmen.loop.policies import shelf
from yanmen.loop.run import settle
from yanmen.registry.areas import AreaRow, load_areas, rows_of_pack
from yanmen.registry.people import Details, register_people
from yanmen.registry.scope import acting, system

TODAY = date(2022, 10, 9)
NOW = at(TODAY, 20)
COUNTIES = ("140105", "140106", "140702", "140902", "140981", "141002", "140802", "140222")
SURNAMES = "赵钱孙李周吴郑王冯陈"


@dataclass(frozen=True)
class Seeds:
    """What the tests may rely on."""

    now: datetime
    people: tuple[int, ...]
    held: int
    free: int


def seed(*, people: int = 120, days: int = 12) -> Seeds:
    """Areas, accounts, people, cases and journeys; the loop turned every evening."""
    rng = random.Random(7)
    load_areas(_areas())
    create_demo_accounts(NOW - timedelta(days=60), password=PASSWORD)
    first = TODAY - timedelta(days=days)
    with acting(system("14")):
        numbers = _register(people, rng, at(first, 8))
    for offset in range(days + 1):
        _day(first + timedelta(days=offset), offset, numbers, rng)
    return Seeds(NOW, tuple(numbers), *_found())


def _areas() -> list[AreaRow]:
    pack = next(Path(folder) for folder in shelf.folders if (Path(folder) / "areas").is_dir())
    rows = list(rows_of_pack(pack / "areas"))
    for county in COUNTIES:
        rows.append(AreaRow(f"{county}001", "城关街道", "Chengguan"))
        rows += [AreaRow(f"{county}00100{n}", f"第{n}社区", f"Community {n}") for n in (1, 2, 3)]
    return rows


def _register(count: int, rng: random.Random, now: datetime) -> list[int]:
    rows = []
    for serial in range(count):
        born_on = date(1950, 1, 1) + timedelta(days=rng.randrange(365 * 60))
        number = synthetic_resident_id(serial, born_on=born_on, sex=rng.choice(("male", "female")))
        name = f"演练{SURNAMES[serial % 10]}{serial:04d}"
        rows.append(
            Details(name=name, area=rng.choice(COUNTIES), id_number=number, phone=f"139{serial:08d}", synthetic=True)
        )
    answers = register_people(rows, by="seed", now=now)
    assert not any(isinstance(one, Refusal) for one in answers)
    return [one.person for one in answers if not isinstance(one, Refusal)]


def _day(day: date, offset: int, numbers: list[int], rng: random.Random) -> None:
    noon = at(day, 12)
    with acting(system("14")):
        for _ in range(rng.choice((0, 1, 2, 3, 5)) if offset else 4):
            county = rng.choice(COUNTIES[:5])
            kind = rng.choice(("confirmed", "asymptomatic", "asymptomatic"))
            detail = {"kind": kind, "setting": rng.choice(("community", "community", "central_quarantine"))}
            village = f"{county}00100{rng.randint(1, 3)}"
            facts.record("cases.reported", area=village, occurred_at=noon, by="import:seed", now=noon, detail=detail)
        for number in numbers[offset * 9 : offset * 9 + 9]:
            _journey(number, day, rng)
    settle(now=at(day, 20))


def _journey(number: int, day: date, rng: random.Random) -> None:
    home = rng.choice(COUNTIES)
    detail = {
        "origin": f"{rng.choice(COUNTIES[:5])}00100{rng.randint(1, 3)}",
        "arrived_origin_on": (day - timedelta(days=3)).isoformat(),
        "left_origin_on": day.isoformat(),
        "expected_on": day.isoformat(),
        "transport": rng.choice(("train", "road")),
        "destination": home,
        "journey": str(number),
    }
    moment = at(day, 13)
    facts.record(
        "arrivals.declared", person=number, area=home, occurred_at=moment, by="account:1", now=moment, detail=detail
    )


def _found() -> tuple[int, int]:
    from yanmen.loop.models import Measure

    held = Measure.objects.using("loop").filter(subject_type="person", state="in_force").order_by("pk").first()
    assert held is not None, "the seeds hold nobody"
    return held.subject, held.subject
