"""Void tubes are looked at every minute, for members who are delivered late: found by index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('screening', '0005_receipts')]

    operations = [
        migrations.AddIndex(
            model_name='tube',
            index=models.Index(condition=models.Q(('void_at__isnull', False)), fields=['void_at'], name='screening_tube_void'),
        ),
    ]
