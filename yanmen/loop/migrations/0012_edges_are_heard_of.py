"""Edges say that they are there: a row each run, and the function by which they say it."""

from pathlib import Path

from django.db import migrations, models

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "edge.sql"


class Migration(migrations.Migration):
    dependencies = [("loop", "0011_the_latest_first")]
    operations = [
        migrations.CreateModel(
            name="EdgeRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("started_at", models.DateTimeField()),
                ("heard_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index("heard_at", name="edge_run_open", condition=models.Q(ended_at=None))],
                "constraints": [models.UniqueConstraint(fields=("name", "started_at"), name="edge_run_once")],
            },
        ),
        migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
