"""`yanmen tracing contacts CASE`: who met a case, by setting, and what the edition in force makes of it. 病例的接触者。"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from yanmen.project.cli import start_django
from yanmen.subsystems.tracing.methods.settings import SETTINGS

if TYPE_CHECKING:
    from yanmen.subsystems.tracing.actions import Found
    from yanmen.subsystems.tracing.queries.around import Contact, Contacts

MOST = 40
"""People of one setting that are printed; `--json` has them all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", help="key of the case")
    parser.add_argument("--degree", type=int, choices=(1, 2), default=2, help="2 also contacts of contacts (default)")
    parser.add_argument("--record", action="store_true", help="write what facts show now, as the job does every minute")
    parser.add_argument("--json", action="store_true", help="print everybody as JSON")


def run(args: argparse.Namespace) -> int:
    start_django()
    from yanmen.desk import clock
    from yanmen.registry.areas import only_province
    from yanmen.registry.scope import acting, system
    from yanmen.subsystems.tracing.actions import FINDER, find
    from yanmen.subsystems.tracing.queries.around import contacts

    now = clock.now()
    written = find(case=args.case, by=FINDER, now=now) if args.record else None
    with acting(system(only_province()), now=now) as scope:
        found = contacts(scope, args.case, now=now, finder=FINDER, degree=args.degree, names=False)
    if found is None:
        print(f"没有编号为 {args.case} 的病例。\nThere is no case with the key {args.case}.", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(_as_json(found, written), ensure_ascii=False, indent=1, default=str))
    else:
        _show(found, written)
    return 0


def _as_json(found: Contacts, written: Found | None) -> dict[str, object]:
    return {
        "case": found.case.key,
        "as_of": found.as_of,
        "traced": found.case.traced,
        "reckoned_from": found.case.reckoned_from,
        "look_back": found.look_back,
        "source": found.source,
        "counts": found.counts,
        "people": len({row.number for row in found.rows}),
        "contacts": [asdict(row) for row in found.rows],
        "written": asdict(written) if written else None,
    }


def _show(found: Contacts, written: Found | None) -> None:
    from yanmen.subsystems.tracing.queries.around import OUTCOMES

    case = found.case
    print(f"病例 Case {case.key}  自 from {case.reckoned_from} 前 {found.look_back} 天 days before")
    if found.source:
        print(f"依据 Clause: {found.source['zh']} · {found.source['en']} [{found.source['grade']}]")
    if not case.traced:
        print("不再判定接触者（报告已撤回、已订正或不属流调范围）。No contacts are determined: the report was taken back, set right, or asks for none.")  # fmt: skip
    for setting, rows in groupby(found.rows, key=lambda row: row.setting):
        _show_setting(setting, list(rows))
    counts = "  ".join(f"{OUTCOMES[name]['zh']} {OUTCOMES[name]['en']} {n:,}" for name, n in found.counts.items())
    print(f"合计 {len({row.number for row in found.rows}):,} 人 people: {counts}")
    if written:
        print(
            f"已写入 written: 新增 recorded {written.recorded:,}，更正 corrected {written.corrected:,}，"
            f"撤回 taken back {written.withdrawn:,}，不变 unchanged {written.unchanged:,}"
        )


def _show_setting(setting: str, rows: list[Contact]) -> None:
    titles = SETTINGS.get(setting, {"zh": setting or "未说明", "en": setting or "Not stated"})
    print(f"\n{titles['zh']} {titles['en']}: {len({row.number for row in rows}):,}")
    for row in rows[:MOST]:
        print(f"  {_line(row)}")
    if len(rows) > MOST:
        print(f"  … {len(rows) - MOST:,} (--json)")


def _line(row: Contact) -> str:
    from yanmen.subsystems.tracing.queries.around import OUTCOMES, STATES, title_of

    who = f"#{row.person}" if row.person else f"({row.number})"
    days = f"{row.first_exposed or '?'}…{row.last_exposed or '?'}"
    sure = "" if row.certainty is None else f" {float(row.certainty):.0%}"
    minutes = "" if row.minutes is None else f" {row.minutes} min"
    linked = f" ← #{row.linked}" if row.linked else ""
    outcome, state = OUTCOMES[row.outcome], STATES[row.state]
    made = ""
    if row.measure:
        title = title_of(row.measure)
        made = f" → {title['zh']} {title['en']} ({row.measure_state}, {row.last_day or '—'})"
    basis = f" · 依据 basis {len(row.basis)}" if row.basis else ""
    return f"{who} {row.name} {row.area} {days}{minutes}{sure} · {outcome['zh']} {outcome['en']}{linked} · {state['zh']} {state['en']}{basis}{made}"
