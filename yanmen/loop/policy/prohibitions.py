"""Prohibitions that a pack declares over the packs below it, as checks with names of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yanmen.loop.policy.documents import Table, read
from yanmen.loop.policy.parts import read_source
from yanmen.loop.policy.words import Edition, Policy, Rule, Source

FORBIDS = (
    "subject",
    "place_at_least",
    "unless_tier",
    "line",
    "more",
    "measures",
    "new_rule_place_at_least",
)


@dataclass(frozen=True)
class Prohibition:
    """One thing no level below may do from a day on."""

    id: str
    zh: str
    en: str
    below: frozenset[str]
    begins: dt.date
    forbids: Mapping[str, Any]
    source: Source

    def applies(self, edition: Edition) -> bool:
        """It speaks about the packs that overlay its own, from its day on."""
        return (
            edition.pack in self.below
            and not edition.off
            and (edition.valid_to is None or edition.valid_to > self.begins)
        )

    def forbids_more(self, sort: str, edition: Edition, subject: str) -> bool:
        """Whether being stricter than the level above in this sort of value is what it forbids."""
        same = self.forbids.get("subject", subject) == subject
        return self.applies(edition) and same and sort in self.forbids.get("more", [])

    def breaks(self, policy: Policy, rule: Rule, edition: Edition, upper: Edition | None, subject: str) -> bool:
        """Whether an edition does what it forbids, apart from comparisons of values."""
        if not self.applies(edition) or self.forbids.get("subject", subject) != subject:
            return False
        if rule.impose in self.forbids.get("measures", []):
            return not self._excused(edition)
        if "line" in self.forbids and self.forbids["line"] not in rule.when:
            return False
        limit = self.forbids.get("place_at_least")
        if limit and _reaches(policy, edition, limit, upper):
            return not self._excused(edition)
        limit = self.forbids.get("new_rule_place_at_least")
        return bool(limit) and upper is None and _reaches(policy, edition, limit, None)

    def _excused(self, edition: Edition) -> bool:
        tiers = self.forbids.get("unless_tier", [])
        return any(stage.marks.get("tier") in tiers for stage in edition.stages)


def _reaches(policy: Policy, edition: Edition, limit: Any, upper: Edition | None) -> bool:
    """A stage as strict as the limit that the level above does not ask for itself."""
    bound = policy.strictness(str(limit))
    if upper and any(policy.strictness(stage.place) >= bound for stage in upper.stages):
        return False
    return any(policy.strictness(stage.place) >= bound for stage in edition.stages)


def _below(policy: Policy, pack: str) -> frozenset[str]:
    """The packs that overlay a pack, directly or through others."""
    found = {pack}
    for other in policy.packs:  # upper packs come first
        if other.overlays in found:
            found.add(other.id)
    return frozenset(found - {pack})


def load_prohibitions(policy: Policy) -> list[Prohibition]:
    """Every prohibition that a loaded pack declares."""
    found = []
    for pack in policy.packs:
        path = pack.folder / "prohibitions.yaml"
        if not path.exists():
            continue
        file = read(path)
        file.only(("from", "source", "rules"), "prohibitions.yaml")
        source = read_source(file.need("source", Table, "{title: {zh: …, en: …}, grade: A}"))
        below = _below(policy, pack.id)
        begins = file.need("from", dt.date, "2022-06-05")
        for name, row in file.need("rules", Table, "nine-1: {…}").items():
            row.only(("zh", "en", "forbids"), "prohibition")
            row["forbids"].only(FORBIDS, "forbids")
            found.append(Prohibition(name, row["zh"], row["en"], below, begins, row["forbids"], source))
    return found
