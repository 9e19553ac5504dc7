"""7-1-7 of every outbreak of an area: three clocks from facts, what held each up, and what nobody told.

Chains of transmission have the same clocks in tracing, by cluster; the method stands once, in yanmen.base.seven_one_seven.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date
from yanmen.base.diseases import disease_title
from yanmen.base.seven_one_seven import Clock, Event, Targets, clocks
from yanmen.desk.rows import rows, within
from yanmen.loop.catalogue import catalogue
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.queries.statements import statement

NORM, TARGETS = "command.seven_one_seven", "tracing.chains"
SHOWN = 200
STEPS = {
    "detection": {"zh": "发现", "en": "Detected"},
    "notification": {"zh": "报告", "en": "Notified"},
    "response": {"zh": "早期处置", "en": "Responded"},
}


@dataclass(frozen=True)
class Outbreak:
    """An event: cases of one county and disease that follow each other. `open_actions`: early actions nobody has told yet."""

    key: str
    county: str
    disease: str
    cases: int
    first: date
    last: date
    emerged: date | None
    clocks: tuple[Clock, Clock, Clock]
    open_actions: tuple[str, ...]
    last_action: str
    unknown_onset: int

    @property
    def bottleneck(self) -> Clock | None:
        """The clock furthest over its target; None where every one was met or still may be."""
        over = [each for each in self.clocks if each.state in ("missed", "overdue") and each.days is not None]
        return max(over, key=lambda each: (each.days or 0) - each.target, default=None)

    @property
    def disease_words(self) -> Mapping[str, str]:
        """The disease in both languages."""
        return disease_title(self.disease)

    @property
    def open_titles(self) -> list[Mapping[str, str]]:
        """Early actions nobody has told yet, in both languages."""
        return [title(kind) for kind in self.open_actions]


def title(kind: str) -> Mapping[str, str]:
    """A kind of fact in both languages."""
    found = catalogue.facts.get(kind)
    return {"zh": found.zh, "en": found.en} if found else {"zh": kind, "en": kind}


def outbreaks(scope: Scope, *, now: datetime) -> list[Outbreak]:
    """The events of an area, the latest first."""
    norm, goals = numbers(NORM, local_date(now)), numbers(TARGETS, local_date(now))
    if not norm or not goals:
        return []
    actions = list(norm["early_actions"])
    about = {
        **within(scope), "now": now, "since": now - timedelta(days=int(norm["look_back_days"])),
        "quiet": int(goals["quiet_days"]), "actions": actions, "limit": SHOWN,
    }  # fmt: skip
    targets = Targets(int(goals["detect_days"]), int(goals["notify_days"]), int(goals["respond_days"]))
    return [_outbreak(row, actions, targets, local_date(now)) for row in rows(statement("events"), about)]


def shares(found: Sequence[Outbreak]) -> list[dict[str, Any]]:
    """For each clock: how many events met it, how many did not, and of how many nobody can say."""
    told = []
    for number, (step, words) in enumerate(STEPS.items()):
        states = [each.clocks[number].state for each in found]
        met, missed = states.count("met"), states.count("missed") + states.count("overdue")
        told.append({
            "step": step, "title": words, "met": met, "missed": missed, "running": states.count("running"),
            "unknown": states.count("not_begun") + states.count("backwards"), "target": found[0].clocks[number].target if found else None,
            "share": round(100 * met / (met + missed)) if met + missed else None,
        })  # fmt: skip
    return told


def _outbreak(row: Mapping[str, Any], actions: Sequence[str], targets: Targets, today: date) -> Outbreak:
    said = row["done"] if isinstance(row["done"], dict) else json.loads(row["done"])
    done = {kind: date.fromisoformat(day) for kind, day in said.items()}
    last = max(done, key=lambda kind: done[kind], default="")
    responded = max(done.values()) if set(actions) <= set(done) else None
    event = Event(emerged=row["emerged"], detected=row["detected"], notified=row["notified"], responded=responded)
    return Outbreak(
        key=row["key"], county=row["county"], disease=row["disease"], cases=row["cases"], first=row["detected"], last=row["last"],
        emerged=row["emerged"], clocks=clocks(event, today=today, targets=targets),
        open_actions=tuple(kind for kind in actions if kind not in done), last_action=last,
        unknown_onset=row["cases"] - row["with_onset"],
    )  # fmt: skip
