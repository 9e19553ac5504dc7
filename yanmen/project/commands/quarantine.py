"""Rooms for everybody who needs one: plan, compare with first come first served, adopt, verify. 隔离房间分配与核验。"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from typing import Any

from yanmen.base.refusals import Refusal
from yanmen.project.moments import moment
from yanmen.project.searching import searched

BY = "command:quarantine"
FIGURES = (
    ("people", "有房人数 people with a room"),
    ("left", "无房批次 parties without"),
    ("rooms", "房间 rooms"),
    ("wasted_beds", "空床 beds left empty"),
    ("km", "总里程 km in all"),
    ("mean_km", "人均里程 km a person"),
    ("farthest_km", "最后（最远）到达里程 km of the last and farthest"),
    ("site_sources", "隔离点来源数 sources over sites"),
    ("floor_sources", "楼层来源数 sources over floors"),
    ("mixed_floors", "混住楼层 floors with several sources"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    assign = acts.add_parser("assign", help="who would get which room, beside first come, first served")
    assign.add_argument("--adopt", action="store_true", help="give these rooms, in one step")
    assign.add_argument("--greedy", action="store_true", help="plan first come, first served")
    verify = acts.add_parser("verify", help="stored stays against the rules; exit 1 when one is broken")
    for each in (assign, verify):
        each.add_argument("--area", metavar="CODE", help="this area; the province by default")
        each.add_argument("--at", type=moment, metavar="MOMENT", help="the moment asked about (now)")
        each.add_argument("--json", action="store_true", help="print all of it as JSON")


def run(args: argparse.Namespace) -> int:
    from yanmen.project.cli import start_django

    start_django()
    from yanmen.desk import clock
    from yanmen.registry.areas import only_province
    from yanmen.registry.scope import acting, system

    now = args.at or clock.now()
    try:
        with acting(system(args.area or only_province(), purpose="control")) as scope:
            return _assign(scope, args, now) if args.act == "assign" else _verify(scope, args, now)
    except Refusal as refusal:
        print(f"{refusal.field}: {refusal.value}\n{refusal.zh}\n{refusal.en}", file=sys.stderr)
        return 1


def _assign(scope: Any, args: argparse.Namespace, now: datetime) -> int:
    from yanmen.subsystems.quarantine.actions.planning import adopt, keep_plan
    from yanmen.subsystems.quarantine.methods.rooms import NO_ROOM
    from yanmen.subsystems.quarantine.queries.planning import basis as read

    basis = read(scope, now=now)
    title = f"分配 planning {len(basis.parties):,} 批次 parties"
    shares = searched(title, basis.weights.seconds, lambda: basis.share_out(greedy=args.greedy))
    plan = keep_plan(scope=scope, shares=shares, by=BY, now=now)
    adopted = adopt(scope=scope, plan=plan.pk, by=BY, now=now) if args.adopt else None
    told = plan.figures
    if args.json:
        found = {
            "plan": plan.pk,
            "figures": told,
            "rows": plan.rows,
            "left": plan.left,
            "adopted": adopted and adopted.people,
        }
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    gap = "-" if told["gap"] is None else f"{told['gap']:.2%}"
    print(
        f"方案 plan {plan.pk}: 待分配 waiting {told['waiting']:,}, 批次 parties {told['parties']:,}, 空房 free rooms {told['rooms']:,}"
    )
    print(f"求解 solved in {told['seconds']} s, 差距 gap {gap}")
    print(f"{'':<44}{'方案 plan':>12}{'先到先得 greedy':>16}")
    for name, title in FIGURES:
        print(f"  {title:<40}{told['plan'][name]:>14,}{told['greedy'][name]:>16,}")
    for person, why in list(plan.left.items())[:50]:
        print(f"  无房 no room: {person}: {NO_ROOM[why]['zh']} {NO_ROOM[why]['en']}")
    if adopted:
        print(f"已采纳 adopted: {adopted.people:,} 人 people")
    return 0


def _verify(scope: Any, args: argparse.Namespace, now: datetime) -> int:
    from yanmen.subsystems.quarantine.methods.verifying import FAULTS
    from yanmen.subsystems.quarantine.queries.verified import verified

    found = verified(scope, now=now)
    if args.json:
        rows = [
            {"kind": f.kind, "person": f.person, "stay": f.stay, "note": f.note, **FAULTS[f.kind]} for f in found.faults
        ]
        told = {"stays": found.stays, "people": found.people, "named": found.named, "faults": rows}
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 1 if rows else 0
    print(f"住宿 stays {found.stays:,}, 人员 people {found.people:,}, 列明无房 named without a room {found.named:,}")
    for fault in found.faults[:200]:
        print(
            f"  {FAULTS[fault.kind]['zh']} {FAULTS[fault.kind]['en']}: 人员 person {fault.person}, 住宿 stay {fault.stay or '-'} {fault.note}"
        )
    print(f"不符 faults: {len(found.faults)}")
    return 1 if found.faults else 0
