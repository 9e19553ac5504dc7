"""What is rehearsed: a scenario is data (YAML in `packs/*/scenarios`), every field checked, every error with a remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

FAULTS: Mapping[str, tuple[str, str]] = {
    "lost_box": ("样本箱丢失", "Box of samples lost"),
    "swapped_tube": ("采样管调换", "Tubes swapped"),
    "forged_code": ("伪造健康码", "Forged code"),
    "remote_scan": ("隔离中扫场所码", "Venue code scanned from quarantine"),
    "left_early": ("隔离未满擅自离开", "Walked out of quarantine"),
    "edge_down": ("边缘节点停机", "Edge down"),
    "late_report": ("迟报", "Late report"),
    "over_control_county": ("县区层层加码", "County over-controls"),
    "no_show": ("应检未检", "Did not come to a test"),
    "no_phone": ("没有手机", "No telephone"),
}
"""The kinds of faults a drill plants on purpose, with what people call them."""

WAYS: Mapping[str, tuple[str, str]] = {
    "train": ("乘火车到达", "came by train"),
    "home": ("已在家中", "is at home already"),
}
"""How an imported infection enters."""


@dataclass(frozen=True)
class Imported:
    """Infections that enter on a day (0 is the first day) in a county."""

    day: int
    county: str
    count: int
    how: str


@dataclass(frozen=True)
class Behaviour:
    """What people do, as shares from 0 to 1 and days; the neutral values are people who do all that is asked."""

    complies: float = 1.0
    """Share who stay where a measure holds them."""
    no_show: float = 0.0
    """Share of owed tests to which the person does not come on the day."""
    no_phone: float = 0.0
    """Share of people without a telephone: bound by card, written down at doors by staff."""
    checks_in: float = 1.0
    """Share of visits to public places at which the venue code is scanned."""
    recalls: float = 1.0
    """Share of contacts that a case can name when interviewed."""
    seeks_care: float = 0.0
    """Share of people with symptoms who go to a fever clinic on the next day."""
    late_report_days: float = 0.0
    """Mean days by which a doctor's report comes late (0: within the legal clock)."""


@dataclass(frozen=True)
class Capacity:
    """What there is to work with, in the whole of the drill's counties."""

    laboratories: int
    wells_a_day: int
    """Wells of all laboratories together, a day."""
    sampling_sites: int
    rooms: int
    """Rooms for central quarantine."""
    tracers: int
    vehicles: int = 10


@dataclass(frozen=True)
class PlannedFault:
    """A fault to plant on a day; `count` things or people, for `hours` or by `days` where the kind knows such."""

    id: str
    kind: str
    day: int
    county: str = ""
    """Empty: wherever the drill finds an occasion."""
    count: int = 1
    hours: int = 0
    days: int = 0


@dataclass(frozen=True)
class Scenario:
    """One rehearsal, complete: two runs of the same scenario are equal to the last fact."""

    id: str
    zh: str
    en: str
    areas: tuple[str, ...]
    """Codes of the counties it plays in."""
    people: int
    days: int
    starts_on: dt.date
    """The first day: which editions are in force follows from it."""
    disease: str
    imported: tuple[Imported, ...]
    behaviour: Behaviour
    capacity: Capacity
    faults: tuple[PlannedFault, ...] = ()
    edition: str = ""
    """The edition `starts_on` was chosen for; empty when the day itself was given."""
    packs: tuple[Path, ...] = ()
    """Folders of packs that hold beside those of the installation."""
    seed: int = 1
    summary_zh: str = ""
    summary_en: str = ""
    file: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    """What the command line changed, for the record."""

    @property
    def last_day(self) -> dt.date:
        """The last day that is played."""
        return self.starts_on + dt.timedelta(days=self.days - 1)

    def day(self, number: int) -> dt.date:
        """The calendar day of day `number`; day 0 is the first."""
        return self.starts_on + dt.timedelta(days=number)

    def altered(self, **changes: object) -> Scenario:
        """The same scenario but for these fields."""
        return replace(self, **changes)  # type: ignore[arg-type]


def load_scenario(source: Path | str, folders: Iterable[Path] = ()) -> Scenario:
    """Read and check one scenario: a file, or the id of one that ``folders`` (of packs) hold."""
    from yanmen.drill.scenario_file import read_scenario

    return read_scenario(source, folders=folders)
