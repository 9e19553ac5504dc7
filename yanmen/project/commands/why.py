"""Why a person is under what: rules, lines, evidence, what clears it and when. 为什么：依据与解除条件。"""

import argparse
import datetime as dt
import json
from typing import Any

from rich.console import Console

from yanmen.base.clock import local_date
from yanmen.project.cli import start_django
from yanmen.project.moments import moment

ACTS = {
    "imposed": ("实施", "imposed"),
    "proposed": ("拟实施", "proposed"),
    "approved": ("批准", "approved"),
    "revised": ("调整", "revised"),
    "lifted": ("解除", "lifted"),
    "completed": ("期满", "completed"),
    "over_held": ("超期未解除", "held beyond its last day"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("person", type=int, help="number of the person in the register")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, help="the day asked about, e.g. 2022-10-07")
    parser.add_argument("--known-at", type=moment, help="as it was known then, e.g. 2022-10-07T09:30")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    start_django()
    from yanmen.desk import clock
    from yanmen.loop.why import explain

    known_at = options.known_at or clock.now()
    as_of = options.as_of or local_date(known_at)
    told = explain(options.person, as_of=as_of, known_at=known_at, now=clock.now())
    if options.json:
        print(json.dumps(told, ensure_ascii=False, default=str, indent=2))
    else:
        show(told, Console())
    return 0


def show(told: dict[str, Any], console: Console) -> None:
    """The explanation as text, Chinese and English side by side."""
    console.print(f"[bold]#{told['person']}[/] · as of {told['as_of']} · known at {told['known_at'][:16]}")
    for status in told["statuses"].values():
        console.print(f"{status['zh']} {status['en']}: [bold]{status['value']}[/]")
    if not told["measures"]:
        console.print("没有生效的措施。Nothing is in force.")
    for measure in told["measures"]:
        _measure(measure, console)
    for measure in told["ended"]:
        _story(measure, console)
    for rule in told["not_imposed"]:
        failing = "; ".join(line["text"] for line in rule["lines"] if not line["holds"])
        console.print(f"[dim]未适用 Not applied: {rule['title']['zh']} {rule['title']['en']} — ✗ {failing}[/]")


def _measure(measure: dict[str, Any], console: Console) -> None:
    console.print(
        f"\n[bold]{measure['title']['zh']}[/] {measure['title']['en']} ({measure['rule']}, {measure['state']})"
    )
    source = measure["source"]
    console.print(f"  依据 Clause: {source['zh']} {source['clause']} [{source['grade']}] · {source['en']}")
    if measure["weak"]:
        console.print(f"  [yellow]依据较弱 Weakly sourced: {', '.join(measure['weak'])}[/]")
    for stage in measure["stages"]:
        console.print(f"  {stage['first_day']} … {stage['last_day'] or '—'}  {stage['place']}")
    for line in measure["lines"]:
        console.print(f"  {'✓' if line['holds'] else '✗'} {line['text']}")
    for fact in measure["evidence"]:
        console.print(f"  • {fact['occurred_at'][:16]} {fact['title']['zh']} {fact['title']['en']} ({fact['id']})")
    needs = "；".join(need["zh"] for need in measure["clears"]["needs"])
    console.print(f"  解除 Clears: {measure['clears']['earliest'] or '—'} · {needs}")


def _story(measure: dict[str, Any], console: Console) -> None:
    acts = " → ".join(f"{step['at'][:16]} {'/'.join(ACTS[step['act']])}" for step in measure["history"])
    console.print(f"[dim]已结束 Ended: {measure['title']['zh']} {measure['title']['en']}: {acts}[/]")
    for because in sorted({fact["corrected_because"] for fact in measure["evidence"] if fact["corrected_because"]}):
        console.print(f"  [dim]原因 Because: {because}[/]")
