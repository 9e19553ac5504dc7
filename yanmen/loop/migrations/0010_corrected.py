"""What a correction took back counts for nobody, though it moved the fact out of their area."""

from pathlib import Path

from django.db import migrations

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "functions.sql"


class Migration(migrations.Migration):
    dependencies = [("loop", "0009_modes")]
    operations = [migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
