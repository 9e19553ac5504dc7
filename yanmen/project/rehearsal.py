"""Playing drills from the command line: one in this folder, many beside it; what is kept of each, and what is printed."""

from __future__ import annotations

import datetime as dt
import json
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from yanmen.base.drill_mark import DrillMark
from yanmen.drill.scenario import Scenario
from yanmen.drill.scenario_file import read_scenario
from yanmen.project import database, drills, state
from yanmen.project.cli import start_django

TRUTH = "truth"
KEPT = "rehearsed.json"
"""What was played in a folder, so that it can be scored again."""

VENUES = 3
"""For how many venues a demo's officer answers."""

Runs = dict[str, dict[int, dict[str, Any]]]


def name_of(scenario: Scenario) -> str:
    """The folder of a run, where nobody names one."""
    packs = [path.name.lower().replace(" ", "-") for path in scenario.packs]
    return "-".join([scenario.id, *filter(None, [scenario.edition.lower()]), *packs, str(scenario.seed)])


def arguments(scenario: Scenario) -> list[str]:
    """How the child process is told to play it."""
    asked = ["--people", str(scenario.people), "--days", str(scenario.days), "--seed", str(scenario.seed)]
    edition = ["--edition", scenario.edition] if scenario.edition else []
    own = set(read_scenario(scenario.file).packs)
    packs = [part for path in scenario.packs if path not in own for part in ("--policy", str(path))]
    return ["drill", "play", str(Path(scenario.file).resolve()), *asked, *edition, *packs]


def wait(process: "subprocess.Popen[bytes]") -> int:
    """Until it ends; who interrupts us interrupts it too."""
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        return 130


def mark_of_scenario(scenario: Scenario) -> DrillMark:
    """How every page will call this drill."""
    return DrillMark(
        zh=scenario.zh,
        en=scenario.en,
        scenario=scenario.id,
        seed=scenario.seed,
        people=scenario.people,
        days=scenario.days,
        starts_on=scenario.starts_on.isoformat(),
    )


def rehearse(scenario: Scenario, console: Console, *, accounts: bool = False) -> dict[str, Any]:
    """Play a scenario in this state folder from nothing, and score it; with `accounts`, staff who may sign in to look at it."""
    started = time.perf_counter()
    try:
        with _progress(console) as bar:
            task = bar.add_task(f"{scenario.zh} {scenario.en}", total=scenario.days + 1, said="准备 preparing")
            drills.begin(mark_of_scenario(scenario))
            folder = state.home() / TRUTH
            _emptied(folder)
            _keep(scenario)

            def tick(day: int, summary: dict[str, Any]) -> None:
                cases = summary["done"].get("cases", 0)
                _tell(
                    bar,
                    task,
                    f"{summary['date']} · 感染 infected {summary['infected']:,} · 病例 cases {cases:,}",
                    day + 1,
                )

            def moved_in(count: int) -> None:
                moved[0] += count
                bar.update(task, said=f"入住 moving in {moved[0]:,} / {scenario.people:,}")

            moved = [0]
            played, failed = _play(scenario, folder, tick, moved_in)
            _tell(bar, task, "评分 scoring", scenario.days + 1)
            ends = played.ends
            told = _ended(scenario, played, failed)
        state.keep_clock(ends.isoformat())
        _shown(told, console)
        if failed:
            console.print(f"[red]后台任务出错 jobs that failed: {', '.join(failed)}[/]")
        if accounts:
            _accounts(console, ends)
        console.print(f"[dim]{time.perf_counter() - started:.0f} s[/]")
        return told
    finally:
        _let_go()


def _ended(scenario: Scenario, played: Any, failed: list[str]) -> dict[str, Any]:
    """The score, with what the audit says; and the figures of the site, which neither of them reads."""
    from yanmen.drill.play.at_once import at_once

    told: dict[str, Any]
    told, whole, _ = at_once(lambda: _scored(scenario), lambda: _whole(played, failed), lambda: _count(played.ends))
    return told | {"whole": whole}


def broken(told: dict[str, Any]) -> list[str]:
    """What a run must not have: records lost or kept twice, audit breaks, jobs that failed. A line each; none when all is well."""
    whole = told["whole"]
    lines = []
    if whole["kept"] != whole["acknowledged"]:
        lines.append(f"记录 records: {whole['acknowledged']:,} acknowledged, {whole['kept']:,} kept")
    lines += [f"审计 audit: {each}" for each in whole["breaks"]]
    return lines + [f"后台任务 job failed: {each}" for each in whole["failed"]]


def _whole(played: Any, failed: list[str]) -> dict[str, Any]:
    from yanmen.loop.audit import audit

    breaks = [str(each) for each in audit(now=played.ends)["breaks"]]
    return {"acknowledged": played.acknowledged, "kept": played.kept, "breaks": breaks[:20], "failed": failed}


def _play(
    scenario: Scenario, folder: Path, tick: Callable[[int, dict[str, Any]], None], moved_in: Callable[[int], None]
) -> tuple[Any, list[str]]:
    """With models at hand: only now that Django has started. Gives what was played, and whose jobs failed on the way."""
    from yanmen.drill.play.run import play
    from yanmen.project.drill_house import House

    house = House()
    played = play(scenario, folder=folder, house=house, tick=tick, moved_in=moved_in)
    return played, sorted(set(house.failed))


def _count(now: dt.datetime) -> None:
    """The figures of the site, as its worker would have them ready."""
    from yanmen.numbers.indicators import folder
    from yanmen.numbers.keeping import bring_up

    bring_up(folder(), now=now)


def _accounts(console: Console, now: dt.datetime) -> None:
    from yanmen.desk.demo_accounts import create_demo_accounts

    table = Table("账号 account", "口令 password", "身份 role", title="演练账号 Accounts of the drill")
    for account in create_demo_accounts(now):
        table.add_row(account.username, account.password, account.roles)
    _hand_venues("officer", now)
    console.print(table)


def _hand_venues(account: str, now: dt.datetime) -> None:
    """Somebody answers for some of the venues, as their own staff do: whoever signs in as staff sees what staff see."""
    from yanmen.registry.models import Account
    from yanmen.registry.scope import Scope, acting
    from yanmen.subsystems.venues.actions import change
    from yanmen.subsystems.venues.models import Venue

    scope = Scope(Account.objects.using("owner").get(username=account).pk, "venues.manager", "14")
    with acting(scope, now=now):
        for venue in Venue.objects.order_by("pk").values_list("pk", flat=True)[:VENUES]:
            change(scope=scope, place=venue, responsible=account, by=scope.by, now=now)


def score_here(console: Console) -> dict[str, Any]:
    """Score the run of this folder again."""
    start_django()
    try:
        told = _scored(_kept())
        _shown(told, console)
        return told
    finally:
        _let_go()


def packs_of(folder: Path) -> list[Path]:
    """The packs a run was played with beside those installed."""
    kept = json.loads((folder / KEPT).read_text("utf-8")) if (folder / KEPT).is_file() else {}
    return [Path(path) for path in kept.get("packs", [])]


def all_runs(runs: Sequence[tuple[str, Scenario]], *, jobs: int, again: bool, console: Console) -> Runs:
    """Every run in a folder of its own, `jobs` at a time. Finished ones are kept, also when somebody interrupts."""
    told: Runs = {policy: {} for policy, _ in runs}
    waiting = list(runs)
    under_way: list[tuple[str, Scenario, Path, subprocess.Popen[bytes]]] = []
    with _progress(console) as bar:
        task = bar.add_task("对比 Comparing", total=len(runs), said="")
        try:
            while waiting or under_way:
                while waiting and len(under_way) < jobs:
                    policy, scenario = waiting.pop(0)
                    folder = drills.folder_of(f"compare-{name_of(scenario)}-{scenario.people}-{scenario.days}")
                    if not again and (found := _finished(folder, scenario)):
                        told[policy][scenario.seed] = found
                        bar.advance(task)
                        continue
                    process = _started(folder, scenario)
                    under_way.append((policy, scenario, folder, process))
                under_way = _looked_after(under_way, told, bar, task, console)
                time.sleep(0.3 if under_way else 0)
        except KeyboardInterrupt:
            for _, _, _, process in under_way:
                process.send_signal(signal.SIGINT)  # so that it stops its database
                process.wait()
            console.print("[yellow]已中断，已完成的保留。Interrupted: what is finished is kept.[/]")
    return {policy: seeds for policy, seeds in told.items() if seeds}


def compared(told: Runs, console: Console) -> list[dict[str, Any]]:
    """The table of what the policies came to."""
    from yanmen.drill.score.comparing import compared as compare
    from yanmen.drill.score.scoring import values_of

    rows = compare({policy: {s: values_of(each) for s, each in seeds.items()} for policy, seeds in told.items()})
    first, *others = told
    table = Table(title="政策对比 Policies compared")
    table.add_column("")
    for policy in told:
        table.add_column(policy, justify="right")
    for row in rows:
        cells = [_cell(row, policy, versus=policy != first) for policy in told]
        table.add_row(f"{row['zh']} {row['en']}", *cells)
    console.print(table)
    seeds = max(len(each) for each in told.values())
    console.print(
        f"均值 ± 95% 区间（t 分布，{seeds} 个种子）；括号内为与 {first} 的同种子配对差，* 表示区间不含 0。\n"
        f"Mean ± 95 % interval (Student's t over {seeds} seeds); in brackets the difference from {first}, paired by seed;"
        " * where its interval leaves out 0."
        if others
        else "",
        style="dim",
    )
    return rows


def _cell(row: dict[str, Any], policy: str, *, versus: bool) -> str:
    cell, share = row["policies"][policy], row["unit"] == "share"

    def said(number: float, sign: str = "") -> str:
        if share:
            return f"{number:{sign}.0%}"
        return f"{number:{sign},.0f}" if abs(number) >= 100 or number == int(number) else f"{number:{sign},.1f}"

    if cell["mean"] is None:
        return "–"
    text = said(cell["mean"]) + (f" ± {said(cell['half'])}" if cell["half"] is not None else "")
    if cell["told"] < cell["seeds"]:
        text += f" [{cell['told']}/{cell['seeds']}]"
    if versus and cell["difference"] is not None:
        text += f" ({said(cell['difference'], '+')}{'*' if cell['sure'] else ''})"
    return text


def _started(folder: Path, scenario: Scenario) -> "subprocess.Popen[bytes]":
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    (folder / "score.json").unlink(missing_ok=True)
    return drills.alongside(folder, arguments(scenario), packs=scenario.packs, log=folder / "run.log")


def _finished(folder: Path, scenario: Scenario) -> dict[str, Any] | None:
    """The score that is there, if it is of this very scenario."""
    from yanmen.drill.score.scoring import said

    file = folder / "score.json"
    if not file.is_file():
        return None
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found if found["scenario"] == json.loads(json.dumps(said(scenario))) else None


def _looked_after(
    under_way: list[tuple[str, Scenario, Path, "subprocess.Popen[bytes]"]],
    told: Runs,
    bar: Progress,
    task: TaskID,
    console: Console,
) -> list[tuple[str, Scenario, Path, "subprocess.Popen[bytes]"]]:
    still, said = [], []
    for policy, scenario, folder, process in under_way:
        if process.poll() is None:
            still.append((policy, scenario, folder, process))
            said.append(f"{policy} #{scenario.seed} {_days_done(folder)}/{scenario.days}")
        elif process.returncode == 0:
            told[policy][scenario.seed] = json.loads((folder / "score.json").read_text("utf-8"))
            bar.advance(task)
        else:
            console.print(f"[red]{policy} #{scenario.seed}: {folder / 'run.log'}[/]")
            console.print("".join((folder / "run.log").read_text("utf-8").splitlines(keepends=True)[-6:]), markup=False)
            bar.advance(task)
    bar.update(task, said=" · ".join(said))
    return still


def _days_done(folder: Path) -> int:
    file = folder / TRUTH / "days.jsonl"
    return len(file.read_text("utf-8").splitlines()) if file.is_file() else 0


def _scored(scenario: Scenario) -> dict[str, Any]:
    from yanmen.drill.score.scoring import score, write

    told = score(scenario, state.home() / TRUTH)
    write(told, state.home())
    return told


def _shown(told: dict[str, Any], console: Console) -> None:
    from yanmen.drill.score.shown import show

    show(told, console)


def _emptied(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for file in (*folder.glob("*.parquet"), *folder.glob("*.json*"), state.home() / "score.json"):
        file.unlink(missing_ok=True)


def _keep(scenario: Scenario) -> None:
    told = {
        "file": str(Path(scenario.file).resolve()),
        "people": scenario.people,
        "days": scenario.days,
        "seed": scenario.seed,
        "starts_on": scenario.starts_on.isoformat(),
        "edition": scenario.edition,
        "packs": [str(path) for path in scenario.packs],
    }
    (state.home() / KEPT).write_text(json.dumps(told, indent=1), "utf-8")


def _kept() -> Scenario:
    told = json.loads((state.home() / KEPT).read_text("utf-8"))
    named = {name: told[name] for name in ("people", "days", "seed", "edition")}
    starts_on = dt.date.fromisoformat(told["starts_on"])
    packs = tuple(Path(path) for path in told["packs"])
    return read_scenario(told["file"]).altered(**named, starts_on=starts_on, packs=packs)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(24),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
        console=console,
    )


def _tell(bar: Progress, task: TaskID, said: str, completed: int) -> None:
    """How far it is: the bar moves, and where nobody sees a bar a line is printed."""
    bar.update(task, completed=completed, said=said)
    if not bar.console.is_terminal:
        bar.console.print(f"{completed} · {said}")


def _let_go() -> None:
    """A drill that is over needs no server; the site starts it again."""
    from django.db import connections

    connections.close_all()
    if database.outside_url() is None:
        database.server().stop()
