"""A task that stays undone climbs a level after each further clock: when it does so next."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("loop", "0007_bulk_answers")]

    operations = [
        migrations.AddField("task", "climbs_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "task",
            models.Index(
                "climbs_at", condition=models.Q(("climbs_at__isnull", False), ("state", "failed")), name="task_climbs"
            ),
        ),
    ]
