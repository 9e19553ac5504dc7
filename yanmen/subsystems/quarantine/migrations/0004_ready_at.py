"""A transfer says from when on somebody can be picked up."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('quarantine', '0002_housekeeping'),
    ]

    operations = [
        migrations.AddField(
            model_name='transfer',
            name='ready_at',
            field=models.DateTimeField(null=True),
        ),
    ]
