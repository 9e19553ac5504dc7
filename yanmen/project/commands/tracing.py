"""Chains of infection of a line list or the database; how well the methods find what is known. 传播链与方法检验。"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from yanmen.base.clock import SystemClock, local_date
from yanmen.base.refusals import Refusal
from yanmen.project import bulk_degrees, case_contacts, chains_compared
from yanmen.project.chains_told import Source, show, told
from yanmen.project.line_lists import contacts_in, open_file
from yanmen.project.moments import moment
from yanmen.subsystems.cases.methods.line_list_dates import ORDERS
from yanmen.subsystems.cases.methods.line_list_faults import Fault
from yanmen.subsystems.cases.methods.line_list_links import read_links
from yanmen.subsystems.cases.methods.line_lists import read_sheet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    case_contacts.add_arguments(
        acts.add_parser("contacts", help="who met a case, by setting, and what follows from it")
    )
    bulk_degrees.add_arguments(
        acts.add_parser("degrees", help="contacts of all cases at once, and the contacts' contacts, in figures")
    )
    chains = acts.add_parser(
        "chains", help="chains: sizes, depth, offspring R and k, serial interval, doubts and faults"
    )
    chains.add_argument("--linelist", type=Path, metavar="FILE", help="cases, CSV or Excel (without: the database)")
    chains.add_argument(
        "--contacts", type=Path, metavar="FILE", help="pairs, where the list names no infectors: infector, case_id"
    )
    chains.add_argument("--dates", choices=ORDERS, default="", help="how its dates are written where it does not show")
    chains.add_argument("--area", metavar="CODE", help="of the database: this area; the province by default")
    chains.add_argument("--disease", default="covid19", help="of the database: covid19, ebola, measles, …")
    chains.add_argument("--since", type=date.fromisoformat, metavar="D", help="of the database: found from this day on")
    chains.add_argument("--until", type=date.fromisoformat, metavar="D", help="of the database: found to this day")
    chains.add_argument("--now", type=moment, help="of the database: the moment asked about")
    chains.add_argument(
        "--quiet", type=int, metavar="DAYS", help="a chain has ended after so many days without an onset"
    )
    chains.add_argument("--as-of", type=date.fromisoformat, metavar="D", help="the day for --quiet (today)")
    chains.add_argument("--json", action="store_true", help="print all of it as JSON")
    chains_compared.add_arguments(acts)


def run(args: argparse.Namespace) -> int:
    acts: dict[str, Callable[[argparse.Namespace], int]] = {
        "chains": _chains,
        "compare": chains_compared.run,
        "contacts": case_contacts.run,
        "degrees": bulk_degrees.run,
    }
    try:
        return acts[args.act](args)
    except Refusal as refusal:
        print(f"{refusal.field}: {refusal.value}\n{refusal.zh}\n{refusal.en}", file=sys.stderr)
        return 1
    except OSError as fault:
        print(f"{fault.filename}: {fault.strerror}", file=sys.stderr)
        return 1


def _chains(args: argparse.Namespace) -> int:
    if args.linelist is None:
        return _stored(args)
    today = local_date(SystemClock().now())
    source = _from_files(args.linelist, args.contacts, today=today, dates=args.dates)
    found = told(source, quiet=args.quiet, as_of=args.as_of or today)
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        show(found)
    return 0


def _stored(args: argparse.Namespace) -> int:
    from yanmen.project.cli import start_django

    start_django()
    from yanmen.desk import clock
    from yanmen.project import chains_stored
    from yanmen.registry.areas import only_province
    from yanmen.registry.scope import system

    scope = system(args.area or only_province(), purpose="control")
    found = chains_stored.stored(
        scope, now=args.now or clock.now(), disease=args.disease, since=args.since, until=args.until, quiet=args.quiet
    )
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        show(found)
        chains_stored.show_doubts(found)
    return 0


def _from_files(linelist: Path, contacts: Path | None, *, today: date, dates: str) -> Source:
    """Infectors as the line list names them, and the pairs of the second file."""
    cases = read_sheet(open_file(linelist), today=today, dates=dates)
    pairs = [(infector, case.source_id) for case in cases.cases for infector in case.infectors]
    faults = _faults("linelist", cases.faults)
    for sheet in contacts_in(contacts):
        links = read_links(sheet)
        pairs += [(each.infector, each.case) for each in links.links]
        faults += _faults("contacts", links.faults)
    return Source({case.source_id: case.onset_on for case in cases.cases}, pairs, faults)


def _faults(file: str, faults: Iterable[Fault]) -> list[dict[str, Any]]:
    return [
        {"file": file, "line": each.line, "column": each.column, "value": each.value, "zh": each.zh, "en": each.en}
        for each in faults
    ]
