"""The fixtures themselves: what every other test stands on."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connections

from yanmen.base.clock import at
from yanmen.desk import clock
from yanmen.project.testing import LARGE, show_clock


@pytest.mark.parametrize(
    ("alias", "role"), [("default", "yanmen_app"), ("loop", "yanmen_loop"), ("owner", "yanmen_owner")]
)
def test_each_connection_acts_as_its_own_role_without_superuser_rights(db, alias, role):
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user, current_database(), current_setting('is_superuser')")
        assert cursor.fetchone() == (role, db.rsplit("/", 1)[1], "off")


def test_the_application_role_can_not_change_the_schema(db):
    with pytest.raises(Exception, match="permission denied"), connections["default"].cursor() as cursor:
        cursor.execute("CREATE TABLE mine (id int)")


def test_clean_leaves_no_account_behind(clean):
    with psycopg.connect(clean) as connection:
        assert connection.execute("SELECT count(*) FROM registry_account").fetchone() == (0,)


@pytest.mark.parametrize("_again", ["once", "and once more"])
def test_clean_empties_small_tables_and_large_ones_and_counts_anew(clean, _again):
    with psycopg.connect(clean, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        assert connection.execute("INSERT INTO auth_group (name) VALUES ('one') RETURNING id").fetchone() == (1,)
        connection.execute(
            "INSERT INTO django_session SELECT n::text, repeat('x', 500), now() FROM generate_series(1, 4000) n"
        )
        (size,) = connection.execute("SELECT pg_relation_size('django_session')").fetchone()
        assert size > LARGE


@pytest.mark.parametrize("_again", ["once", "and once more"])
def test_a_test_that_moves_the_clock_leaves_it_as_it_was(_again):
    assert not clock.shifted()
    moment = at(clock.now().date() - timedelta(days=900), 9)
    show_clock(moment)
    assert timedelta(0) <= clock.now() - moment < timedelta(seconds=60)
