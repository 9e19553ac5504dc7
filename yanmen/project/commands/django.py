"""Django's own management commands, with the database up: `yanmen django makemigrations loop`."""

import argparse
import sys

from yanmen.project import database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="name and arguments of the management command")


def run(options: argparse.Namespace) -> int:
    from django.core.management import execute_from_command_line

    database.ready()
    execute_from_command_line([sys.argv[0], *options.rest])
    return 0
