"""Edits of households and of people in them: added only, merged field by field."""

import django.db.models.deletion
from django.db import migrations, models

import yanmen.registry.models


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0001_doors_lists_forms'),
        ('registry', '0003_device_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Edit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('field', models.CharField(max_length=40)),
                ('value', models.CharField(blank=True, default='', max_length=300)),
                ('sealed', models.BinaryField(null=True)),
                ('digest', models.BinaryField(null=True)),
                ('seen', models.UUIDField(null=True)),
                ('said_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('by', models.CharField()),
                ('outcome', models.CharField()),
                ('before', models.UUIDField(null=True)),
                ('settles', models.UUIDField(null=True, unique=True)),
                ('door', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='edits', to='grid.door')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
            ],
            options={
                'indexes': [models.Index(fields=['door', 'person', 'field', '-id'], name='grid_edit_of'), models.Index(condition=models.Q(('outcome', 'conflict')), fields=['area', 'recorded_at'], name='grid_edit_conflict')],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ('created', 'same', 'conflict', 'settled'))), name='grid_edit_outcome'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'settled'), ('settles__isnull', False)), models.Q(models.Q(('outcome', 'settled'), _negated=True), ('settles__isnull', True)), _connector='OR'), name='grid_edit_settles'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'conflict'), _negated=True), ('before__isnull', False), _connector='OR'), name='grid_edit_conflicts_with'), models.CheckConstraint(condition=models.Q(('sealed', None), ('value', ''), _connector='OR'), name='grid_edit_secret_once'), models.UniqueConstraint(condition=models.Q(('outcome__in', ('created', 'settled'))), fields=('door', 'person', 'field', 'before'), name='grid_edit_one_after_another', nulls_distinct=False)],
            },
        ),
    ]
