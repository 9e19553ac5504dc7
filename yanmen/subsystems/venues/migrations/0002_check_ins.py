"""Leaving a venue as bulk facts, an index by which doubts are found, and what relations and jobs share."""

from pathlib import Path

from django.db import migrations

from yanmen.loop.bulk import table_sql
from yanmen.subsystems.venues.kinds import LEFT

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "functions.sql"
DOUBTS = "CREATE INDEX venues_doubts ON loop_fact (place_id, occurred_at) WHERE kind = 'venues.scan_doubted'"


class Migration(migrations.Migration):
    dependencies = [("venues", "0001_initial"), ("loop", "0004_edge")]

    operations = [
        migrations.RunSQL(table_sql(LEFT), f"DROP TABLE {LEFT.table} CASCADE"),
        migrations.RunSQL(DOUBTS, "DROP INDEX venues_doubts"),
        migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
