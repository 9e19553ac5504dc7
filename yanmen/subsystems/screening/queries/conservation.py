"""Where every tube is: in exactly one state, with a named holder, or ended. And what does not balance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, connections

from yanmen.base.clock import local_date
from yanmen.base.rows import records
from yanmen.loop.policies import numbers
from yanmen.registry.models import Account
from yanmen.registry.scope import Scope
from yanmen.subsystems.screening.methods.words import GATES
from yanmen.subsystems.screening.models import Box, Campaign, Laboratory, Run, Site, Trip
from yanmen.subsystems.screening.queries.statements import TRANSPORT, statement

ENDED = ("released", "void")
RECENT = timedelta(days=7)
AUDITED = timedelta(days=14)
HOLDERS = {
    "site": {"zh": "采样点", "en": "Site"},
    "box": {"zh": "箱（待发或待取）", "en": "Box at the site"},
    "courier": {"zh": "转运人员", "en": "Courier"},
    "laboratory": {"zh": "检测机构", "en": "Laboratory"},
    "run": {"zh": "检测批次", "en": "Run"},
    "ended": {"zh": "已了结", "en": "Ended"},
}
FAULTS = {
    "tube_held_by_nobody": ("采样管无人持有", "A tube that nobody holds"),
    "tube_out_of_order": ("采样管各环节时刻先后颠倒或缺失", "Moments of a tube that contradict each other"),
    "tube_ended_twice": ("采样管既已签发又已作废", "A tube both released and void"),
    "tube_against_box": ("采样管与所在箱的状态不符", "A tube whose moments contradict its box"),
    "members_against_bindings": ("采样管人数与绑定记录不符", "A tube whose number of members is not that of its bindings"),
    "binding_without_tube": ("绑定记录没有对应的采样管", "A binding to a tube that has no row"),
    "negative_not_told": ("阴性管成员未获告知", "A member of a negative tube who was not told"),
    "reactive_not_held": ("非阴性管成员未获通知", "A member of a tube that was not negative who was not told"),
    "void_not_told": ("作废管成员未获重采通知", "A member of a void tube who was not asked again"),
}  # fmt: skip


@dataclass(frozen=True)
class Holding:
    """Tubes at one gate with one holder: how many, of how many people, since when, and how many are past their clock."""

    gate: str
    holder: str
    key: int | None
    tubes: int
    members: int
    oldest: datetime
    late: int
    name: str = ""
    hand: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Balance:
    """All tubes of an area since a moment. The sums over gates and over holders are the whole."""

    holdings: list[Holding]

    @property
    def tubes(self) -> int:
        """Every tube."""
        return sum(each.tubes for each in self.holdings)

    @property
    def ended(self) -> int:
        """Tubes with a result, and void ones."""
        return sum(each.tubes for each in self.holdings if each.gate in ENDED)

    @property
    def held(self) -> int:
        """Tubes that somebody holds."""
        return self.tubes - self.ended

    @property
    def late(self) -> int:
        """Held tubes past their clock."""
        return sum(each.late for each in self.holdings)

    def by_gate(self) -> dict[str, tuple[int, int, int]]:
        """Tubes, members and late tubes at each gate, in the order of the way."""
        found = dict.fromkeys(GATES, (0, 0, 0))
        for each in self.holdings:
            tubes, members, late = found[each.gate]
            found[each.gate] = (tubes + each.tubes, members + each.members, late + each.late)
        return found


def balance(scope: Scope, *, now: datetime, campaign: int | None = None, since: datetime | None = None) -> Balance:
    """Where the tubes of an area are now; of one campaign, or of the last days."""
    rounds = None
    if campaign is not None:
        found = Campaign.objects.filter(pk=campaign).first()
        rounds = list(found.rounds.values_list("pk", flat=True)) if found else []
        since = found.starts_at - RECENT if found else now
    about: dict[str, Any] = {"area": scope.area, "now": now, "since": since or now - RECENT, "round": rounds}
    hours = {name: value for name, value in numbers(TRANSPORT, local_date(now)).items() if name.endswith("_hours")}
    with connection.cursor() as cursor:
        cursor.execute(statement("holders"), about | {"hours": json.dumps(hours)})
        rows = records(cursor)
    names = _names(rows)
    return Balance([Holding(**(row | names.get((row["holder"], row["key"]), {}))) for row in rows])


def audit(scope: Scope, *, now: datetime, since: datetime | None = None, alias: str = "loop") -> list[dict[str, Any]]:
    """What does not balance among the tubes of an area; nothing when all is well. Asked as the loop: laboratories see no people."""
    about: dict[str, Any] = {"area": scope.area, "now": now, "since": since or now - AUDITED}
    with connections[alias].cursor() as cursor:
        cursor.execute(statement("faults"), about)
        rows = records(cursor)
    return [_fault(row) for row in rows]


def _fault(row: Mapping[str, Any]) -> dict[str, Any]:
    zh, en = FAULTS[row["fault"]]
    return {"check": row["fault"], "zh": zh, "en": en, "row": {name: row[name] for name in ("tube", "area", "person")}}


def _names(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int | None], dict[str, str]]:
    """What each holder is called, and in whose hand it is."""
    keys: dict[str, set[int]] = {}
    for row in rows:
        if row["key"] is not None:
            keys.setdefault(row["holder"], set()).add(row["key"])
    found: dict[tuple[str, int | None], dict[str, str]] = {}
    for site in Site.objects.select_related("place").filter(pk__in=keys.get("site", ())):
        found["site", site.pk] = {"name": site.place.name_zh, "name_en": site.place.name_en}
    for laboratory in Laboratory.objects.select_related("place").filter(pk__in=keys.get("laboratory", ())):
        found["laboratory", laboratory.pk] = {"name": laboratory.place.name_zh, "name_en": laboratory.place.name_en}
    for box in Box.objects.select_related("site__place").filter(pk__in=keys.get("box", ())):
        found["box", box.pk] = {"name": box.code, "hand": box.site.place.name_zh}
    for trip in Trip.objects.filter(pk__in=keys.get("courier", ())):
        found["courier", trip.pk] = {"name": trip.courier, "hand": trip.vehicle}
    runs = list(Run.objects.filter(pk__in=keys.get("run", ())))
    hands = {run.pk: run.accepted_by or run.loaded_by for run in runs}
    people = _people(hands.values())
    found |= {("run", run.pk): {"name": run.code, "hand": people.get(hands[run.pk], hands[run.pk])} for run in runs}
    return found


def _people(signed: Iterable[str]) -> dict[str, str]:
    """Names of the accounts that signed."""
    numbers = {int(each.partition(":")[2]) for each in signed if each.startswith("account:")}
    return {f"account:{pk}": name for pk, name in Account.objects.filter(pk__in=numbers).values_list("pk", "name")}
