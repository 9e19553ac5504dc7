"""Bulk facts: their functions, the table of the kernel's own kind, receipts of disposal; open measures by subject."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

from yanmen.loop.bulk import table_sql
from yanmen.loop.own_kinds import SCANNED

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "bulk_functions.sql"


class Migration(migrations.Migration):
    dependencies = [("loop", "0002_functions"), ("registry", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Disposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField()),
                ("day", models.DateField()),
                ("facts", models.BigIntegerField()),
                ("first_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
                ("checksum", models.BigIntegerField()),
                ("disposed_at", models.DateTimeField()),
                ("key_id", models.TextField()),
                ("signature", models.BinaryField()),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("kind", "day"), name="disposed_once")]},
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(
                models.F("subject_type"),
                models.F("subject"),
                condition=Q(("state__in", ("proposed", "in_force"))),
                name="measure_open_subject",
            ),
        ),
        migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.RunSQL(table_sql(SCANNED), f"DROP TABLE {SCANNED.table} CASCADE"),
    ]
