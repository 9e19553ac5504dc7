"""Who is held too long or went too early: findings worked out from stays and measures, each with a clock. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max

from yanmen.base.clock import local_date, start_of
from yanmen.base.rows import records
from yanmen.loop.policies import numbers, shelf
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.quarantine.methods.serving import INFECTED_PLACES
from yanmen.subsystems.quarantine.methods.words import FINDINGS as TITLES
from yanmen.subsystems.quarantine.models import Stay
from yanmen.subsystems.quarantine.queries import owed
from yanmen.subsystems.quarantine.queries.guests import Guest, guests, stays
from yanmen.subsystems.quarantine.queries.release import checklist
from yanmen.subsystems.quarantine.queries.statements import FINDINGS, statement

CLOCKS = {
    "over_held": "over_hold_hours",
    "withheld": "withheld_hours",
    "left_early": "early_hours",
    "without_measure": "without_measure_hours",
}
WENT = ("released", "absconded")
"""The ways of leaving that end somebody's time; whoever was brought elsewhere goes on there."""
WHOLE = 2000
UNSERVED = "SELECT stay FROM quarantine_guests_served(%(site)s, %(today)s, %(names)s, %(ranks)s, %(kinds)s) WHERE served IS NOT TRUE"
LEFT_EARLY = """SELECT stay FROM quarantine_left_early(%(site)s, %(today)s, %(since)s, %(days)s, %(ways)s, %(names)s, %(ranks)s, %(kinds)s)"""


@dataclass(frozen=True)
class Finding:
    """Something that should not be: of whom, since when, and by when it is to be looked into."""

    kind: str
    person: int
    name: str
    area: str
    since: datetime
    due_at: datetime
    zh: str
    en: str
    stay: int | None = None
    site: Any = None
    room: str = ""
    measure: int | None = None

    def late(self, now: datetime) -> bool:
        """Whether its clock has run out."""
        return now > self.due_at


def findings(
    scope: Scope, *, now: datetime, kind: str = "", site: int | None = None, unserved: Sequence[Guest] | None = None
) -> list[Finding]:
    """Every finding of the asker's areas, or of one site: the first to be late first.

    Whoever has asked already who is in without being served (`SiteDay.unserved`, of the same sites and moment) hands them over.
    """
    policy = numbers(FINDINGS, local_date(now))
    if not policy:
        return []
    here = guests(scope, _unserved(scope, site, now), now=now) if unserved is None else unserved
    found = [each for guest in here for each in _staying(guest, now)]
    gone = guests(scope, _gone(scope, site, now, policy), now=now)
    returned = _returned(gone)
    found += [each for guest in gone for each in _early(guest, now, returned.get(guest.stay.person_id))]
    if site is None:
        told = {each.measure for each in found if each.kind == "withheld"}
        found += [each for each in _withheld(scope, now) if each.measure not in told]
    found = [each for each in found if not kind or each.kind == kind]
    return sorted(found, key=lambda each: (each.due_at, each.person, each.kind))


def counts(rows: Iterable[Finding], now: datetime) -> dict[str, tuple[int, int]]:
    """How many of each kind, and how many of them are past their clock."""
    all_rows = list(rows)
    return {
        kind: (len(own), sum(each.late(now) for each in own))
        for kind in TITLES
        if (own := [each for each in all_rows if each.kind == kind])
    }


def audit(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """Findings of stays past their clock, as the audit lists breaks. What is withheld from others has its task in the loop."""
    with acting(scope):
        rows = [each for each in findings(scope, now=now) if each.stay is not None and each.late(now)]
    return [
        {
            "check": f"quarantine_{each.kind}",
            "zh": TITLES[each.kind]["zh"],
            "en": TITLES[each.kind]["en"],
            "row": {"person": each.person, "area": each.area, "stay": each.stay, "since": each.since.isoformat()},
        }
        for each in rows
    ]


def _staying(guest: Guest, now: datetime) -> list[Finding]:
    """Of somebody who is in: held over, kept by a condition, or by nothing at all."""
    today = local_date(now)
    if guest.stricter_elsewhere(today):
        return []
    served, last = guest.served(today)
    if not served:
        return [_finding(guest, "without_measure", _no_measure_since(guest), now, *_lifted(guest))]
    if last is None or last >= today:
        return []
    withheld = [each for each in guest.withheld() if guest.stay.site.kind in each.stretch.site_kinds]
    lines = checklist(guest, now=now).open
    zh = "；".join(f"{each.zh}：{each.because['zh']}" for each in lines) or "解除条件均已满足"
    en = "; ".join(f"{each.en}: {each.because['en']}" for each in lines) or "every condition of the release holds"
    kind = "withheld" if withheld else "over_held"
    measure = withheld[0].measure if withheld else None
    return [_finding(guest, kind, start_of(last + timedelta(days=1)), now, zh, en, measure=measure)]


def _early(guest: Guest, now: datetime, returned: datetime | None) -> list[Finding]:
    """Of somebody who went and has no room again since: days that a measure in force still asked for this kind of place."""
    ended = guest.stay.ended_at
    if ended is None or (returned is not None and returned >= ended):
        return []
    day = local_date(ended)
    left = [
        each
        for each in guest.counted()
        if each.state == "in_force"
        and guest.stay.site.kind in each.stretch.site_kinds
        and each.known_on <= day
        and each.first <= day
        and (each.last is None or each.last >= day)
        and (each.last is None or each.last >= local_date(now) - timedelta(days=_look_back(now)))
    ]
    if not left:
        return []
    last = max((each.last or date.max) for each in left)
    until = last.isoformat() if last != date.max else "–"
    return [
        _finding(
            guest, "left_early", ended, now, f"措施要求住至{until}", f"The measure asks for this place through {until}"
        )
    ]


def _withheld(scope: Scope, now: datetime) -> list[Finding]:
    places = shelf.policy().places("holds")
    about: dict[str, Any] = {
        "area": scope.area, "places": places, "infected": list(INFECTED_PLACES), "day": local_date(now), "limit": WHOLE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement("withheld"), about)
        rows = records(cursor)
    hours = timedelta(hours=numbers(FINDINGS, local_date(now))[CLOCKS["withheld"]])
    return [
        Finding(
            kind="withheld", person=row["person"], name=row["name"] or "", area=row["area"], measure=row["measure"],
            since=(since := start_of(row["last_day"] + timedelta(days=1))), due_at=since + hours,
            zh=f"末日{row['last_day']}已过，解除条件未满足", en=f"The last day {row['last_day']} has passed; a condition does not hold",
        )
        for row in rows
    ]  # fmt: skip


def _unserved(scope: Scope, site: int | None, now: datetime) -> list[Stay]:
    """Guests whose measures do not want them in such a site today: nobody else can be a finding."""
    about = owed.places_known() | {"site": site, "today": local_date(now)}
    return stays(scope, site=site, numbers=_numbers(UNSERVED, about))


def _gone(scope: Scope, site: int | None, now: datetime, policy: Any) -> list[Stay]:
    """Stays that ended while a measure in force asked for them, the last first."""
    days = policy["look_back_days"]
    about = owed.places_known() | {
        "site": site, "today": local_date(now), "since": now - timedelta(days=days), "days": days, "ways": list(WENT),
    }  # fmt: skip
    rows = scope.within(Stay.objects, "area").filter(pk__in=_numbers(LEFT_EARLY, about))
    return list(rows.select_related("site__place", "room__floor").order_by("-ended_at"))


def _numbers(text: str, about: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(text, about)
        return [number for (number,) in cursor.fetchall()]


def _look_back(now: datetime) -> int:
    return int(numbers(FINDINGS, local_date(now))["look_back_days"])


def _returned(gone: Sequence[Guest]) -> dict[int, datetime]:
    """Who of those who went has a room now, and since when it was given."""
    rows = Stay.objects.filter(person__in={each.stay.person_id for each in gone}, state="admitted").order_by()
    return dict(rows.values_list("person").annotate(at=Max("assigned_at")))


def _no_measure_since(guest: Guest) -> datetime:
    ends = [each.ended_at for each in guest.stages if each.state == "lifted" and each.ended_at]
    return max([guest.since, *ends])


def _lifted(guest: Guest) -> tuple[str, str]:
    rules = sorted({each.rule for each in guest.stages if each.state == "lifted"})
    if rules:
        return f"措施已解除：{'、'.join(rules)}", f"Lifted: {', '.join(rules)}"
    return "没有措施要求在此隔离", "No measure asks for this place"


def _finding(
    guest: Guest, kind: str, since: datetime, now: datetime, zh: str, en: str, *, measure: int | None = None
) -> Finding:
    hours = numbers(FINDINGS, local_date(now))[CLOCKS[kind]]
    stay = guest.stay
    return Finding(
        kind=kind, person=stay.person_id, name=guest.name, area=stay.area, since=since, due_at=since + timedelta(hours=hours),
        zh=zh, en=en, stay=stay.pk, site=stay.site, room=stay.room.number, measure=measure,
    )  # fmt: skip
