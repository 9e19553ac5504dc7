"""Policy packs: check them, compare days or folders, try before publishing, replay. 政策包：检查、对比、试行、重放。"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yanmen.loop.policy import Finding, Policy, PolicyFault, load_packs
from yanmen.loop.policy.coverage import covered, survivors
from yanmen.loop.policy.diff import Change, between_days, between_policies
from yanmen.loop.policy.examples import load_examples, run_examples
from yanmen.loop.policy.lint import exemptions, lint
from yanmen.loop.policy.norms import failing_norm_examples, load_norms
from yanmen.project.cli import start_django
from yanmen.project.discovery import pack_folders
from yanmen.project.moments import moment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    check = acts.add_parser("check", help="lint, levels, names, examples; exit 1 on any failure")
    check.add_argument("packs", nargs="*", type=Path, help="folders of packs (default: all that are installed)")
    check.add_argument("--numbers", action="store_true", help="also change every number and see an example fail")
    diff = acts.add_parser("diff", help="what rules say differently on two days, or in two folders")
    diff.add_argument("before", help="an edition (E8), a day (2022-06-27) or a folder that holds packs")
    diff.add_argument("after", help="the same")
    diff.add_argument("--area", default="", help="GB/T 2260 code, for the rules of that area (default: the nation)")
    diff.add_argument("--json", action="store_true")
    trial = acts.add_parser("try", help="who would change if these packs were in force now; nothing is written")
    trial.add_argument("packs", nargs="+", type=Path, help="every folder of the policy to try")
    trial.add_argument("--now", type=moment, help="the moment asked about")
    trial.add_argument("--json", action="store_true")
    replay = acts.add_parser("replay", help="the same facts under several editions, side by side")
    replay.add_argument("editions", nargs="+", help="E8 E9 T20 …")
    replay.add_argument("--until", type=moment, help="last moment of the replay")
    replay.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    acts: dict[str, Callable[[argparse.Namespace], int]] = {
        "check": check,
        "diff": diff,
        "try": try_packs,
        "replay": replay,
    }
    try:
        return acts[options.act](options)
    except PolicyFault as fault:
        print(fault, file=sys.stderr)
        return 1


def check(options: argparse.Namespace) -> int:
    """Everything a pack must hold to, on a real database."""
    policy = load_packs(options.packs or pack_folders(), hold_levels=False)
    start_django()
    return examine(policy, numbers=options.numbers, console=Console())


def examine(policy: Policy, *, numbers: bool, console: Console) -> int:
    """Lint, examples, norms and coverage, told on the console; the exit code."""
    from django.db import connections

    from yanmen.loop.catalogue import catalogue
    from yanmen.subsystems.health_code.queries.doors import load_doors

    examples = load_examples(policy)
    findings = lint(policy, names=catalogue, examples=examples)
    columns = policy.columns({name: relation.types for name, relation in catalogue.relations.items()})
    with connections["loop"].cursor() as cursor:
        failures = [str(failure) for failure in run_examples(policy, examples, columns, cursor)]
        if numbers and not failures:
            alive = survivors(policy, examples, columns, cursor)
            failures += [f"no example notices: {mutant}" for mutant in alive]
    doors = load_doors(pack.folder for pack in policy.packs)
    console.print(f"查验规则 Rules for doors: {sum(len(each.rules) for each in doors)}")
    norms = load_norms(policy)
    failures += failing_norm_examples(norms)
    table = covered(policy, examples)
    failures += [
        f"coverage: no example shows {name} under {edition}" for (edition, name), by in table.items() if not by
    ]
    _summary(console, policy, len(examples) + sum(len(norm.examples) for norm in norms), len(table))
    return _verdict(console, policy, findings, failures)


def _summary(console: Console, policy: Policy, examples: int, classes: int) -> None:
    table = Table("政策包 Pack", "地区 Area", "规则 Rules", "版次 Editions", "标明 Marked", title="yanmen policy check")
    for pack in policy.packs:
        editions = [edition for edition in policy.editions if edition.pack == pack.id]
        rules = sum(rule.pack == pack.id for rule in policy.rules)
        marked = sum(edition.marked and bool(edition.weak) for edition in editions)
        table.add_row(f"{pack.zh} {pack.en}", pack.area or "全国", str(rules), str(len(editions)), str(marked))
    console.print(table)
    console.print(f"示例 Examples: {examples} · 版次×人群 edition × class shown: {classes}")


def _verdict(console: Console, policy: Policy, findings: Sequence[Finding], failures: Sequence[str]) -> int:
    for exemption in exemptions(policy):
        console.print(
            f"豁免 Exempt: {exemption['rule']} ({exemption['area']}) {exemption['zh']} {exemption['en']}"
            f" — {exemption['document']}, 至 until {exemption['until']}"
        )
    for finding in findings:
        colour = "red" if finding.error else "dim"
        console.print(f"[{colour}]{'✗' if finding.error else '·'}[/] {escape(str(finding))}", soft_wrap=True)
        console.print(f"  {finding.zh}", markup=False, soft_wrap=True)
    for failure in failures:
        console.print(f"✗ {failure}", markup=False, soft_wrap=True)
    wrong = sum(finding.error for finding in findings) + len(failures)
    console.print(f"[red]{wrong} 项不符 faults[/]" if wrong else "[green]全部符合 All hold.[/]")
    return 1 if wrong else 0


def diff(options: argparse.Namespace) -> int:
    """What changes between two days of the installed packs, or between two folders of packs."""
    if Path(options.before).is_dir() and Path(options.after).is_dir():
        changes = between_policies(_from_folder(options.before), _from_folder(options.after))
    else:
        policy = load_packs(pack_folders())
        days = [_day(policy, text) for text in (options.before, options.after)]
        changes = between_days(policy, options.area, *days)
    if options.json:
        print(json.dumps([vars(change) for change in changes], ensure_ascii=False, default=str, indent=2))
    else:
        _show_changes(changes)
    return 0


def _from_folder(text: str) -> Policy:
    """A pack, or a folder of packs."""
    folder = Path(text)
    inside = sorted(path.parent for path in folder.glob("*/pack.yaml"))
    return load_packs(inside or [folder])


def _day(policy: Policy, text: str) -> dt.date:
    for pack in policy.packs:
        for edition in pack.editions:
            if edition.id == text:
                return edition.valid_from
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        names = ", ".join(edition.id for pack in policy.packs for edition in pack.editions)
        raise PolicyFault(f"{text}: neither an edition ({names}), a day such as 2022-06-28, nor a folder") from None


def _show_changes(changes: Sequence[Change]) -> None:
    table = Table("规则 Rule", "项 What", "原 Before", "现 After")
    last = ""
    for change in changes:
        title = f"{change.zh}\n{change.en}\n{change.rule}" if change.rule != last else ""
        last = change.rule
        table.add_row(title, change.key, _cell(change.before), _cell(change.after))
    Console().print(table if changes else "没有不同。No difference.")


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ("\n" if value and isinstance(value[0], str) else ", ").join(map(str, value))
    return "—" if value is None else str(value)


def try_packs(options: argparse.Namespace) -> int:
    """Who would change, by measure and area."""
    start_django()
    from yanmen.desk import clock
    from yanmen.loop.trial import try_pack

    told = try_pack(options.packs, now=options.now or clock.now())
    if options.json:
        print(json.dumps(told, ensure_ascii=False, default=str, indent=2))
        return 0
    table = Table("规则 Rule", "地区 Area", "变化 Act", "对象数 Subjects", title=f"as of {told['as_of']}")
    for row in told["changes"]:
        table.add_row(row["rule"], str(row["area"]), row["act"], f"{row['subjects']:,}")
    Console().print(table if told["changes"] else "没有变化。Nothing would change.")
    print(f"{told['looked_at']:,} subjects looked at in {told['seconds']:.1f} s; nothing was written.")
    return 0


def replay(options: argparse.Namespace) -> int:
    """People, person-days, tests and rooms under each edition."""
    start_django()
    from yanmen.desk import clock
    from yanmen.loop.trial import replay as replay_facts

    told = replay_facts(options.editions, until=options.until or clock.now())
    if options.json:
        print(json.dumps(told, ensure_ascii=False, default=str, indent=2))
        return 0
    table = Table("版次 Edition", "人数 People", "人日 Person-days", "检测 Tests", "房间 Rooms")
    for row in told:
        numbers = [f"{row[name]:,}" for name in ("people", "person_days", "tests", "rooms")]
        table.add_row(f"{row['zh']} {row['en']}", *numbers)
    Console().print(table)
    return 0
