"""Modes of areas: what was proposed, what is in force, and what a switch would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yanmen.base.clock import local_date
from yanmen.desk.rows import one, rows, within
from yanmen.loop.catalogue import catalogue
from yanmen.loop.modes import EVERY, changed_numbers, desk_of, rules_asking
from yanmen.loop.policies import shelf
from yanmen.registry.models import Account, Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.queries.statements import statement

KEPT = 300
DESKS = {
    EVERY: {"zh": "全部业务", "en": "All desks"},
    "screening": {"zh": "核酸检测", "en": "Testing"},
    "grid": {"zh": "网格报表", "en": "Grid forms"},
    "loop": {"zh": "任务督办", "en": "Late tasks"},
    "quarantine": {"zh": "隔离转运", "en": "Transfers"},
    "reports": {"zh": "疫情报告", "en": "Reports"},
}
STATES = {
    "waiting": {"zh": "待另一单位批准", "en": "Waits for another unit"},
    "staged": {"zh": "已批准，待转", "en": "Approved, switches on its day"},
    "on": {"zh": "应急中", "en": "Emergency"},
    "cancelled": {"zh": "未转即撤销", "en": "Cancelled before it switched"},
    "undone": {"zh": "已恢复平时", "en": "Gone back to peace"},
    "ended": {"zh": "到期结束", "en": "Ended on its day"},
    "lapsed": {"zh": "未获批准，过期", "en": "Never approved"},
}
OPEN = ("waiting", "staged", "on")


@dataclass(frozen=True)
class Proposal:
    """One area that somebody proposed to switch to emergency, and what became of it."""

    id: UUID
    area: str
    at: datetime
    by: str
    desk: str
    disease: str
    document: str
    clause: str
    starts_on: date
    ends_on: date
    unit: str
    switch: str
    renews: str | None
    unready: str
    unready_reason: str
    approved_at: datetime | None
    approved_unit: str
    undone_at: datetime | None
    undone_reason: str
    undone_document: str
    today: date

    @property
    def state(self) -> str:
        """Where it stands, one of STATES."""
        if self.undone_at:
            return "undone" if self.approved_at and local_date(self.undone_at) >= self.starts_on else "cancelled"
        approved = self.approved_at is not None and self.approved_unit != self.unit
        if self.today > self.ends_on:
            return "ended" if approved else "lapsed"
        if not approved:
            return "waiting"
        return "on" if self.today >= self.starts_on else "staged"

    @property
    def state_title(self) -> dict[str, str]:
        """The state in both languages."""
        return STATES[self.state]

    @property
    def desk_title(self) -> dict[str, str]:
        """The desk in both languages."""
        return title_of(self.desk)


@dataclass(frozen=True)
class Effect:
    """A rule that asks in which mode the area is: at most how many people it looks at, and how many tasks a day that makes."""

    rule: str
    zh: str
    en: str
    people: int
    tasks_a_day: float


def title_of(desk: str) -> dict[str, str]:
    """A desk in both languages."""
    return DESKS.get(desk, {"zh": desk, "en": desk})


def desks(day: date) -> list[str]:
    """Desks at which a mode changes something on a day, all of them together first."""
    found = {desk_of(change.norm) for change in changed_numbers(day)} | {desk_of(rule.id) for rule in rules_asking(day)}
    return [EVERY, *sorted(found)]


def proposals(scope: Scope, *, now: datetime, open_only: bool = False) -> list[Proposal]:
    """What was proposed for the asker's areas, newest first."""
    found = rows(statement("mode_proposals"), {**within(scope), "now": now, "limit": KEPT})
    told = [Proposal(**row, today=local_date(now)) for row in found]
    return [each for each in told if each.state in OPEN] if open_only else told


def proposal(scope: Scope, key: str, *, now: datetime) -> Proposal | None:
    """One of them."""
    return next((each for each in proposals(scope, now=now) if str(each.id) == key), None)


def in_force(scope: Scope) -> list[dict[str, Any]]:
    """Emergency modes and staged ones, inside the asker's area and over it."""
    above = [scope.area[:length] for length in (2, 4, 6, 9) if length < len(scope.area)]
    return rows(statement("mode_in_force"), {**within(scope), "above": above})


def board(scope: Scope, *, now: datetime) -> list[dict[str, Any]]:
    """The asker's area and those right below it, each with its mode at every desk and the proposal behind it."""
    standing, told = in_force(scope), {str(each.id): each for each in proposals(scope, now=now)}
    below = Area.objects.filter(valid_to=None, parent__code=scope.area).order_by("code").values_list("code", flat=True)
    found = []
    for code in [scope.area, *below]:
        cells = [_cell(code, desk, standing, told) for desk in desks(local_date(now))]
        found.append({"area": code, "cells": cells, "switched": sum(cell["state"] == "emergency" for cell in cells)})
    return found


def _cell(code: str, desk: str, standing: list[dict[str, Any]], told: dict[str, Proposal]) -> dict[str, Any]:
    over = [each for each in standing if code.startswith(each["area"]) and each["desk"] in (EVERY, desk)]
    inner = [
        each for each in standing if each["area"].startswith(code) and each["area"] != code and each["desk"] == desk
    ]
    on = [each for each in over if each["kind"] == "emergency_mode"]
    chosen = next(iter(on or over), None)
    state = "emergency" if on else "staged" if over else "part" if inner else "peace"
    return {"desk": desk, "title": title_of(desk), "state": state, "of": chosen, "proposal": told.get(chosen["proposal"]) if chosen else None,
            "inner": len(inner)}  # fmt: skip


def effects(scope: Scope, desk: str, *, now: datetime) -> Iterator[Effect]:
    """Rules that would ask more in an area, with at most whom and how often."""
    day = local_date(now)
    for rule in rules_asking(day, desk):
        edition = shelf.policy().at(rule.id, max(rule.area, scope.area, key=len), day)
        kinds = list(catalogue.relation(rule.given).facts)
        people = int(one(statement("mode_whom"), {**within(scope), "kinds": kinds})["people"])
        rate = sum(1 / task.every_days for task in (edition.tasks if edition else ()) if task.every_days)
        yield Effect(rule.id, rule.zh, rule.en, people, people * rate)


def unit_of(scope: Scope) -> str:
    """The unit that the asker's account belongs to; empty where none is registered."""
    found = Account.objects.select_related("unit").filter(pk=scope.account).first() if scope.account else None
    return str(found.unit.name_zh) if found and found.unit else ""
