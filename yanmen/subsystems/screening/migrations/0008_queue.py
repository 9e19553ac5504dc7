"""A site says how many people wait there, and when that was."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('screening', '0007_bounds')]

    operations = [
        migrations.AddField('site', 'queue_people', models.PositiveSmallIntegerField(null=True)),
        migrations.AddField('site', 'queue_at', models.DateTimeField(null=True)),
        migrations.AddConstraint(
            'site',
            models.CheckConstraint(
                condition=models.Q(queue_people=None, queue_at=None)
                | models.Q(queue_people__lte=5000, queue_at__isnull=False),
                name='screening_site_queue',
            ),
        ),
    ]
