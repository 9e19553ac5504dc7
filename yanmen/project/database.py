"""The database: where it is, its roles, its schema, and who may do what in it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from yanmen.base.drill_mark import mark_of
from yanmen.base.postgres import THROWAWAY, Server
from yanmen.project import discovery, state

OWNER, APP, LOOP, EDGE = "yanmen_owner", "yanmen_app", "yanmen_loop", "yanmen_edge"
ROLES = {"default": APP, "loop": LOOP, "owner": OWNER}
"""Django's aliases and who logs in there. The edges are not Django: they log in as EDGE."""
OLDEST = 15

WRITABLE_BY_APP = (
    "django_session",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "account_emailaddress",
    "account_emailconfirmation",
    "mfa_authenticator",
)
"""Tables of Django and its login pages; ours are opened one by one in security.sql."""

DEADLOCK = "40P01"
DEADLOCKS = 3
"""So many in a row are no accident."""


def outside_url() -> str | None:
    """The address of a PostgreSQL that somebody else runs, if one is named."""
    return os.environ.get("YANMEN_DATABASE_URL") or None


def server() -> Server:
    """The embedded server of this state folder; that of a drill is quick rather than safe from a power failure."""
    throwaway = THROWAWAY if mark_of(state.home()) else None
    return Server(state.home(), password=state.secrets()["postgres"], settings=throwaway)


def owner_url() -> str:
    """Address for whoever may create roles and databases; starts the embedded server if needed."""
    found = outside_url()
    if found:
        return found
    own = server()
    own.start()
    return own.url("yanmen")


def aliases(url: str | None = None, *, by_password: bool = True) -> dict[str, dict[str, Any]]:
    """Django's three connections. Without an address, those of the embedded server.

    With `by_password=False` each logs in as the user of the address and then takes its role:
    for tests on a server whose role passwords are not ours to set.
    """
    url = url or outside_url() or server().url("yanmen")
    return {
        alias: _connection(url, role, by_password and alias_has_password(role, url)) for alias, role in ROLES.items()
    }


def edge_url(url: str | None = None, *, by_password: bool = True) -> str:
    """The address under which edges connect; for `by_password` see `aliases`."""
    parts = urlsplit(url or outside_url() or server().url("yanmen"))
    query = dict(parse_qsl(parts.query))
    user, _, place = parts.netloc.rpartition("@")
    if by_password:
        user = f"{EDGE}:{quote(state.secrets()[EDGE], safe='')}"
        query.pop("user", None)
        query.pop("password", None)
    else:
        query["options"] = f"{query.get('options', '')} -c role={EDGE}".strip()
    netloc = f"{user}@{place}" if user else place
    return urlunsplit(parts._replace(netloc=netloc, query=urlencode(query, quote_via=quote)))


def alias_has_password(role: str, url: str) -> bool:
    """On a server of somebody else the owner's connection is the one they gave us."""
    return role != OWNER or url != outside_url()


def _connection(url: str, role: str, by_password: bool) -> dict[str, Any]:
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    user = unquote(parts.username or "") or str(options.pop("user", ""))
    password = unquote(parts.password or "")
    if by_password:
        user, password = role, state.secrets()[role]
    else:
        options["options"] = f"{options.get('options', '')} -c role={role}".strip()
    options["application_name"] = role
    most = int(os.environ.get("YANMEN_POOL") or 0)
    if most:
        options["pool"] = {"min_size": 1, "max_size": most}
        # A page asks for a county, the next for a province: a plan kept for both takes half a minute for one of them.
        options["options"] = f"{options.get('options', '')} -c plan_cache_mode=force_custom_plan".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "yanmen",
        "HOST": host,
        "PORT": str(parts.port or ""),
        "USER": user,
        "PASSWORD": password,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": bool(most),  # a kept connection may have lost its server to a restart or a standby
        "TEST": {},
    }


def bootstrap(url: str, passwords: Mapping[str, str] | None) -> None:
    """Create the roles and the database the address names, where they are missing."""
    name = unquote(urlsplit(url).path.lstrip("/")) or "yanmen"
    with _maintenance(url, name) as connection:
        version = connection.info.server_version // 10000
        if version < OLDEST:
            raise RuntimeError(f"Yanmen needs PostgreSQL {OLDEST} or newer; this server is {version}.")
        for role in (*ROLES.values(), EDGE):
            _ensure_role(connection, role, (passwords or {}).get(role))
        create_database(connection, name)
    with psycopg.connect(url, dbname=name, autocommit=True) as connection:
        _let_owner_in(connection, name)


def _let_owner_in(connection: "psycopg.Connection[Any]", name: str) -> None:
    """A database that somebody else made belongs to somebody else: our owner may still build in it. And every role may enter,
    those too that came with a later version.
    """
    owner = connection.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [name]).fetchone()
    if owner and owner[0] != OWNER:
        database, ours = sql.Identifier(name), sql.Identifier(OWNER)
        connection.execute(sql.SQL("GRANT CREATE, CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, ours))
        connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {} WITH GRANT OPTION").format(ours))
    _let_in(connection, name)


def _let_in(connection: "psycopg.Connection[Any]", name: str) -> None:
    """Roles that may not enter the database yet may from now on."""
    query = "SELECT r FROM unnest(%s::text[]) r WHERE NOT has_database_privilege(r, %s, 'CONNECT')"
    out = [role for (role,) in connection.execute(query, [[APP, LOOP, EDGE], name]).fetchall()]
    if out:
        users = sql.SQL(", ").join(sql.Identifier(role) for role in out)
        connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(sql.Identifier(name), users))


def _maintenance(url: str, name: str) -> "psycopg.Connection[Any]":
    """A connection to the database itself if it exists, else to `postgres` beside it."""
    try:
        return psycopg.connect(url, dbname=name, autocommit=True)
    except psycopg.OperationalError as fault:
        if "does not exist" not in str(fault):
            raise
    return psycopg.connect(url, dbname="postgres", autocommit=True)


def _ensure_role(connection: "psycopg.Connection[Any]", role: str, password: str | None) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    name = sql.Identifier(role)
    if not found:
        border = sql.SQL("BYPASSRLS" if role == EDGE else "NOBYPASSRLS")
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER {}").format(name, border))
    if password:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(password)))
    member = connection.execute("SELECT pg_has_role(%s, 'MEMBER')", [role]).fetchone()
    if not (member and member[0]):
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))


def create_database(connection: "psycopg.Connection[Any]", name: str, *, template: str | None = None) -> None:
    """Create a database that sorts by code point, or a copy of a template; ours, not the public's."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    parts: list[sql.Composable] = [
        sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
    ]
    if template:
        parts.append(sql.SQL("TEMPLATE {}").format(sql.Identifier(template)))
    else:
        parts.append(sql.SQL("TEMPLATE template0 ENCODING 'UTF8'"))
        if connection.info.server_version >= 170000:
            parts.append(sql.SQL("LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"))
        else:
            parts.append(sql.SQL("LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"))
    connection.execute(sql.SQL(" ").join(parts))
    close = sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
    connection.execute(close)
    _let_in(connection, name)


def ready() -> None:
    """Server up, roles and database there: call before Django connects. Cheap when all is well."""
    url = owner_url()
    bootstrap(url, state.secrets())


def behind() -> bool:
    """True when a migration waits to be applied."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate(*, verbosity: int = 0) -> None:
    """Bring the schema up to date as the owner, then apply grants and policies again."""
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
    secure()


def secure() -> None:
    """Default grants first, then each layer's security.sql narrows them. Safe to repeat.

    Vacuum and edges may be at work meanwhile. Whom the server picks to end a deadlock begins anew.
    """
    from django.db import OperationalError

    for again in reversed(range(DEADLOCKS + 1)):
        try:
            _secure()
            return
        except OperationalError as fault:
            if not again or getattr(fault.__cause__, "sqlstate", "") != DEADLOCK:
                raise


def _secure() -> None:
    from django.db import connections, transaction

    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(_default_grants())
        for file in discovery.security_files():
            _run_security(cursor, file)


def _run_security(cursor: Any, file: Path) -> None:
    """One file in a savepoint; the fault names it."""
    from django.db import ProgrammingError, transaction

    try:
        with transaction.atomic(using="owner"):
            cursor.execute(file.read_text("utf-8"))
    except ProgrammingError as fault:
        raise ProgrammingError(f"{file}: {fault}") from fault


def _default_grants() -> str:
    """Readers and recorders by default; only sessions and the like may be changed or deleted."""
    changed = "\n".join(
        f"IF to_regclass('public.{table}') IS NOT NULL THEN "
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}; END IF;"
        for table in WRITABLE_BY_APP
    )
    return f"""
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        GRANT USAGE ON SCHEMA public TO {APP}, {LOOP};
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APP}, {LOOP};
        GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {APP};
        REVOKE INSERT ON django_migrations FROM {APP};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {LOOP};
        REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {LOOP};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}, {LOOP};
        DO $grants$ BEGIN {changed} END $grants$;
    """
