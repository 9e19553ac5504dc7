"""Doors, the grids they belong to, lists compared with the register, forms that offices want filled."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import yanmen.registry.models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0003_device_keys'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Cell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('name', models.CharField(max_length=80)),
                ('deputies', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.CharField(blank=True, default='')),
                ('worker', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('title', models.CharField(max_length=120)),
                ('kind', models.CharField()),
                ('at', models.DateTimeField()),
                ('by', models.CharField()),
                ('lines', models.PositiveIntegerField(default=0)),
                ('matched', models.PositiveIntegerField(default=0)),
                ('repeated', models.PositiveIntegerField(default=0)),
                ('not_registered', models.PositiveIntegerField(default=0)),
                ('unclear', models.PositiveIntegerField(default=0)),
                ('rejected', models.PositiveIntegerField(default=0)),
                ('registered', models.PositiveIntegerField(default=0)),
                ('missing', models.PositiveIntegerField(default=0)),
                ('refused', models.JSONField(default=list)),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-at'], name='grid_comparison_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('list', 'seen'))), name='grid_comparison_kind'), models.CheckConstraint(condition=models.Q(('lines', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('matched'), '+', models.F('repeated')), '+', models.F('not_registered')), '+', models.F('unclear')), '+', models.F('rejected')))), name='grid_receipts_sum_to_lines')],
            },
        ),
        migrations.CreateModel(
            name='Door',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('address', models.CharField(max_length=200)),
                ('building', models.CharField(blank=True, default='', max_length=40)),
                ('entrance', models.CharField(blank=True, default='', max_length=20)),
                ('floor', models.SmallIntegerField(null=True)),
                ('room', models.CharField(blank=True, default='', max_length=20)),
                ('position', models.PositiveIntegerField(default=0)),
                ('longitude', models.FloatField(null=True)),
                ('latitude', models.FloatField(null=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField()),
                ('cell', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='doors', to='grid.cell')),
                ('household', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.household')),
            ],
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('side', models.CharField()),
                ('line', models.PositiveIntegerField(null=True)),
                ('name', models.CharField(blank=True, default='', max_length=80)),
                ('address', models.CharField(blank=True, default='', max_length=200)),
                ('masked', models.CharField(blank=True, default='', max_length=80)),
                ('seen_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, default='')),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_by', models.CharField(blank=True, default='')),
                ('comparison', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='grid.comparison')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
            ],
        ),
        migrations.CreateModel(
            name='Form',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('title', models.CharField(max_length=120)),
                ('office', models.CharField(max_length=120)),
                ('purpose', models.CharField(blank=True, default='', max_length=300)),
                ('questions', models.JSONField()),
                ('known', models.JSONField(default=list)),
                ('every_days', models.PositiveSmallIntegerField()),
                ('doors', models.PositiveIntegerField()),
                ('minutes_asked', models.FloatField()),
                ('minutes', models.FloatField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField()),
                ('ends_on', models.DateField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, default='')),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'ends_on'], name='grid_form_area')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('area', 'title'), name='grid_form_once'), models.CheckConstraint(condition=models.Q(('every_days__gte', 1)), name='grid_form_rhythm')],
            },
        ),
        migrations.AddIndex(
            model_name='cell',
            index=models.Index(fields=['worker'], name='grid_cell_worker'),
        ),
        migrations.AddConstraint(
            model_name='cell',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('area', 'name'), name='grid_cell_once'),
        ),
        migrations.AddIndex(
            model_name='door',
            index=models.Index(fields=['area', 'building'], name='grid_door_area'),
        ),
        migrations.AddIndex(
            model_name='door',
            index=models.Index(fields=['cell'], name='grid_door_cell'),
        ),
        migrations.AddConstraint(
            model_name='door',
            constraint=models.UniqueConstraint(condition=models.Q(('household', None)), fields=('area', 'address'), name='grid_door_of_an_address_once'),
        ),
        migrations.AddConstraint(
            model_name='door',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='grid_door_on_earth'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['comparison', 'side', 'id'], name='grid_finding_list'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('side__in', ('not_registered', 'not_listed', 'unclear', 'not_seen'))), name='grid_finding_side'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ('', 'found', 'registered', 'elsewhere', 'moved', 'in_site', 'died', 'mistake', 'not_found'))), name='grid_finding_outcome'),
        ),
    ]
