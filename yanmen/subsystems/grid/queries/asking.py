"""The one form at a door: what is asked of each person there. What a fact answers already is not asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.methods import answers
from yanmen.subsystems.grid.methods.answers import Field
from yanmen.subsystems.grid.models import Door, Form
from yanmen.subsystems.grid.queries.duties import Resident, residents_at
from yanmen.subsystems.grid.queries.fields import people_behind

TASKS: Mapping[str, str] = {
    "home_visit": answers.VISITED,
    "release_check": answers.RELEASE_CHECKED,
    "release_test": answers.SAMPLED,
    "antigen_test": answers.RESULT,
    "check_home": answers.HOME_CHECKED,
    "door_visit": answers.DOOR_VISITED,
    "meet_need": answers.NEED_MET,
}
"""Which kind of fact the form records for a kind of task."""
SHARED = ("shared_air",)
"""What is true of a whole home: one answer serves everybody in it."""


@dataclass(frozen=True)
class Ask:
    """One thing asked of a person: the fact it becomes, its fields, and what is known of it already."""

    kind: str
    about: str
    fields: tuple[Field, ...]
    known: Mapping[str, Any]
    title: Mapping[str, str]
    needed: bool


@dataclass(frozen=True)
class Asked:
    """A person at the door with what is asked of them; `told` are needs that nobody has met."""

    resident: Resident
    asks: tuple[Ask, ...]
    untold: tuple[str, ...]


def form_at(scope: Scope, one: Door, *, now: datetime, way: str = "door") -> list[Asked]:
    """What is asked at a door today, or by telephone."""
    return forms_at(scope, [one], now=now, way=way)[one.pk]


def forms_at(scope: Scope, doors: Sequence[Door], *, now: datetime, way: str = "door") -> dict[int, list[Asked]]:
    """What is asked at each of some doors: a fixed number of statements, however many doors."""
    behind = people_behind(scope, [one.pk for one in doors])
    everybody = [person for people in behind.values() for person in people]
    residents = {each.person: each for each in residents_at(scope, everybody, now=now)}
    forms = forms_asked(scope, now=now)
    found = {}
    for one in doors:
        home = [residents[person] for person in sorted(behind[one.pk]) if person in residents]
        asked_here = [form for form in forms if scope.includes(one.area) and one.area.startswith(form.area)]
        found[one.pk] = [_asked(each, home, asked_here, now=now, way=way) for each in home]
    return found


def forms_asked(scope: Scope, *, now: datetime) -> list[Form]:
    """Registered forms that are to be filled today, whoever asks for them; each is asked in its area and below."""
    return list(Form.objects.filter(ended_at=None, ends_on__gte=local_date(now)).order_by("pk"))


def _asked(one: Resident, home: Sequence[Resident], forms: Sequence[Form], *, now: datetime, way: str) -> Asked:
    kinds = [TASKS[owed.kind] for owed in one.owed if owed.kind in TASKS]
    asks = [_ask(kind, one, home, now=now) for kind in dict.fromkeys(kinds) if kind != answers.NEED_MET]
    if way == "phone":
        asks = [ask for ask in asks if ask.kind not in (*AT_THE_DOOR, answers.HOME_CHECKED)]
        asks.append(
            Ask(answers.SYMPTOMS, "", answers.FIELDS[answers.SYMPTOMS][:2], {}, answers.TITLES[answers.SYMPTOMS], False)
        )
    asks += [_met(need.id, need.detail) for need in one.needs()]
    asks += _questions(one, forms, now)
    untold = tuple(owed.kind for owed in one.owed if owed.kind not in TASKS)
    return Asked(one, tuple(asks), untold)


AT_THE_DOOR = (answers.VISITED, answers.DOOR_VISITED, answers.SAMPLED, answers.RESULT)


def _ask(kind: str, one: Resident, home: Sequence[Resident], *, now: datetime) -> Ask:
    fields, known = answers.FIELDS[kind], {}
    if kind == answers.HOME_CHECKED:
        known = _of_the_home(one, home, now)
    if kind == answers.DOOR_VISITED and _measured_today(one, now):
        fields = tuple(field for field in fields if field.name != "celsius")
    if kind in (answers.VISITED, answers.RELEASE_CHECKED):
        fields = ()
    return Ask(
        kind,
        "",
        tuple(f for f in fields if f.name not in known and f.name != "note"),
        known,
        answers.TITLES[kind],
        True,
    )


def _of_the_home(one: Resident, home: Sequence[Resident], now: datetime) -> dict[str, Any]:
    """What was seen of the home when it was checked for somebody else in it."""
    fresh = int(numbers("quarantine.home", local_date(now)).get("fit_days", 0))
    for other in home:
        checked = other.last(answers.HOME_CHECKED)
        if other.person != one.person and checked and checked.at > now - timedelta(days=fresh):
            return {name: checked.detail[name] for name in SHARED if name in checked.detail}
    return {}


def _measured_today(one: Resident, now: datetime) -> bool:
    wanted = int(numbers("quarantine.home", local_date(now)).get("temperatures_a_day", 1))
    taken = [
        each
        for each in one.said
        if local_date(each.at) == local_date(now)
        and each.kind in (answers.DOOR_VISITED, answers.SYMPTOMS, "quarantine.checked")
        and each.detail.get("celsius") is not None
    ]
    return len(taken) >= wanted


def _met(told: Any, detail: Mapping[str, Any]) -> Ask:
    [_, how] = answers.FIELDS[answers.NEED_MET]
    need = next(field for field in answers.FIELDS[answers.NEED_TOLD] if field.name == "need")
    title = need.options.get(str(detail.get("need")), {"zh": "需求", "en": "Need"})
    text = f" {detail['text']}" if detail.get("text") else ""
    said = {"zh": f"需求：{title['zh']}{text}", "en": f"Need: {title['en']}{text}"}
    return Ask(answers.NEED_MET, str(told), (how,), {"told": str(told)}, said, False)


def _questions(one: Resident, forms: Sequence[Form], now: datetime) -> list[Ask]:
    """Questions of registered forms that nobody answered within the rhythm of the form."""
    found: dict[str, Ask] = {}
    for form in forms:
        for question in form.questions:
            key = str(question["key"])
            if key in found or _answered(one, key, now - timedelta(days=form.every_days)):
                continue
            field = Field("answer", "text", question["title"], question["title"])
            known = {"form": form.pk, "question": key}
            title = {"zh": question["title"], "en": question["title"]}
            found[key] = Ask(answers.ANSWERED, key, (field,), known, title, False)
    return list(found.values())


def _answered(one: Resident, key: str, since: datetime) -> bool:
    return any(
        each.kind == answers.ANSWERED and each.detail.get("question") == key and each.at > since for each in one.said
    )
