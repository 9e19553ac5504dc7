"""Plans asked for are made beside the pages; plans of runs are kept until somebody adopts them."""

from django.db import migrations, models

import yanmen.registry.models


class Migration(migrations.Migration):

    dependencies = [
        ('quarantine', '0003_plans'),
    ]

    operations = [
        migrations.CreateModel(
            name='Errand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField()),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('role', models.CharField()),
                ('account', models.BigIntegerField(null=True)),
                ('wanted', models.JSONField(default=dict)),
                ('state', models.CharField(default='waiting')),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.CharField()),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('part', models.CharField(default='waiting')),
                ('done', models.PositiveIntegerField(default=0)),
                ('whole', models.PositiveIntegerField(default=0)),
                ('made', models.BigIntegerField(null=True)),
                ('told', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'area', '-asked_at'], name='quarantine_errand_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('rooms', 'runs'))), name='quarantine_errand_kind'), models.CheckConstraint(condition=models.Q(('state__in', ('waiting', 'working', 'done', 'refused', 'failed'))), name='quarantine_errand_state'), models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'working'))), fields=('area', 'kind'), name='quarantine_one_open_errand')],
            },
        ),
        migrations.CreateModel(
            name='RunPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField()),
                ('basis', models.CharField()),
                ('fleet', models.CharField()),
                ('kept', models.JSONField(default=list)),
                ('rows', models.JSONField(default=list)),
                ('left', models.JSONField(default=list)),
                ('figures', models.JSONField(default=dict)),
                ('adopted_at', models.DateTimeField(null=True)),
                ('adopted_by', models.CharField(blank=True, default='')),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-made_at'], name='quarantine_runplan_area')],
            },
        ),
    ]
