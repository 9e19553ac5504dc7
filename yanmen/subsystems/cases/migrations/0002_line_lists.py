"""Line lists that were brought in, with their receipts and the lines that were refused."""

from django.db import migrations, models

import yanmen.registry.models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="LineListFile",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField()),
                ("sent_at", models.DateTimeField()),
                ("sent_by", models.CharField()),
                ("asked", models.JSONField(default=dict)),
                ("content", models.BinaryField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("batch", models.BigIntegerField(null=True)),
                ("told", models.JSONField(default=dict)),
                ("refused", models.BinaryField(null=True)),
            ],
            options={"indexes": [models.Index(fields=["area", "sent_at"], name="cases_line_list_of_area")]},
        ),
    ]
