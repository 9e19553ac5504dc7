"""The exposure history of a case: what facts show of where the person was before, and what the investigator said of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from yanmen.base.clock import at, local_date
from yanmen.loop.presence import Presence, presences
from yanmen.registry.models import Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.queries.listing import Case
from yanmen.subsystems.cases.queries.statements import norm_of, rows

SHOWN = (
    "origin",
    "name",
    "unit",
    "seat",
    "setting",
    "transport",
    "vehicle",
    "stay",
    "direction",
    "exposed_on",
    "left_origin_on",
)


@dataclass(frozen=True)
class Window:
    """The days asked about: from so many days before the onset (or the first positive sample) to that day."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """The first moment."""
        return at(self.first, 0)

    @property
    def until(self) -> datetime:
        """The moment after the last."""
        return at(self.last + timedelta(days=1), 0)


@dataclass(frozen=True)
class Exposure:
    """One place the person was in. `holds` None: nobody has said yet whether it is so. `basis` is the fact that shows it."""

    where: str
    since: datetime
    until: datetime | None
    area: str
    place: int | None
    kind: str
    title: Mapping[str, str]
    about: Mapping[str, Any]
    holds: bool | None
    note: str
    basis: UUID | None
    told: UUID | None


def window_of(found: Case) -> Window | None:
    """The days of history that the edition of the day the case was found asks for; None where none asks."""
    norm = norm_of("exposure_history", found.disease, local_date(found.found_at))
    if norm is None:
        return None
    sampled = found.detail.get("sampled_on")
    last = found.onset_on or (date.fromisoformat(sampled) if sampled else local_date(found.found_at))
    return Window(last - timedelta(days=int(norm.parts["days"])), last)


def exposures_of(scope: Scope, found: Case, *, now: datetime) -> list[Exposure]:
    """What facts show and what was told, oldest first: a record that was spoken about carries the answer."""
    told = rows(scope, "exposures_told", person=found.person_id, case=found.key, known_at=now)
    answers = {row["basis"]: row for row in told if row["basis"]}
    window = window_of(found)
    shown = (
        presences(scope, found.person_id, since=window.since, until=min(window.until, now), known_at=now)
        if window
        else []
    )
    names = dict(Place.objects.filter(pk__in={each.place for each in shown if each.place}).values_list("pk", "name_zh"))
    found_rows = [_shown(each, names, answers.get(each.fact)) for each in shown]
    seen = {each.basis for each in found_rows}
    return sorted(
        found_rows + [_told(row) for row in told if row["basis"] not in seen], key=lambda each: (each.since, each.where)
    )


def _shown(record: Presence, names: Mapping[int, str], answer: Mapping[str, Any] | None) -> Exposure:
    place = names.get(record.place or 0, "")
    return Exposure(
        where=(answer or {}).get("where_told") or place or str(record.detail.get("origin") or record.detail.get("name") or record.area),
        since=answer["since"] if answer else record.at,
        until=answer["until"] if answer else record.until,
        area=record.area,
        place=record.place,
        kind=record.kind,
        title=record.title,
        about={name: record.detail[name] for name in SHOWN if name in record.detail},
        holds=answer["holds"] if answer else None,
        note=answer["note"] if answer else "",
        basis=record.fact,
        told=answer["fact"] if answer else None,
    )  # fmt: skip


def _told(row: Mapping[str, Any]) -> Exposure:
    return Exposure(
        where=row["where_told"],
        since=row["since"],
        until=row["until"],
        area="",
        place=None,
        kind="",
        title={"zh": "调查得知", "en": "Told in the interview"},
        about={},
        holds=row["holds"],
        note=row["note"],
        basis=row["basis"],
        told=row["fact"],
    )
