"""Turn the loop until nothing is left to do, once, and say what changed."""

import argparse
import json
from dataclasses import asdict

from yanmen.project.cli import start_django
from yanmen.project.moments import moment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--now", type=moment, help="turn as of this moment, e.g. 2022-10-07T09:30")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    start_django()
    from yanmen.desk import clock
    from yanmen.loop.run import settle

    report = asdict(settle(now=options.now or clock.now()))
    if options.json:
        print(json.dumps(report, default=str))
    else:
        print(
            ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in report.items() if count) or "nothing to do"
        )
    return 0
