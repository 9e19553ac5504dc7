"""What the edges ask and hear; how a check-in came, and on which device."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"
FUNCTIONS = [SQL / "edge.sql", SQL / "bulk_functions.sql"]
COLUMNS = "ALTER TABLE loop_bulk_presence_scanned ADD COLUMN IF NOT EXISTS via text, ADD COLUMN IF NOT EXISTS device bigint"

# Rows come in the order of their recording: a range index finds the last minute's in any partition, and costs nothing.
RECENT = (
    "CREATE INDEX IF NOT EXISTS loop_bulk_presence_scanned_recorded ON loop_bulk_presence_scanned USING brin (recorded_at)"
)


class Migration(migrations.Migration):
    dependencies = [("loop", "0003_bulk")]

    operations = [
        *(migrations.RunSQL(file.read_text(encoding="utf-8"), migrations.RunSQL.noop) for file in FUNCTIONS),
        migrations.RunSQL(COLUMNS, migrations.RunSQL.noop),
        migrations.RunSQL(RECENT, migrations.RunSQL.noop),
    ]
