"""Write docs/reference/glossary.md from the kinds and packs; `--check` only says whether it is fresh."""

import argparse
import sys

import django

from yanmen.project import state
from yanmen.project.cli import load_catalogue

PATH = state.ROOT / "docs" / "reference" / "glossary.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is stale")


def run(options: argparse.Namespace) -> int:
    django.setup()
    load_catalogue()
    text = page()
    if options.check:
        if PATH.exists() and PATH.read_text("utf-8") == text:
            return 0
        print("docs/reference/glossary.md is stale. Run `yanmen glossary` and commit it.", file=sys.stderr)
        return 1
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(text, "utf-8")
    print(f"wrote {PATH}")
    return 0


def page() -> str:
    """The glossary of what is installed now. The catalogue must be filled."""
    from yanmen.loop.catalogue import catalogue
    from yanmen.project import glossary, vocabulary

    return glossary.markdown(catalogue, vocabulary.policy())
