"""Nursing homes, which the doors' policy names."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('venues', '0003_hints'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='venue',
            name='venues_kind',
        ),
        migrations.AddConstraint(
            model_name='venue',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('market', 'supermarket', 'restaurant', 'hotel', 'station', 'vehicle', 'hospital', 'nursing_home', 'pharmacy', 'school', 'office', 'bank', 'leisure', 'scenic', 'worship', 'estate', 'other'))), name='venues_kind'),
        ),
    ]
