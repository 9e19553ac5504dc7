"""A city of 100,000 with an imported case, ten days through every door, scored; then the site with its data. 演示：十万人城市输入疫情。"""

import argparse
import dataclasses
import os
import sys
from typing import NoReturn

from rich.console import Console

from yanmen.drill.scenario_file import read_scenario
from yanmen.project import edges, rehearsal
from yanmen.project.discovery import pack_folders
from yanmen.project.ports import refuse_taken

SCENARIO = "imported_case_city"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=int, help="of the synthetic city (as in the scenario: 100,000)")
    parser.add_argument("--days", type=int, help="to be played (as in the scenario: 10)")
    parser.add_argument("--no-serve", action="store_true", help="end after the score; exit 1 if anything is broken")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--edge-port", type=int, default=edges.PORT, help="where phones come in; 0 leaves it to others")


def run(options: argparse.Namespace) -> int:
    if not options.no_serve:
        refuse_taken("127.0.0.1", port=options.port, edge_port=options.edge_port)
    found = read_scenario(SCENARIO, folders=pack_folders())
    asked = {name: value for name in ("people", "days") if (value := getattr(options, name)) is not None}
    scenario = found.altered(**asked)
    days = scenario.days
    scenario = dataclasses.replace(
        scenario,
        imported=tuple(each for each in scenario.imported if each.day < days),
        faults=tuple(each for each in scenario.faults if each.day < days),
    )
    broken = rehearsal.broken(rehearsal.rehearse(scenario, Console(), accounts=not options.no_serve))
    for line in broken:
        Console().print(f"[red]{line}[/]")
    if options.no_serve:
        return 1 if broken else 0
    return _become_the_site("--port", str(options.port), "--edge-port", str(options.edge_port))


def _become_the_site(*arguments: str) -> NoReturn:
    """A site reads its clock and its pool as it starts: one that began before the drill would live in another year."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "yanmen.project.cli", "serve", *arguments])
