"""Hints for inspection, made anew after each counted day."""

import django.db.models.deletion
from django.db import migrations, models

import yanmen.registry.models


class Migration(migrations.Migration):

    dependencies = [
        ('venues', '0002_check_ins'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('day', models.DateField()),
                ('name', models.CharField()),
                ('value', models.FloatField()),
                ('limit', models.FloatField()),
                ('venue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hints', to='venues.venue')),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'name', 'venue'], name='venues_hint_area')],
                'constraints': [models.UniqueConstraint(fields=('venue', 'name'), name='venues_hint_once')],
            },
        ),
    ]
