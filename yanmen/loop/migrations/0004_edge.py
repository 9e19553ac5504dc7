"""What the edges ask and hear; how a check-in came, and on which device."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "edge.sql"
COLUMNS = "ALTER TABLE loop_bulk_presence_scanned ADD COLUMN IF NOT EXISTS via text, ADD COLUMN IF NOT EXISTS device bigint"


class Migration(migrations.Migration):
    dependencies = [("loop", "0003_bulk")]

    operations = [
        migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.RunSQL(COLUMNS, migrations.RunSQL.noop),
    ]
