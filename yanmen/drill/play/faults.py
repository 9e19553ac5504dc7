"""Faults planted on purpose, each in the way it happens: what the software should notice without being told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yanmen.base.clock import local_date
from yanmen.base.credentials import Claims, issue, show
from yanmen.base.signing import FileSigner
from yanmen.base.verdict import DoorPolicy, judge
from yanmen.drill.play.clinic import number_of
from yanmen.drill.play.gates import seen
from yanmen.drill.play.house import Edge
from yanmen.drill.play.laboratory import Benches
from yanmen.drill.play.own_phones import OwnPhones
from yanmen.drill.play.phones import Phone, deliver, keep, send
from yanmen.drill.play.town import Town
from yanmen.drill.play.whereabouts import held_at
from yanmen.drill.scenario import PlannedFault
from yanmen.edge.client import near
from yanmen.loop import orders
from yanmen.registry.models import Area
from yanmen.subsystems.quarantine.actions import leaving

OVERLAY = """\
id: {id}
title: {{zh: "{name}自定措施（演练）", en: "{name_en}, measures of its own (drill)"}}
overlays: covid19-cn
area: "{county}"
"""
RULE = """\
overlay: {rule}
values:
  {day}:
    source: {{title: {{zh: "{name}通知（演练）", en: "Notice of {name_en} (drill)"}}, grade: C}}
    stages:
      - {{place: central_quarantine, days: 21, tests: [1, 4, 7, 14, 21]}}
"""
LASTS = 86_400
"""Seconds that a forger gives a code."""
LONGER = 30
"""Days of an order beyond what the packs allow."""
IN_ROOMS = (
    "SELECT id, person_id, \"group\" = 'case', admitted_at, upper(during) FROM quarantine_stay WHERE state = 'admitted'"
    " ORDER BY person_id"
)


@dataclass(frozen=True)
class Guest:
    """Somebody in a quarantine room: the stay, the index in the city, whether a case, since and until when (None: nobody knows)."""

    stay: int
    index: int
    case: bool
    since: dt.datetime
    until: dt.datetime | None


class Faults:
    """What the scenario wants to go wrong, by day."""

    def __init__(self, town: Town, benches: Benches, folder: Path) -> None:
        self.town, self.benches, self.folder = town, benches, folder
        self._edge: Edge | None = None
        self._own = OwnPhones(town)
        self.missing: set[int] = set()
        """Who does not come to any test today."""

    def today(self, kind: str) -> list[PlannedFault]:
        """What is planned of a kind for the day that is played."""
        return [each for each in self.town.scenario.faults if each.kind == kind and each.day == self.town.day]

    def morning(self) -> None:
        """Those that begin with the day."""
        self.missing = set()
        for fault in self.today("over_control_county"):
            self._over_control(fault)
        self.benches.lose += sum(fault.count for fault in self.today("lost_box"))
        self.benches.swap += sum(max(1, fault.count // 2) for fault in self.today("swapped_tube"))

    def boxes_lost(self, boxes: list[tuple[int, list[str]]]) -> None:
        """Boxes did not come: that nobody received them is all the software can know."""
        for box, tubes in boxes:
            members = [
                int(self.town.persons[each]) for tube in tubes for each in self.benches.swabs.contents[tube].people
            ]
            self._plant(
                "lost_box",
                f"样本箱{box}（{len(tubes)}管）未送达",
                f"Box {box} with {len(tubes)} tubes never arrived",
                {"box": box, "tubes": tubes, "people": members},
            )

    def forge(self) -> None:
        """Somebody shows a code that no key of ours signed. What the door says of it is the verdict that telephones give."""
        for fault in self.today("forged_code"):
            county = fault.county or self.town.scenario.areas[0]
            phone: Phone = self.town.by_county[county]["posts"][0]
            rows = [self._shown_forged(county, self.town.at(10 + each / 10)) for each in range(fault.count)]
            keep(phone, rows, self.town.at(10))
            self._plant(
                "forged_code", f"{fault.count}人在卡口出示伪造健康码", f"{fault.count} people show a forged code at a post",
                {"place": phone.place, "device": phone.device_number, "records": [row["id"] for row in rows]}, fault,
            )  # fmt: skip

    def scan_from_afar(self) -> None:
        """People in quarantine rooms check in at a shop: somebody sent them a picture of its code. Their own telephones say so."""
        town = self.town
        for number, fault in enumerate(self.today("remote_scan")):
            pool = [
                guest.index for guest in self._guests(fault.county)
                if guest.since < town.at(0) and town.city.has_phone[guest.index]
            ]  # fmt: skip
            chosen = town.chance("remote_scan", number).sample(pool, min(fault.count, len(pool)))
            if not chosen:
                continue
            venue = min(phone.place for phone in town.by_county["venues"].values())
            scans = [self._own.read(each, venue, town.at(15) + dt.timedelta(minutes=each % 60)) for each in chosen]
            self._plant(
                "remote_scan", f"{len(chosen)}名隔离人员扫描他人转发的场所码", f"{len(chosen)} people in quarantine scan a picture of a venue's code",
                {"scans": scans, "place": venue, "people": [int(town.persons[each]) for each in chosen]}, fault,
            )  # fmt: skip

    def leave_early(self) -> None:
        """People walk out of their quarantine rooms days before the end. The evening's round finds the rooms empty and says so."""
        town = self.town
        for number, fault in enumerate(self.today("left_early")):
            pool = [
                guest
                for guest in self._guests(fault.county)
                if not guest.case and guest.until and guest.until > town.at(72)
            ]
            chosen = town.chance("left_early", number).sample(pool, min(fault.count, len(pool)))
            if not chosen:
                continue
            with town.acting("quarantine.staff") as who:
                for guest in chosen:
                    leaving.leave(stay=guest.stay, why="absconded", note="晚间查房不在房间（演练）", **who)
            self._plant(
                "left_early", f"{len(chosen)}名隔离人员擅自离开隔离点", f"{len(chosen)} people walk out of quarantine before the end",
                {"people": [int(town.persons[guest.index]) for guest in chosen], "area": town.province}, fault,
            )  # fmt: skip

    def _shown_forged(self, county: str, now: dt.datetime) -> dict[str, object]:
        """A green code in due form, signed by a forger's key, as the officer's telephone judges it and writes it down."""
        holder, at = FileSigner.generate(), int(now.timestamp())
        claims = Claims(county, bytes(16), at, at, at + LASTS, 0, holder_key=holder.public_key)
        shown = show(issue(claims, FileSigner.generate()), holder, now)
        verdict = judge(shown, keys=self.town.house.keys(now), changes=None, policy=DoorPolicy(), now=now)
        return seen(now, None, verdict.act, verdict.reason, 0)

    @contextmanager
    def edge_from(self, hour: float) -> Iterator[None]:
        """An edge comes up for this hour of the day, while the town still does something else."""
        self._edge = edge = self.town.house.edge(self.town.at(hour))
        try:
            yield
        finally:
            edge.stop()

    def deliver(self) -> dict[str, int]:
        """Telephones hand over their day. Where the edge is down, they keep it and hand it over to the one that comes after."""
        town, down = self.town, self.today("edge_down")
        edge, self._edge = self._edge or town.house.edge(town.now), None
        try:
            edge.wait()
            full = [phone for phone in town.phones if phone.outbox]
            told = {"kept": 0, "repeated": 0, "refused": 0, "kills": 0}
            if down and full:
                fault = down[0]
                for name, count in deliver(town, edge, full[: len(full) // 2]).items():
                    told[name] += count
                phone = full[len(full) // 2]
                self._lose_answer(phone, edge.url)
                edge.kill()
                told["kills"] += 1
                begun = town.now
                town.now += dt.timedelta(hours=max(1, fault.hours))
                self._plant(
                    "edge_down", f"边缘节点停机{fault.hours}小时", f"The edge is down for {fault.hours} hours",
                    {"from": begun.isoformat(), "until": town.now.isoformat(), "device": phone.device_number}, fault,
                )  # fmt: skip
                edge = town.house.edge(town.now)
                edge.wait()
            for name, count in deliver(town, edge, full).items():
                told[name] += count
            told["kept"] += self._own.deliver(edge)
            return told
        finally:
            edge.stop()

    def no_phones(self) -> list[int]:
        """People without a telephone whom the scenario wants to be tested by card today."""
        found = []
        for number, fault in enumerate(self.today("no_phone")):
            here = self._residents(fault.county)
            without = [each for each in here if not self.town.city.has_phone[each] and each not in self.missing]
            chosen = self.town.chance("no_phone", number).sample(without, min(fault.count, len(without)))
            people = [int(self.town.persons[each]) for each in chosen]
            self._plant(
                "no_phone",
                f"{len(chosen)}名无手机居民凭证件采样",
                f"{len(chosen)} residents without a telephone are sampled by their card",
                {"people": people},
                fault,
            )
            found += chosen
        return found

    def stay_away(self, owing: Callable[[], list[int]]) -> None:
        """Some of those who owe a test today do not come to it. On a day on which nobody owes one, nobody is blamed."""
        for number, fault in enumerate(self.today("no_show")):
            here = set(self._residents(fault.county))
            pool = [each for each in owing() if each in here and each not in self.missing]
            chosen = self.town.chance("no_show", number).sample(pool, min(fault.count, len(pool)))
            if not chosen:
                continue
            self.missing |= set(chosen)
            people = [int(self.town.persons[each]) for each in chosen]
            self._plant(
                "no_show",
                f"{len(people)}人未按要求采样",
                f"{len(people)} people do not come to their test",
                {"people": people},
                fault,
            )

    def _over_control(self, fault: PlannedFault) -> None:
        """A county holds people by orders without ground, longer than allowed, and writes a rule stricter than the one above."""
        town, county = self.town, fault.county or self.town.scenario.areas[-1]
        residents = self._residents(county)
        chosen = town.chance("over_control").sample(residents, min(len(residents), max(5, fault.count)))
        people = [int(town.persons[each]) for each in chosen]
        with town.acting("command.staff", area=county) as who:
            for each in chosen:
                person = int(town.persons[each])
                area = town.city.areas[town.city.home[each]].code
                ordered = orders.order(
                    person=person, area=area, kind="stay_home", document="县指〔2022〕99号（演练）", clause="加强管控",
                    ends_on=local_date(town.now) + dt.timedelta(days=LONGER), unit="县指挥部", by=who["by"], now=town.now,
                )  # fmt: skip
                orders.approve(
                    person=person,
                    area=area,
                    rule="command.manual_order",
                    reason=str(ordered),
                    unit="县卫健局",
                    by=who["by"],
                    now=town.now,
                )
        pack = self._overlay(county)
        self._plant(
            "over_control_county", "县区对无风险人员下达超期限的居家令，并自定更严规则", "A county orders people without risk to stay home beyond the limit, and writes stricter rules",
            {"county": county, "people": people, "pack": str(pack)}, fault,
        )  # fmt: skip

    def _overlay(self, county: str) -> Path:
        """The county's own pack, as it hands it in."""
        area = Area.objects.filter(code=county, valid_to=None).get()
        folder = self.folder / f"over_control_{county}"
        about = {
            "id": f"county-{county}",
            "name": area.name_zh,
            "name_en": area.name_en,
            "county": county,
            "day": self.town.scenario.day(0).isoformat(),
        }
        (folder / "rules" / "tracing").mkdir(parents=True, exist_ok=True)
        (folder / "pack.yaml").write_text(OVERLAY.format(**about), "utf-8")
        (folder / "rules" / "tracing" / "close_contact.yaml").write_text(
            RULE.format(rule="tracing.close_contact", **about), "utf-8"
        )
        return folder

    def _lose_answer(self, phone: Phone, url: str) -> None:
        """The batch is stored, the answer is lost with the process: the telephone will send it again."""
        with near(url, timeout=30) as client:
            phone.device.sign_in(url, self.town.now, line=client)
            send(phone, client, phone.outbox[:1000])

    def _guests(self, county: str) -> list[Guest]:
        """Residents of a county (of all, where it is empty) whom a measure holds in a quarantine room."""
        town, held, here = self.town, held_at(self.town), set(self._residents(county))
        return [
            Guest(stay, town.index[person], *more)
            for stay, person, *more in town.rows(IN_ROOMS)
            if town.index.get(person) in here and "central_quarantine" in held.get(person, ())
        ]

    def _residents(self, county: str) -> list[int]:
        town = self.town
        mine = number_of(town, county) if county else -1
        return [each for each in range(town.city.people) if mine < 0 or town.city.county[each] == mine]

    def _plant(self, kind: str, zh: str, en: str, where: dict[str, object], fault: PlannedFault | None = None) -> None:
        planned = fault or next(iter(self.today(kind)), None)
        self.town.plant(kind, (zh, en), where, fault=planned.id if planned else "")
