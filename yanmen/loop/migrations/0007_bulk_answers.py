"""Bulk facts close tasks: a day that is dropped takes the tasks it closed along, and an id is looked up in its own day."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "bulk_functions.sql"


class Migration(migrations.Migration):
    dependencies = [("loop", "0006_retention")]

    operations = [migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
