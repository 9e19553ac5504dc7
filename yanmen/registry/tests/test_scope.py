"""Who sees which rows: queries, raw SQL, pooled connections."""

import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.registry.tests.conftest import NOW, person, scope

pytestmark = pytest.mark.usefixtures("shanxi")


def count(table: str = "registry_person") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def run(sql: str, *parameters: object) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


@pytest.fixture
def province(shanxi):
    from yanmen.registry.scope import acting

    wide = scope("14")
    with acting(wide):
        person("140121", "郝建国", serial=1)
        person("140121", "武爱莲", serial=2)
        person("140213", "杜晓明", serial=3)
    return wide


def test_raw_sql_sees_only_the_rows_of_the_scope(province):
    from yanmen.registry.scope import acting

    for area, seen in (("14", 3), ("1401", 2), ("140121", 2), ("140213", 1), ("140105", 0)):
        with acting(scope(area, name=f"a{area}")):
            assert count() == seen


def test_an_unset_scope_sees_nothing_even_on_a_connection_that_was_used_before(province):
    """After a transaction with local settings a pooled connection says '' and not NULL: a naive policy fails open."""
    from yanmen.registry.scope import acting

    assert count() == 0
    with acting(province):
        assert count() == 3
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            before = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), current_setting('yanmen.area', true)")
        pid, setting = cursor.fetchone()
    assert (pid,) == before
    assert setting == ""
    assert count() == 0
    for table in ("registry_household", "registry_move", "registry_notice", "registry_accesslog", "registry_grant"):
        assert count(table) == 0


def test_scopes_nest_and_the_outer_one_returns(province):
    from yanmen.registry.scope import acting

    with acting(province):
        with acting(scope("140213")):
            assert count() == 1
        assert count() == 3
        with pytest.raises(RuntimeError), acting(scope("140121")):
            raise RuntimeError
        assert count() == 3


@pytest.mark.parametrize("purpose", ["statistics", "administration"])
def test_a_purpose_without_people_sees_no_people(province, purpose):
    from yanmen.registry.scope import acting

    with acting(scope("14", purpose=purpose)):
        assert count() == 0
        assert count("registry_area") == 133


def test_within_narrows_a_query_by_prefix(province):
    from yanmen.registry.models import Person
    from yanmen.registry.scope import acting

    with acting(province):
        names = scope("1402").within(Person.objects, "area").values_list("name", flat=True)
        assert list(names) == ["杜晓明"]


def test_a_scope_without_area_role_or_purpose_cannot_be_made():
    from yanmen.registry.scope import Scope

    for wrong in (("", "r", "control"), ("14x", "r", "control"), ("14", "", "control"), ("14", "r", "")):
        with pytest.raises(Refusal):
            Scope(1, wrong[1], wrong[0], wrong[2])
    with pytest.raises(NotAllowed):
        Scope(1, "r", "1401").require("140213")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE registry_person SET area = '140213'",
        "UPDATE registry_person SET same_as_id = NULL",
        "DELETE FROM registry_person",
        "TRUNCATE registry_person CASCADE",
        "UPDATE registry_accesslog SET what = 'nothing'",
        "DELETE FROM registry_accesslog",
        "INSERT INTO registry_emergencyaccess (account_id, person_id, role, area, person_area, reason, opened_at, closes_at)"
        " VALUES (1, 1, 'r', '14', '14', 'because', now(), now() + interval '3 hours')",
        "INSERT INTO registry_area (code, level, kind, name_zh, name_en, valid_from, population_source)"
        " VALUES ('149999', 'county', 'division', 'x', 'x', now(), '')",
        "UPDATE registry_area SET population = 0",
        "UPDATE registry_grant SET area = '14'",
        "DELETE FROM registry_matchdecision",
        "UPDATE registry_importrow SET outcome = 'created'",
        "SELECT registry_regroup(1)",
        "INSERT INTO registry_notice (person_id, area, at, kind, zh, en) VALUES (1, '14', now(), 'x', 'x', 'x')",
    ],
)
def test_the_application_role_cannot(province, sql):
    from yanmen.registry.scope import acting

    with pytest.raises(ProgrammingError) as refusal, acting(province):
        run(sql)
    assert isinstance(refusal.value.__cause__, InsufficientPrivilege)


def test_a_person_cannot_be_registered_or_changed_outside_the_scope(province):
    from yanmen.registry.scope import acting

    with acting(scope("140213")):
        with pytest.raises(ProgrammingError), transaction.atomic():
            person("140121", "越界", serial=77)
        assert run("UPDATE registry_person SET address = '改' WHERE name = '郝建国'") == 0


def test_the_prefix_policy_uses_the_index(province):
    from yanmen.registry.scope import acting

    with connection.cursor() as cursor, acting(scope("140121")):
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM registry_person")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "registry_person_area" in plan
    assert "Index Cond" in plan


def test_the_loop_reads_everything(province):
    from yanmen.registry.models import Person

    assert Person.objects.using("loop").count() == 3


def test_the_access_log_is_append_only_even_for_the_owner(province):
    from django.db import connections

    from yanmen.registry.access import log_access

    log_access(province, "look", now=NOW)
    for sql in ("UPDATE registry_accesslog SET what = ''", "DELETE FROM registry_accesslog"):
        with pytest.raises(ProgrammingError, match="append-only"), connections["owner"].cursor() as cursor:
            cursor.execute(sql)


def test_nobody_writes_the_log_in_the_name_of_another(province):
    from yanmen.registry.scope import acting

    other = scope("1402")
    with pytest.raises(ProgrammingError), acting(province):
        run(
            "INSERT INTO registry_accesslog (at, account_id, role, area, purpose, what, count, reason)"
            " VALUES (now(), %s, '', '14', '', 'x', 1, '')",
            other.account,
        )
