"""Who sat or lived near a case: the row rules, without a database.

Aircraft, trains, buses, ships: guide on close contacts in public transport, 2022-04 (protocols.md section 3, S59). How many rows
count is an argument; the norm `tracing.settings` holds the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from yanmen.subsystems.tracing.methods.settings import BUS, GROUPS, PLANE, SHIP, TRAIN, SettingsPolicy


class Nearness(Enum):
    """NEAR: within the rule. SAME: on the same vehicle or in the same group, further away. UNKNOWN: a seat the rule needs is not recorded."""

    NEAR = "near"
    SAME = "same"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Seat:
    """Where somebody was: `unit` the carriage, cabin, room or floor; `row` the row of seats, the bay or the compartment."""

    unit: str = ""
    row: int | None = None
    staff: bool = False
    layout: str = ""


@dataclass(frozen=True)
class Reach:
    """How far a case reaches: the whole vehicle or group, its unit, or so many rows either way (0: the same row, bay or compartment)."""

    whole: bool = False
    rows: int | None = None


def reach_of(setting: str, layout: str, policy: SettingsPolicy) -> Reach:
    """The rule for a setting; `layout` as recorded, else as the policy takes it to be."""
    layout = layout or policy.layouts.get(setting, "")
    if setting == PLANE:
        return Reach(rows=policy.rows[PLANE])
    if setting == TRAIN:
        return {"sleeper": Reach(rows=0), "open": Reach(rows=policy.rows[TRAIN])}.get(layout, Reach())
    if setting == BUS:
        return Reach(whole=True) if layout == "sealed" else Reach(rows=policy.rows[BUS])
    if setting == SHIP:
        return Reach()
    return Reach(whole=setting in GROUPS and setting not in policy.same_unit)


def nearness(case: Seat, other: Seat, reach: Reach) -> Nearness:
    """How near somebody was. Crew are near everybody of the area they serve, the whole vehicle where no area is recorded."""
    if reach.whole:
        return Nearness.NEAR
    if case.unit and other.unit and case.unit != other.unit:
        return Nearness.SAME
    if case.staff or other.staff:
        return Nearness.NEAR
    if reach.rows is None:
        return Nearness.NEAR if case.unit and other.unit else Nearness.UNKNOWN
    if case.row is None or other.row is None:
        return Nearness.UNKNOWN
    return Nearness.NEAR if abs(case.row - other.row) <= reach.rows else Nearness.SAME
