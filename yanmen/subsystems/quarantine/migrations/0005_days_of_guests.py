"""Temperatures taken have a table of their own; what a site may know of guests who live elsewhere is asked of functions."""

from pathlib import Path

from django.db import migrations

from yanmen.loop.bulk import table_sql
from yanmen.subsystems.quarantine.kinds import CHECKED

GUESTS = Path(__file__).resolve().parents[1] / "sql" / "guests.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('quarantine', '0004_ready_at'),
        ('loop', '0003_bulk'),
    ]

    operations = [
        migrations.RunSQL(table_sql(CHECKED), f"DROP TABLE {CHECKED.table}"),
        migrations.RunSQL(GUESTS.read_text("utf-8"), migrations.RunSQL.noop),
    ]
