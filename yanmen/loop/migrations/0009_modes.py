"""Functions that say in which mode an area is."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "functions.sql"


class Migration(migrations.Migration):
    dependencies = [("loop", "0008_tasks_climb")]
    operations = [migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
