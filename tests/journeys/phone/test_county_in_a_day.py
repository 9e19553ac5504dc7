"""A county is tested in a day: 200,000 people in pools of ten, and on the way everything goes wrong that usually does.

Twelve people are infected. A box is lost, labels are swapped, a tube is used twice and another overfilled, a tube lies in the wrong
box, the machine's file names other samples than the plate, a control is out of bounds. In the end every infected person is found,
everybody was told, every swap was noticed, and every tube has a result or a named holder. Everybody here is synthetic.

One tube is filled on the site's phone page, and three residents read on theirs where their result is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import httpx
import pytest

from yanmen.base.ids import uuid7s
from yanmen.base.pseudonym import Pseudonyms
from yanmen.edge import testing as edges
from yanmen.edge.client import b64, milliseconds
from yanmen.edge.testing import KEYS

pytestmark = pytest.mark.browser

COUNTY, LAB = "140121", "140105"
TOWNS = [f"140121{100 + number}" for number in range(10)]
PEOPLE, POOL, BATCH, RACK, BOX, WELLS = 200_000, 10, 1000, 250, 1000, 376
CONTROLS = ("negative", "negative", "negative", "weak_positive", "positive")
WEAK_LOT = "QC-7"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

PERSONS = """
INSERT INTO registry_person (name, sex, id_type, area, address, post, synthetic, created_at)
SELECT '受检' || n, '', '', %s, '第' || n / 3 || '户', '', true, %s FROM generate_series(1, %s) n RETURNING id
"""


@dataclass
class Lab:
    """A laboratory's two people and its machine, which reads what is really in a tube."""

    place: int
    technician: httpx.Client
    reviewer: httpx.Client
    runs: Any = field(default_factory=count)


class County:
    """The county, its sites, its laboratory, its staff; and the truth, which only the test knows."""

    def __init__(self, town: Any) -> None:
        self.town, self.province = town, town.province
        province = self.province
        self._chance = Random(2022)
        self._kept: dict[str, list[tuple[str, int]]] = {}
        self.members: dict[str, list[int]] = {}
        self.content: dict[str, str] = {}
        """What is really in a tube whose label was swapped: the other tube."""
        self.people: dict[str, list[int]] = {}
        self.infected: set[int] = set()
        self._names = Pseudonyms(bytes.fromhex(KEYS["pseudonym_key"]))
        self.manager = province.staff("screening.manager", "14")
        self.sampler = province.staff("sampling", COUNTY)
        self.courier = province.staff("screening.courier", COUNTY)
        self.sites = {town: self._site(town, number) for number, town in enumerate(TOWNS)}
        place = self._open("laboratories", area=LAB, name_zh="小店检测中心", tubes_a_day=40_000)
        staff = [province.staff(role, LAB) for role in ("laboratory", "laboratory.reviewer")]
        self.lab = Lab(place, *staff)
        for target, mean in (("ORF1ab", 33.0), ("N", 33.7)):
            about = {"lot": WEAK_LOT, "control": "weak_positive", "target": target, "mean": mean, "deviation": 0.5}
            self.said(self.lab.technician.post(f"/api/screening/laboratories/{place}/lots", json=about))

    def _open(self, what: str, **about: Any) -> int:
        return int(self.said(self.manager.post(f"/api/screening/{what}", json=about), 201)["place"])

    def _site(self, town: str, number: int) -> int:
        about = {"area": town, "kind": "fixed", "name_zh": f"采样点{number}", "desks": 20}
        return self._open("sites", longitude=112.3 + number * 0.05, latitude=37.6, **about)

    @staticmethod
    def said(answer: httpx.Response, *status: int) -> Any:
        assert answer.status_code in (status or (200, 201)), answer.text[:2000]
        return answer.json()

    def later(self, step: timedelta) -> datetime:
        """Move the clock at the doors; every minute the worker looks at what came in."""
        from yanmen.subsystems.screening.jobs import every_minute

        moved: datetime = self.province.at((self.province.now + step).isoformat(sep=" ")[:19])
        every_minute(moved)
        self.province.turn()
        return moved

    def move_in(self) -> None:
        """Two hundred thousand people, a tenth to each town. Three of them have telephones of their own."""
        early = self.province.now - timedelta(days=300)
        for town in TOWNS:
            made = self.province.rows(PERSONS, town, early, PEOPLE // len(TOWNS))
            self.people[town] = [person for (person,) in made]
        for (town, place), (name, phone) in WITH_PHONES.items():
            self.province.rows("DELETE FROM registry_person WHERE id = %s RETURNING id", self.people[town][place])
            person = self.town.resident(name, place, phone=phone, area=town)
            self.people[town][place] = person.pk

    # At the sites:

    def fill(self, town: str, tube: str, people: Sequence[int]) -> None:
        """People go into a tube; the site's phone delivers later."""
        self.members.setdefault(tube, []).extend(people)
        self._kept.setdefault(town, []).extend((tube, person) for person in people)

    def deliver(self) -> None:
        """Every site's phone hands over what it kept to an edge: batches of a thousand, each record acknowledged once."""
        self.restart()
        with httpx.Client(base_url=self.town.url, timeout=120) as line:
            for number, (town, kept) in enumerate(sorted(self._kept.items())):
                about: dict[str, Any] = {
                    "place": self.sites[town],
                    "area": town,
                    "role": "sampling",
                    "now": self.province.now,
                }
                phone = edges.officer(self.town.home, device=7000 + number, **about)
                phone.sign_in(self.town.url, self.province.now)
                for start in range(0, len(kept), BATCH):
                    self._batch(phone, line, kept[start : start + BATCH])
        self._kept.clear()

    def restart(self) -> None:
        """The edge goes by the clock of the province, which has moved."""
        self.town.stop()
        self.town.start()

    def fill_on_the_page(self, phone: Any, town: str, tube: str) -> None:
        """The site's phone page: the tube is scanned, then the code of everybody who goes into it."""
        phone.enrol_officer(self.town.token(place=self.sites[town], scope=self.sampler.scope))  # type: ignore[attr-defined]
        phone.scan(tube)
        for number, person in enumerate(self.members[tube], 1):
            self._kept[town].remove((tube, person))
            phone.page.get_by_text("扫描本人的码").wait_for()
            phone.scan(self.town.showing(person))
            phone.page.get_by_text(f"第 {number} 位").wait_for()
        phone.delivered(len(self.members[tube]))

    def _batch(self, phone: edges.Device, line: httpx.Client, kept: Sequence[tuple[str, int]]) -> None:
        at = milliseconds(self.province.now)
        names = self._names.make_many([person for _, person in kept], (at // 1000 + 8 * 3600) // 86400)
        positions: dict[str, int] = {}
        records = []
        for identifier, name, (tube, _) in zip(uuid7s(self.province.now, len(kept)), names, kept, strict=True):
            positions[tube] = positions.get(tube, 0) + 1
            record = {
                "id": str(identifier),
                "at": at,
                "pseudonym": b64(name),
                "tube": tube,
                "position": positions[tube],
            }
            records.append(record)
        answer = phone.post(line, "/edge/v1/batches", {"door": "samples", "records": records})
        assert [each[1] for each in self.said(answer)["results"]] == ["kept"] * len(kept)

    def pack(self, site: int, tubes: Sequence[str]) -> list[int]:
        """Boxes of tubes, rack by rack; sent."""
        boxes = []
        for start in range(0, len(tubes), BOX):
            about = {"site": site, "laboratory": self.lab.place, "capacity": BOX}
            box = self.said(self.sampler.post("/api/screening/boxes", json=about))["id"]
            for rack, first in enumerate(range(start, min(start + BOX, len(tubes)), RACK)):
                body = {"rack": f"R{rack}", "tubes": list(tubes[first : min(first + RACK, start + BOX)])}
                told = self.said(self.sampler.post(f"/api/screening/boxes/{box}/racks", json=body))
                assert told["taken"] + len(told["noted"]) == len(body["tubes"]), told
            for act in ("ready", "send"):
                self.said(self.sampler.post(f"/api/screening/boxes/{box}/{act}"))
            boxes.append(box)
        return boxes

    def carry(self, boxes: Sequence[int]) -> None:
        body = {"boxes": list(boxes), "vehicle": "晋A12345", "courier": "转运员老李"}
        self.said(self.courier.post("/api/screening/trips", json=body))

    # At the laboratory:

    def receive(self, boxes: Iterable[int]) -> list[str]:
        """Boxes are opened, read rack by rack, and reconciled. Returns the tubes that are there."""
        there: list[str] = []
        for box in boxes:
            self.said(self.lab.technician.post(f"/api/screening/boxes/{box}/receive"))
            listed = self.said(self.lab.technician.get(f"/api/screening/boxes/{box}"))["listed"]
            tubes = [each["tube"] for each in listed]
            for start in range(0, len(tubes), RACK):
                body = {"tubes": tubes[start : start + RACK]}
                told = self.said(self.lab.technician.post(f"/api/screening/boxes/{box}/racks/received", json=body))
                assert told["taken"] == len(body["tubes"]), told
            self.said(self.lab.technician.post(f"/api/screening/boxes/{box}/reconcile"))
            there += tubes
        return there

    def run(self, tubes: Sequence[str], *, wrong_names: bool = False, weak: float = 33.0) -> dict[str, Any]:
        """A plate is loaded, measured, accepted by one person and released by another."""
        wells = [f"{row}{column}" for column in range(1, 25) for row in "ABCDEFGHIJKLMNOP"]
        controls = dict(zip(self._chance.sample(wells, len(CONTROLS)), CONTROLS, strict=True))
        free = [each for each in wells if each not in controls]
        plate = [{"position": each, "tube": tube} for each, tube in zip(free, tubes, strict=False)]
        plate += [{"position": each, "control": kind, "control_lot": WEAK_LOT} for each, kind in controls.items()]
        about = {"code": f"R{next(self.lab.runs)}", "instrument": "PCR-7", "kit": "双靶标", "lot": "L1", "wells": 384}
        body = about | {"plate": plate}
        run = self.said(self.lab.technician.post(f"/api/screening/laboratories/{self.lab.place}/runs", json=body))["id"]
        content = self._file(plate, swap=wrong_names, weak=weak)
        upload = {"file": (f"{about['code']}.csv", content, "text/csv")}
        told = self.said(self.lab.technician.post(f"/api/screening/runs/{run}/file", files=upload))
        if wrong_names:
            assert self.lab.technician.post(f"/api/screening/runs/{run}/accept").status_code == 422
            assert len(told["mismatches"]) == 2, told["mismatches"]
            for each in told["mismatches"]:
                path = f"/api/screening/runs/{run}/mismatches/{each['id']}/settle"
                self.said(self.lab.technician.post(path, json={"note": "核对板图，文件样本名录入错误"}))
        accepted = self.said(self.lab.technician.post(f"/api/screening/runs/{run}/accept"))
        for each in accepted["violations"]:
            assert self.lab.reviewer.post(f"/api/screening/runs/{run}/release").status_code == 422
            path = f"/api/screening/violations/{each['id']}/settle"
            self.said(self.lab.technician.post(path, json={"note": "更换质控品后复测在控"}))
        released = self.said(self.lab.reviewer.post(f"/api/screening/runs/{run}/release"))
        return {"violations": accepted["violations"], "run": run} | released

    def _file(self, plate: Sequence[dict[str, str]], *, swap: bool, weak: float) -> bytes:
        """What the machine writes: a curve where somebody in the tube is infected, fainter the more people share it."""
        lines = ["Well,Sample Name,Target Name,CT"]
        names = [each.get("tube", each.get("control", "")) for each in plate]
        if swap:
            names[0], names[1] = names[1], names[0]
        for each, name in zip(plate, names, strict=True):
            level = self._level(each, weak)
            for target, more in (("ORF1ab", 0.0), ("N", 0.7)):
                lines.append(f"{each['position']},{name},{target},{'Undetermined' if level is None else level + more}")
            lines.append(f"{each['position']},{name},IC,24.1")
        return "\n".join(lines).encode()

    def _level(self, well: dict[str, str], weak: float) -> float | None:
        if "control" in well:
            return {"negative": None, "weak_positive": weak, "positive": 24.0}[well["control"]]
        members = self.members[self.content.get(well["tube"], well["tube"])]
        if self.infected.isdisjoint(members):
            return None
        return 25.0 if len(members) == 1 else 28.5

    def test(self, tubes: Sequence[str], **first: Any) -> list[dict[str, Any]]:
        """All these tubes, plate by plate; `first` is about the first plate."""
        told = []
        for start in range(0, len(tubes), WELLS):
            told.append(self.run(tubes[start : start + WELLS], **(first if start == 0 else {})))
        return told

    # What everybody may know:

    def held(self) -> set[int]:
        """People who wait for a sample alone in a tube."""
        query = "SELECT subject FROM loop_measure WHERE kind = 'awaiting_resample' AND state = 'in_force'"
        return {person for (person,) in self.province.rows(query)}

    def found(self) -> set[int]:
        """People with a positive result of their own."""
        query = "SELECT person_id FROM loop_fact WHERE kind = 'screening.result' AND detail ->> 'result' = 'positive'"
        return {person for (person,) in self.province.rows(query)}

    def findings(self) -> dict[str, set[str]]:
        """Tubes by what may be wrong with them."""
        told: dict[str, set[str]] = {}
        for kind, tube in self.province.rows("SELECT kind, tube FROM screening_finding"):
            told.setdefault(kind, set()).add(tube)
        return told

    def resample(self, people: Iterable[int], prefix: str) -> list[str]:
        """Each alone in a tube, at the site of their town."""
        home = {person: town for town, residents in self.people.items() for person in residents}
        tubes: dict[str, list[str]] = {}
        for person in sorted(people):
            self.fill(home[person], f"{prefix}{person}", [person])
            tubes.setdefault(home[person], []).append(f"{prefix}{person}")
        self.deliver()
        self.later(2 * MINUTE)
        boxes = [box for town, of_town in tubes.items() for box in self.pack(self.sites[town], of_town)]
        self.carry(boxes)
        self.later(HOUR)
        return self.receive(boxes)


@pytest.fixture
def morning() -> str:
    return "2022-08-12 06:00"


@pytest.fixture
def county(town: Any) -> County:
    from yanmen.registry.areas import AreaRow, load_areas

    load_areas([AreaRow(code, f"第{number}乡") for number, code in enumerate(TOWNS) if number > 1])
    made = County(town)
    made.move_in()
    return made


SWAPPED = ("T5-0100", "T5-0101")
REUSED, OVERFULL, STRAYED, SHORT = "T1-0005", "T4-0009", "T7-0003", "T9-1996"
LOST = 50
"""Tubes of the box that never arrives, the last ones of the fourth town."""

MISSED = 37

EARLY, LATE, ILL = (TOWNS[9], 19_960), (TOWNS[9], 19_961), (TOWNS[0], 600)
WITH_PHONES = {EARLY: ("康宁", "13800000101"), LATE: ("何静", "13800000102"), ILL: ("石敏", "13800000103")}
"""Who has a telephone, by town and place in its queue: two of the last tube, and the first who is infected."""


def queues(county: County) -> dict[str, list[str]]:
    """Everybody goes into a tube of their town, but for a few of the last one. Twelve are infected."""
    tubes: dict[str, list[str]] = {}
    for number, (town, people) in enumerate(county.people.items()):
        groups = [people[start : start + POOL] for start in range(0, len(people), POOL)]
        for place, group in enumerate(groups):
            tubes.setdefault(town, []).append(f"T{number}-{place:04d}")
            county.fill(town, tubes[town][-1], group)
    return tubes


def go_wrong(county: County, tubes: dict[str, list[str]]) -> None:
    """What people get wrong while they bind."""
    members, kept = county.members, county._kept
    towns = TOWNS

    def moved(town: str, tube: str, person: int, to: str, at: str) -> None:
        kept[town].remove((tube, person))
        members[tube].remove(person)
        county.fill(at, to, [person])

    for person in list(members["T2-0007"]):  # a label of another site was on the table
        moved(towns[2], "T2-0007", person, REUSED, towns[2])
    tubes[towns[2]].remove("T2-0007")
    moved(towns[4], "T4-0010", members["T4-0010"][0], OVERFULL, towns[4])
    county.fill(towns[6], "T6-0002", [members["T6-0001"][0]])  # came twice
    last = [tube for tube in tubes[towns[9]] if tube >= SHORT]
    stay = [(tube, person) for tube in last for person in members[tube]][3:]
    for tube, person in stay:  # the others did not come
        kept[towns[9]].remove((tube, person))
        members[tube].remove(person)
    for tube in last[1:]:
        tubes[towns[9]].remove(tube)


def test_a_county_in_a_day(county: County, phones: Any) -> None:
    manager, said = county.manager, county.said
    about = {
        "area": COUNTY,
        "name_zh": "清徐县区域核酸",
        "basis": "县防控办〔2022〕15号",
        "pools": {"general": 10, "key": 1},
    }
    body = about | {"starts_at": county.province.now.isoformat()}
    campaign = said(manager.post("/api/screening/campaigns", json=body))["id"]
    round_ = said(manager.post(f"/api/screening/campaigns/{campaign}/start"))
    assert (round_["people"], len(round_["parts"])) == (PEOPLE, len(TOWNS))

    county.province.at("2022-08-12 08:00")
    tubes = queues(county)
    go_wrong(county, tubes)
    first = {number: f"T{number}-{60 + 7 * number:04d}" for number in range(9)}
    lost = tubes[TOWNS[3]][-LOST:]
    ordinary = [county.members[tube][number % POOL] for number, tube in first.items()]
    hidden = [county.members[SWAPPED[0]][4], county.members[lost[20]][2], county.members[REUSED][15]]
    county.infected = {*ordinary, *hidden}
    county.content = dict(zip(SWAPPED, reversed(SWAPPED), strict=True))
    assert len(county.infected) == 12
    county.restart()
    county.fill_on_the_page(phones(county.town.url), TOWNS[9], SHORT)
    county.deliver()
    county.later(2 * MINUTE)
    county.restart()
    read(phones(county.town.url), county.town, EARLY, "现在：已采样")

    # Packed and carried: a tube lies in the wrong box, and one box is lost on the way.
    tubes[TOWNS[7]].remove(STRAYED)
    tubes[TOWNS[8]].append(STRAYED)
    boxes = []
    for town, of_town in tubes.items():
        there = [tube for tube in of_town if tube not in lost] if town == TOWNS[3] else of_town
        boxes += county.pack(county.sites[town], there)
    [gone] = county.pack(county.sites[TOWNS[3]], lost)
    county.carry([*boxes, gone])
    county.later(HOUR)
    assert said(county.courier.post(f"/api/screening/boxes/{gone}/lose"))["people"] == LOST * POOL
    there = county.receive(boxes)
    assert sorted([*there, *lost]) == sorted(tube for of_town in tubes.values() for tube in of_town)

    # Read: the file of the first plate names two samples wrongly, the weak control of the second is four deviations off.
    county.run(there[:WELLS], wrong_names=True)
    broken = county.run(there[WELLS : 2 * WELLS], weak=35.0)
    assert {each["rule"] for each in broken["violations"]} >= {"1-3s"}
    county.test(there[2 * WELLS :])
    county.later(HOUR)
    reactive = {*first.values(), SWAPPED[1], REUSED}
    assert county.held() == {person for tube in reactive for person in county.members[tube]}

    # Everybody of such a tube alone; those of the lost box once more in tens; and the round is closed.
    again = county.resample(county.held(), "S")
    people = [person for tube in lost for person in county.members[tube]]
    for place in range(LOST):
        county.fill(TOWNS[3], f"V{place:02d}", people[place * POOL : (place + 1) * POOL])
    county.deliver()
    county.later(2 * MINUTE)
    boxes = county.pack(county.sites[TOWNS[3]], [f"V{place:02d}" for place in range(LOST)])
    county.carry(boxes)
    county.later(HOUR)
    county.test([*again, *county.receive(boxes)])
    assert said(manager.post(f"/api/screening/rounds/{round_['id']}/close")) == {"missed": MISSED}
    county.later(HOUR)
    assert county.found() == {*ordinary, county.members[REUSED][15]}
    assert county.held() == set(county.members["V20"]), "the others were released by their own negative test"
    assert county.findings()["no_member_positive"] == {SWAPPED[1]}

    # Nobody of the second swapped tube was infected: its neighbours are in doubt. Those who were missed are found at home.
    for tube in ("T5-0100", "T5-0102"):
        note = {"result": "grey", "note": "相邻管T5-0101成员复采均阴性，疑似标签调换"}
        told = said(county.lab.reviewer.post(f"/api/screening/tubes/{tube}/correct", json=note))
        assert told["held"] == POOL
    county.later(10 * MINUTE)
    query = "SELECT subject FROM loop_task WHERE kind = 'test' AND role = 'grid_officer' AND state = 'open'"
    missed = sorted(person for (person,) in county.province.rows(query))
    assert len(missed) == MISSED
    for place in range(0, MISSED, POOL):
        county.fill(TOWNS[9], f"M{place}", missed[place : place + POOL])
    more = [f"M{place}" for place in range(0, MISSED, POOL)]
    county.deliver()
    county.later(2 * MINUTE)
    boxes = county.pack(county.sites[TOWNS[9]], more)
    county.carry(boxes)
    again = county.resample(county.held(), "D")
    county.test([*again, *county.receive(boxes)])
    county.later(HOUR)
    in_the_end(county)
    county.restart()
    read(phones(county.town.url), county.town, LATE, "阴性")
    read(phones(county.town.url), county.town, ILL, "阳性")


def read(phone: Any, town: Any, who: tuple[str, int], text: str) -> None:
    """A resident looks where the result is."""
    phone.enrol_holder(town, WITH_PHONES[who][1])
    phone.visit("results")
    phone.page.get_by_text(text).first.wait_for()
    phone.look_at(f"county-{text}")
    assert phone.faults == []


def in_the_end(county: County) -> None:
    """Every infected person is found, everybody else is negative, nobody is held, every swap was seen, every tube is accounted for."""
    from yanmen.loop.audit import audit
    from yanmen.subsystems.screening.queries import conservation

    rows, now = county.province.rows, county.province.now
    assert county.found() == county.infected
    assert county.held() == set()
    [(negative,)] = rows(
        "SELECT count(DISTINCT n.person_id) FROM loop_bulk_screening_negative n"
        " WHERE NOT EXISTS (SELECT FROM loop_fact c WHERE c.corrects = n.id) AND n.person_id <> ALL (%s)",
        sorted(county.infected),
    )
    assert negative == PEOPLE - len(county.infected)
    found = county.findings()
    assert STRAYED in found["other_site"] <= {STRAYED, REUSED}
    assert REUSED in found["two_sites"] & found["far_apart"] & found["overfull"]
    assert OVERFULL in found["overfull"]
    assert found["person_twice"] & {"T6-0001", "T6-0002"}
    assert SHORT in found["underfull"]
    assert len(found["well_mismatch"]) == 2
    told = county.said(county.manager.get("/api/screening/balance"))
    assert (told["held"], told["ended"]) == (0, told["tubes"])
    assert audit(now=now)["breaks"] == []
    assert conservation.audit(county.manager.scope, now=now) == []  # type: ignore[attr-defined]
