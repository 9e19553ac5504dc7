"""Titles by name: areas, roles, kinds, and the words of the packs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from yanmen.base.area_codes import parent_of
from yanmen.desk import kinds as desk_kinds
from yanmen.loop.catalogue import catalogue
from yanmen.loop.kinds import Kind, kinds_in
from yanmen.registry.models import Area

Title = dict[str, str]

OWN: dict[str, Title] = {
    "proposed": {"zh": "待批准", "en": "Proposed"},
    "in_force": {"zh": "执行中", "en": "In force"},
    "completed": {"zh": "期满解除", "en": "Completed"},
    "lifted": {"zh": "提前解除", "en": "Lifted"},
    "open": {"zh": "待办", "en": "Open"},
    "done": {"zh": "已完成", "en": "Done"},
    "cancelled": {"zh": "已取消", "en": "Cancelled"},
    "failed": {"zh": "逾期未办", "en": "Failed"},
    "imposed": {"zh": "采取", "en": "Imposed"},
    "revised": {"zh": "调整", "en": "Revised"},
    "over_hold": {"zh": "超期管控", "en": "Over-hold"},
    "over_held": {"zh": "超期管控", "en": "Over-hold"},
    "high": {"zh": "高风险", "en": "High risk"},
    "medium": {"zh": "中风险", "en": "Medium risk"},
    "low": {"zh": "低风险", "en": "Low risk"},
    "none": {"zh": "未划定", "en": "No tier"},
    "green": {"zh": "绿码", "en": "Green"},
    "yellow": {"zh": "黄码", "en": "Yellow"},
    "red": {"zh": "红码", "en": "Red"},
    "any": {"zh": "任何角色", "en": "Any role"},
    "person": {"zh": "人员", "en": "Person"},
    "area": {"zh": "地区", "en": "Area"},
    "place": {"zh": "场所", "en": "Place"},
}
_roles = {kind.name: kind for kind in kinds_in(desk_kinds)}


def role(name: str) -> Kind | Title:
    return _roles.get(name) or catalogue.roles.get(name) or word(name)


def fact(name: str) -> Kind | Title:
    return catalogue.facts.get(name) or word(name)


def measure(name: str) -> Kind | Title:
    return catalogue.measures.get(name) or word(name)


def task(name: str) -> Kind | Title:
    return catalogue.tasks.get(name) or word(name)


def word(name: str) -> Title:
    """A word's two titles; the name itself, made readable, when nobody declares it."""
    found = _pack_words().get(name) or OWN.get(name)
    plain = str(name).replace("_", " ")
    return found or {"zh": plain, "en": plain}


def area_name(code: str, zh: bool) -> str:
    """An area's name in its parent's: 太原市 小店区."""
    own = _area(code)
    if own is None:
        return code
    above = _area(parent_of(code) or "") if len(code) > 4 else None
    index = 0 if zh else 1
    if above is None:
        return own[index]
    return f"{above[0]}{own[0]}" if zh else f"{own[1]}, {above[1]}"


_areas: dict[str, tuple[str, str]] = {}


def _area(code: str) -> tuple[str, str] | None:
    if code and code not in _areas:
        row = Area.objects.filter(code=code).order_by("-valid_from").values_list("name_zh", "name_en").first()
        if row is None:
            return None
        _areas[code] = (row[0], row[1] or row[0])
    return _areas.get(code)


@lru_cache(maxsize=1)
def _pack_words() -> dict[str, Any]:
    from yanmen.desk.policy_book import book

    return {name: {"zh": word.zh, "en": word.en} for shelf in book().words.values() for name, word in shelf.items()}
