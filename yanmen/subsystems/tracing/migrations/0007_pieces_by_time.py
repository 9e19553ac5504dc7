"""Pieces of packed days are found by place and time alone, in one descent of the index whatever midnight lies between."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"
FUNCTIONS = (SQL / "functions_near.sql").read_text(encoding="utf-8")
INDEX = """
DROP INDEX tracing_crowd_place;
CREATE INDEX tracing_crowd_place ON tracing_crowd (place_id, longest, first_at, last_at);
"""
BEFORE = """
DROP INDEX tracing_crowd_place;
CREATE INDEX tracing_crowd_place ON tracing_crowd (place_id, day, longest, first_at, last_at);
"""


class Migration(migrations.Migration):
    dependencies = [("tracing", "0006_rounds_planned_anew")]
    operations = [
        migrations.RunSQL(INDEX, BEFORE),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
