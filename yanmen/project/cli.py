"""The `yanmen` command. Each module in `project/commands` is one subcommand, imported on use."""

import argparse
import ast
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from yanmen.base.refusals import Refusal

COMMANDS = Path(__file__).parent / "commands"


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line, run one command, return its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yanmen.project.settings")
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="yanmen",
        description="Epidemic prevention and control. 疫情防控：事实、政策、措施、任务，以及为什么。",
    )
    choices = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in available().items():
        choice = choices.add_parser(name, help=summary, description=summary)
        if name in arguments[:1]:
            _load(name).add_arguments(choice)
            choice.set_defaults(run=_load(name).run)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except Refusal as fault:
        print(f"{fault.zh}\n{fault.en}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def available() -> dict[str, str]:
    """Command name → the first line of its module's docstring, read without importing it."""
    found = {}
    for file in sorted(COMMANDS.glob("[a-z]*.py")):
        text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
        found[file.stem.rstrip("_").replace("_", "-")] = text.split("\n", 1)[0]
    return found


def _load(name: str) -> "importlib.types.ModuleType":  # type: ignore[name-defined]
    stem = name.replace("-", "_")
    if not (COMMANDS / f"{stem}.py").exists():
        stem += "_"
    return importlib.import_module(f"yanmen.project.commands.{stem}")


def start_django() -> None:
    """For commands that touch the database: server up, schema current, kinds and relations known."""
    import django

    from yanmen.project import database, state

    database.ready()
    state.edge_secrets()
    django.setup()
    if database.behind():
        database.migrate()
    load_catalogue()


def load_catalogue() -> None:
    """Tell the loop every word that is installed, and where its policy lies."""
    from yanmen.loop.catalogue import catalogue
    from yanmen.loop.policies import shelf
    from yanmen.project.discovery import discover, pack_folders

    discover(catalogue)
    shelf.use(pack_folders())


if __name__ == "__main__":
    sys.exit(main())
