"""`yanmen tracing compare`: made-up cities with known infectors, and what tracing and weights find of them again."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from yanmen.base.diseases import COVID
from yanmen.loop.policy import load_packs
from yanmen.loop.policy.norms import load_norms
from yanmen.project.discovery import pack_folders
from yanmen.subsystems.tracing.methods.beliefs import CHAINS, prior_of, transmission_norm
from yanmen.subsystems.tracing.methods.comparison import Told, calibration, outbreak, wilson
from yanmen.subsystems.tracing.methods.settings import NORM, policy_of
from yanmen.subsystems.tracing.methods.synthetic_spread import Truth
from yanmen.subsystems.tracing.methods.synthetic_traces import Kept

TRACED_GOAL = 0.95
SPREAD = 2.0
"""People whom a case would infect in the made-up city, were nobody isolated and nobody infected twice."""


def add_arguments(acts: Any) -> None:
    """The arguments of the comparison."""
    compare = acts.add_parser("compare", help="what the methods find again in a made-up city with known infectors")
    compare.add_argument("--people", type=int, default=20_000, metavar="N", help="people of the city (20,000)")
    compare.add_argument("--days", type=int, default=45, metavar="D", help="days of the outbreak (45)")
    compare.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3], metavar="S", help="one city a seed")
    compare.add_argument(
        "--day", type=date.fromisoformat, default=date(2022, 10, 1), metavar="D", help="whose policy numbers"
    )
    compare.add_argument(
        "--spreads-as-on", type=date.fromisoformat, metavar="D",
        help="the infection follows the numbers of another day than the method believes: 2020-06-01, 2021-08-01",
    )  # fmt: skip
    compare.add_argument("--json", action="store_true", help="print all of it as JSON")


def run(args: argparse.Namespace) -> int:
    found = compared(args.people, args.days, args.seed, day=args.day, spreads_as_on=args.spreads_as_on or args.day)
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        show(found)
    return 0


def compared(people: int, days: int, seeds: Sequence[int], *, day: date, spreads_as_on: date) -> dict[str, Any]:
    """The figures over all seeds, and of each."""
    norms = {norm.id: norm for norm in load_norms(load_packs(pack_folders()))}

    def said(name: str, on: date) -> Mapping[str, Any]:
        dated = norms[name].at(on)
        return dated.parts if dated else {}

    policy, chains = policy_of(said(NORM, day)), said(CHAINS, day)
    history = int(chains["history_days"])
    asked = history + policy.look_back + int(chains["found_after_days"])
    prior = prior_of(said(transmission_norm(COVID), day), chains, asked_days=asked)
    other = prior_of(said(transmission_norm(COVID), spreads_as_on), chains, asked_days=asked)
    if other.belief.incubation is None or other.belief.infecting is None:
        raise AssertionError("a norm of transmission has both")
    truth = Truth(other.belief.incubation, other.belief.infecting, R=SPREAD)
    rows = [
        outbreak(
            seed, people=people, days=days, truth=truth, kept=Kept(), policy=policy, prior=prior, history_days=history
        )
        for seed in seeds
    ]
    return {
        "people": people,
        "days": days,
        "variant": {"spreads": other.variant, "believed": prior.variant},
        "kept": asdict(Kept()),
        "look_back_days": policy.look_back,
        "history_days": history,
        "pairs": sum(each.pairs for each in rows),
        "tracing": _shares(sum(each.traced for each in rows), sum(each.traces for each in rows)),
        "tracing_forward": _shares(sum(each.forward for each in rows), sum(each.traces for each in rows)),
        "contacts_a_case": sum(each.contacts for each in rows) / max(sum(each.listed for each in rows), 1),
        "first": {
            way: _shares(sum(each.first[way] for each in rows), sum(each.named for each in rows))
            for way in rows[0].first
        },
        "calibration": [asdict(each) for each in calibration([pair for each in rows for pair in each.weights])],
        "seeds": [_seed(each) for each in rows],
    }


def _shares(hits: float, of: int) -> dict[str, Any]:
    return {"hits": hits, "of": of, "share": hits / of if of else None, "interval": wilson(hits, of)}


def _seed(each: Told) -> dict[str, Any]:
    found = asdict(each)
    del found["weights"]
    return found | {"unknown": {"estimated": each.unknown[0], "true": each.unknown[1]}}


def show(found: dict[str, Any]) -> None:
    """The figures as text, both languages side by side."""
    spreads, believed = found["variant"]["spreads"], found["variant"]["believed"]
    print(f"合成城市 made-up cities: {len(found['seeds'])} × {found['people']:,} 人 people, {found['days']} 天 days")
    print(f"  实际传播 spreads as {spreads}，方法所用 believed {believed}")
    for each in found["seeds"]:
        print(
            f"  seed {each['seed']}: 感染 infected {each['infected']:,}，发现 found {each['listed']:,}，"
            f"已知对 known pairs {each['pairs']:,}，留痕 left a trace {each['traces']:,}，查到 traced {_part(each['traced'], each['traces'])}，"
            f"第一指认 named first {_part(each['first']['weights'], each['named'])}，最近前例 nearest onset {_part(each['first']['nearest'], each['named'])}"
        )
    tracing, forward, first = found["tracing"], found["tracing_forward"], found["first"]
    goal = "达到 met" if (tracing["share"] or 0) >= TRACED_GOAL else "未达到 not met"
    print(f"追踪到的留痕传播对 true pairs with a trace that tracing found: {_said(tracing)}，目标 goal ≥ 95 %：{goal}")
    print(
        f"  仅正向 forward alone ({found['look_back_days']} 天 days back): {_said(forward)}；其余由续发者发病前{found['history_days']}天的行程倒查 "
        f"the rest from the infectee's own {found['history_days']} days; 每例接触者 contacts a case {found['contacts_a_case']:.0f}"
    )
    print("真实感染来源被排在第一 the true infector is named first:")
    for way, title in (
        ("weights", "本方法 by weight"),
        ("nearest", "最近的前一例发病 nearest previous onset"),
        ("nearest_met", "有接触者中最近的前一例 nearest previous onset among those met"),
    ):
        print(f"  {title}: {_said(first[way])}")
    told, true = (
        sum(each["unknown"][way] * each["listed"] for each in found["seeds"]) for way in ("estimated", "true")
    )
    cases = max(sum(each["listed"] for each in found["seeds"]), 1)
    print(f"来源不明 sources not on the list: 估计 told {told / cases:.1%}，实际 true {true / cases:.1%}")
    print("权重是否如其所言 what weights said and what was so:")
    for row in found["calibration"]:
        print(
            f"  {row['least']:.2f}-{row['most']:.2f}  所言 said {row['said']:.3f}  实际 was {row['was']:.3f}  n = {row['number']:,}"
        )


def _said(shares: dict[str, Any]) -> str:
    low, high = shares["interval"]
    return "-" if shares["share"] is None else f"{shares['share']:.1%} ({low:.1%}-{high:.1%})，n = {shares['of']:,}"


def _part(hits: float, of: int) -> str:
    return f"{hits / of:.1%}" if of else "-"
