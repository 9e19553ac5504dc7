"""Receipts for more than whole days: parts of a large day, and what is left of a sealed day whose facts went."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loop", "0005_outbox_kept")]

    operations = [
        migrations.RemoveConstraint(model_name="disposal", name="disposed_once"),
        migrations.AddField("disposal", "part", models.IntegerField(db_default=0, default=0)),
        migrations.AddField("disposal", "left_facts", models.BigIntegerField(null=True)),
        migrations.AddField("disposal", "left_digest", models.BinaryField(null=True)),
        migrations.AddConstraint(
            "disposal", models.UniqueConstraint(fields=["kind", "day", "part"], name="disposed_once")
        ),
        migrations.AddIndex(
            "fact", django.contrib.postgres.indexes.BrinIndex("recorded_at", name="fact_recorded")
        ),
    ]
