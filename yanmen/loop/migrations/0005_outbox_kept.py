"""What edges believe as it is told is told by functions that look it up: the outbox has a door for them and one for others."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "edge.sql"


class Migration(migrations.Migration):
    dependencies = [("loop", "0004_edge")]

    operations = [migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
