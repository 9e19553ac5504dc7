"""A lower level against the one above it: over-control (层层加码) and under-control, value by value.

By default a lower level may be neither stricter nor milder than the level above; `bounds:` in the
upper values say how far it may go, as [least, most].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yanmen.loop.policy.words import Days, Edition, Policy

FOREVER = 10_000


@dataclass(frozen=True)
class Difference:
    """One value in which a lower level leaves what the upper one allows."""

    over: bool
    key: str
    upper: Any
    lower: Any

    @property
    def sort(self) -> str:
        """What kind of value it is, as the prohibitions speak of it: days, tests, place, conditions."""
        return self.key if self.key in ("days", "tests", "place") else "conditions"


def upper_of(policy: Policy, edition: Edition) -> Edition | None:
    """The edition of the level above that holds on the same days."""
    above = [e for e in policy.of(edition.rule) if e is not edition and edition.area.startswith(e.area)]
    above = [e for e in above if len(e.area) < len(edition.area) and e.in_force(edition.valid_from)]
    return max(above, key=lambda other: len(other.area), default=None)


def differences(policy: Policy, upper: Edition, lower: Edition) -> list[Difference]:
    """Everything in which the lower edition leaves the upper one's bounds."""
    if lower.off:
        return [] if upper.off else [Difference(False, "off", "on", "off")]
    if upper.off:
        return [Difference(True, "off", "off", "on")]
    return [*_days(upper, lower), *_tests(upper, lower), *_places(policy, upper, lower), *_values(upper, lower)]


def _days(upper: Edition, lower: Edition) -> Iterator[Difference]:
    said, own = _length(upper), _length(lower)
    yield from _within("days", said, own, upper.bounds)


def _length(edition: Edition) -> int:
    return FOREVER if edition.total_days is None and edition.stages else edition.total_days or 0


def _tests(upper: Edition, lower: Edition) -> Iterator[Difference]:
    yield from _within("tests", len(upper.tests), len(lower.tests), upper.bounds)


def _places(policy: Policy, upper: Edition, lower: Edition) -> Iterator[Difference]:
    """Day by day, the place may not be stricter or milder."""
    bounds = upper.bounds.get("place")
    last = min(max(_length(upper), _length(lower)), 400)
    for day in range(last + 1):
        above, own = place_on(upper, day), place_on(lower, day)
        if above is None or own is None:
            continue
        low, high = bounds if isinstance(bounds, list) else (above, above)
        strictness = policy.strictness(own)
        if strictness > policy.strictness(high):
            yield Difference(True, "place", above, own)
            return
        if strictness < policy.strictness(low):
            yield Difference(False, "place", above, own)
            return


def place_on(edition: Edition, day: int) -> str | None:
    """The place on a day after day 0."""
    for stage in edition.stages:
        if stage.from_day <= day and (stage.to_day is None or day <= stage.to_day):
            return stage.place
    return None


def _values(upper: Edition, lower: Edition) -> Iterator[Difference]:
    """Look-backs and other spans are measured; for anything else only bounds can allow a change."""
    for name in sorted({*upper.values, *lower.values}):
        said, own = upper.values.get(name), lower.values.get(name)
        if said == own:
            continue
        if isinstance(said, Days) and isinstance(own, Days):
            yield from _within(name, said, own, upper.bounds)
        elif own not in _allowed(upper.bounds.get(name)):
            yield Difference(True, name, said, own)


def _allowed(bounds: Any) -> list[Any]:
    return list(bounds) if isinstance(bounds, list) else []


def _within(key: str, said: int, own: int, bounds: Mapping[str, Any]) -> Iterator[Difference]:
    stated = bounds.get(key)
    low, high = stated if isinstance(stated, list) and len(stated) == 2 else (said, said)
    if own > high:
        yield Difference(True, key, int(said), int(own))
    if own < low:
        yield Difference(False, key, int(said), int(own))
