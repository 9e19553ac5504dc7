import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import yanmen.registry.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("username", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField()),
                ("email", models.EmailField(blank=True, default="", max_length=254)),
                ("language", models.CharField(default="zh-hans")),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(unique=True)),
                ("label", models.CharField(blank=True, default="")),
                ("role", models.CharField()),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("purpose", models.CharField(default="control")),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Household",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("address", models.CharField(blank=True, default="")),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["area", "address"], name="registry_household_area")],
            },
        ),
        migrations.CreateModel(
            name="ImportBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField()),
                ("digest", models.CharField()),
                ("file_name", models.CharField(blank=True, default="")),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("at", models.DateTimeField()),
                ("by", models.CharField()),
                ("rows", models.PositiveIntegerField(default=0)),
                ("created", models.PositiveIntegerField(default=0)),
                ("matched", models.PositiveIntegerField(default=0)),
                ("rejected", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "digest", "area"), name="registry_import_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "rows",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("created"), "+", models.F("matched")
                                    ),
                                    "+",
                                    models.F("rejected"),
                                ),
                            )
                        ),
                        name="registry_receipts_sum_to_rows",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(default="other")),
                ("name_zh", models.CharField()),
                ("name_en", models.CharField(blank=True, default="")),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("credit_code", models.CharField(blank=True, default="")),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["area", "name_zh"], name="registry_organisation_area")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("credit_code", ""), _negated=True),
                        fields=("credit_code",),
                        name="registry_credit_code_once",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="account",
            name="unit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="registry.organisation",
            ),
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField()),
                ("sex", models.CharField(blank=True, default="")),
                ("born_on", models.DateField(null=True)),
                ("id_type", models.CharField(blank=True, default="")),
                ("id_number_sealed", models.BinaryField(null=True)),
                ("id_number_index", models.BinaryField(null=True)),
                ("phone_sealed", models.BinaryField(null=True)),
                ("phone_index", models.BinaryField(null=True)),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("address", models.CharField(blank=True, default="")),
                ("post", models.CharField(blank=True, default="")),
                ("synthetic", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                (
                    "guardian",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wards",
                        to="registry.person",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="registry.household",
                    ),
                ),
                (
                    "same_as",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duplicates",
                        to="registry.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("at", models.DateTimeField()),
                ("kind", models.CharField()),
                ("zh", models.CharField()),
                ("en", models.CharField()),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="registry.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("to_area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("at", models.DateTimeField()),
                ("by", models.CharField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="registry.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MatchDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("same", models.BooleanField()),
                ("by", models.CharField()),
                ("at", models.DateTimeField()),
                ("undone_by", models.CharField(blank=True, default="")),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "left",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.person"
                    ),
                ),
                (
                    "right",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(blank=True, default="")),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("person_area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("reason", models.CharField()),
                ("opened_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AccessLog",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("role", models.CharField(blank=True, default="")),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("purpose", models.CharField(blank=True, default="")),
                ("what", models.CharField()),
                ("count", models.PositiveIntegerField(default=1)),
                ("reason", models.CharField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registry.person"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(default="other")),
                ("name_zh", models.CharField()),
                ("name_en", models.CharField(blank=True, default="")),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("address", models.CharField(blank=True, default="")),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="registry.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "province"),
                            ("city", "city"),
                            ("county", "county"),
                            ("township", "township"),
                            ("village", "village"),
                        ]
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("division", "division"), ("development_zone", "development_zone")], default="division"
                    ),
                ),
                ("name_zh", models.CharField()),
                ("name_en", models.CharField(blank=True, default="")),
                ("valid_from", models.DateField(default=datetime.date(1949, 10, 1))),
                ("valid_to", models.DateField(null=True)),
                ("population", models.PositiveIntegerField(null=True)),
                ("population_source", models.CharField(blank=True, default="")),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="registry.area",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["name_zh"], name="registry_area_name")],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "valid_from"), name="registry_area_once_a_day"),
                    models.UniqueConstraint(
                        condition=models.Q(("valid_to", None)), fields=("code",), name="registry_area_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="registry_area_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField()),
                ("area", yanmen.registry.models.AreaCode(db_collation="C", max_length=12)),
                ("purpose", models.CharField(default="control")),
                ("valid_from", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                ("granted_by", models.CharField(default="")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="grants", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account"], name="registry_grant_account"),
                    models.Index(fields=["role", "area"], name="registry_grant_role"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField()),
                ("outcome", models.CharField()),
                ("subject", models.CharField(blank=True, default="")),
                ("field", models.CharField(blank=True, default="")),
                ("value", models.CharField(blank=True, default="")),
                ("zh", models.CharField(blank=True, default="")),
                ("en", models.CharField(blank=True, default="")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="receipts", to="registry.importbatch"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("batch", "line"), name="registry_one_receipt_a_line")],
            },
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["area", "id"], name="registry_person_area"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("phone_index__isnull", False)), fields=["phone_index"], name="registry_person_phone"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name", "born_on"], name="registry_person_name"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["born_on"], name="registry_person_born"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("id_number_index__isnull", False)),
                fields=("id_number_index", "id_type"),
                name="registry_document_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("same_as", None), ("same_as__lt", models.F("id")), _connector="OR"),
                name="registry_same_as_older",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["person", "at"], name="registry_notice_person"),
        ),
        migrations.AddIndex(
            model_name="move",
            index=models.Index(fields=["to_area"], name="registry_move_to"),
        ),
        migrations.AddIndex(
            model_name="matchdecision",
            index=models.Index(fields=["right", "left"], name="registry_match_right"),
        ),
        migrations.AddConstraint(
            model_name="matchdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("left__lt", models.F("right"))), name="registry_match_ordered"
            ),
        ),
        migrations.AddConstraint(
            model_name="matchdecision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("left", "right"), name="registry_match_one_decision"
            ),
        ),
        migrations.AddIndex(
            model_name="emergencyaccess",
            index=models.Index(fields=["account", "person", "closes_at"], name="registry_emergency_open"),
        ),
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["person", "at"], name="registry_log_person"),
        ),
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["account", "at"], name="registry_log_account"),
        ),
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["area", "at"], name="registry_log_area"),
        ),
        migrations.AddIndex(
            model_name="place",
            index=models.Index(fields=["area", "name_zh"], name="registry_place_area"),
        ),
    ]
