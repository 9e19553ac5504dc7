"""Figures of the 2020 census by county, as restated in packs/shanxi/census.csv."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from yanmen.base.refusals import Refusal
from yanmen.drill.world.draws import Floats

FILE = Path("shanxi", "census.csv")
BANDS = tuple(range(0, 90, 5))
"""First years of the eighteen age groups; the last is open."""
GENERATIONS = (1, 2, 3, 4)
INDUSTRIES = ("agriculture", "manufacturing", "trade", "transport", "catering", "education", "health", "other")


@dataclass(frozen=True)
class Figures:
    """One county. Shares are of 1. ``employed``: of those aged 15 and more; ``industries``: of the employed, in INDUSTRIES' order."""

    code: str
    population: int
    men: float
    ages: Floats
    household_size: float
    one_person: float
    generations: Floats
    employed: float
    industries: Floats


def figures(packs: Path | None = None) -> Mapping[str, Figures]:
    """By county code. ``packs``: where the packs lie; else beside the source, or inside the installed wheel."""
    file = (packs or _packs()) / FILE
    with file.open(encoding="utf-8", newline="") as source:
        rows = [_county(row) for row in csv.DictReader(source)]
    return {row.code: row for row in rows}


def of(known: Mapping[str, Figures], county: str) -> Figures:
    """The figures of a county; a refusal that names it where there are none."""
    if county not in known:
        raise Refusal(
            f"没有县级区划{county}的人口普查数字，请在packs/shanxi/census.csv中补充。",
            f"There are no census figures of the county {county}: add them to packs/shanxi/census.csv.",
            field="county",
            value=county,
        )
    return known[county]


def _packs() -> Path:
    package = Path(__file__).resolve().parents[2]
    beside = package.parent / "packs"
    return beside if beside.is_dir() else package / "_packs"


def _county(row: Mapping[str, str]) -> Figures:
    def shares(*names: str) -> Floats:
        return np.array([int(row[name]) / 10_000 for name in names])

    men = float(row["men_per_100_women"])
    named = shares(*INDUSTRIES[:-1])
    return Figures(
        code=row["code"],
        population=int(row["population"]),
        men=men / (100 + men),
        ages=shares(*(f"age_{first}" for first in BANDS)),
        household_size=float(row["household_size"]),
        one_person=int(row["one_person"]) / 10_000,
        generations=shares(*(f"generations_{count}" for count in GENERATIONS)),
        employed=int(row["employed"]) / 10_000,
        industries=np.append(named, max(0.0, 1 - named.sum())),
    )
