"""The registers: venues, the policy's numbers, judgings, notes, counted days."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import yanmen.registry.models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Roll',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Judging',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('up_to', models.DateTimeField()),
                ('settled_to', models.DateTimeField()),
                ('scans', models.PositiveIntegerField()),
                ('doubted', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='venues_judging_at')],
            },
        ),
        migrations.CreateModel(
            name='Norm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('parts', models.JSONField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name', 'valid_from'), name='venues_norm_once')],
            },
        ),
        migrations.CreateModel(
            name='Venue',
            fields=[
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='registry.place')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('kind', models.CharField()),
                ('seed', models.BinaryField(max_length=8)),
                ('seeded_at', models.DateTimeField()),
                ('capacity', models.PositiveIntegerField(null=True)),
                ('stay_minutes', models.PositiveSmallIntegerField(help_text='empty: as the policy says for the kind', null=True)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.CharField(blank=True, default='')),
                ('printed_at', models.DateTimeField(null=True)),
                ('responsible', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('why', models.CharField()),
                ('day', models.DateField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('scans', models.PositiveIntegerField()),
                ('people', models.PositiveIntegerField()),
                ('homes', models.JSONField()),
                ('noted_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('seen_by', models.CharField(blank=True, default='')),
                ('finding', models.CharField(blank=True, default='')),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='venues.venue')),
            ],
        ),
        migrations.CreateModel(
            name='Day',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('day', models.DateField()),
                ('scans', models.PositiveIntegerField()),
                ('people', models.PositiveIntegerField()),
                ('claimed', models.PositiveIntegerField()),
                ('doubted', models.PositiveIntegerField()),
                ('same_second', models.PositiveIntegerField()),
                ('whole_minute', models.PositiveIntegerField()),
                ('top_device', models.PositiveIntegerField()),
                ('passes', models.PositiveIntegerField()),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='days', to='venues.venue')),
            ],
        ),
        migrations.AddIndex(
            model_name='venue',
            index=models.Index(fields=['area', 'place'], name='venues_area'),
        ),
        migrations.AddConstraint(
            model_name='venue',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('market', 'supermarket', 'restaurant', 'hotel', 'station', 'vehicle', 'hospital', 'pharmacy', 'school', 'office', 'bank', 'leisure', 'scenic', 'worship', 'estate', 'other'))), name='venues_kind'),
        ),
        migrations.AddConstraint(
            model_name='venue',
            constraint=models.CheckConstraint(condition=models.Q(('stay_minutes', None), models.Q(('stay_minutes__gte', 1), ('stay_minutes__lte', 720)), _connector='OR'), name='venues_stay_is_at_most_half_a_day'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(fields=['area', '-last_at'], name='venues_note_newest'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('why__in', ('forwarded', 'speed', 'excluded'))), name='venues_note_why'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.UniqueConstraint(fields=('venue', 'why', 'day'), name='venues_one_note_a_day'),
        ),
        migrations.AddIndex(
            model_name='day',
            index=models.Index(fields=['area', 'day'], name='venues_day_area'),
        ),
        migrations.AddConstraint(
            model_name='day',
            constraint=models.UniqueConstraint(fields=('venue', 'day'), name='venues_day_once'),
        ),
    ]
