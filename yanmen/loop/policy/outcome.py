"""An edition laid on a calendar: which place, test, task and mark falls on which date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from yanmen.loop.policy.words import Edition, Stage

NOWHERE = "none"


def stages_of(edition: Edition, day_zero: dt.date) -> list[dict[str, Any]]:
    """Each stage with its first and last date (None: open) and its marks."""
    return [
        {
            "place": stage.place,
            "from": day_zero + dt.timedelta(stage.from_day),
            "to": None if stage.to_day is None else day_zero + dt.timedelta(stage.to_day),
            **stage.marks,
        }
        for stage in edition.stages
    ]


def tests_of(edition: Edition, day_zero: dt.date) -> list[dt.date]:
    """Dates of the tests."""
    return [day_zero + dt.timedelta(day) for day in edition.tests]


def tasks_of(edition: Edition, day_zero: dt.date) -> dict[str, Any]:
    """Kind of task → its dates, or `8 hours`, or `every 3 days`."""
    found: dict[str, Any] = {}
    for clock in edition.tasks:
        if clock.every_days is not None:
            found[clock.kind] = f"every {clock.every_days} days"
        elif clock.within_hours is not None:
            found[clock.kind] = f"{clock.within_hours} hours"
        else:
            found.setdefault(clock.kind, []).append(day_zero + dt.timedelta(clock.day or 0))
    return found


def stage_on(edition: Edition, day_zero: dt.date, date: dt.date) -> Stage | None:
    """The stage that holds on a date."""
    day = (date - day_zero).days
    for stage in edition.stages:
        if stage.from_day <= day and (stage.to_day is None or day <= stage.to_day):
            return stage
    return None


def by_date(edition: Edition, day_zero: dt.date, mark: str, asked: Mapping[dt.date, Any]) -> dict[dt.date, Any]:
    """The place, or a mark such as the colour, on each date asked; `none` when there is none."""
    found = {}
    for date in asked:
        stage = stage_on(edition, day_zero, date)
        if mark == "place":
            found[date] = stage.place if stage else NOWHERE
        else:
            found[date] = stage.marks.get(mark, NOWHERE) if stage else NOWHERE
    return found


def read_as(edition: Edition, day_zero: dt.date, how: Mapping[str, str]) -> Any:
    """One number of a test vector, read the way the pack's `read_as` says.

    `{tests_in: place}`, `{end_of: place}`, `{task: kind}`, `{until: value, mark: name}`, `{last_day: all}`.
    """
    stages = stages_of(edition, day_zero)
    if "tests_in" in how:
        dates = tests_of(edition, day_zero)
        return [d for d in dates if (s := stage_on(edition, day_zero, d)) and s.place == how["tests_in"]]
    if "end_of" in how:
        return _last([row["to"] for row in stages if row["place"] == how["end_of"]])
    if "until" in how:
        return _last([row["to"] for row in stages if row.get(how["mark"]) == how["until"]])
    if "task" in how:
        return _last(tasks_of(edition, day_zero).get(how["task"], []))
    return last_day(edition, day_zero)


def last_day(edition: Edition, day_zero: dt.date) -> dt.date | None:
    """The day on which the last stage ends: the day of release."""
    return None if edition.total_days is None else day_zero + dt.timedelta(edition.total_days)


def _last(dates: list[Any]) -> Any:
    return dates[-1] if dates else None
