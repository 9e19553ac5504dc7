"""Forms that offices want filled: what they cost, and where their questions are answered already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yanmen.base.clock import local_date
from yanmen.desk import words
from yanmen.loop.catalogue import catalogue
from yanmen.registry.models import Household
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid.methods.form_costs import plain
from yanmen.subsystems.grid.models import Door, Form

GENERIC = frozenset(
    ("note", "text", "kind", "count", "how", "detail", "special", "answer", "question", "form", "why", "where")
)
"""Fields whose titles say nothing of what they hold."""
REGISTER = {
    "name": {"zh": "姓名", "en": "Name"},
    "sex": {"zh": "性别", "en": "Sex"},
    "born_on": {"zh": "出生日期", "en": "Date of birth"},
    "id_number": {"zh": "证件号码", "en": "Document number"},
    "phone": {"zh": "电话", "en": "Phone"},
    "address": {"zh": "地址", "en": "Address"},
    "household": {"zh": "同住人", "en": "Who lives together"},
    "members": {"zh": "家庭人数", "en": "Size of the household"},
    "age": {"zh": "年龄", "en": "Age"},
    "post": {"zh": "岗位", "en": "Post"},
    "guardian": {"zh": "监护人", "en": "Guardian"},
}
FACTS = {
    "体温": "quarantine.door_visited.celsius", "症状": "quarantine.symptoms_told.symptoms", "temperature": "quarantine.door_visited.celsius",
    "symptoms": "quarantine.symptoms_told.symptoms", "检测结果": "screening.result.result", "test result": "screening.result.result",
    "需求": "quarantine.need_told.need", "needs": "quarantine.need_told.need", "出发地": "arrivals.declared.origin",
    "抵达日期": "arrivals.declared.expected_on", "见到": "quarantine.door_visited.found",
}  # fmt: skip
"""Usual questions whose field has another title."""


@dataclass(frozen=True)
class Burden:
    """What all forms of an area cost the grid a week, and what they would have cost as they were asked for."""

    minutes: float
    minutes_asked: float


def forms(scope: Scope, *, ended: bool = False) -> list[Form]:
    """Forms that are asked in the asker's areas, those of areas above included; the dearest first."""
    return sorted(
        (
            form
            for form in Form.objects.filter(ended_at__isnull=not ended)
            if scope.includes(form.area) or scope.area.startswith(form.area)
        ),
        key=lambda form: (-form.minutes, form.pk),
    )


def burden(scope: Scope) -> Burden:
    """Grid-minutes a week of all forms asked in the asker's areas."""
    found = forms(scope)
    return Burden(sum(form.minutes for form in found), sum(form.minutes_asked for form in found))


def doors_of(scope: Scope, area: str) -> int:
    """How many doors an area has: registered ones, else its households."""
    within = scope.narrowed(area)
    many: int = within.within(Door.objects, "area").count()
    return many or int(within.within(Household.objects, "area").count())


def vocabulary(scope: Scope, area: str, *, now: datetime) -> dict[str, str]:
    """Every question that has an answer already: its plain title and where it stands. Kinds of fact, the register, other forms."""
    known: dict[str, str] = {}
    for kind in catalogue.facts.values():
        for field in kind.detail:
            if field not in GENERIC and field not in words.KEYS:
                for title in words.field(field).values():
                    known.setdefault(plain(title), f"{kind.name}.{field}")
    known |= {plain(title): f"register.{field}" for field, titles in REGISTER.items() for title in titles.values()}
    known |= {plain(title): where for title, where in FACTS.items()}
    for form in forms(scope):
        if area.startswith(form.area) and form.ends_on >= local_date(now):
            for question in form.questions:
                known.setdefault(plain(question["title"]), f"form.{form.pk}.{form.title}")
    known.pop("", None)
    return known


def field_exists(scope: Scope, where: str) -> bool:
    """Whether a name such as quarantine.door_visited.celsius or register.phone is a field."""
    kind, _, field = where.rpartition(".")
    return (kind == "register" and field in REGISTER) or field in getattr(catalogue.facts.get(kind), "detail", {})


def place_of(scope: Scope, where: str) -> dict[str, str]:
    """Where an answer stands, in words."""
    if where.startswith("form."):
        form = where.split(".", 2)[2]
        return {"zh": f"报表《{form}》", "en": f'form "{form}"'}
    kind, _, field = where.rpartition(".")
    if kind == "register":
        title = REGISTER[field]
        return {"zh": f"人员登记·{title['zh']}", "en": f"register: {title['en']}"}
    fact, named = catalogue.facts[kind], words.field(field)
    return {"zh": f"{fact.zh}·{named['zh']}", "en": f"{fact.en}: {named['en']}"}
