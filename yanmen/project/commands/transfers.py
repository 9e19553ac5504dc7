"""Plan the runs of vehicles that bring people, or solve a published routing problem. 转运排车。"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yanmen.base.refusals import Refusal
from yanmen.project.cli import start_django
from yanmen.project.moments import moment
from yanmen.project.searching import searched
from yanmen.subsystems.quarantine.methods.plan_check import FAULTS

if TYPE_CHECKING:
    from yanmen.subsystems.quarantine.actions.runs import Adopted
    from yanmen.subsystems.quarantine.queries.rides import Proposal

BY = "yanmen transfers plan"
SECONDS = 20.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    plan = acts.add_parser("plan", help="who goes when in which vehicle; beside it, what is done without a plan")
    plan.add_argument("--area", metavar="CODE", help="this area; the province by default")
    plan.add_argument("--seconds", type=float, default=SECONDS, metavar="S", help=f"how long to search ({SECONDS:.0f})")
    plan.add_argument("--workers", type=int, default=1, metavar="N", help="processes that search side by side (1)")
    plan.add_argument("--adopt", action="store_true", help="take the plan over: runs that have not departed give way")
    plan.add_argument("--now", type=moment, help="the moment it is planned at (now)")
    plan.add_argument("--json", action="store_true", help="print the plan as JSON")
    plan.add_argument(
        "--vrp", type=Path, metavar="FILE", help="solve this CVRPLIB or Solomon file instead, without a database"
    )


def run(args: argparse.Namespace) -> int:
    try:
        return _solve(args) if args.vrp else _plan(args)
    except Refusal as refusal:
        print(f"{refusal.field}: {refusal.value}\n{refusal.zh}\n{refusal.en}", file=sys.stderr)
        return 1
    except OSError as fault:
        print(f"{fault.filename}: {fault.strerror}", file=sys.stderr)
        return 1


def _solve(args: argparse.Namespace) -> int:
    from yanmen.subsystems.quarantine.methods.vrp_files import solve_file

    found = solve_file(args.vrp, seconds=args.seconds)
    if args.json:
        print(json.dumps({"name": found.name, "cost": found.cost, "vehicles": found.vehicles, "best_known": found.best_known, "gap": found.gap, "faults": found.faults}))  # fmt: skip
    else:
        print(f"{found.name}: 费用 cost {found.cost:.10g}，车辆 vehicles {found.vehicles}")
        if found.best_known is not None:
            print(f"已知最好 best known {found.best_known:.10g}，差距 gap {found.gap:.2%}")
        for fault in found.faults:
            print(f"不成立 does not hold: {fault}")
    return 1 if found.faults else 0


def _plan(args: argparse.Namespace) -> int:
    start_django()
    from yanmen.desk import clock
    from yanmen.registry.areas import only_province
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.quarantine.actions.requests import transfer_numbers
    from yanmen.subsystems.quarantine.actions.run_plans import adopt_kept, keep_plan
    from yanmen.subsystems.quarantine.queries.rides import ahead
    from yanmen.subsystems.quarantine.queries.run_plans import basis

    now = args.now or clock.now()
    scope = system(args.area or only_province())
    with acting(scope, now=now):
        about = basis(scope, kept=[])
        board = ahead(scope, transfer_numbers(now), now=now)
    title = f"排车 planning {len(board.parties):,} 组 parties"
    proposal = searched(title, args.seconds, lambda: board.plan(seconds=args.seconds, workers=args.workers))
    adopted = None
    if args.adopt:
        with acting(scope, now=now):
            plan = keep_plan(scope=scope, proposal=proposal, basis=about, kept=[], by=BY, now=now)
            adopted = adopt_kept(scope=scope, plan=plan.pk, by=BY, now=now)
    if args.json:
        print(json.dumps(_as_json(proposal, adopted), ensure_ascii=False, indent=1, default=str))
    else:
        _show(proposal, adopted)
    return 1 if any(fault.code != "late" for fault in proposal.faults) else 0


def _as_json(proposal: Proposal, adopted: Adopted | None) -> dict[str, Any]:
    board = proposal.board
    return {
        "at": board.beginning,
        "plan": _figures(proposal, proposal.plan),
        "without": _figures(proposal, proposal.naive),
        "faults": Counter(fault.code for fault in proposal.faults),
        "left": [number for party in proposal.plan.left for number in board.members[party]],
        "adopted": vars(adopted) if adopted else None,
        "runs": [
            {
                "vehicle": ride.van,
                "group": ride.group,
                "departs_at": board.at(ride.departs),
                "arrives_at": board.at(ride.arrives),
                "free_at": board.at(ride.free),
                "metres": ride.metres,
                "stops": [
                    {"transfers": board.members[stop.party], "at": board.at(stop.at)} for stop in ride.stops
                ],
            }
            for ride in proposal.plan.rides
        ],
    }  # fmt: skip


def _figures(proposal: Proposal, plan: Any) -> dict[str, Any]:
    return {
        "kilometres": round(plan.metres / 1000, 1),
        "vehicles": plan.vans,
        "runs": len(plan.rides),
        "last_arrival": proposal.board.at(plan.last),
    }


def _show(proposal: Proposal, adopted: Adopted | None) -> None:
    people = sum(party.people for party in proposal.board.parties)
    print(f"待转运 to be brought: {people:,} 人 people，{len(proposal.board.parties):,} 组 parties，{len(proposal.board.vans):,} 车 vehicles")  # fmt: skip
    for title, plan in (("计划 plan", proposal.plan), ("逐一派车 one by one", proposal.naive)):
        told = _figures(proposal, plan)
        print(f"{title}: {told['kilometres']:,} km，{told['vehicles']:,} 车 vehicles，{told['runs']:,} 趟 runs，最后送达 last arrival {told['last_arrival']:%m-%d %H:%M}")  # fmt: skip
    for code, count in Counter(fault.code for fault in proposal.faults).items():
        print(f"{FAULTS[code]['zh']} {FAULTS[code]['en']}: {count:,}")
    if proposal.plan.left:
        print(f"没有合适车辆 no vehicle that can take them: {len(proposal.plan.left):,}")
    if adopted:
        print(
            f"已采用 adopted: {adopted.runs:,} 趟 runs，{adopted.people:,} 人 people，略过 left out {adopted.skipped:,}"
        )
