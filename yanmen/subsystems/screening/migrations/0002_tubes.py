"""Sites, campaigns, tubes and their way; runs of the laboratory; results of many people at once."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import yanmen.registry.models
import yanmen.subsystems.screening.models.places
from yanmen.loop.bulk import table_sql
from yanmen.subsystems.screening.kinds import BOUND, NEGATIVE, TUBE_RESULT

FUNCTIONS = Path(__file__).resolve().parents[1] / "sql" / "functions.sql"
BY_TUBE = f"CREATE INDEX IF NOT EXISTS {BOUND.table}_tube ON {BOUND.table} (tube)"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0003_device_keys'),
        ('screening', '0001_bound'),
    ]

    operations = [
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('up_to', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('bindings', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('name_zh', models.CharField()),
                ('name_en', models.CharField(blank=True, default='')),
                ('basis', models.CharField()),
                ('pools', models.JSONField()),
                ('within_hours', models.PositiveSmallIntegerField()),
                ('state', models.CharField(default='planned')),
                ('starts_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField()),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-starts_at'], name='screening_campaign_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('planned', 'running', 'ended', 'cancelled'))), name='screening_campaign_state'), models.CheckConstraint(condition=models.Q(('within_hours__gte', 1), ('within_hours__lte', 240)), name='screening_campaign_hours')],
            },
        ),
        migrations.CreateModel(
            name='Laboratory',
            fields=[
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='registry.place')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('tubes_a_day', models.PositiveIntegerField()),
                ('hours_a_run', models.FloatField(default=4)),
                ('open_from', models.DateTimeField()),
                ('open_to', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField()),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'place'], name='screening_laboratory_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('tubes_a_day__gte', 1)), name='screening_laboratory_tubes'), models.CheckConstraint(condition=models.Q(('hours_a_run__gt', 0)), name='screening_laboratory_hours')],
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('number', models.PositiveSmallIntegerField()),
                ('opens_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rounds', to='screening.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('order', models.PositiveIntegerField()),
                ('tier', models.CharField(default='none')),
                ('group', models.CharField(default='general')),
                ('people', models.PositiveIntegerField()),
                ('opens_at', models.DateTimeField()),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='screening.round')),
            ],
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('code', models.CharField(max_length=60)),
                ('instrument', models.CharField(max_length=80)),
                ('kit', models.CharField(max_length=80)),
                ('lot', models.CharField(max_length=80)),
                ('wells', models.PositiveSmallIntegerField(default=96)),
                ('state', models.CharField(default='loaded')),
                ('loaded_at', models.DateTimeField()),
                ('loaded_by', models.CharField()),
                ('measured_at', models.DateTimeField(null=True)),
                ('digest', models.CharField(blank=True, default='', max_length=64)),
                ('file_name', models.CharField(blank=True, default='')),
                ('accepted_at', models.DateTimeField(null=True)),
                ('accepted_by', models.CharField(blank=True, default='')),
                ('released_at', models.DateTimeField(null=True)),
                ('released_by', models.CharField(blank=True, default='')),
                ('note', models.CharField(blank=True, default='')),
                ('laboratory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='screening.laboratory')),
            ],
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='registry.place')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('kind', models.CharField()),
                ('desks', models.PositiveSmallIntegerField(default=1)),
                ('hours', models.JSONField(default=yanmen.subsystems.screening.models.places.no_hours)),
                ('open_from', models.DateTimeField()),
                ('open_to', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField()),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'place'], name='screening_site_area')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('fixed', 'convenience', 'mobile', 'door'))), name='screening_site_kind'), models.CheckConstraint(condition=models.Q(('desks__gte', 1), ('desks__lte', 200)), name='screening_site_desks'), models.CheckConstraint(condition=models.Q(('open_to', None), ('open_to__gte', models.F('open_from')), _connector='OR'), name='screening_site_days')],
            },
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField()),
                ('tube', models.CharField(db_collation='C', max_length=40)),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('key', models.CharField(default='')),
                ('detail', models.JSONField(default=dict)),
                ('found_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(null=True)),
                ('resolved_by', models.CharField(blank=True, default='')),
                ('note', models.CharField(blank=True, default='')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
                ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='screening.site')),
            ],
        ),
        migrations.CreateModel(
            name='Box',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(db_collation='C', max_length=40, unique=True)),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('lab_area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('capacity', models.PositiveIntegerField()),
                ('state', models.CharField(default='draft')),
                ('coldest', models.FloatField(default=2)),
                ('warmest', models.FloatField(default=8)),
                ('packed_by', models.CharField()),
                ('created_at', models.DateTimeField()),
                ('ready_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField(null=True)),
                ('received_by', models.CharField(blank=True, default='')),
                ('reconciled_at', models.DateTimeField(null=True)),
                ('lost_at', models.DateTimeField(null=True)),
                ('laboratory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='boxes', to='screening.laboratory')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='boxes', to='screening.site')),
            ],
        ),
        migrations.CreateModel(
            name='Temperature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('celsius', models.FloatField()),
                ('by', models.CharField()),
                ('box', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='temperatures', to='screening.box')),
            ],
        ),
        migrations.CreateModel(
            name='Trip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('lab_area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('vehicle', models.CharField(max_length=20)),
                ('courier', models.CharField(max_length=64)),
                ('departed_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('arrived_at', models.DateTimeField(null=True)),
                ('laboratory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trips', to='screening.laboratory')),
            ],
        ),
        migrations.AddField(
            model_name='box',
            name='trip',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='boxes', to='screening.trip'),
        ),
        migrations.CreateModel(
            name='Tube',
            fields=[
                ('code', models.CharField(db_collation='C', max_length=40, primary_key=True, serialize=False)),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('capacity', models.PositiveSmallIntegerField()),
                ('members', models.PositiveSmallIntegerField(default=0)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('device', models.BigIntegerField(null=True)),
                ('rack', models.CharField(blank=True, default='')),
                ('boxed_at', models.DateTimeField(null=True)),
                ('typed', models.BooleanField(default=False)),
                ('sent_at', models.DateTimeField(null=True)),
                ('lab_area', yanmen.registry.models.AreaCode(blank=True, db_collation='C', default='', max_length=12)),
                ('received_at', models.DateTimeField(null=True)),
                ('condition', models.CharField(blank=True, default='')),
                ('logged_at', models.DateTimeField(null=True)),
                ('measured_at', models.DateTimeField(null=True)),
                ('result', models.CharField(blank=True, default='')),
                ('released_at', models.DateTimeField(null=True)),
                ('told', models.UUIDField(null=True)),
                ('void_at', models.DateTimeField(null=True)),
                ('void_why', models.CharField(blank=True, default='')),
                ('box', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tubes', to='screening.box')),
                ('laboratory', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tubes', to='screening.laboratory')),
                ('round', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tubes', to='screening.round')),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tubes', to='screening.run')),
                ('site', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tubes', to='screening.site')),
            ],
        ),
        migrations.CreateModel(
            name='Violation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('rule', models.CharField()),
                ('control', models.CharField()),
                ('target', models.CharField(max_length=40)),
                ('lot', models.CharField(max_length=80)),
                ('values', models.JSONField(default=list)),
                ('found_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(null=True)),
                ('resolved_by', models.CharField(blank=True, default='')),
                ('note', models.CharField(blank=True, default='')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='violations', to='screening.run')),
            ],
        ),
        migrations.CreateModel(
            name='Well',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.CharField(max_length=4)),
                ('tube', models.CharField(blank=True, db_collation='C', default='', max_length=40)),
                ('control', models.CharField(blank=True, default='')),
                ('control_lot', models.CharField(blank=True, default='', max_length=80)),
                ('targets', models.JSONField(default=dict)),
                ('result', models.CharField(blank=True, default='')),
                ('doubts', models.JSONField(default=list)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='plate', to='screening.run')),
            ],
        ),
        migrations.CreateModel(
            name='ControlLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('lot', models.CharField(max_length=80)),
                ('control', models.CharField()),
                ('target', models.CharField(max_length=40)),
                ('mean', models.FloatField()),
                ('deviation', models.FloatField()),
                ('how', models.CharField(default='assigned')),
                ('valid_from', models.DateTimeField()),
                ('created_by', models.CharField()),
                ('laboratory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='screening.laboratory')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('laboratory', 'lot', 'control', 'target', 'valid_from'), name='screening_lot_once'), models.CheckConstraint(condition=models.Q(('deviation__gt', 0)), name='screening_lot_deviation'), models.CheckConstraint(condition=models.Q(('how__in', ('assigned', 'observed', 'transferred'))), name='screening_lot_how')],
            },
        ),
        migrations.AddIndex(
            model_name='round',
            index=models.Index(fields=['area', 'opens_at'], name='screening_round_area'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.UniqueConstraint(fields=('campaign', 'number'), name='screening_round_once'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='screening_round_hours'),
        ),
        migrations.AddIndex(
            model_name='part',
            index=models.Index(fields=['area'], name='screening_part_area'),
        ),
        migrations.AddConstraint(
            model_name='part',
            constraint=models.UniqueConstraint(fields=('round', 'area'), name='screening_part_once'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['area', '-loaded_at'], name='screening_run_area'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(fields=('laboratory', 'code'), name='screening_run_once'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(condition=models.Q(('digest', ''), _negated=True), fields=('digest',), name='screening_run_file_once'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('loaded', 'measured', 'accepted', 'released', 'discarded'))), name='screening_run_state'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('wells__in', (96, 384))), name='screening_run_wells'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(('released_at', None), models.Q(models.Q(('released_by', ''), _negated=True), models.Q(('released_by', models.F('accepted_by')), _negated=True)), _connector='OR'), name='screening_run_two_people'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(condition=models.Q(('resolved_at', None)), fields=['area', 'found_at'], name='screening_finding_open'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['tube'], name='screening_finding_tube'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(fields=('kind', 'tube', 'key'), name='screening_finding_once'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('person_twice', 'position_taken', 'overfull', 'underfull', 'tube_reused', 'two_sites', 'far_apart', 'other_site', 'missing', 'unexpected', 'damaged', 'never_bound', 'well_mismatch', 'no_member_positive'))), name='screening_finding_kind'),
        ),
        migrations.AddConstraint(
            model_name='temperature',
            constraint=models.UniqueConstraint(fields=('box', 'at'), name='screening_temperature_once'),
        ),
        migrations.AddConstraint(
            model_name='temperature',
            constraint=models.CheckConstraint(condition=models.Q(('celsius__gte', -100), ('celsius__lte', 100)), name='screening_temperature_bounds'),
        ),
        migrations.AddIndex(
            model_name='trip',
            index=models.Index(fields=['area', '-departed_at'], name='screening_trip_area'),
        ),
        migrations.AddIndex(
            model_name='box',
            index=models.Index(fields=['area', '-created_at'], name='screening_box_area'),
        ),
        migrations.AddIndex(
            model_name='box',
            index=models.Index(fields=['lab_area', '-created_at'], name='screening_box_lab'),
        ),
        migrations.AddConstraint(
            model_name='box',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('draft', 'ready', 'sent', 'in_transit', 'received', 'lost', 'reconciled', 'discarded'))), name='screening_box_state'),
        ),
        migrations.AddConstraint(
            model_name='box',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1), ('capacity__lte', 2000)), name='screening_box_capacity'),
        ),
        migrations.AddIndex(
            model_name='tube',
            index=models.Index(fields=['area', 'first_at'], name='screening_tube_area'),
        ),
        migrations.AddIndex(
            model_name='tube',
            index=models.Index(fields=['round', 'area'], name='screening_tube_round'),
        ),
        migrations.AddIndex(
            model_name='tube',
            index=models.Index(condition=models.Q(('released_at', None), ('void_at', None)), fields=['laboratory', 'received_at'], name='screening_tube_waiting'),
        ),
        migrations.AddIndex(
            model_name='tube',
            index=models.Index(condition=models.Q(('released_at', None), ('void_at', None)), fields=['first_at'], name='screening_tube_open'),
        ),
        migrations.AddConstraint(
            model_name='tube',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1), ('capacity__lte', 100)), name='screening_tube_capacity'),
        ),
        migrations.AddConstraint(
            model_name='tube',
            constraint=models.CheckConstraint(condition=models.Q(('condition__in', ('', 'received', 'missing', 'damaged', 'unexpected'))), name='screening_tube_condition'),
        ),
        migrations.AddConstraint(
            model_name='tube',
            constraint=models.CheckConstraint(condition=models.Q(('result__in', ('', 'negative', 'positive', 'grey', 'single_target', 'invalid'))), name='screening_tube_result'),
        ),
        migrations.AddConstraint(
            model_name='tube',
            constraint=models.CheckConstraint(condition=models.Q(('released_at', None), models.Q(('result', ''), _negated=True), _connector='OR'), name='screening_tube_released'),
        ),
        migrations.AddIndex(
            model_name='violation',
            index=models.Index(condition=models.Q(('resolved_at', None)), fields=['area', 'found_at'], name='screening_violation_open'),
        ),
        migrations.AddConstraint(
            model_name='violation',
            constraint=models.UniqueConstraint(fields=('run', 'rule', 'control', 'target'), name='screening_violation_once'),
        ),
        migrations.AddIndex(
            model_name='well',
            index=models.Index(condition=models.Q(('tube', ''), _negated=True), fields=['tube'], name='screening_well_tube'),
        ),
        migrations.AddConstraint(
            model_name='well',
            constraint=models.UniqueConstraint(fields=('run', 'position'), name='screening_well_once'),
        ),
        migrations.AddConstraint(
            model_name='well',
            constraint=models.UniqueConstraint(condition=models.Q(('tube', ''), _negated=True), fields=('run', 'tube'), name='screening_well_tube_once'),
        ),
        migrations.AddConstraint(
            model_name='well',
            constraint=models.CheckConstraint(condition=models.Q(('control__in', ('', 'negative', 'positive', 'weak_positive'))), name='screening_well_control'),
        ),
        migrations.AddConstraint(
            model_name='well',
            constraint=models.CheckConstraint(condition=models.Q(('result__in', ('', 'negative', 'positive', 'grey', 'single_target', 'invalid'))), name='screening_well_result'),
        ),
        migrations.AddConstraint(
            model_name='well',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('tube', ''), models.Q(('control', ''), _negated=True)), models.Q(models.Q(('tube', ''), _negated=True), ('control', '')), _connector='OR'), name='screening_well_one'),
        ),
        *(migrations.RunSQL(table_sql(kind), f"DROP TABLE {kind.table} CASCADE") for kind in (NEGATIVE, TUBE_RESULT)),
        migrations.RunSQL(BY_TUBE, f"DROP INDEX {BOUND.table}_tube"),
        migrations.RunSQL(FUNCTIONS.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
