"""Fixtures of the test suite. The database server is real; each test module gets a clone of one template.

Packs kept outside this repository can use them too: `from yanmen.project.testing import *` in a conftest.
"""

import logging
import os
import runpy
import shutil
import socketserver
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from wsgiref.simple_server import WSGIServer

import psycopg
import pytest
from psycopg import sql

from yanmen.base.postgres import THROWAWAY, Server
from yanmen.base.postgres_process import locked
from yanmen.project import database, state
from yanmen.project.cli import load_catalogue

FOLDER = "YANMEN_TEST_FOLDER"
KEPT = {"registry_area", "django_migrations", "django_content_type", "auth_permission"}
"""Tables that `clean` leaves alone, with those of the loop that hold vocabulary."""

PASSWORD = "Yan-Men-Guan-2022"
"""Of every account that `sign_in` opens."""

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


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test is refused for what an earlier one in this process did: rates are counted anew."""
    from django.core.cache import cache

    cache.clear()


def show_clock(moment: datetime | None) -> None:
    """The clock at the doors shows this moment and runs on from there; without one, the real time. The test's end puts it back."""
    from django.conf import settings

    from yanmen.desk import clock

    settings.YANMEN_CLOCK = moment and moment - timedelta(seconds=time.monotonic() - clock._started)


@pytest.fixture(autouse=True, scope="module")
def clock_of_a_module() -> Iterator[None]:
    """A module that moves the clock at the doors leaves it as it was."""
    yield from _clock_put_back()


@pytest.fixture(autouse=True)
def clock_of_a_test(clock_of_a_module: None) -> Iterator[None]:
    """And so does a test."""
    yield from _clock_put_back()


def _clock_put_back() -> Iterator[None]:
    from django.conf import settings

    before = settings.YANMEN_CLOCK
    yield
    settings.YANMEN_CLOCK = before


@pytest.fixture(autouse=True)
def passwords_cost_nothing(request: pytest.FixtureRequest) -> Iterator[None]:
    """A hash takes most of a second, and nearly every test signs in. Those marked `real_passwords` pay for it."""
    from django.conf import settings
    from django.test import override_settings

    if request.node.get_closest_marker("real_passwords"):
        yield
        return
    cheap = "django.contrib.auth.hashers.MD5PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[cheap, *settings.PASSWORD_HASHERS]):
        yield


class _ThreadingServer(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """A client's connection has a thread of its own, which keeps its connections to the database."""
        super().process_request_thread(request, client_address)
        _close_connections()


@pytest.fixture
def live(db: str) -> Iterator[Any]:
    """The whole site behind a real socket: `live.url`, and `live` itself is an httpx client."""
    import httpx
    from django.core.servers.basehttp import WSGIRequestHandler

    from yanmen.project.wsgi import application

    logging.getLogger("django.server").setLevel(logging.ERROR)
    server = _ThreadingServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    with httpx.Client(base_url=url, follow_redirects=True, timeout=30) as client:
        client.url = url  # type: ignore[attr-defined]
        yield client
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def sign_in(live: Any) -> Iterator[Callable[..., Any]]:
    """`sign_in("arrivals.officer", area="1401")`: a browser of somebody in that role, signed in at the front door."""
    import httpx

    clients: list[httpx.Client] = []

    def enter(role: str, area: str = "14", *, language: str = "zh-hans", purpose: str = "control") -> httpx.Client:
        name = new_account(role, area, purpose=purpose, language=language)
        client = httpx.Client(base_url=live.url, follow_redirects=True, timeout=30)
        client.headers["Accept-Language"] = language
        clients.append(client)
        client.get("/account/login/")
        form = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        answer = client.post("/account/login/", data=form, headers={"Referer": live.url})
        assert answer.status_code == 200, answer.text
        return client

    yield enter
    for client in clients:
        client.close()


def new_account(role: str, area: str, *, purpose: str = "control", language: str = "zh-hans") -> str:
    """User name of a new account with one role in one area; its password is PASSWORD."""
    from yanmen.base.clock import at
    from yanmen.registry.accounts import create_account, grant_role

    opened = at(date(2020, 1, 1), 8)
    name = f"staff-{uuid4().hex[:8]}"
    account = create_account(username=name, name=name, password=PASSWORD, language=language, now=opened, using="owner")
    grant_role(account=account, role=role, area=area, purpose=purpose, by="test", now=opened, using="owner")
    return name


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A Chromium that reaches nothing but this machine; for tests marked `browser`."""
    from playwright.sync_api import sync_playwright

    flags = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-sandbox", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=flags)
        yield found
        found.close()


def cookies_for(client: Any, url: str) -> list[dict[str, str]]:
    """The cookies of a signed-in httpx client, as a browser context takes them."""
    return [{"name": each.name, "value": each.value or "", "url": url} for each in client.cookies.jar]


def drop_databases(url: str, prefix: str) -> None:
    """Databases of this run on a server that stays."""
    with psycopg.connect(url, autocommit=True) as connection:
        like = prefix.replace("-", "_").lower() + "%"
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like]).fetchall()
        for (name,) in rows:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def mark_browser_tests(items: list[pytest.Item]) -> None:
    """Browser tests say why they do not run."""
    reason = missing_browser()
    if reason:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=reason))


def missing_browser() -> str:
    """Empty when Chromium and a Chinese font are here; else what to install."""
    if not chromium():
        return "no Chromium: apt-get install chromium fonts-noto-cjk, or set YANMEN_CHROMIUM"
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "playwright is not installed"
    return ""


def chromium() -> str | None:
    """Path of a Chromium to drive."""
    named = os.environ.get("YANMEN_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


__all__ = [
    "browser",
    "clean",
    "clock_of_a_module",
    "clock_of_a_test",
    "db",
    "fresh_limits",
    "live",
    "passwords_cost_nothing",
    "sign_in",
    "sweeper",
    "template_database",
]
