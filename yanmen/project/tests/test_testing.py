"""The fixtures themselves: what every other test stands on."""

import psycopg
import pytest
from django.db import connections


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
