"""Chains of the database, told as those of a file are, with what was inferred kept apart from what was told."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from yanmen.base.clock import local_date
from yanmen.project.chains_told import Source, told
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.tracing.methods.chain_links import INFERRED
from yanmen.subsystems.tracing.queries.chains import Outbreak, outbreak

SHOWN = 20


def stored(
    scope: Scope, *, now: datetime, disease: str, since: date | None, until: date | None, quiet: int | None
) -> dict[str, Any]:
    """The figures of told links in the shape of a file's; `likely` the same with inferred links; each case's candidates."""
    with acting(scope):
        found = outbreak(scope, now=now, disease=disease, since=since, until=until)
    as_of = until or local_date(now)
    quiet = int(found.norm["quiet_days"]) if quiet is None and found.norm else quiet
    onsets: dict[str, date | None] = {key: case.day for key, case in found.cases.items()}
    confirmed = [(each.infector, key) for key, each in found.told.items() if each.infector]
    likely = confirmed + [
        (each.infector, key) for key, each in found.sources.items() if each.state == INFERRED and each.infector
    ]
    figures = told(Source(onsets, confirmed, []), quiet=quiet, as_of=as_of)
    return figures | {
        "likely": told(Source(onsets, likely, []), quiet=quiet, as_of=as_of),
        "sources": dict(Counter(each.state for each in found.sources.values())),
        "numbers": _numbers(found),
        "attribution": [_attribution(found, key) for key in found.cases],
    }


def _numbers(found: Outbreak) -> dict[str, Any]:
    """What the weights rest on."""
    if found.fitted is None:
        return {}
    belief = found.fitted.belief
    return {
        "R": belief.R,
        "background_a_day": belief.background,
        "unknown_share": found.fitted.unknown_share,
        "contacts": found.contacts,
        "settings": {via: vars(setting) for via, setting in belief.settings.items()},
    }


def _attribution(found: Outbreak, key: str) -> dict[str, Any]:
    source = found.sources[key]
    each = found.by_case[key]
    return {
        "case": key,
        "day": found.cases[key].day.isoformat(),
        "onset_known": found.cases[key].onset_on is not None,
        "state": source.state,
        "infector": source.infector,
        "weight": source.weight,
        "via": source.via,
        "candidates": each.weights,
        "unknown": each.unknown,
        "doubt_bits": each.entropy,
    }


def show_doubts(found: dict[str, Any]) -> None:
    """Told and inferred sources, and the cases with the most doubt."""
    states = found["sources"]
    named = (
        ("told", "已判定 told"),
        ("elsewhere", "外来 from elsewhere"),
        ("inferred", "推断 inferred"),
        ("unknown", "不明 unknown"),
    )
    print("感染来源 sources:", "  ".join(f"{title} {states.get(state, 0):,}" for state, title in named))
    if found["numbers"]:
        numbers = found["numbers"]
        print(
            f"  推断所用 inferred with: R {numbers['R']:.2f}，每日来源不明 unknown a day {numbers['background_a_day']:.2f}，"
            f"接触 contacts {numbers['contacts']:,}"
        )
    open_cases = [each for each in found["attribution"] if each["state"] in ("inferred", "unknown")]
    for each in sorted(open_cases, key=lambda each: -each["doubt_bits"])[:SHOWN]:
        ways = "  ".join(f"{name[:8]} {weight:.0%}" for name, weight in list(each["candidates"].items())[:3])
        print(f"  {each['day']} {each['case'][:8]}: {ways}  不明 unknown {each['unknown']:.0%}")
