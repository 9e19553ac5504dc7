"""The truth of a run, as the drill wrote it down: who was infected when and by whom, who lives there, what was planted.

The files are kept apart from the database; the software never reads them. Moments are seconds since 1970, NaN where there is none.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from yanmen.base.clock import BEIJING
from yanmen.base.refusals import Refusal

Moments = NDArray[np.float64]
People = NDArray[np.int64]
NOBODY = -1


@dataclass(frozen=True, eq=False)
class Truth:
    """An entry an infection, in the order of infection; ``people`` are all who live in the drill."""

    person: People
    infected_at: Moments
    infector: People
    """-1 where the infection came from outside."""
    setting: NDArray[np.str_]
    onset_at: Moments
    infectious_from: Moments
    infectious_to: Moments
    people: People
    exposed_at: Mapping[int, float] | None
    """Person to the first moment near somebody infectious; None where the drill did not write it down."""
    faults: tuple[Mapping[str, Any], ...]
    days: tuple[Mapping[str, Any], ...]

    @property
    def infections(self) -> int:
        """How many were infected."""
        return len(self.person)


def read_truth(folder: Path) -> Truth:
    """Read what a run left in its folder."""
    if not (folder / "truth.parquet").is_file():
        raise Refusal(
            f"{folder} 中没有 truth.parquet：这里没有跑过演练，或尚未跑完。请先运行 yanmen drill run。",
            f"{folder} holds no truth.parquet: no drill was run here, or it has not ended. Run `yanmen drill run` first.",
            field="folder",
            value=str(folder),
        )
    rows = _columns(folder / "truth.parquet")
    order = np.argsort(_moments(rows["infected_at"]), kind="stable")
    people = _columns(folder / "people.parquet")["person"]
    exposed = folder / "exposed.parquet"
    return Truth(
        person=_numbers(rows["person"])[order],
        infected_at=_moments(rows["infected_at"])[order],
        infector=_numbers(rows["infector"])[order],
        setting=np.array([str(each or "") for each in rows["setting"]], dtype=np.str_)[order],
        onset_at=_moments(rows["onset_at"])[order],
        infectious_from=_moments(rows["infectious_from"])[order],
        infectious_to=_moments(rows["infectious_to"])[order],
        people=_numbers(people),
        exposed_at=_exposed(exposed) if exposed.is_file() else None,
        faults=tuple(_json(folder / "faults.json")),
        days=tuple(json.loads(line) for line in _lines(folder / "days.jsonl")),
    )


def seconds(value: Any) -> float:
    """A moment as the files may say it (ISO text, datetime, seconds since 1970) in seconds; NaN for none or never."""
    if value is None or value == "":
        return float("nan")
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    if isinstance(value, dt.datetime):
        return (value if value.tzinfo else value.replace(tzinfo=BEIJING)).timestamp()
    return float(value) if np.isfinite(value) else float("nan")


def _columns(file: Path) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = pq.read_table(file).to_pydict()
    return found


def _numbers(values: list[Any]) -> People:
    return np.array([NOBODY if value is None or value != value else int(value) for value in values], np.int64)


def _moments(values: list[Any]) -> Moments:
    return np.array([seconds(value) for value in values], np.float64)


def _exposed(file: Path) -> dict[int, float]:
    rows = _columns(file)
    return dict(zip(_numbers(rows["person"]).tolist(), _moments(rows["first_exposed_at"]).tolist(), strict=True))


def _json(file: Path) -> list[Mapping[str, Any]]:
    return list(json.loads(file.read_text("utf-8"))) if file.is_file() else []


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text("utf-8").splitlines() if line.strip()] if file.is_file() else []
