"""Command: somebody has the desk day and night; on days on which cases came the province gives the counties an order.

They take it on, pass it on and report it done.
"""

from __future__ import annotations

import datetime as dt

from yanmen.drill.play.town import Town
from yanmen.subsystems.command.actions import orders, receipts, requests, roster
from yanmen.subsystems.command.models import Order, Receipt

PROVINCE, UNIT = "command.staff", "command.unit"
SHIFTS = ((8, 20), (20, 32))
"""Hours of the day on which the desk is manned from and to; after 24 they lie in the next day."""
LATE = 0.1
"""Assumed: share of units that report an order done a day late."""
SILENT = "silent units"
"""Who has not answered: a county of each order, assumed, takes it on only the next morning."""


def command(town: Town) -> int:
    """The desk is manned; yesterday's orders are reported done and verified; if cases came since, today's is given. Returns acts."""
    _man(town)
    for order, county in town.by_county.pop(SILENT, []):
        _take(town, order, county)
    acts = _finish(town)
    told = town.cases_told("commanded")
    return acts + (_give(town, first=not told) if len(town.cases) > told else 0)


def _man(town: Town) -> None:
    """Leader and officer of today's shifts; whoever had the night hands the desk over, and the next one takes it."""
    with town.acting(PROVINCE) as who:
        for shift, (begins, ends) in enumerate(SHIFTS):
            for duty in ("leader", "officer"):
                roster.put_on_duty(
                    name=_name(duty, town.day, shift), duty=duty, phone=f"1390000{town.day % 100:02d}{shift}{len(duty)}",
                    starts_at=town.at(begins), ends_at=town.at(ends), **who,
                )  # fmt: skip
        handed = roster.hand_over(
            from_name=_name("officer", town.day - 1, 1), to_name=_name("officer", town.day, 0), note="夜间无遗漏事项（演练）", **who
        )  # fmt: skip
    with town.acting(PROVINCE, number=2) as who:
        roster.take_over(handover=handed.pk, **who)


def _name(duty: str, day: int, shift: int) -> str:
    """Plainly numbered, as everybody in a drill."""
    return f"演练{'带班' if duty == 'leader' else '值班'}{2 * day + shift + 2:03d}"


def _give(town: Town, *, first: bool) -> int:
    """The order of the day, to every county of the drill and the cities they lie in. The first time a county passes it on and
    asks for people."""
    units = (*dict.fromkeys(county[:4] for county in town.scenario.areas), *town.scenario.areas)
    with town.acting(PROVINCE) as who:
        made = orders.issue(
            target={"kind": "areas", "areas": list(units)}, title=f"{town.today:%m月%d日}疫情处置（演练）",
            text="病例24小时内完成流调；密接即判即管；当日检测应检尽检（演练）", document=f"演练指〔{town.today:%Y}〕{town.day + 1}号",
            urgency="urgent", end={"by": "tasks", "kind": "investigate_case"}, **who,
        )  # fmt: skip
    silent = town.chance("silent", made.pk).choice(town.scenario.areas[1:] or (None,))
    town.by_county[SILENT] = [(made, silent)] if silent else []
    for unit in units:
        if unit != silent:
            _take(town, made, unit)
    if first:
        _pass_on(town, made, town.scenario.areas[0])
    return 1 + len(units)


def _take(town: Town, order: Order, area: str) -> None:
    """A unit has received and read an order, and takes it on, some minutes after it was given."""
    minutes = town.chance("order", order.pk, int(area)).randint(3, 55)
    with town.acting(UNIT, area=area) as who:
        who["now"] += dt.timedelta(minutes=minutes)
        receipts.receive(**who)
        held = Receipt.objects.get(order=order, area=area)
        receipts.read(receipt=held.pk, **who)
        receipts.accept(receipt=held.pk, **who | {"now": who["now"] + dt.timedelta(minutes=minutes)})


def _pass_on(town: Town, order: Order, county: str) -> None:
    """The county's own units get the order from it; it asks the province for tracers, and gets them."""
    with town.acting(UNIT, area=county) as who:
        who["now"] += dt.timedelta(hours=2)
        held = Receipt.objects.get(order=order, area=county)
        passed = orders.split(receipt=held, **who)
        asked = requests.ask(kind="teams", text="请支援流调人员（演练）", amount=10, receipt=held, **who)
        towns = list(Receipt.objects.filter(order=passed).order_by("area").values_list("area", flat=True))
    morning, town.now = town.now, town.now + dt.timedelta(hours=2)
    for area in towns:
        _take(town, passed, area)
    with town.acting(PROVINCE, area=asked.to_area) as who:
        requests.see(**who)
        requests.answer(request=asked.pk, outcome="granted", reason="", **who)
    town.now = morning  # nobody else waits for them: the day's rounds are planned in time


def _finish(town: Town) -> int:
    """Units report what they took on before today; those who gave the orders look, and agree. Lower units first."""
    done = 0
    with town.acting(PROVINCE):
        open_rows = Receipt.objects.filter(state__in=("accepted", "split"), issued_at__lt=town.at(0))
        held = sorted(
            open_rows.values_list("area", "pk", "order__area", "order_id"), key=lambda row: (-len(row[0]), row)
        )
    for area, receipt, _, _ in held:
        if town.chance("done", receipt).random() >= LATE:
            with town.acting(UNIT, area=area) as who:
                receipts.done(receipt=receipt, note="已按要求完成（演练）", **who)
            done += 1
    for giver, order in sorted({row[2:] for row in held}):
        with town.acting(PROVINCE if giver == town.province else UNIT, area=giver) as who:
            given = Order.objects.get(pk=order)
            units = list(Receipt.objects.filter(order=given, state="done").values_list("area", flat=True))
            if units and given.state == "open":
                receipts.verify(order=given, units=units, **who)
    return done
