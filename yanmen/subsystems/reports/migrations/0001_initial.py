"""Reports: drafts and what was published."""

from django.db import migrations, models

import yanmen.registry.models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField()),
                ('area', yanmen.registry.models.AreaCode(db_collation='C', max_length=12)),
                ('day', models.DateField()),
                ('known_at', models.DateTimeField()),
                ('digest', models.CharField(max_length=64)),
                ('content', models.JSONField()),
                ('drafted_at', models.DateTimeField()),
                ('drafted_by', models.CharField()),
                ('published_at', models.DateTimeField(null=True)),
                ('published_by', models.CharField(blank=True, default='')),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-day'], name='reports_of_area')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('published_at', None)), fields=('area', 'day', 'kind'), name='reports_one_draft_a_day')],
            },
        ),
    ]
