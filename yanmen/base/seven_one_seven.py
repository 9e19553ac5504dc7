"""7-1-7: an event is detected within 7 days of emerging, notified within 1 day, and answered within 7 days.

Source: Frieden, Lee, Bochner, Buissonnière and McClelland, "7-1-7: an organising principle, target, and accountability metric to make
the world safer from pandemics", The Lancet 398 (2021) 638-640. The response counts when its early actions are complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Step = Literal["detection", "notification", "response"]
State = Literal["met", "missed", "running", "overdue", "not_begun", "backwards"]


@dataclass(frozen=True)
class Targets:
    """Days that each step may take; as published, unless a policy asks for less."""

    detection: int = 7
    notification: int = 1
    response: int = 7


AS_PUBLISHED = Targets()


@dataclass(frozen=True)
class Event:
    """The days of one event; None: not yet, or nobody knows."""

    emerged: date | None = None
    detected: date | None = None
    notified: date | None = None
    responded: date | None = None


@dataclass(frozen=True)
class Clock:
    """One step. `days`: taken, or gone by so far; None before it began. `due`: the last day that meets the target.

    `state`: *met* or *missed* when it ended; *running* or *overdue* while it goes on; *not_begun* where its first day is
    unknown; *backwards* where it ended before it began, which is a fault in the dates.
    """

    step: Step
    days: int | None
    target: int
    due: date | None
    state: State


def clocks(event: Event, *, today: date, targets: Targets = AS_PUBLISHED) -> tuple[Clock, Clock, Clock]:
    """The three clocks of an event as they stand on a day: emergence to detection, to notification, to completed response."""
    return (
        _clock("detection", event.emerged, event.detected, targets.detection, today),
        _clock("notification", event.detected, event.notified, targets.notification, today),
        _clock("response", event.notified, event.responded, targets.response, today),
    )


def _clock(step: Step, began: date | None, ended: date | None, target: int, today: date) -> Clock:
    if began is None:
        return Clock(step, None, target, None, "not_begun")
    due = began + timedelta(days=target)
    days = ((ended or today) - began).days
    if ended is None:
        return Clock(step, days, target, due, "running" if today <= due else "overdue")
    state: State = "backwards" if days < 0 else "met" if ended <= due else "missed"
    return Clock(step, days, target, due, state)
