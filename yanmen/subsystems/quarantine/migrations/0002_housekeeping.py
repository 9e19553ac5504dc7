"""Rooms between two stays, linen, medical waste, staff in the closed loop."""

import django.db.models.deletion
from django.db import migrations, models

import yanmen.registry.models


class Migration(migrations.Migration):

    dependencies = [
        ('quarantine', '0001_sites_stays_transfers'),
        ('registry', '0003_device_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='room',
            name='vacated_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='WasteLoad',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('manifest', models.CharField(max_length=40)),
                ('plate', models.CharField(max_length=20)),
                ('carrier', models.CharField(max_length=64)),
                ('plant', models.CharField(max_length=80)),
                ('bags', models.PositiveIntegerField()),
                ('kg', models.DecimalField(decimal_places=2, max_digits=9)),
                ('loaded_at', models.DateTimeField()),
                ('loaded_by', models.CharField()),
                ('received_bags', models.PositiveIntegerField(null=True)),
                ('received_kg', models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                ('disposed_at', models.DateTimeField(null=True)),
                ('disposed_by', models.CharField(blank=True, default='')),
                ('receipt', models.CharField(blank=True, default='', max_length=80)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waste_loads', to='quarantine.site')),
            ],
        ),
        migrations.CreateModel(
            name='WasteBag',
            fields=[
                ('code', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('kind', models.CharField(default='infectious')),
                ('layers', models.PositiveSmallIntegerField(default=2)),
                ('state', models.CharField(default='sealed')),
                ('kg', models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ('sealed_at', models.DateTimeField()),
                ('sealed_by', models.CharField()),
                ('weighed_at', models.DateTimeField(null=True)),
                ('weighed_by', models.CharField(blank=True, default='')),
                ('taken_at', models.DateTimeField(null=True)),
                ('taken_by', models.CharField(blank=True, default='')),
                ('lost_at', models.DateTimeField(null=True)),
                ('lost_by', models.CharField(blank=True, default='')),
                ('lost_why', models.CharField(blank=True, default='', max_length=200)),
                ('room', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quarantine.room')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waste_bags', to='quarantine.site')),
                ('load', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='on_it', to='quarantine.wasteload')),
            ],
        ),
        migrations.CreateModel(
            name='Cycle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('zone', models.CharField()),
                ('duty', models.CharField()),
                ('entered_at', models.DateTimeField()),
                ('entered_by', models.CharField()),
                ('ends_on', models.DateField()),
                ('left_at', models.DateTimeField(null=True)),
                ('left_by', models.CharField(blank=True, default='')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cycles', to='quarantine.site')),
            ],
            options={
                'indexes': [models.Index(fields=['site', 'ends_on'], name='quarantine_cycle_site')],
                'constraints': [models.CheckConstraint(condition=models.Q(('zone__in', ('observation', 'service', 'passage'))), name='quarantine_cycle_zone'), models.CheckConstraint(condition=models.Q(('duty__in', ('head', 'health', 'disinfection', 'liaison', 'security', 'logistics', 'transfer', 'care'))), name='quarantine_cycle_duty'), models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('person',), name='quarantine_one_cycle'), models.CheckConstraint(condition=models.Q(('left_at', None), ('left_at__gte', models.F('entered_at')), _connector='OR'), name='quarantine_cycle_order')],
            },
        ),
        migrations.CreateModel(
            name='LinenMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('act', models.CharField()),
                ('source', models.CharField()),
                ('target', models.CharField()),
                ('sets', models.PositiveIntegerField()),
                ('partner', models.CharField(blank=True, default='', max_length=80)),
                ('at', models.DateTimeField()),
                ('by', models.CharField()),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('room', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quarantine.room')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='linen', to='quarantine.site')),
            ],
            options={
                'indexes': [models.Index(fields=['site', '-at'], name='quarantine_linen_site')],
                'constraints': [models.CheckConstraint(condition=models.Q(('act__in', ('buy', 'lay_out', 'strip', 'send', 'take_back', 'miss_room', 'miss_laundry', 'find', 'scrap', 'scrap_soiled', 'write_off'))), name='quarantine_linen_act'), models.CheckConstraint(condition=models.Q(('source__in', ('shelf', 'room', 'soiled', 'laundry', 'missing', 'outside')), ('target__in', ('shelf', 'room', 'soiled', 'laundry', 'missing', 'outside')), models.Q(('source', models.F('target')), _negated=True)), name='quarantine_linen_places'), models.CheckConstraint(condition=models.Q(('sets__gte', 1), ('sets__lte', 100000)), name='quarantine_linen_sets')],
            },
        ),
        migrations.CreateModel(
            name='RoomStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('state', models.CharField()),
                ('at', models.DateTimeField()),
                ('by', models.CharField()),
                ('note', models.CharField(blank=True, default='', max_length=200)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='quarantine.room')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quarantine.site')),
            ],
            options={
                'indexes': [models.Index(fields=['room', '-at'], name='quarantine_room_steps'), models.Index(fields=['site', '-at'], name='quarantine_site_steps')],
            },
        ),
        migrations.AddIndex(
            model_name='wasteload',
            index=models.Index(fields=['site', '-loaded_at'], name='quarantine_load_site'),
        ),
        migrations.AddConstraint(
            model_name='wasteload',
            constraint=models.UniqueConstraint(fields=('manifest',), name='quarantine_manifest_once'),
        ),
        migrations.AddConstraint(
            model_name='wasteload',
            constraint=models.CheckConstraint(condition=models.Q(('disposed_at', None), models.Q(('received_bags__isnull', False), ('received_kg__isnull', False)), _connector='OR'), name='quarantine_load_received'),
        ),
        migrations.AddIndex(
            model_name='wastebag',
            index=models.Index(fields=['site', 'state'], name='quarantine_waste_site'),
        ),
        migrations.AddConstraint(
            model_name='wastebag',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('sealed', 'weighed', 'stored', 'loaded', 'missing', 'disposed'))), name='quarantine_waste_state'),
        ),
        migrations.AddConstraint(
            model_name='wastebag',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('infectious', 'sharps', 'medicines'))), name='quarantine_waste_kind'),
        ),
        migrations.AddConstraint(
            model_name='wastebag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('stored', 'loaded', 'disposed')), _negated=True), models.Q(('kg__gt', 0), models.Q(('weighed_by', ''), _negated=True), models.Q(('taken_by', ''), _negated=True), models.Q(('weighed_by', models.F('taken_by')), _negated=True)), _connector='OR'), name='quarantine_waste_two_signatures'),
        ),
        migrations.AddConstraint(
            model_name='wastebag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('loaded', 'disposed')), _negated=True), ('load__isnull', False), _connector='OR'), name='quarantine_waste_carried'),
        ),
    ]
