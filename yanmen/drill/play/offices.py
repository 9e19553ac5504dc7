"""What offices do beside the chain of tests and rooms, a little each day from the first case on.

The city has orders of its own, asks the province for help, puts its worst county into emergency, and publishes its report. Grids get a
form and look for people whom nobody saw. Residents contest their code. Nobody's health depends on it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from yanmen.base.clock import local_date
from yanmen.base.diseases import COVID
from yanmen.base.refusals import Refusal
from yanmen.drill.play.town import Town
from yanmen.subsystems.cases.actions import import_file
from yanmen.subsystems.command.actions import mode, orders, receipts, requests
from yanmen.subsystems.command.models import Order, Receipt
from yanmen.subsystems.grid.actions.forms import Wanted, ask_form
from yanmen.subsystems.grid.actions.lists import compare_seen
from yanmen.subsystems.health_code.actions import appealing
from yanmen.subsystems.reports import actions as reports

COMMAND, UNIT = "command.staff", "command.unit"
ASKED = (
    ("teams", "请支援采样人员（演练）", 40),
    ("supplies", "请调拨防护物资（演练）", 5_000),
    ("rooms", "请协调隔离房间（演练）", 100),
)
"""What the city asks of the province, a thing a day, beginning again after the last."""
QUESTIONS = ("家中是否有独居老人需要送药", "家中是否有待产孕妇或透析患者")
DISEASE = COVID
"""As which the cases of a drill are reported, whatever spreads like what."""
EMERGENCY_DAYS = 10
UNSEEN_FROM = 7
"""Assumed: on this day of the drill a town looks for people whom nobody saw."""
CONTESTED_DAYS = 4
"""Assumed: nobody contests a contact that was found longer ago."""
APPEALS = """
SELECT f.id, f.person_id, f.area FROM loop_fact f
WHERE f.kind = 'tracing.contact_found' AND f.recorded_at > %s AND f.recorded_at <= %s
  AND f.recorded_by LIKE 'job:%%'  -- staff of a drill belong to no unit: what one of them recorded, none of them may judge
  AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.kind = 'cases.reported' AND c.person_id = f.person_id)
  AND NOT EXISTS (SELECT FROM loop_fact c WHERE c.kind = 'health_code.contested' AND c.person_id = f.person_id)
ORDER BY f.recorded_at, f.person_id LIMIT 1
"""
UNDECIDED = """
SELECT c.detail ->> 'appeal' FROM loop_fact c
WHERE c.kind = 'health_code.contested' AND c.recorded_at < %s
  AND NOT EXISTS (SELECT FROM loop_fact d WHERE d.kind IN ('health_code.upheld', 'health_code.rejected') AND d.detail ->> 'appeal' = c.detail ->> 'appeal')
ORDER BY c.recorded_at
"""


def work(town: Town) -> Counter[str]:
    """A day of the offices. Returns how many acts of each kind."""
    done: Counter[str] = Counter()
    if not town.cases:
        done["bulletins"] += _bulletin(town)
        return done
    since = town.by_county.setdefault("offices_since", town.day)
    cities = sorted({county[:4] for county in town.scenario.areas})
    for city in cities:
        if town.day == since:
            done["city_orders"] += _order(town, city)
            done["emergencies"] += _emergency(town, city)
            done["forms"] += _form(town, city)
        done["asked"] += _ask(town, city, town.day - since)
        done["reports"] += _report(town, city)
    if town.day == UNSEEN_FROM:
        done["looked_for"] += _look_for(town)
    done["appeals"] += _contest(town)
    return done


def _bulletin(town: Town) -> int:
    """The commission's report of yesterday, while it has nothing new; later it would repeat the cases that are reported one by one."""
    day = town.today - dt.timedelta(days=1)
    text = f"{day:%Y年%m月%d日}0—24时，山西省新增本土确诊病例0例。新增本土无症状感染者0例。"
    with town.acting(COMMAND) as who:
        return len(import_file(name=f"演练通报{day:%m%d}.txt", content=text.encode(), **who))


def _order(town: Town, city: str) -> int:
    """The province's order to the city, which passes it on to its counties. One of them says nothing."""
    with town.acting(COMMAND) as who:
        made = orders.issue(
            target={"kind": "areas", "areas": [city]}, title="每日零报告（演练）", text="各县区每日16时前报送处置进展（演练）",
            document=f"演练指〔{town.today:%Y}〕{100 + town.day}号", **who,
        )  # fmt: skip
    held = _taken(town, made, city)
    with town.acting(UNIT, area=city) as who:
        passed = orders.split(receipt=held, **who)
        counties = list(Receipt.objects.filter(order=passed).order_by("area").values_list("area", flat=True))
    silent = town.chance("silent", int(city)).choice(counties)
    for county in counties:
        if county != silent:
            _taken(town, passed, county)
    return 1 + len(counties)


def _taken(town: Town, order: Order, area: str) -> Receipt:
    with town.acting(UNIT, area=area) as who:
        receipts.receive(**who)
        held = Receipt.objects.get(order=order, area=area)
        receipts.read(receipt=held.pk, **who)
        return receipts.accept(receipt=held.pk, **who)


def _ask(town: Town, city: str, day: int) -> int:
    """The province answers what it was asked yesterday; the city asks for the next thing, which nobody has answered yet."""
    with town.acting(COMMAND) as who:
        for waiting in town.by_county.pop(f"asked {city}", []):
            requests.see(**who)
            requests.answer(request=waiting, outcome="granted", reason="", **who)
    kind, text, amount = ASKED[day % len(ASKED)]
    with town.acting(UNIT, area=city) as who:
        asked = requests.ask(kind=kind, text=text, amount=amount, **who)
    town.by_county[f"asked {city}"] = [asked.pk]
    return 1


def _emergency(town: Town, city: str) -> int:
    """The county where most cases are goes into emergency: proposed by one unit, approved by another."""
    mine = [county for county in town.scenario.areas if county.startswith(city)]
    homes = Counter(
        town.city.areas[town.city.home[town.index[one]]].code[:6] for one in town.cases if one in town.index
    )
    worst = max(mine, key=lambda county: (homes[county], county))
    with town.acting(COMMAND, number=3) as who:
        switch = mode.propose(
            areas=[worst], desk="*", disease=DISEASE, document=f"演练指〔{town.today:%Y}〕200号", clause="第二十六条",
            unit="市疫情防控办（演练）", starts_on=town.today, ends_on=town.today + dt.timedelta(days=EMERGENCY_DAYS),
            unready_reason="演练需要", **who,
        )  # fmt: skip
    with town.acting(COMMAND) as who:
        return mode.approve(switch=str(switch), unit="省疫情防控办（演练）", **who)


def _report(town: Town, city: str) -> int:
    """The city writes the report of yesterday down and publishes it."""
    with town.acting(COMMAND, area=city) as who:
        made = reports.draft(kind="daily", day=local_date(town.now) - dt.timedelta(days=1), **who)
        reports.publish(report=made.pk, digest=made.digest, **who)
    return 1


def _form(town: Town, city: str) -> int:
    """The grids are asked what nobody knows yet."""
    county = next(county for county in town.scenario.areas if county.startswith(city))
    with town.acting("grid.manager", area=county) as who:
        ask_form(
            area=county, title="居家困难人员摸排（演练）", office="民政部门（演练）", questions=[Wanted(each) for each in QUESTIONS],
            every_days=7, **who,
        )  # fmt: skip
    return 1


def _look_for(town: Town) -> int:
    """A town looks for people whom nobody has met or tested lately."""
    home = min(area.code for area in town.city.areas if area.code.startswith(town.scenario.areas[0]))[:9]
    with town.acting("grid.manager") as who:
        return compare_seen(area=home, title="", **who).missing


def _contest(town: Town) -> int:
    """What was contested before today is decided; a contact of the last days contests the fact that the code rests on."""
    waiting: list[Any] = town.rows(UNDECIDED, town.at(0))
    for (appeal,) in waiting:
        with town.acting("health_code.decider") as who:
            appealing.reject(appeal=appeal, note="经核对轨迹，接触事实成立（演练）", **who)
    found: list[Any] = town.rows(APPEALS, town.now - dt.timedelta(days=CONTESTED_DAYS), town.now)
    for fact, person, _ in found:
        try:
            with town.acting("health_code.keeper") as who:
                appealing.contest(person=person, fact=fact, reason="当天我没有去过该处（演练）", **who)
        except Refusal:
            return len(waiting)
    return len(waiting) + len(found)
