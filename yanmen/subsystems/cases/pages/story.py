"""The three clocks of a case, its course as a picture, and everything that happened in one line of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from yanmen.base.clock import BEIJING, local_date
from yanmen.loop import reading
from yanmen.loop.models import Task
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import queries
from yanmen.subsystems.cases.methods.words import SEVERITIES, SYMPTOMS
from yanmen.subsystems.cases.queries import Case

EVERY = ("open", "done", "failed", "cancelled")
RESULTS = {"negative": ("阴性", "negative"), "positive": ("阳性", "positive")}
Title = Mapping[str, str]
BEFORE = timedelta(days=14)
SHOWN = 80


@dataclass(frozen=True)
class ClockShown:
    """One clock: how many hours it gave, when it runs out, and whether it was kept."""

    kind: str
    opened: datetime
    due: datetime
    done: datetime | None
    now: datetime
    level: str

    @property
    def hours(self) -> int:
        """The hours that the edition gives."""
        return round((self.due - self.opened).total_seconds() / 3600)

    @property
    def state(self) -> str:
        """kept, late (done too late), running, or over (still owed)."""
        if self.done:
            return "kept" if self.done <= self.due else "late"
        return "running" if self.now <= self.due else "over"

    @property
    def used(self) -> int:
        """Percent of the time that is gone, at most 100."""
        gone = ((self.done or self.now) - self.opened).total_seconds()
        return max(0, min(100, round(100 * gone / max((self.due - self.opened).total_seconds(), 1))))


def tasks_of(scope: Scope, found: Case) -> list[Task]:
    """Every task about the person of the case, the earliest due first."""
    rows = reading.tasks(scope, states=EVERY).filter(subject_type="person", subject=found.person_id)
    return list(rows)


def clocks(scope: Scope, found: Case, now: datetime) -> list[ClockShown]:
    """The clocks that the report started, first due first."""
    told = queries.clocks(scope, found.key, now=now)
    return [ClockShown(one.kind, one.opened_at, one.due_at, one.done_at, now, one.level) for one in told]


def course(scope: Scope, found: Case, now: datetime) -> dict[str, Any]:
    """Temperature and Ct by time, as the chart reads them; `total` is how many points there are."""
    readings = queries.course_of(scope, found, now=now)
    tests = queries.results_of(scope, found, now=now)
    warm = [[_local(each.at), each.temperature] for each in readings if each.temperature is not None]
    cts = [[_local(each.at), each.ct] for each in tests if each.ct is not None]
    if found.detail.get("ct") and not cts:
        cts = [[_local(found.found_at), float(found.detail["ct"])]]
    negative = [_local(each.at) for each in tests if each.result == "negative" and each.ct is None]
    return {"temperature": warm, "ct": cts, "negative": negative, "total": len(warm) + len(cts) + len(negative)}


def evidence(scope: Scope, found: Case, now: datetime) -> dict[UUID, Title]:
    """What each reading and each result says in a few words, by its fact."""
    told: dict[UUID, Title] = {}
    for each in queries.course_of(scope, found, now=now):
        degrees = "" if each.temperature is None else f" {each.temperature:g}℃"
        told[each.fact] = {"zh": f"{_local(each.at)} 病情{degrees}", "en": f"{_local(each.at)} course told{degrees}"}
    for test in queries.results_of(scope, found, now=now):
        ct = "" if test.ct is None else f" Ct {test.ct:g}"
        zh, en = RESULTS.get(test.result, (test.result, test.result))
        told[test.fact] = {"zh": f"{_local(test.at)} {zh}{ct}", "en": f"{_local(test.at)} {en}{ct}"}
    return told


def _local(moment: datetime) -> str:
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def _course_told(entry: Mapping[str, Any]) -> Title:
    """A reading in words: symptoms are no words of the desk."""
    detail = entry["detail"]
    symptoms = [
        SYMPTOMS.get(each, {"zh": each, "en": each}) for each in (detail.get("symptoms") or "").split(",") if each
    ]
    severity = SEVERITIES.get(detail.get("severity") or "")
    degrees = f"{detail['temperature']}℃" if detail.get("temperature") is not None else ""
    told = {
        language: [degrees, ", ".join(one[language] for one in symptoms), severity[language] if severity else ""]
        for language in ("zh", "en")
    }
    return {
        language: " · ".join(part for part in [*parts, detail.get("note") or ""] if part)
        for language, parts in told.items()
    }


def timeline(scope: Scope, found: Case, *, everything: bool) -> tuple[list[tuple[date, list[dict[str, Any]]]], bool]:
    """What happened by day, newest first, from two weeks before the report; and whether there is more."""
    entries = reading.timeline(scope, found.person_id)
    corrected = {entry["corrects"] for entry in entries if entry["what"] == "fact" and entry["corrects"]}
    since = found.found_at - BEFORE
    kept = entries if everything else [entry for entry in entries if entry["at"] >= since][:SHOWN]
    days: dict[date, list[dict[str, Any]]] = {}
    for entry in kept:
        entry["told"] = _course_told(entry) if entry["kind"] == "cases.course_told" else None
        entry["gone"] = entry["what"] == "fact" and entry["id"] in corrected
        days.setdefault(local_date(entry["at"]), []).append(entry)
    return list(days.items()), len(kept) < len(entries)
