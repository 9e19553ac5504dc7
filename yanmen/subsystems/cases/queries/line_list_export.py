"""Cases of an area as lines for others."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from yanmen.base.diseases import COVID
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases.methods.line_list_out import CaseOut, Source
from yanmen.subsystems.cases.queries.statements import rows


def cases_out(
    scope: Scope, *, disease: str = "", since: date | None = None, until: date | None = None
) -> list[CaseOut]:
    """Cases that count now, those found first first; of one disease, found between two days, if asked."""
    found = rows(scope, "line_list_export", disease=disease, since=since, until=until)
    return [_case(row) for row in found]


def _case(row: dict[str, Any]) -> CaseOut:
    detail, sources = _decoded(row["detail"]), _decoded(row["sources"])
    outcome, outcome_on = _outcome(row)
    return CaseOut(
        key=row["key"], number=detail.get("number_in_list", ""), area=row["area"], found_on=row["found_on"],
        kind=row["kind"], disease=detail.get("disease") or COVID, name=row["name"], sex=row["sex"], born_on=row["born_on"],
        age=detail.get("age"), onset_on=_day(detail.get("onset_on")), infected_on=_day(detail.get("infected_on")),
        town=detail.get("town", ""), address=row["address"], admitted_on=row["admitted_on"], hospital=row["hospital"],
        outcome=outcome, outcome_on=outcome_on,
        sources=tuple(
            Source(one["infector"], one["number"] or "", one["setting"] or "", one["certainty"]) for one in sources
        ),
    )  # fmt: skip


def _outcome(row: dict[str, Any]) -> tuple[str, date | None]:
    if row["died_on"]:
        return "died", None if row["death_note"].startswith("日期不详") else row["died_on"]
    if row["discharged_on"]:
        known = row["discharge_note"] in ("recovered", "discharged")
        return row["discharge_note"] if known else "discharged", row["discharged_on"]
    return "", None


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
