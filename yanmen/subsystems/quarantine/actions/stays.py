"""Somebody's room: given by hand, taken by who arrives, changed, left; whoever comes second to the last bed is told so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine import kinds
from yanmen.subsystems.quarantine.methods.courses import STAY, STAYING
from yanmen.subsystems.quarantine.methods.serving import Stretch, last_day_served, strictest
from yanmen.subsystems.quarantine.models import Conflict, Room, Site, Stay
from yanmen.subsystems.quarantine.queries import owed
from yanmen.subsystems.quarantine.queries.waiting import end_of

MOST_PEOPLE = 20
_LOCK = 7316
_TAKEN = (
    "房间刚刚被别人占用，或已没有空床，请另选一间。",
    "Somebody else has just been given this room, or it has no bed left. Choose another.",
)
_REFUSED = {
    "quarantine_room_of_one_party": _TAKEN,
    "quarantine_beds": _TAKEN,
    "quarantine_person_in_one_room": (
        "此人已有房间；请先取消或改为调换房间。",
        "This person has a room already. Cancel it, or move them.",
    ),
    "quarantine_room_closed": ("房间已停用，请另选一间。", "The room is closed. Choose another."),
    "quarantine_room_of_site": ("房间不属于该隔离点。", "The room lies in another site."),
}


@transaction.atomic
def take_room(
    *, scope: Scope, people: Sequence[int], room: int, by: str, now: datetime, instead: bool = False
) -> list[Stay]:
    """Give one room to somebody, or to those who share it, from now until the last day their measures want them there.

    Who has a room that serves is refused, unless the new one is meant `instead` of it: in another site, then a transfer.
    """
    found = _room(scope, room)
    who = sorted(set(people))
    if not who or len(who) > MOST_PEOPLE:
        raise Refusal("请选择入住人员。", "Name who gets the room.", field="people", value=str(len(who)))
    day = local_date(now)
    whole = owed.places_owed(scope, day=day, people=who)
    about = owed.known(scope, who, day=day, now=now)
    held = {person: strictest(whole[person].stretches, day) if person in whole else None for person in who}
    for person, mine in held.items():
        if mine is None or person not in about or found.site.kind not in mine.site_kinds:
            raise Refusal(
                "此人今日没有需入住该类隔离点的措施。", "No measure of today wants this person in a site of this kind.",
                field="people", value=str(person),
            )  # fmt: skip
    lock_sites(scope, [found.site_id])
    if not instead and served_already(scope, {person: mine for person, mine in held.items() if mine}):
        raise Refusal(*_REFUSED["quarantine_person_in_one_room"], field="people")
    party = _party(found, who, about)
    _with_adult(found, party, who, about, day)
    stays = []
    for person in who:
        mine = held[person]
        assert mine is not None
        stays.append(
            new_stay(
                scope=scope,
                whole=whole[person],
                mine=mine,
                room=found,
                party=party,
                needs=sorted(about[person].special),
                by=by,
                now=now,
            )
        )
    return store(scope=scope, stays=stays, by=by, now=now)


@transaction.atomic
def admit(*, scope: Scope, stay: int, by: str, now: datetime) -> Stay:
    """Somebody has arrived and is in their room; where they were before they have left. Told twice it is one."""
    found = own_stay(scope, stay)
    if found.state == "admitted":
        return found
    for before in Stay.objects.filter(person=found.person_id, state="admitted").exclude(pk=found.pk):
        end_stay(
            scope=scope,
            stay=before,
            why="hospital" if found.site.kind == "hospital" else "site",
            to=str(found.site),
            by=by,
            now=now,
        )
    found.state = STAY.after(found.state, "admit")
    found.admitted_at, found.admitted_by = now, by
    found.save(update_fields=["state", "admitted_at", "admitted_by"])
    _record(scope, kinds.ADMITTED.name, found, by=by, now=now, until=_said(found.during.upper))
    return found


@transaction.atomic
def cancel(*, scope: Scope, stay: int, why: str, by: str, now: datetime) -> Stay:
    """Somebody who has not come needs the room no more: it is free from now."""
    found = own_stay(scope, stay)
    if not STAY.can(found.state, "cancel"):
        raise Refusal(
            "只能取消尚未入住的房间；已入住的请登记离开。",
            "Only a room that nobody has come to is given back; for who stays there, say that they leave.",
            field="stay", value=str(stay),
        )  # fmt: skip
    if not why.strip():
        raise Refusal("请写明原因。", "Say why.", field="why")
    give_back(scope=scope, stay=found, why=why.strip()[:200], by=by, now=now)
    Conflict.objects.filter(stay=found, resolved_at=None).update(resolved_at=now)
    return found


@transaction.atomic
def give_back(*, scope: Scope, stay: Stay, why: str, by: str, now: datetime) -> None:
    """A room that nobody has come to is free from now, and that is told."""
    stay.state, stay.ended_at, stay.ended_by, stay.why = STAY.after(stay.state, "cancel"), now, by, why
    stay.save(update_fields=["state", "ended_at", "ended_by", "why"])
    _record(scope, kinds.GIVEN_BACK.name, stay, by=by, now=now, why=why)


@transaction.atomic
def move(*, scope: Scope, stay: int, room: int, why: str, by: str, now: datetime) -> list[Stay]:
    """Those who share a room move to another of the same site, together."""
    found, new = own_stay(scope, stay), _room(scope, room)
    if found.state not in STAYING or new.site_id != found.site_id or new.pk == found.room_id:
        raise Refusal(
            "只能在同一隔离点内调换到另一房间；换隔离点请重新分配并转运。",
            "Choose another room of the same site. For another site, give a room there and ask for a transfer.",
            field="room", value=new.number,
        )  # fmt: skip
    rows = Stay.objects.select_for_update(of=("self",)).filter(room=found.room_id, party=found.party, state__in=STAYING)
    moved = list(rows.order_by("pk"))
    with told_apart():
        for each in moved:
            each.room = new
            each.save(update_fields=["room"])
    for each in moved:
        _record(scope, kinds.MOVED.name, each, by=by, now=now, why=why[:200])
    return moved


def new_stay(
    *, scope: Scope, whole: owed.Owed, mine: Stretch, room: Room, party: int, needs: Sequence[str], by: str, now: datetime
) -> Stay:  # fmt: skip
    """A stay that is not stored yet: from now until the last day in a row on which the site serves the person."""
    scope.require(room.area)
    day = local_date(now)
    _, last = last_day_served(whole.stretches, day, room.site.kind)
    until = end_of(last)
    return Stay(
        person_id=whole.person, party=party, site=room.site, room=room, area=room.area, home_area=whole.area,
        group=mine.group, measure=mine.measure, needs=list(needs), during=DateTimeTZRange(now, until),
        holds=DateTimeTZRange(now, held_until(until, day)), assigned_at=now, assigned_by=by,
    )  # fmt: skip


def served_already(scope: Scope, held: Mapping[int, Stretch]) -> set[int]:
    """Who of these has a room already, in a site of a kind that serves and with the right group."""
    del scope
    rows = Stay.objects.filter(person__in=list(held), state__in=STAYING).values_list("person", "site__kind", "group")
    return {who for who, kind, group in rows if kind in held[who].site_kinds and group == held[who].group}


def held_until(until: datetime | None, day: date) -> datetime | None:
    """When a room is free again after a stay: once it has been cleaned (norm quarantine.rooms_between)."""
    hours = float(numbers(owed.BETWEEN, day).get("turnover_hours", 0))
    return None if until is None else until + timedelta(hours=hours)


def lock_sites(scope: Scope, sites: Sequence[int]) -> None:
    """One at a time gives rooms of a site: whether infected people or contacts are there is no column of a constraint."""
    del scope
    with connection.cursor() as cursor:
        for site in sorted(set(sites)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, site % 2**31])


def store(*, scope: Scope, stays: Sequence[Stay], by: str, now: datetime) -> list[Stay]:
    """Write new stays with their facts; rooms given before end, and two groups never meet in a site."""
    _one_group(stays)
    people = [each.person_id for each in stays]
    earlier = Stay.objects.select_for_update(of=("self",)).select_related("room__floor")
    for before in earlier.filter(person__in=people, state__in=STAYING):
        _step_aside(scope, before, by=by, now=now)
    with told_apart():
        for each in stays:
            each.save(force_insert=True)
    rows = [
        {"person": each.person_id, "place": each.site_id, "area": _desk(scope, each), "occurred_at": now,
         "detail": _about(each) | _span(each)}
        for each in stays
    ]  # fmt: skip
    facts.record_many(kinds.ASSIGNED.name, rows, by=by, now=now)
    return list(stays)


@contextmanager
def told_apart() -> Iterator[None]:
    """What the database refuses as a refusal that says what to do next."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        if name not in _REFUSED:
            raise
        raise Refusal(*_REFUSED[name], field="room") from error


def _one_group(stays: Sequence[Stay]) -> None:
    coming: dict[int, set[str]] = {}
    for each in stays:
        coming.setdefault(each.site_id, set()).add(each.group)
    people = [each.person_id for each in stays]
    there = Stay.objects.filter(site__in=coming, state__in=STAYING).exclude(person__in=people)
    for site, group in there.values_list("site", "group").distinct():
        coming[site].add(group)
    for site, groups in coming.items():
        if len(groups) > 1:
            raise Refusal(
                "感染者与密接不得在同一隔离点，请另选。", "Infected people and contacts never share a site. Choose another.",
                field="site", value=str(Site.objects.get(pk=site)),
            )  # fmt: skip


def _step_aside(scope: Scope, before: Stay, *, by: str, now: datetime) -> None:
    """Somebody gets another room: one not taken yet is given back, one they are in is theirs until they leave it."""
    if before.state == "assigned":
        give_back(scope=scope, stay=before, why="site", by=by, now=now)
        return
    ends = after(before, now)
    before.during = DateTimeTZRange(before.during.lower, min(ends, before.during.upper or ends))
    before.save(update_fields=["during"])


def end_stay(*, scope: Scope, stay: Stay, why: str, to: str, by: str, now: datetime, note: str = "") -> None:
    """The stay ends now. Where the next party has the room already, that is told, and nobody is kept for it."""
    ends = after(stay, now)
    Conflict.objects.filter(stay=stay, resolved_at=None).update(resolved_at=now)
    stay.state, stay.ended_at, stay.ended_by, stay.why = "left", now, by, why
    during = DateTimeTZRange(stay.during.lower, min(ends, stay.during.upper or ends))
    try:
        with transaction.atomic():
            stay.during, stay.holds = during, DateTimeTZRange(stay.holds.lower, held_until(ends, local_date(now)))
            stay.save(update_fields=["state", "ended_at", "ended_by", "why", "during", "holds"])
    except IntegrityError:
        old = Stay.objects.get(pk=stay.pk)
        stay.during, stay.holds = old.during, old.holds
        stay.save(update_fields=["state", "ended_at", "ended_by", "why"])
        Conflict.objects.get_or_create(
            stay=stay, kind="room_needed", resolved_at=None,
            defaults={"person_id": stay.person_id, "area": stay.area, "home_area": stay.home_area, "found_at": now},
        )  # fmt: skip
    _record(scope, kinds.LEFT.name, stay, by=by, now=now, why=why, to=to, note=note)


def after(stay: Stay, now: datetime) -> datetime:
    """Now, or the first moment after the stay began: a time is never empty."""
    began: datetime = stay.during.lower
    return max(now, began + timedelta(seconds=1))


def _party(room: Room, who: Sequence[int], about: dict[int, owed.Known]) -> int:
    """The party these people belong to: their household's, where one of it has a room already."""
    homes = {about[person].household for person in who} - {None}
    rows = Stay.objects.filter(state__in=STAYING, person__household__in=homes).order_by("assigned_at")
    return int(next(iter(rows.values_list("party", flat=True)), min(who)))


def _with_adult(room: Room, party: int, who: Sequence[int], about: dict[int, owed.Known], day: date) -> None:
    """A child never stays alone in a room."""
    norm = numbers(owed.ASSIGNING, day)
    child, adult = int(norm.get("with_adult_age", -1)), int(norm.get("adult_age", 0))
    ages = [about[person].age for person in who]
    if not any(age is not None and age <= child for age in ages) or any(age is None or age >= adult for age in ages):
        return
    there = Stay.objects.filter(room=room, party=party, state__in=STAYING).values_list("person__born_on", flat=True)
    if not any(born is None or (day - born).days >= adult * 365.25 for born in there):
        raise Refusal(
            "儿童须与成人同住：请把监护人一并选入，或选监护人所在房间。",
            "A child stays with an adult: name the guardian too, or choose the guardian's room.", field="people",
        )  # fmt: skip


def _room(scope: Scope, room: int) -> Room:
    found = Room.objects.select_related("site__place", "floor").filter(pk=room).first()
    if found is None:
        raise Refusal("没有这个房间。", "There is no such room.", field="room", value=str(room))
    scope.require(found.area)
    if found.floor.zone != "observation" or found.site.state != "open" or found.state != "clean":
        raise Refusal(
            "该房间现在不能入住（隔离点未启用、非隔离区或尚未清洁）。",
            "Nobody can stay there now: the site is not open, the room is not for guests, or it is not clean.",
            field="room", value=found.number,
        )  # fmt: skip
    return found


def own_stay(scope: Scope, stay: int) -> Stay:
    """A stay of either end of the asker, for a change."""
    rows = Stay.objects.select_for_update(of=("self",)).select_related("room__floor", "site__place")
    found = rows.filter(pk=stay).first()
    if found is None or not (scope.includes(found.area) or scope.includes(found.home_area)):
        raise Refusal(
            "没有这一住宿安排，或不属于您的辖区。", "No such stay in your areas.", field="stay", value=str(stay)
        )
    return found


def _about(stay: Stay) -> dict[str, object]:
    return {"stay": stay.pk, "room": stay.room.number, "floor": stay.room.floor.name}


def _span(stay: Stay) -> dict[str, str]:
    """From when to when, as far as it is known."""
    found = {"from": stay.during.lower, "until": stay.during.upper}
    return {name: moment.isoformat() for name, moment in found.items() if moment}


def _desk(scope: Scope, stay: Stay) -> str:
    """The area of the desk that tells the fact."""
    return str(stay.area if scope.includes(stay.area) else stay.home_area)


def _record(scope: Scope, kind: str, stay: Stay, *, by: str, now: datetime, **more: object) -> None:
    facts.record(
        kind, person=stay.person_id, place=stay.site_id, area=_desk(scope, stay), occurred_at=now, by=by, now=now,
        detail=_about(stay) | {name: value for name, value in more.items() if value},
    )  # fmt: skip


def _said(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
