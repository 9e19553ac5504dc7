"""`yanmen import passengers`: who was on a vehicle, or in a class, ward or dormitory, from a list; a receipt for each line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from yanmen.project.moments import day
from yanmen.subsystems.cases.methods.line_list_sheets import refuse_large
from yanmen.subsystems.tracing.methods.settings import LAYOUTS, TOLD

if TYPE_CHECKING:
    from yanmen.registry.importing import Receipt


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV or Excel: name, document or phone, carriage, seat")
    parser.add_argument("--setting", choices=TOLD, required=True, help="what the list is of")
    parser.add_argument("--name", required=True, help="number of the journey, name of the class or ward: G1234")
    parser.add_argument("--on", type=day, required=True, metavar="D", help="the day, e.g. 2022-10-05")
    parser.add_argument("--layout", choices=tuple(LAYOUTS), default="", help="of a train or bus, where it is known")
    parser.add_argument("--preview", action="store_true", help="say what would happen and change nothing")
    parser.add_argument("--area", help="code of the area whose list it is; the province by default")
    parser.add_argument("--receipts", type=Path, metavar="CSV", help="write a receipt for every line to this file")
    parser.add_argument("--json", action="store_true", help="print the sums and rejected lines as JSON")


def take(args: argparse.Namespace) -> Receipt:
    """Bring the list in, or only try."""
    from yanmen.desk import clock
    from yanmen.registry.areas import only_province
    from yanmen.registry.scope import system
    from yanmen.subsystems.tracing.actions import Journey, import_passengers

    refuse_large(args.file.name, args.file.stat().st_size)
    scope = system(args.area or only_province())
    journey = Journey(args.setting, args.name, args.on, args.layout)
    return import_passengers(
        scope=scope, journey=journey, content=args.file.read_bytes(), file_name=args.file.name, by=scope.by,
        now=clock.now(), try_only=args.preview,
    )  # fmt: skip
