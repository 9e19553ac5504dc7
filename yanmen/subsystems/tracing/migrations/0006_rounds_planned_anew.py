"""A round that is planned anew drops the stops of the one before instead of deleting them."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tracing", "0005_crowds")]
    operations = [
        migrations.AddField("stop", "dropped_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("stop", "tracing_household_once_a_day"),
        migrations.RemoveConstraint("stop", "tracing_person_once_a_day"),
        migrations.AddConstraint(
            "stop",
            models.UniqueConstraint(
                fields=["day", "household"], condition=Q(dropped_at=None), name="tracing_household_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            "stop",
            models.UniqueConstraint(
                fields=["day", "person"], condition=Q(dropped_at=None), name="tracing_person_once_a_day"
            ),
        ),
    ]
