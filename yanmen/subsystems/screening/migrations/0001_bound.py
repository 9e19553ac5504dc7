"""The table of samples bound to tubes."""

from django.db import migrations

from yanmen.loop.bulk import table_sql
from yanmen.subsystems.screening.kinds import BOUND


class Migration(migrations.Migration):
    dependencies = [("loop", "0004_edge")]

    operations = [migrations.RunSQL(table_sql(BOUND), f"DROP TABLE {BOUND.table} CASCADE")]
