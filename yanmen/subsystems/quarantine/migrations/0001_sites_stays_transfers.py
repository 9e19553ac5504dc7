"""Sites with floors and rooms; stays, of which no two share a bed; transfers, vehicles and their runs."""

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import yanmen.registry.models

# Nobody is in two rooms at once, and no two parties in one room: a room is held until it is clean again.
APART = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE quarantine_stay ADD CONSTRAINT quarantine_person_in_one_room
    EXCLUDE USING gist (person_id WITH =, during WITH &&) WHERE (state <> 'cancelled');
ALTER TABLE quarantine_stay ADD CONSTRAINT quarantine_room_of_one_party
    EXCLUDE USING gist (room_id WITH =, party WITH <>, holds WITH &&) WHERE (state <> 'cancelled');
ALTER TABLE quarantine_stay ADD CONSTRAINT quarantine_room_held_longer CHECK (holds @> during);
"""
APART_OFF = """
ALTER TABLE quarantine_stay DROP CONSTRAINT quarantine_person_in_one_room, DROP CONSTRAINT quarantine_room_of_one_party,
    DROP CONSTRAINT quarantine_room_held_longer;
"""
# No two runs of a vehicle overlap, its disinfection included.
RUNS_APART = """
ALTER TABLE quarantine_run ADD CONSTRAINT quarantine_runs_apart
    EXCLUDE USING gist (vehicle_id WITH =, tstzrange(departs_at, free_at) WITH &&) WHERE (state <> 'cancelled');
"""
RUNS_APART_OFF = "ALTER TABLE quarantine_run DROP CONSTRAINT quarantine_runs_apart"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0003_device_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Floor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('level', models.SmallIntegerField()),
                ('name', models.CharField(max_length=20)),
                ('zone', models.CharField(default='observation')),
            ],
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('group', models.CharField()),
                ('state', models.CharField(default='planned')),
                ('departs_at', models.DateTimeField()),
                ('back_at', models.DateTimeField()),
                ('free_at', models.DateTimeField()),
                ('metres', models.FloatField(default=0)),
                ('driver', models.CharField(blank=True, default='', max_length=64)),
                ('departed_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('disinfected_at', models.DateTimeField(null=True)),
                ('disinfected_by', models.CharField(blank=True, default='')),
                ('planned_at', models.DateTimeField()),
                ('planned_by', models.CharField()),
            ],
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='registry.place')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('kind', models.CharField()),
                ('state', models.CharField(default='planned')),
                ('ready_hours', models.PositiveSmallIntegerField(default=24)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('dialysis', models.BooleanField(default=False)),
                ('phone', models.CharField(blank=True, default='', max_length=20)),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField()),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'kind'], name='quarantine_site_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('hotel', 'yellow_hotel', 'cabin', 'hospital'))), name='quarantine_site_kind'), models.CheckConstraint(condition=models.Q(('state__in', ('planned', 'ready', 'open', 'closing', 'closed'))), name='quarantine_site_state')],
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('number', models.CharField(max_length=20)),
                ('beds', models.PositiveSmallIntegerField(default=1)),
                ('features', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('closed_why', models.CharField(blank=True, default='', max_length=200)),
                ('state', models.CharField(default='clean')),
                ('state_at', models.DateTimeField(null=True)),
                ('state_by', models.CharField(blank=True, default='')),
                ('floor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='quarantine.floor')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='quarantine.site')),
            ],
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('at', models.DateTimeField()),
                ('by', models.CharField()),
                ('passed', models.BooleanField()),
                ('items', models.JSONField()),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='quarantine.site')),
            ],
        ),
        migrations.AddField(
            model_name='floor',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='floors', to='quarantine.site'),
        ),
        migrations.CreateModel(
            name='Stay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.BigIntegerField()),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('home_area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('group', models.CharField(default='contact')),
                ('measure', models.BigIntegerField(null=True)),
                ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('holds', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('state', models.CharField(default='assigned')),
                ('assigned_at', models.DateTimeField()),
                ('assigned_by', models.CharField()),
                ('admitted_at', models.DateTimeField(null=True)),
                ('admitted_by', models.CharField(blank=True, default='')),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, default='')),
                ('why', models.CharField(blank=True, default='')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='quarantine.room')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stays', to='quarantine.site')),
            ],
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('party', models.BigIntegerField()),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('to_area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('group', models.CharField(default='contact')),
                ('from_text', models.CharField(max_length=200)),
                ('from_longitude', models.FloatField()),
                ('from_latitude', models.FloatField()),
                ('to_text', models.CharField(blank=True, default='', max_length=200)),
                ('to_longitude', models.FloatField()),
                ('to_latitude', models.FloatField()),
                ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('measure', models.BigIntegerField(null=True)),
                ('state', models.CharField(default='requested')),
                ('requested_at', models.DateTimeField()),
                ('requested_by', models.CharField()),
                ('due_at', models.DateTimeField()),
                ('released_at', models.DateTimeField(null=True)),
                ('released_by', models.CharField(blank=True, default='')),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.CharField(blank=True, default='')),
                ('position', models.PositiveSmallIntegerField(null=True)),
                ('pick_up_at', models.DateTimeField(null=True)),
                ('arrive_at', models.DateTimeField(null=True)),
                ('picked_up_at', models.DateTimeField(null=True)),
                ('picked_up_by', models.CharField(blank=True, default='')),
                ('arrived_at', models.DateTimeField(null=True)),
                ('received_by', models.CharField(blank=True, default='')),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, default='')),
                ('why', models.CharField(blank=True, default='', max_length=200)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='quarantine.run')),
                ('stay', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='quarantine.stay')),
                ('to_place', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.place')),
            ],
        ),
        migrations.CreateModel(
            name='Vehicle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('plate', models.CharField(max_length=20)),
                ('kind', models.CharField(default='van')),
                ('seats', models.PositiveSmallIntegerField()),
                ('longitude', models.FloatField()),
                ('latitude', models.FloatField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('plate',), name='quarantine_plate_once'), models.CheckConstraint(condition=models.Q(('kind__in', ('van', 'bus', 'negative_pressure', 'wheelchair'))), name='quarantine_vehicle_kind'), models.CheckConstraint(condition=models.Q(('seats__gte', 1), ('seats__lte', 100)), name='quarantine_vehicle_seats')],
            },
        ),
        migrations.AddField(
            model_name='run',
            name='vehicle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='quarantine.vehicle'),
        ),
        migrations.AddIndex(
            model_name='room',
            index=models.Index(fields=['floor', 'position'], name='quarantine_room_floor'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.UniqueConstraint(fields=('site', 'number'), name='quarantine_room_once'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('beds__gte', 1), ('beds__lte', 200)), name='quarantine_room_beds'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['site', '-at'], name='quarantine_inspection_site'),
        ),
        migrations.AddConstraint(
            model_name='floor',
            constraint=models.UniqueConstraint(fields=('site', 'level'), name='quarantine_floor_once'),
        ),
        migrations.AddConstraint(
            model_name='floor',
            constraint=models.CheckConstraint(condition=models.Q(('zone__in', ('observation', 'service', 'passage'))), name='quarantine_floor_zone'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(fields=['site', 'state'], name='quarantine_stay_site'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(fields=['home_area', 'state'], name='quarantine_stay_home'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(fields=['person', '-assigned_at'], name='quarantine_stay_person'),
        ),
        migrations.AddConstraint(
            model_name='stay',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('assigned', 'admitted', 'left', 'cancelled'))), name='quarantine_stay_state'),
        ),
        migrations.AddConstraint(
            model_name='stay',
            constraint=models.CheckConstraint(condition=models.Q(('group__in', ('case', 'contact', 'home'))), name='quarantine_stay_group'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(fields=['area', 'state'], name='quarantine_transfer_from'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(fields=['to_area', 'state'], name='quarantine_transfer_to'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(fields=['run', 'position'], name='quarantine_transfer_run'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('requested', 'released', 'approved', 'planned', 'picked_up', 'arrived', 'returned', 'refused', 'cancelled'))), name='quarantine_transfer_state'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('group__in', ('case', 'contact', 'home'))), name='quarantine_transfer_group'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('requested', 'released', 'approved', 'planned', 'picked_up'))), fields=('person',), name='quarantine_one_open_transfer'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('planned', 'picked_up', 'arrived', 'returned')), _negated=True), ('run__isnull', False), _connector='OR'), name='quarantine_carried_by_a_run'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['area', 'state'], name='quarantine_run_area'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('planned', 'out', 'disinfecting', 'done', 'cancelled'))), name='quarantine_run_state'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('group__in', ('case', 'contact', 'home'))), name='quarantine_run_group'),
        ),
        migrations.RunSQL(APART, APART_OFF),
        migrations.RunSQL(RUNS_APART, RUNS_APART_OFF),
    ]
