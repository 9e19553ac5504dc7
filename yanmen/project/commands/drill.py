"""Rehearse an outbreak: list, check, run, score, compare. 演练：虚构城市、虚构疫情，走真实业务入口；评分与政策对比。"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from yanmen.base.refusals import Refusal
from yanmen.drill.editions import under
from yanmen.drill.scenario import Scenario
from yanmen.drill.scenario_file import ScenarioFault, listed, read_scenario
from yanmen.loop.policy import Policy, PolicyFault, load_packs
from yanmen.project import drills, rehearsal, state
from yanmen.project.discovery import pack_folders, packs_folder

COUNTY_FILE = Path("shanxi") / "areas" / "names_en.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("list", help="the scenarios of the packs, and the drills that were run here")
    check = acts.add_parser("check", help="read scenario files and say what is wrong with them")
    check.add_argument("files", nargs="+", type=Path)
    run = acts.add_parser("run", help="play a scenario in a folder of its own, then score it")
    _scenario_arguments(run)
    run.add_argument(
        "--name", help="of the drill's folder (default: scenario, edition, seed); an earlier run there goes"
    )
    run.add_argument("--serve", action="store_true", help="open the site with the drill's data afterwards")
    run.add_argument("--port", type=int, default=8000)
    inside = acts.add_parser("play", help="(what `run` starts in the drill's own folder)")
    _scenario_arguments(inside)
    inside.add_argument("--accounts", action="store_true", help="make accounts for looking at the site, and print them")
    score = acts.add_parser("score", help="score a run again")
    score.add_argument("drill", help="the name of a drill, or its folder")
    score.add_argument("--json", action="store_true")
    compare = acts.add_parser("compare", help="the same scenario under several policies, with several seeds")
    _scenario_arguments(compare, several=True)
    compare.add_argument("--policies", required=True, help="E8,E9,T20 or folders of packs, or both: E9+path/to/pack")
    compare.add_argument("--seeds", type=int, default=3, help="how many (3): the scenario's seed and those after it")
    compare.add_argument("--jobs", type=int, default=1, help="runs at a time (1)")
    compare.add_argument("--json", type=Path, metavar="FILE", help="write the table there")
    compare.add_argument("--csv", type=Path, metavar="FILE", help="the same for a spreadsheet")
    compare.add_argument("--again", action="store_true", help="also play runs anew that are finished")


def _scenario_arguments(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    parser.add_argument("scenario", help="the id of a scenario (yanmen drill list) or a .yaml file")
    parser.add_argument("--people", type=int)
    parser.add_argument("--days", type=int)
    parser.add_argument("--seed", type=int)
    if not several:
        parser.add_argument("--edition", help="play it in the days of an edition: E8, E9, T20 …")
        parser.add_argument(
            "--policy", type=Path, action="append", default=[], help="a pack that holds too (repeatable)"
        )


def run(options: argparse.Namespace) -> int:
    acts: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": list_all,
        "check": check,
        "run": play_apart,
        "play": play_here,
        "score": score_again,
        "compare": compare,
    }
    return acts[options.act](options)


def list_all(_options: argparse.Namespace) -> int:
    """Scenarios, and the drills of this installation."""
    console = Console()
    table = Table("场景 Scenario", "标题 title", "人 people", "天 days", "病原 disease", "差错 faults")
    for file in listed(pack_folders()):
        found = read_scenario(file, counties=counties())
        table.add_row(
            Text(found.id, no_wrap=True), f"{found.zh} {found.en}", f"{found.people:,}", str(found.days), found.disease, str(len(found.faults))
        )  # fmt: skip
    console.print(table)
    for folder in drills.all_drills():
        done = "✓" if (folder / "score.json").is_file() else "…"
        console.print(f"{done} {folder.name}  [dim]{folder}[/]", highlight=False)
    return 0


def check(options: argparse.Namespace) -> int:
    """Every file; exit 1 when one does not hold."""
    faults = 0
    for file in options.files:
        try:
            found = read_scenario(file, counties=counties())
            print(f"{file}: {found.zh} {found.en} ✓")
        except ScenarioFault as fault:
            faults += 1
            print(f"{fault.zh}\n{fault.en}", file=sys.stderr)
    return 1 if faults else 0


def counties() -> list[str]:
    """The codes of the counties that can be played in."""
    file = packs_folder() / COUNTY_FILE
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return [code for code in (line.split(",", 1)[0] for line in lines) if len(code) == 6 and code.isdigit()]


def chosen(options: argparse.Namespace) -> Scenario:
    """The scenario that the command line names, as it changes it."""
    found = read_scenario(options.scenario, folders=pack_folders(), counties=counties())
    for name, least, most in (("people", 50, 2_000_000), ("days", 1, 120), ("seed", 0, 2**31 - 1)):
        value = getattr(options, name)
        if value is not None and not least <= value <= most:
            raise ScenarioFault(
                f"--{name} {value}：应为 {least} 到 {most} 之间的整数。",
                f"--{name} {value}: must be a whole number from {least} to {most}.",
                field=name,
                value=str(value),
            )
    asked = {name: value for name in ("people", "days", "seed") if (value := getattr(options, name)) is not None}
    found = _shortened(found.altered(**asked))
    packs = [_pack(path) for path in getattr(options, "policy", [])]
    found = replace(found, packs=(*found.packs, *packs))
    edition = getattr(options, "edition", None)
    policy = _policy(found.packs) if edition or found.packs else None
    return under(found, edition, policy) if edition and policy else found


def _policy(packs: Sequence[Path]) -> Policy:
    """The packs of the installation with the drill's own; refused before anything begins where they do not hold together."""
    try:
        return load_packs(dict.fromkeys([*pack_folders(), *packs]))
    except PolicyFault as fault:
        first, *more = str(fault).splitlines()
        names = " ".join(map(str, packs))
        raise Refusal(
            f"演练的政策包有误，演练未开始：{first}（另有 {len(more)} 处）。请按提示改正，并以 yanmen policy check 核对：{names}",
            f"The packs of the drill do not hold, so it does not begin: {first} ({len(more)} more). Correct that place; `yanmen policy check`"
            f" with the installed packs and {names} names them all.",
            field="policy",
            value=names,
        ) from None


def _shortened(scenario: Scenario) -> Scenario:
    """What lies beyond the last day does not happen."""
    return replace(
        scenario,
        imported=tuple(each for each in scenario.imported if each.day < scenario.days),
        faults=tuple(each for each in scenario.faults if each.day < scenario.days),
    )


def _pack(path: Path) -> Path:
    if not (path / "pack.yaml").is_file():
        raise Refusal(
            f"{path} 中没有 pack.yaml。请给出政策包文件夹。",
            f"{path} holds no pack.yaml. Name the folder of a pack.",
            field="policy",
            value=str(path),
        )
    return path.resolve()


def play_apart(options: argparse.Namespace) -> int:
    """Start the drill in a folder of its own and wait; the site too, if asked."""
    scenario = chosen(options)
    folder = drills.folder_of(options.name or rehearsal.name_of(scenario))
    more = ["--accounts"] if options.serve else []
    process = drills.alongside(folder, [*rehearsal.arguments(scenario), *more], packs=scenario.packs)
    code = rehearsal.wait(process)
    if code:
        return code
    print(f"{folder}\nYANMEN_HOME={folder} yanmen serve", flush=True)
    if options.serve:
        return rehearsal.wait(drills.alongside(folder, ["serve", "--port", str(options.port)], packs=scenario.packs))
    return 0


def play_here(options: argparse.Namespace) -> int:
    """Play in this state folder, which becomes the drill's; keep the score beside it."""
    scenario = chosen(options)
    rehearsal.rehearse(scenario, Console(), accounts=options.accounts)
    return 0


def score_again(options: argparse.Namespace) -> int:
    """Score a run that is there. The numbers are computed anew from its truth and its database."""
    named = Path(options.drill)
    folder = named if (named / "drill.json").is_file() else drills.folder_of(options.drill)
    if state.home() == folder.resolve():
        told = rehearsal.score_here(Console(stderr=options.json))
        print(json.dumps(told, ensure_ascii=False, indent=1, default=str)) if options.json else None
        return 0
    if not (folder / "drill.json").is_file():
        there = ", ".join(each.name for each in drills.all_drills()) or "–"
        raise Refusal(
            f"没有名为“{options.drill}”的演练。现有：{there}。",
            f'There is no drill "{options.drill}". There are: {there}.',
            field="drill",
            value=options.drill,
        )
    more = ["--json"] if options.json else []
    kept = rehearsal.packs_of(folder)
    return rehearsal.wait(drills.alongside(folder, ["drill", "score", str(folder.resolve()), *more], packs=kept))


def compare(options: argparse.Namespace) -> int:
    """Every policy with every seed, each in a folder of its own; then the table."""
    runs = [
        (policy, scenario)
        for policy in [part.strip() for part in options.policies.split(",") if part.strip()]
        for scenario in _seeds(options, policy)
    ]
    console = Console()
    told = rehearsal.all_runs(runs, jobs=max(1, options.jobs), again=options.again, console=console)
    if not told:
        return 1
    rows = rehearsal.compared(told, console)
    _kept(options, rows)
    return 0


def _seeds(options: argparse.Namespace, policy: str) -> list[Scenario]:
    edition, _, pack = policy.partition("+")
    if not pack and Path(edition).is_dir():
        edition, pack = "", edition
    own = argparse.Namespace(**vars(options) | {"edition": edition or None, "policy": [Path(pack)] if pack else []})
    scenario = chosen(own)
    return [replace(scenario, seed=scenario.seed + number) for number in range(max(1, options.seeds))]


def _kept(options: argparse.Namespace, rows: Sequence[dict[str, Any]]) -> None:
    from yanmen.drill.score.comparing import as_csv

    if options.json:
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")
    if options.csv:
        options.csv.write_text(as_csv(rows), "utf-8-sig")
