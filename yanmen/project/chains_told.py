"""What is told of chains of infection on the command line: the same figures for files and for the database."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from yanmen.subsystems.tracing.methods.offspring import fit_offspring
from yanmen.subsystems.tracing.methods.pairs import Chains
from yanmen.subsystems.tracing.methods.serial_intervals import summarise
from yanmen.subsystems.tracing.methods.superspreading import share_causing

SHOWN = 10
"""Faults of one kind that are printed; `--json` has them all."""

PART = 0.8


@dataclass(frozen=True)
class Source:
    """Where chains are drawn from. `onsets`: case → day of onset, None where nobody knows it. `pairs`: (infector, infectee), also of
    people not listed. `faults`: lines that were not used as they stand."""

    onsets: dict[str, date | None]
    pairs: list[tuple[str, str]]
    faults: list[dict[str, Any]]


def told(source: Source, *, quiet: int | None, as_of: date) -> dict[str, Any]:
    """Everything about the chains of a source, ready for JSON."""
    days = {case: onset.toordinal() if onset else None for case, onset in source.onsets.items()}
    chains = Chains(days, source.pairs)
    components = chains.components
    interval = summarise(chains.intervals.values())
    found: dict[str, Any] = {
        "cases": len(days),
        "pairs": len(chains.pairs),
        "components": len(components),
        "largest": max((each.size for each in components), default=0),
        "sizes": dict(sorted(Counter(each.size for each in components).items())),
        "alone": len(chains.alone),
        "depth": max((each.depth for each in components), default=0),
        "generations": dict(sorted(Counter(chains.generations.values()).items())),
        "offspring": _offspring(chains),
        "serial_interval": vars(interval),
        "not_in_the_line_list": {"people": len(chains.unlisted), "infectees": len(chains.unlisted_infectees)},
        "faults": {
            "rows": source.faults,
            "unlisted": chains.unlisted,
            "rings": chains.rings,
            "backwards": [[*pair, chains.intervals[pair]] for pair in chains.backwards],
            "several_infectors": chains.several_infectors,
            "with_themselves": chains.with_themselves,
            "repeated": chains.repeated,
        },
    }
    if quiet is not None:
        states = Counter(each.active(today=as_of.toordinal(), quiet_days=quiet) for each in components)
        found["states"] = {"active": states[True], "ended": states[False], "unknown": states[None]}
    return found


def _offspring(chains: Chains) -> dict[str, Any]:
    """R and k over the listed cases: an unlisted infector is known only because of whom they infected."""
    counts = [chains.offspring[case] for case in chains.onsets]
    most = max(chains.offspring.values(), default=0)
    if not counts:
        return {"most": most, "n": 0}
    fit = fit_offspring(counts)
    share = share_causing(PART, fit.R, fit.k) if fit.R else None
    return {
        "most": most,
        "n": fit.n,
        "R": fit.R,
        "R_interval": fit.R_interval,
        "k": _number(fit.k),
        "k_interval": [_number(each) for each in fit.k_interval],
        "level": fit.level,
        "share_causing_80_percent": share,
    }


def _number(value: float) -> float | str | None:
    """JSON has no infinity and no nan."""
    return None if math.isnan(value) else "inf" if math.isinf(value) else value


def show(found: dict[str, Any]) -> None:
    """The figures as text, both languages side by side."""
    print(f"{found['cases']:,}例，{found['pairs']:,}对 · {found['cases']:,} cases, {found['pairs']:,} pairs")
    print(
        f"分支 components: {found['components']:,}，最大 largest {found['largest']}；不在任何链上 alone {found['alone']:,}"
    )
    print("  大小 sizes:", "  ".join(f"{size}×{number:,}" for size, number in found["sizes"].items()))
    if "states" in found:
        states = found["states"]
        print(
            f"  活跃 active {states['active']:,}，已结束 ended {states['ended']:,}，不详 unknown {states['unknown']:,}"
        )
    print(f"最长链 longest chain: {found['depth']} 环 links")
    print("  各代人数 generations:", "  ".join(f"{at}:{number:,}" for at, number in found["generations"].items()))
    _show_offspring(found["offspring"])
    spread = found["serial_interval"]
    values = "  ".join(
        f"{zh} {en} {_said(spread[en])}" for zh, en in (("均值", "mean"), ("标准差", "sd"), ("中位数", "median"))
    )
    print(f"代际间隔 serial interval (d): {values}  n = {spread['n']:,}，为负 negative {spread['negative']:,}")
    _show_faults(found)


def _show_offspring(offspring: dict[str, Any]) -> None:
    print(f"续发人数 offspring: 最多 most {offspring['most']}")
    if not offspring["n"]:
        return
    low, high = offspring["R_interval"]
    k_low, k_high = offspring["k_interval"]
    print(f"  R {_said(offspring['R'])} ({_said(low)}-{_said(high)})  k {_said(offspring['k'])} ({_said(k_low)}-{_said(k_high)})，95%，n = {offspring['n']:,}")  # fmt: skip
    if offspring["share_causing_80_percent"] is not None:
        share = offspring["share_causing_80_percent"]
        print(f"  {share:.1%}的病例引起80%的传播 · {share:.1%} of the cases cause 80 % of the spread")
    print(
        "  仅计列表内病例及已知关联，缺失关联使R偏低 · Listed cases and known links only: missing links make R too low"
    )


def _said(value: object) -> str:
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def _show_faults(found: dict[str, Any]) -> None:
    faults, missing = found["faults"], found["not_in_the_line_list"]
    titles = {
        "rings": "循环 rings",
        "backwards": "续发者先于感染来源发病 infectee ill before the infector",
        "several_infectors": "多个感染来源 several infectors",
        "with_themselves": "自己感染自己 infected by themselves",
        "repeated": "重复的对 pairs said twice",
    }
    print("问题 faults:")
    print(
        f"  不在列表内 not in the line list: {missing['people']:,} 人 people，其中续发者 infectees {missing['infectees']:,}"
    )
    for kind, title in titles.items():
        print(f"  {title}: {len(faults[kind]):,}")
        for each in faults[kind][:SHOWN]:
            print("   ", each if isinstance(each, str) else " → ".join(map(str, each)))
    print(f"  行 rows: {len(faults['rows']):,}")
    for row in faults["rows"][:SHOWN]:
        print(f"    {row['file']}:{row['line']} {row['column']} {row['value'][:40]}: {row['zh']} {row['en']}")
