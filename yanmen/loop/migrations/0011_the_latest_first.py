"""Lists show the latest first: an index finds them without reading a province."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loop', '0010_corrected'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='fact',
            index=models.Index(models.F('occurred_at'), models.F('id'), name='fact_latest'),
        ),
        migrations.AddIndex(
            model_name='measure',
            index=models.Index(models.F('imposed_at'), models.F('id'), condition=models.Q(('state__in', ('proposed', 'in_force'))), name='measure_open_latest'),
        ),
    ]
