"""Follow-up teams and the doors of their rounds; requests to trace somebody, at once by who asked."""

import django.db.models.deletion
from django.db import migrations, models

import yanmen.registry.models

ASKED = """
CREATE INDEX tracing_help_from ON loop_fact ((detail ->> 'from_area'), recorded_at) WHERE kind = 'tracing.help_asked';
CREATE INDEX tracing_help_case ON loop_fact ((detail ->> 'case')) WHERE kind = 'tracing.help_asked';
CREATE INDEX tracing_called_at ON loop_fact (area, occurred_at) WHERE kind = 'tracing.called';
"""
FORGOTTEN = "DROP INDEX tracing_called_at; DROP INDEX tracing_help_case; DROP INDEX tracing_help_from;"


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0003_device_keys"),
        ("tracing", "0003_found"),
    ]

    operations = [
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("name", models.CharField(max_length=80)),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                ("capacity", models.PositiveSmallIntegerField()),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, default="")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("area", "name"),
                        name="tracing_one_team_of_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capacity__gte", 1)), name="tracing_team_does_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("latitude", None), ("longitude", None)),
                            models.Q(
                                ("latitude__gte", -90),
                                ("latitude__lte", 90),
                                ("longitude__gte", -180),
                                ("longitude__lte", 180),
                            ),
                            _connector="OR",
                        ),
                        name="tracing_team_on_earth",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("day", models.DateField()),
                ("position", models.PositiveSmallIntegerField()),
                ("metres", models.FloatField(null=True)),
                ("planned_at", models.DateTimeField()),
                ("planned_by", models.CharField()),
                (
                    "household",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.household",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.person"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stops", to="tracing.team"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["day", "area"], name="tracing_stop_day"),
                    models.Index(fields=["team", "day", "position"], name="tracing_stop_round"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("day"), models.F("household"), name="tracing_household_once_a_day"
                    ),
                    models.UniqueConstraint(models.F("day"), models.F("person"), name="tracing_person_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("household", None), ("person__isnull", False)),
                            models.Q(("household__isnull", False), ("person", None)),
                            _connector="OR",
                        ),
                        name="tracing_stop_is_one_door",
                    ),
                ],
            },
        ),
        migrations.RunSQL(ASKED, FORGOTTEN),
    ]
