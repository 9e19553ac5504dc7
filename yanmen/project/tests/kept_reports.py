"""Daily reports as restated in the packs, and where real texts of the commission may lie."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from yanmen.registry.models import Area
from yanmen.subsystems.cases.methods.report import Item, Report, Statement


def data_folder(root: Path) -> Path:
    """Where real data of others may lie: named by YANMEN_DATA, or beside the project."""
    return Path(os.environ.get("YANMEN_DATA") or root.parent / "shared" / "data")


def area_codes() -> dict[str, str]:
    """Full path names below the province (晋中市, 晋中市祁县) to codes, from the register."""
    names = dict(Area.objects.filter(valid_to=None, level__in=("city", "county")).values_list("code", "name_zh"))
    return {names.get(code[:4], "") * (len(code) == 6) + name: code for code, name in names.items()}


def from_figures(path: Path) -> list[Report]:
    """Reports from restated figures; a headline that is not the sum of its rows is refused."""
    names = {code: name for name, code in area_codes().items()}
    days: dict[str, dict[tuple[str, int], list[Item]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kinds = days.setdefault(row["date"], {})
            kinds.setdefault((row["kind"], int(row["headline"])), []).append(_item(row, names))
    return [Report("山西省", date.fromisoformat(day), tuple(_statements(day, kinds))) for day, kinds in days.items()]


def _item(row: Mapping[str, str], names: Mapping[str, str]) -> Item:
    code = row["code"] or None
    place = names.get(code, "") if code else ""
    return Item(
        place=place,
        city=place[:3],
        county=place[3:],
        code=code,
        count=int(row["count"]),
        converted=row["converted"] == "1",
        imported=row["imported"] == "1",
    )


def _statements(day: str, kinds: Mapping[tuple[str, int], list[Item]]) -> list[Statement]:
    made = []
    for (kind, headline), items in kinds.items():
        statement = Statement(kind, headline, tuple(items))
        if statement.total != headline:
            raise ValueError(f"{day} {kind}: the headline says {headline}, the counties sum to {statement.total}.")
        made.append(statement)
    return made
