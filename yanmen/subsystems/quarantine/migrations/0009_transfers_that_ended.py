"""Transfers that ended lately are found without reading all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('quarantine', '0008_a_cycle_without_an_end'),
        ('registry', '0003_device_keys'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(fields=['ended_at'], name='quarantine_transfer_ended'),
        ),
    ]
