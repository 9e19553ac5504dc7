"""The settings in which people meet a case, and what the policy in force makes of each.

The names are the values of `via` in facts on contacts. Which setting makes a close contact, a general contact or a proposal
for a tracer, over which window and with which rows, stands in the norm `tracing.settings`; this file gives it a shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date, start_of

NORM = "tracing.settings"
HOUSEHOLD, VENUE, TUBE, DECLARED, OTHER = "household", "venue", "tube", "declared", "other"
PLANE, TRAIN, BUS, SHIP = "plane", "train", "bus", "ship"
CLASS, WARD, DORMITORY, WORKPLACE, FLOOR = "class", "ward", "dormitory", "workplace", "floor"
SETTINGS: Mapping[str, Mapping[str, str]] = {
    HOUSEHOLD: {"zh": "同住", "en": "Household"},
    VENUE: {"zh": "同场所", "en": "Venue"},
    PLANE: {"zh": "同航班", "en": "Aircraft"},
    TRAIN: {"zh": "同列车", "en": "Train"},
    BUS: {"zh": "同客车", "en": "Bus"},
    SHIP: {"zh": "同船", "en": "Ship"},
    CLASS: {"zh": "同班级", "en": "School class"},
    WARD: {"zh": "同病区", "en": "Hospital ward"},
    DORMITORY: {"zh": "同宿舍", "en": "Dormitory"},
    WORKPLACE: {"zh": "同工作场所", "en": "Workplace"},
    FLOOR: {"zh": "同隔离楼层", "en": "Quarantine floor"},
    TUBE: {"zh": "同采样管", "en": "Sample tube"},
    DECLARED: {"zh": "本人申报", "en": "Named by the case"},
    OTHER: {"zh": "其他", "en": "Other"},
}
JOURNEYS = (PLANE, TRAIN, BUS, SHIP)
GROUPS = (CLASS, WARD, DORMITORY, WORKPLACE, FLOOR)
TOLD = (*JOURNEYS, *GROUPS)
"""Settings that facts `tracing.setting_told` are about."""

LAYOUTS: Mapping[str, Mapping[str, str]] = {
    "sealed": {"zh": "密闭（整节、整车）", "en": "sealed: the whole carriage or bus"},
    "sleeper": {"zh": "软卧（包厢）", "en": "soft sleeper: the compartment"},
    "open": {"zh": "非密闭（前后若干排）", "en": "open or ventilated: rows or bays nearby"},
}
CLOSE, GENERAL, PROPOSED, NOTHING = "close", "general", "proposed", ""
INFECTIONS = ("confirmed", "asymptomatic", "suspected")
RE_POSITIVE, RISKY = "re_positive", "risk"


@dataclass(frozen=True)
class SettingsPolicy:
    """What the norm says on a day. Spans in days; certainties from 0 to 1."""

    look_back: int
    close: frozenset[str]
    general: frozenset[str]
    proposed: frozenset[str]
    others_general: frozenset[str]
    same_unit: frozenset[str]
    second_degree: frozenset[str]
    only_of_high_risk: bool
    high_risk: frozenset[str]
    re_positive: frozenset[str]
    rows: Mapping[str, int]
    layouts: Mapping[str, str]
    venue_minutes: int
    venue_kinds: frozenset[str]
    tube_hours: int
    certainties: Mapping[str, float]

    def makes(self, setting: str) -> str:
        """What somebody near the case in this setting is."""
        for outcome, settings in ((CLOSE, self.close), (GENERAL, self.general), (PROPOSED, self.proposed)):
            if setting in settings:
                return outcome
        return NOTHING

    def certainty(self, setting: str, outcome: str) -> float:
        """How sure it is that somebody found in this setting met the case."""
        name = "general" if outcome == GENERAL else setting
        return self.certainties.get(name, self.certainties[OTHER])


def policy_of(parts: Mapping[str, Any]) -> SettingsPolicy:
    """The norm's values of one day in their shape."""
    sets = ("close", "general", "proposed", "others_general", "same_unit", "second_degree", "high_risk", "re_positive")
    return SettingsPolicy(
        look_back=int(parts["look_back"]),
        **{name: frozenset(parts.get(name, ())) for name in sets},
        only_of_high_risk=bool(parts["only_of_high_risk"]),
        rows={setting: int(parts[f"{setting}_rows"]) for setting in (PLANE, TRAIN, BUS)},
        layouts={setting: str(parts[f"{setting}_layout"]) for setting in (TRAIN, BUS)},
        venue_minutes=int(parts["venue_minutes"]),
        venue_kinds=frozenset(parts["venue_kinds"]),
        tube_hours=int(parts["tube_hours"]),
        certainties={name.removeprefix("certainty_"): value for name, value in parts.items() if name.startswith("certainty_")},
    )  # fmt: skip


@dataclass(frozen=True)
class TracedCase:
    """A report as it stands: whose, what it says of time, and whether there is a case at all.

    `members`: every record of the person. `ended_at`: when the case came into care, left it or died.
    """

    key: str
    person: int
    members: tuple[int, ...]
    area: str
    kind: str
    setting: str
    disease: str
    onset_on: date | None
    sampled_on: date | None
    found_at: datetime
    ended_at: datetime | None
    stands: bool
    outcome: str
    merged: bool
    risk: str

    @property
    def traced(self) -> bool:
        """Whether contacts of this case are to be found: an infection with COVID-19 that stands by itself."""
        if not self.stands or self.merged or self.kind not in INFECTIONS or self.disease not in ("", "covid19"):
            return False
        return self.setting != RE_POSITIVE or self.risk == RISKY

    @property
    def reckoned_from(self) -> date:
        """The day from which the look-back counts: the onset or the sampling of the positive specimen, whichever came first; else
        the finding."""
        days = [day for day in (self.onset_on, self.sampled_on) if day]
        return min(days, default=local_date(self.found_at))

    def since(self, policy: SettingsPolicy) -> datetime:
        """The moment from which people who met the case are contacts."""
        return start_of(self.reckoned_from - timedelta(days=policy.look_back))

    def until(self, now: datetime) -> datetime:
        """The end of what records show (a seat, a visit): when the case came into care, else now."""
        return min(now, self.ended_at or now)

    @property
    def apart_at(self) -> datetime:
        """The end of what goes on by itself (a household, a class): when the case came into care, else when it was found."""
        return self.ended_at or self.found_at

    def settings(self, policy: SettingsPolicy) -> frozenset[str]:
        """The settings that count for this case: of a re-positive who may transmit only the frequent ones."""
        every = policy.close | policy.general | policy.proposed
        return every & policy.re_positive if self.setting == RE_POSITIVE else every
