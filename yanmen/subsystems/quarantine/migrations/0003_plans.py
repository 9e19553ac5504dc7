"""Plans of rooms, conflicts of stays with measures, and how far the ledger was followed."""

import django.db.models.deletion
from django.db import migrations, models

import yanmen.registry.models


class Migration(migrations.Migration):

    dependencies = [
        ('quarantine', '0005_days_of_guests'),
    ]

    operations = [
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField()),
                ('rows', models.JSONField(default=list)),
                ('left', models.JSONField(default=dict)),
                ('figures', models.JSONField(default=dict)),
                ('adopted_at', models.DateTimeField(null=True)),
                ('adopted_by', models.CharField(blank=True, default='')),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-made_at'], name='quarantine_plan_area')],
            },
        ),
        migrations.CreateModel(
            name='Conflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_id', models.BigIntegerField()),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('home_area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('kind', models.CharField()),
                ('detail', models.JSONField(default=dict)),
                ('found_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(null=True)),
                ('stay', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='conflicts', to='quarantine.stay')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('resolved_at', None)), fields=['area', 'found_at'], name='quarantine_conflict_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('resolved_at', None)), fields=('stay', 'kind'), name='quarantine_conflict_once'), models.CheckConstraint(condition=models.Q(('kind__in', ('room_needed', 'wrong_site', 'no_measure'))), name='quarantine_conflict_kind')],
            },
        ),
        migrations.CreateModel(
            name='Followed',
            fields=[
                ('one', models.BooleanField(default=True, primary_key=True, serialize=False)),
                ('event', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('one', True)), name='quarantine_followed_one')],
            },
        ),
    ]
