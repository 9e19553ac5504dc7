"""Plan the testing of an area: size of a tube, sites, staff. 核酸检测测算：混检规模、采样点、人员。"""

from __future__ import annotations

import argparse
import csv
import sys
from datetime import date
from pathlib import Path
from time import monotonic

import numpy as np

from yanmen.base.refusals import Refusal
from yanmen.base.sphere import metres_between
from yanmen.subsystems.screening.methods.control_files import COLUMNS as CONTROL_COLUMNS
from yanmen.subsystems.screening.methods.control_files import judge_file
from yanmen.subsystems.screening.methods.pooling import MOST, Pool, best_pool, pool
from yanmen.subsystems.screening.methods.siting import hold_everybody, medians, read_graph
from yanmen.subsystems.screening.methods.westgard import REJECTING, RULES, WARNING

VILLAGES = ("name", "longitude", "latitude", "people")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    size = acts.add_parser("pool-size", help="how many people share a tube with the fewest tests")
    size.add_argument(
        "--prevalence", type=float, required=True, metavar="P", help="part of the people who are infected"
    )
    size.add_argument("--se", type=float, default=1.0, help="sensitivity of a test of one sample (1)")
    size.add_argument("--sp", type=float, default=1.0, help="specificity of a test (1)")
    size.add_argument("--dilution", type=float, default=0.0, metavar="D", help="Hwang's dilution, 0 to 1 (0)")
    size.add_argument("--max", type=int, default=MOST, metavar="K", help=f"largest tube ({MOST})")
    size.add_argument("--sizes", default="", metavar="LIST", help="only these, by commas, such as 1,5,10,20")
    size.add_argument("--keep", type=float, default=0.0, metavar="SE", help="sensitivity that the whole must keep")
    site = acts.add_parser("site", help="where sites stand: p-median of a graph, or sites for villages within a walk")
    site.add_argument(
        "file", type=Path, metavar="PMED_OR_CSV", help=f"an OR-Library file, or CSV: {', '.join(VILLAGES)}"
    )
    site.add_argument("--sites", type=int, default=0, metavar="P", help="open so many, with the least walking")
    site.add_argument("--capacity", type=int, default=3000, metavar="N", help="people a site at most (3000)")
    site.add_argument("--walk", type=float, default=1125, metavar="M", help="metres to walk at most (1125)")
    site.add_argument("--seconds", type=float, default=60.0, metavar="S", help="time to prove it (60)")
    qc = acts.add_parser(
        "qc", help="values of controls in a CSV against the rules of Westgard; exit 1 when a run is rejected"
    )
    qc.add_argument("file", type=Path, metavar="FILE", help=f"CSV, oldest run first: {', '.join(CONTROL_COLUMNS)}")
    plan = acts.add_parser("plan", help="sites, desks, samplers, tubes and laboratory tubes a day for so many people")
    plan.add_argument("--people", type=int, required=True, metavar="N")
    plan.add_argument(
        "--date", type=date.fromisoformat, default=None, metavar="D", help="as the guide of that day asks (today)"
    )
    plan.add_argument("--hours", type=float, default=0, metavar="H", help="in so many hours (as the guide asks)")


def run(args: argparse.Namespace) -> int:
    try:
        if args.act == "qc":
            return _qc(args)
        {"pool-size": _pool_size, "site": _site, "plan": _plan}[args.act](args)
    except Refusal as refusal:
        print(f"{refusal.field}: {refusal.value}\n{refusal.zh}\n{refusal.en}", file=sys.stderr)
        return 1
    except OSError as fault:
        print(f"{fault.filename}: {fault.strerror}", file=sys.stderr)
        return 1
    return 0


def _pool_size(args: argparse.Namespace) -> None:
    about = {"se": args.se, "sp": args.sp, "dilution": args.dilution}
    sizes = [_whole(each) for each in args.sizes.split(",")] if args.sizes else range(1, args.max + 1)
    best = best_pool(args.prevalence, **about, sizes=sizes, least_sensitivity=args.keep)
    print(f"每管{best.size}人最省 · {best.size} people a tube take the fewest tests")
    shown = sorted({best.size, *(sizes if args.sizes else (1, 5, 10, 20))})
    print(f"{'人/管 size':>12}{'检测/人 tests':>16}{'灵敏度 Se':>12}{'特异度 Sp':>12}{'PPV':>10}{'NPV':>12}")
    for each in shown:
        print(_pool_line(pool(each, args.prevalence, **about), each == best.size))


def _pool_line(each: Pool, best: bool) -> str:
    values = f"{each.tests:>17.6f}{each.sensitivity:>14.6f}{each.specificity:>14.6f}{each.positive_value:>12.6f}{each.negative_value:>12.6f}"
    return f"{each.size:>10}{values}{'  *' if best else ''}"


def _site(args: argparse.Namespace) -> None:
    text = args.file.read_text(encoding="utf-8-sig")
    if "," in text.split("\n", 1)[0]:
        _villages(args, text)
        return
    costs, count = read_graph(text)
    started = monotonic()
    found = medians(costs, args.sites or count, seconds=args.seconds)
    print(f"值 value {found.value:.10g}，下界 bound {found.bound:.10g}，{monotonic() - started:.2f} s")
    print("已证明最优 proved optimal" if found.proved else f"差距 gap {found.gap:.2%}")
    print("地点 sites:", " ".join(str(each + 1) for each in found.sites))


def _villages(args: argparse.Namespace, text: str) -> None:
    rows = list(csv.DictReader(text.splitlines()))
    try:
        x, y, people = (np.array([float(row[name]) for row in rows]) for name in VILLAGES[1:])
    except (KeyError, TypeError, ValueError):
        raise Refusal(
            f"须有{'、'.join(VILLAGES)}四列。", f"Write the columns {', '.join(VILLAGES)}.", field="file"
        ) from None
    metres = metres_between(x, y)
    if args.sites:
        chosen = medians(metres * people[:, None], args.sites, seconds=args.seconds)
        for each in chosen.sites:
            print(f"{rows[each]['name']}: {sum(people[np.array(chosen.served_by) == each]):,.0f}")
        print(f"人均步行 mean walk {chosen.value / people.sum():.0f} m, 差距 gap {chosen.gap:.2%}")
        return
    found = hold_everybody(people, metres, capacity=args.capacity, walk=args.walk, seconds=args.seconds)
    for place, number in sorted(found.sites.items()):
        print(f"{rows[place]['name']}: {number}")
    walked = found.walked / max(1.0, people.sum())
    print(
        f"采样点 sites {found.count} (不少于 at least {found.bound}), 人均步行 mean walk {walked:.0f} m, 最远 farthest {found.farthest:.0f} m"
    )


def _qc(args: argparse.Namespace) -> int:
    """Every run and what it broke; 1 when a rejecting rule is among them."""
    rejected = 0
    for each in judge_file(args.file.read_text(encoding="utf-8-sig"), (*REJECTING, *WARNING)):
        for broken in each.judged.broken:
            values = " ".join(f"{value:+.2f}" for value in broken.values)
            verdict = "失控 rejected" if broken.rule in REJECTING else "警告 warning"
            print(
                f"{each.run} {each.target} {broken.level} {broken.rule} {verdict}: {values}  {RULES[broken.rule]['zh']}"
            )
            rejected += broken.rule in REJECTING
    print(f"失控 rejected: {rejected}")
    return 1 if rejected else 0


def _plan(args: argparse.Namespace) -> None:
    import django

    from yanmen.project.cli import load_catalogue

    django.setup()
    load_catalogue()
    from yanmen.base.clock import local_date
    from yanmen.desk import clock
    from yanmen.subsystems.screening.methods.staffing import needs
    from yanmen.subsystems.screening.queries.planning import basis

    found = basis(args.date or local_date(clock.now()))
    hours = args.hours or found.hours(args.people)
    plan = needs(args.people, pace=found.pace_for(hours), norms=found.norms)
    print(f"{args.people:,}人，{hours:g}小时 · {args.people:,} people in {hours:g} hours")
    for source in (found.guide.source, found.pace.source):
        if source:
            print(f"  依据 {source.zh} · {source.en} [{source.grade}]")
    spare = found.spare_laboratories(args.people)
    lines = {
        "采样点 sites": f"{plan.sites[0]:,}-{plan.sites[1]:,}",
        "每点采样台 desks a site": f"{plan.desks.servers}",
        "采样台合计 desks": f"{plan.desks_in_all:,}",
        "采样员（按规范）samplers by the guide": "-" if plan.samplers_by_norm is None else f"{plan.samplers_by_norm:,}",
        "采样员（按采样台）samplers by the desks": f"{plan.samplers_by_desks:,}",
        "备用实验室 spare laboratories": "-" if spare is None else str(spare),
    }
    for name, value in lines.items():
        print(f"  {name}: {value}")
    for size, number in plan.tubes.items():
        print(
            f"  {size}合1 {size} a tube: {number:,} 管 tubes; 实验室每日 laboratories a day {plan.tubes_a_day[size]:,}"
        )


def _whole(text: str) -> int:
    if not text.strip().isdecimal():
        raise Refusal("每管人数须为整数。", "Sizes are whole numbers.", field="sizes", value=text[:20])
    return int(text)
