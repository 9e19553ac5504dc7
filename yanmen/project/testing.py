"""Fixtures of the test suite. The database server is real; each test module gets a clone of one template.

Packs kept outside this repository can use them too: `from yanmen.project.testing import *` in a conftest.
"""

import os
import runpy
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from yanmen.base.postgres import THROWAWAY, Server
from yanmen.base.postgres_process import locked
from yanmen.project import database, state
from yanmen.project.cli import load_catalogue
from yanmen.project.testing_doors import (
    PASSWORD,
    browser,
    chromium,
    clock_of_a_module,
    clock_of_a_test,
    cookies_for,
    emergency_in,
    fresh_limits,
    live,
    mark_browser_tests,
    missing_browser,
    new_account,
    passwords_cost_nothing,
    passwords_of_a_test,
    served_site,
    show_clock,
    sign_in,
    visitor,
)

FOLDER = "YANMEN_TEST_FOLDER"
KEPT = {"registry_area", "django_migrations", "django_content_type", "auth_permission"}
"""Tables that `clean` leaves alone, with those of the loop that hold vocabulary."""

NOWHERE = "ask_for_the_fixture_db"
"""The database of tests that did not ask for one: it does not exist, and its name says what to do."""

VOCABULARY = {"loop_edition", "loop_edition_stage", "loop_edition_task"}

LARGE = 1024 * 1024
"""Bytes of a table from which on TRUNCATE, which makes new files, is quicker than DELETE."""

COUNT_ANEW = """
SELECT setval(counter.seqrelid::regclass, 1, false)
FROM pg_sequence counter
JOIN pg_depend owned ON owned.objid = counter.seqrelid AND owned.classid = 'pg_class'::regclass AND owned.deptype IN ('a', 'i')
JOIN pg_class counted ON counted.oid = owned.refobjid
WHERE counted.relname = ANY (%s) AND pg_sequence_last_value(counter.seqrelid) IS NOT NULL
"""
"""The numbers of emptied tables begin at one again."""


def configure(config: pytest.Config) -> None:
    """Before anything imports Django: a state folder of this run's own, shared with its workers."""
    _keep_compiled()
    if hasattr(config, "workerinput"):
        start_django()
        return
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"yanmen-test-{os.getpid()}-"))
    folder.chmod(0o711)
    (folder / "static").mkdir()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop in the thread of the tests
    os.environ[FOLDER] = os.environ["YANMEN_HOME"] = str(folder)
    _compile_messages()
    start_django()


def _keep_compiled() -> None:
    """A process that must compile all it imports starts six seconds later, and a run starts dozens: edges, drills, commands."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def start_django() -> None:
    """Tests import models at their head, so Django starts before they are collected."""
    import django

    django.setup()


def _compile_messages() -> None:
    """Pages are tested in both languages: the compiled catalogues must match their sources."""
    tool = state.ROOT / "tools" / "messages.py"
    if tool.exists():
        runpy.run_path(str(tool))["compile_all"]()


def unconfigure(config: pytest.Config) -> None:
    """Stop the server and leave nothing behind."""
    if hasattr(config, "workerinput") or FOLDER not in os.environ:
        return
    folder = Path(os.environ.pop(FOLDER))
    if outside := database.outside_url():
        drop_databases(outside, folder.name)
    else:
        _test_server(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Runs that were killed leave a server and a folder; both go when their process is gone."""
    for folder in Path(tempfile.gettempdir()).glob("yanmen-test-*"):
        pid = folder.name.split("-")[2]
        if not Path(f"/proc/{pid}").exists() and folder.stat().st_uid == os.geteuid():
            _test_server(folder).stop()
            shutil.rmtree(folder, ignore_errors=True)


def _test_server(folder: Path) -> Server:
    return Server(folder, password="only-for-tests", settings=THROWAWAY)


def _admin_url() -> str:
    """A superuser's address of the server under test."""
    outside = database.outside_url()
    if outside:
        return outside
    own = _test_server(Path(os.environ[FOLDER]))
    own.start()
    return own.url()


def with_name(url: str, name: str) -> str:
    head, _, tail = url.partition("://")
    place, _, rest = tail.partition("/")
    query = rest.partition("?")[2]
    return f"{head}://{place}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
def template_database() -> str:
    """Name of a migrated, secured database with the vocabulary of all packs; made once a run."""
    folder = Path(os.environ[FOLDER])
    name = f"{folder.name.replace('-', '_')}_template".lower()
    with locked(folder / "template.lock"):
        url = _admin_url()
        if not (folder / "template.done").exists():
            _build(url, name)
            (folder / "template.done").touch()
    load_catalogue()
    _point_at(with_name(url, NOWHERE))
    return name


def _build(url: str, name: str) -> None:
    load_catalogue()
    database.bootstrap(with_name(url, name), None)
    _point_at(with_name(url, name))
    from yanmen.project import vocabulary

    database.migrate()
    vocabulary.install()
    _close_connections()


def _point_at(url: str) -> None:
    """All three aliases, in every thread that connects from now on, use this database."""
    from django.db import connections

    _close_connections()
    for alias, wanted in database.aliases(url, by_password=False).items():
        kept = wanted | {"CONN_MAX_AGE": None}  # opening a connection takes longer than most requests
        connections.settings[alias].update(kept)
        connections[alias].settings_dict.update(kept)


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()


@pytest.fixture(scope="module")
def db(template_database: str) -> Iterator[str]:
    """A fresh database for the module; the value is its address for the owner."""
    url = _admin_url()
    name = f"{template_database.removesuffix('_template')}_{uuid4().hex[:10]}"
    with psycopg.connect(url, autocommit=True) as connection:
        database.create_database(connection, name, template=template_database)
    own = with_name(url, name)
    _point_at(own)
    yield own
    _point_at(with_name(url, NOWHERE))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def sweeper(db: str) -> "Iterator[psycopg.Connection[Any]]":
    """A connection that empties tables. It is kept for the module: opening one takes longer than emptying them."""
    with psycopg.connect(db, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


@pytest.fixture
def clean(db: str, sweeper: "psycopg.Connection[Any]") -> str:
    """The module's database without people, facts and measures; areas and editions stay."""
    rows = sweeper.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    names = [name for (name,) in rows if name not in KEPT | VOCABULARY]
    sizes = sweeper.execute(_rows_and_size(names)).fetchall()
    large = [sql.Identifier(name) for name, has_rows, size in sizes if has_rows and size > LARGE]
    if large:
        sweeper.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(large)))
    small = [sql.Identifier(name) for name, has_rows, size in sizes if has_rows and size <= LARGE]
    if small:
        sweeper.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table) for table in small))
    sweeper.execute(COUNT_ANEW, [names])
    return db


def _rows_and_size(names: list[str]) -> sql.Composed:
    """Emptying a table takes longer than looking whether there is anything in it."""
    asked = sql.SQL("SELECT {}, EXISTS (SELECT FROM {}), pg_relation_size({})")
    parts = [asked.format(sql.Literal(name), sql.Identifier(name), sql.Literal(name)) for name in names]
    return sql.SQL(" UNION ALL ").join(parts)


def drop_databases(url: str, prefix: str) -> None:
    """Databases of this run on a server that stays."""
    with psycopg.connect(url, autocommit=True) as connection:
        like = prefix.replace("-", "_").lower() + "%"
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like]).fetchall()
        for (name,) in rows:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


__all__ = [
    "PASSWORD",
    "browser",
    "chromium",
    "clean",
    "clock_of_a_module",
    "clock_of_a_test",
    "cookies_for",
    "db",
    "emergency_in",
    "fresh_limits",
    "live",
    "mark_browser_tests",
    "missing_browser",
    "new_account",
    "passwords_cost_nothing",
    "passwords_of_a_test",
    "served_site",
    "show_clock",
    "sign_in",
    "sweeper",
    "template_database",
    "visitor",
]
